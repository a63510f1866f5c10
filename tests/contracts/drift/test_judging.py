from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.judging import Exit, OverrideError, Policy, judged, parse_overrides
from bodydouble.contracts.drift.silences import Silence
from tests.drifting import BY_ID, DEFAULT, RENAMED, UNREAD, change, place, report

RULES = tuple(BY_ID)
TODAY = Policy(today=date(2026, 1, 1))


@pytest.mark.parametrize("impact", Impact)
@pytest.mark.parametrize("fail_on", [*Impact, None])
def test_what_is_as_bad_as_asked_for_or_worse_fails(impact: Impact, fail_on: Impact | None) -> None:
    order = list(Impact)
    expected = fail_on is not None and order.index(impact) <= order.index(fail_on)
    assert report(change(impact=impact), fail_on=fail_on).exit is (Exit.FINDINGS if expected else Exit.CLEAN)


def test_what_the_client_survives_does_not_fail_and_is_still_told() -> None:
    told = report(change(survives=True))
    assert told.exit is Exit.CLEAN
    assert told.counts[Impact.BREAKING] == 1
    assert report(change(survives=True), change(DEFAULT)).exit is Exit.FINDINGS


def test_what_could_not_be_looked_at_is_not_clean() -> None:
    assert report(unseen=(UNREAD,)).exit is Exit.COULD_NOT_LOOK
    assert report(change(impact=Impact.SAFE), unseen=(UNREAD,)).exit is Exit.COULD_NOT_LOOK


def test_what_was_found_counts_more_than_what_could_not_be_looked_at() -> None:
    assert report(change(), unseen=(UNREAD,)).exit is Exit.FINDINGS


def test_an_override_changes_the_severity_and_with_it_the_order() -> None:
    policy = Policy(today=date(2026, 1, 1), overrides={RENAMED: Impact.NOISE, DEFAULT: Impact.BREAKING})
    given = [change(), change(DEFAULT, Impact.RISKY)]
    found = judged(given, policy, old="a", new="b")
    assert [(each.rule, each.impact) for each in found.changes] == [
        (DEFAULT, Impact.BREAKING),
        (RENAMED, Impact.NOISE),
    ]


def test_an_override_leaves_the_fingerprint_alone_so_that_silences_still_fit() -> None:
    known = Silence(1, RENAMED, change().fingerprint, "known")
    policy = Policy(today=date(2026, 1, 1), overrides={RENAMED: Impact.RISKY}, silences=[known])
    found = judged([change()], policy, old="a", new="b")
    assert found.changes == ()
    assert found.exit is Exit.CLEAN
    assert len(found.silenced) == 1


def test_one_change_in_many_files_is_judged_as_one() -> None:
    found = judged([change(places=(place(name),)) for name in ("a", "b")], TODAY, old="a", new="b")
    assert len(found.changes) == 1


def test_notices_of_the_comparison_come_before_those_of_silences() -> None:
    idle = Policy(today=date(2026, 1, 1), silences=[Silence(1, RENAMED, "0" * 16, "x")])
    found = judged([], idle, old="a", new="b", notices=["not compared"])
    assert found.notices[0] == "not compared"
    assert "fits nothing" in found.notices[1]


def test_overrides_are_read_and_the_last_of_a_rule_counts() -> None:
    written = [f"{RENAMED}=risky", f" {DEFAULT} = safe ", f"{RENAMED}=noise"]
    assert parse_overrides(written, RULES) == {RENAMED: Impact.NOISE, DEFAULT: Impact.SAFE}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "no override"),
        (RENAMED, "expected RULE=SEVERITY"),
        ("request-property-rename=safe", "did you mean 'request-property-renamed'"),
        (f"{RENAMED}=terrible", "known are breaking, risky, defect, safe, noise"),
        (f"{RENAMED}=", "no severity"),
        ("=safe", "no rule"),
    ],
)
def test_an_override_that_makes_no_sense_is_told(written: str, said: str) -> None:
    with pytest.raises(OverrideError, match=said):
        parse_overrides([written], RULES)


@given(st.lists(st.text(), max_size=3))
def test_any_other_text_is_an_error_that_says_something(written: list[str]) -> None:
    for text in written:
        with pytest.raises(OverrideError, match=r"."):
            parse_overrides([text], RULES)
