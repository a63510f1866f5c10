from contextlib import closing

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.verify.asgi_target import AppTarget
from bodydouble.contracts.verify.budgets import Limits
from bodydouble.contracts.verify.comparing import Comparison, Side, compared
from bodydouble.contracts.verify.outcomes import Verdict
from bodydouble.contracts.verify.settings import Settings
from bodydouble.mockserver.clocks import ManualClock
from tests.apis import BUNDLED
from tests.end_to_end.provider_zoo import Gullible, Hasty, LongPrompts, Nullish, Sound
from tests.verifying import PATTERN, time_of

ALL = frozenset({Severity.ERROR, Severity.WARNING})


def comparison(one: type[Sound], other: type[Sound], **told: object) -> Comparison:
    settings = Settings(seed=3, examples=2, **told)  # type: ignore[arg-type]  # as the caller says
    clocks = ManualClock(), ManualClock()
    with (
        closing(AppTarget(one(clocks[0]), clocks[0], name="a")) as first,
        closing(AppTarget(other(clocks[1]), clocks[1], name="b")) as second,
    ):
        sides = [
            Side(target, time_of(clock), settings)
            for target, clock in zip((first, second), clocks, strict=True)
        ]
        return compared(BUNDLED, PATTERN, *sides)


def kinds(found: Comparison) -> set[str]:
    return {finding.rule for finding in found.findings}


def test_a_server_agrees_with_itself() -> None:
    found = comparison(Sound, Sound)
    assert not found.findings
    assert found.verdict(ALL) is Verdict.KEPT


def test_a_body_that_only_one_accepts_is_told() -> None:
    found = comparison(Sound, LongPrompts)
    assert "compare-acceptance" in kinds(found)
    assert found.findings[0].message.startswith("b accepts what a refuses")
    assert found.verdict(ALL) is Verdict.BROKEN


def test_status_words_that_only_one_tells_are_told() -> None:
    assert "compare-status" in kinds(comparison(Sound, Hasty))


def test_null_beside_absence_is_told() -> None:
    assert kinds(comparison(Sound, Nullish)) == {"compare-field"}


def test_a_comparison_that_ended_early_is_no_agreement() -> None:
    found = comparison(Sound, Sound, limits=Limits(jobs=0))
    assert all(outcome.stopped for outcome in found.outcomes)
    assert found.verdict(ALL) is Verdict.COULD_NOT_LOOK


def test_both_servers_are_asked_the_same_even_if_one_breaks_the_contract() -> None:
    found = comparison(Sound, Gullible)
    one, other = found.tracks
    bodies = [
        {question[3] for question in track.verdicts if question[0] == "create"} for track in (one, other)
    ]
    assert bodies[0] == bodies[1]
