import pytest

from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.verify.budgets import Limits
from bodydouble.contracts.verify.planning import Plan, Unplannable, planned
from bodydouble.contracts.verify.settings import Settings
from tests.apis import BUNDLED, contract, jobs, record
from tests.verifying import PATTERN


def plan(**told: object) -> Plan:
    return planned(BUNDLED, PATTERN, Settings(**told))  # type: ignore[arg-type]  # as the caller says


def test_what_is_planned_as_valid_is_valid_and_as_broken_invalid() -> None:
    made = plan()
    judge = Judge(*made.readings)
    assert all(judge.is_valid(corner.value) for corner in made.corners)
    assert all(judge.is_invalid(broken.value) for broken in made.broken)
    assert judge.is_valid(made.plainest)


def test_the_same_seed_plans_the_same_and_another_one_other_ids() -> None:
    assert [probe.url for probe in plan(seed=1).probes] == [probe.url for probe in plan(seed=1).probes]
    assert plan(seed=1).probes[0].url != plan(seed=2).probes[0].url


def test_a_dry_run_tells_what_is_sent_and_what_it_may_cost() -> None:
    text = "\n".join(plan(limits=Limits(jobs=5), negative=False).lines())
    assert "12 polls of no job, which cost nothing" in text
    assert "at most 5 jobs at 0.06 USD: 0.3 USD" in text
    assert "--negative sends them" in text
    assert '    {"model": "video-01", "prompt": "' in text
    for probe in plan(limits=Limits(jobs=5), negative=False).probes:
        assert f"    {probe.method} {probe.url}"[:100] in text


def test_a_dry_run_lists_what_a_person_still_reads() -> None:
    lines = list(plan().lines())
    assert all(len(line) <= 120 for line in lines)
    assert any(line.startswith("    and ") for line in lines)
    assert len(lines) < 80


def test_a_dry_run_counts_what_a_broken_server_may_charge_for() -> None:
    text = "\n".join(plan().lines())
    assert "a broken server may charge for them" in text
    assert "more where failures are made smaller" in text


def test_where_no_price_is_stated_none_is_told() -> None:
    made = contract(jobs("alpha"))
    text = "\n".join(planned(made, made.patterns[0], Settings()).lines())
    assert "the contract states no price" in text


def test_money_bounds_the_jobs_of_a_plan() -> None:
    assert plan(limits=Limits(usd=0.2)).allotted.total <= 3


def test_a_schema_that_allows_nothing_cannot_be_planned() -> None:
    made = contract(jobs("alpha", request=record(["x"], model={"type": "string"}, x={"not": {}})))
    with pytest.raises(Unplannable, match="POST /jobs"):
        planned(made, made.patterns[0], Settings())
