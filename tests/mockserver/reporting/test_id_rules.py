import pytest

from bodydouble.mockserver.reporting.histories import JobFacts
from bodydouble.mockserver.reporting.id_rules import ids_mangled, unknown_ids_polled
from tests.mockserver.clients import Script

HOSTILE = "6a1f9c58-9c0a-4b53-8a6e-9a6f4ef3a6d0:vendor/model"


def script(*asked: str) -> Script:
    made = Script()
    made.create(0.0, HOSTILE)
    for at, one in enumerate(asked, 10):
        made.miss(at, one)
    return made


def test_a_mangled_id_is_told_with_the_job_that_it_was() -> None:
    observed = script(HOSTILE[:36], HOSTILE[:36]).observed()
    (found,) = ids_mangled(observed)
    assert found.message == f"the id of job {HOSTILE} was cut at ':'"
    assert found.expected == f"polls for '{HOSTILE}'"
    assert found.got == f"polls for '{HOSTILE[:36]}'"
    assert [entry.number for entry in found.evidence] == [1, 2, 3]
    assert not list(unknown_ids_polled(observed))


def test_an_id_that_nobody_issued_is_told_once_for_all_its_polls() -> None:
    observed = script("nobodys", "nobodys", "other").observed()
    found = list(unknown_ids_polled(observed))
    assert [(one.message, one.got) for one in found] == [
        ("no job 'nobodys' was ever issued", "2 polls"),
        ("no job 'other' was ever issued", "one poll"),
    ]
    assert [entry.number for entry in found[0].evidence] == [2, 3]
    assert not list(ids_mangled(observed))


@pytest.mark.parametrize("asked", ["undefined", "null", "None", "[object Object]", "NaN"])
def test_what_a_missing_value_becomes_gets_its_own_advice(asked: str) -> None:
    (found,) = unknown_ids_polled(script(asked).observed())
    assert "what a missing one becomes" in found.hint


def test_an_ordinary_unknown_id_gets_the_ordinary_advice() -> None:
    (found,) = unknown_ids_polled(script("nobodys").observed())
    assert found.hint == ""


def test_a_job_that_is_not_visible_yet_or_had_to_leave_is_known() -> None:
    made = script()
    made.jobs["gone-already"] = JobFacts()
    made.miss(1.0, HOSTILE, job=HOSTILE)
    made.miss(2.0, HOSTILE)
    made.miss(3.0, "gone-already")
    assert not list(unknown_ids_polled(made.observed()))
    assert not list(ids_mangled(made.observed()))
    made.miss(4.0, "")
    made.miss(5.0, "nobodys")
    assert [found.message for found in unknown_ids_polled(made.observed())] == [
        "no job 'nobodys' was ever issued"
    ]


@pytest.mark.parametrize("status", [400, 401, 429, 503])
def test_a_refusal_for_another_reason_says_nothing_about_the_id(status: int) -> None:
    made = script()
    made.poll(1.0, job="", asked="nobodys", status=status)
    made.poll(2.0, job="", asked=HOSTILE[:36], status=status)
    assert not list(unknown_ids_polled(made.observed()))
    assert not list(ids_mangled(made.observed()))


def test_no_id_at_all_is_no_unknown_id() -> None:
    assert not list(unknown_ids_polled(script("").observed()))
