from datetime import date

import pytest

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.judging import Exit, Policy
from bodydouble.contracts.drift.reverting import Step
from bodydouble.contracts.drift.silences import Silence
from bodydouble.contracts.drift.timeline import told
from tests.drifting import DEFAULT, RENAMED, UNREAD, change

STEPS = (Step("1", "2", (change(),)), Step("2", "3", (change(DEFAULT, Impact.RISKY),), same_as="1"))


def policy(fail_on: Impact | None = Impact.BREAKING, *silences: Silence) -> Policy:
    return Policy(today=date(2026, 1, 1), fail_on=fail_on, silences=silences)


def test_every_later_version_is_told_with_what_it_changed() -> None:
    timeline = told("x", STEPS, policy())
    assert timeline.first == "1"
    assert [(e.name, e.same_as, len(e.report.changes)) for e in timeline.entries] == [
        ("2", "", 1),
        ("3", "1", 1),
    ]


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [(Impact.BREAKING, Exit.FINDINGS), (Impact.RISKY, Exit.FINDINGS), (None, Exit.CLEAN)],
)
def test_one_version_that_fails_fails_the_story(fail_on: Impact | None, code: Exit) -> None:
    assert told("x", STEPS, policy(fail_on)).exit is code


def test_a_version_that_could_not_be_looked_at_is_not_clean() -> None:
    assert told("x", STEPS, policy(None), unseen=(UNREAD,)).exit is Exit.COULD_NOT_LOOK


def test_silences_are_judged_over_the_whole_story_and_told_once() -> None:
    known = Silence(1, RENAMED, change().fingerprint, "known")
    idle = Silence(2, RENAMED, "0" * 16, "gone")
    timeline = told("x", STEPS, policy(Impact.BREAKING, known, idle), notices=("first",))
    assert timeline.exit is Exit.CLEAN
    assert timeline.notices == (
        "first",
        f"silences[2] ({RENAMED} {'0' * 16}) fits nothing any more; it can go",
    )
    assert all(entry.report.notices == () for entry in timeline.entries)
