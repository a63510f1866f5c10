import pytest

from bodydouble.mockserver.consumer.edges import EDGES, edges_met
from bodydouble.mockserver.journals.journal import Entry, Purpose
from tests.consuming import entry

SUBMIT, POLL, RESULT = Purpose.SUBMIT, Purpose.POLL, Purpose.RESULT
PLAIN = (
    entry(1, SUBMIT, "initial"),
    entry(2, POLL, "initial"),
    entry(3, POLL, "running"),
    entry(4, POLL, "success"),
    entry(5, RESULT, size=10),
)


def test_a_plain_life_meets_the_edges_that_it_walks() -> None:
    assert edges_met(PLAIN) == {
        "create → queued",
        "queued → queued",
        "queued → running",
        "running → success",
        "success → result fetched",
    }


def test_what_was_not_heard_was_not_met() -> None:
    lost = (entry(1, SUBMIT, "initial"), entry(2, POLL, "running", whole=False), entry(3, POLL, "success"))
    assert edges_met(lost) == {"create → queued", "queued → success", "poll: reply lost or broken"}


@pytest.mark.parametrize(
    ("met", "entries"),
    [
        ("create: come back later", (entry(1, SUBMIT, status=429),)),
        ("create: refused", (entry(1, SUBMIT, status=403),)),
        ("create: server error", (entry(1, SUBMIT, status=502),)),
        ("create: reply lost or broken", (entry(1, SUBMIT, "initial", whole=False),)),
        ("create → failure", (entry(1, SUBMIT, "failure"),)),
        ("poll: not known yet", (entry(1, POLL, status=404),)),
        ("result: refused", (entry(1, RESULT, status=403),)),
        ("result: broken off", (entry(1, RESULT, whole=False),)),
    ],
)
def test_faults_are_edges_too(met: str, entries: tuple[Entry, ...]) -> None:
    assert edges_met(entries) == {met}


def test_names_are_unique() -> None:
    assert len({edge.name for edge in EDGES}) == len(EDGES)
