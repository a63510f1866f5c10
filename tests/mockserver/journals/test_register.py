import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.http.messages import About, Request, Response
from bodydouble.mockserver.journals.hiring import Hired
from bodydouble.mockserver.journals.journal import Journal, Purpose
from bodydouble.mockserver.journals.register import ROOM, Register

LIMIT = 10
REQUEST = Request("POST", "/jobs", headers={b"authorization": b"Bearer sk-secret-1234567890"}, body=b"{}")


def register() -> tuple[Register, Journal]:
    journal = Journal(LIMIT)
    return Register(Hired(b"salt" * 4), journal), journal


def reply(at: float = 1.0, body: bytes = b"{}", **more: int) -> Response:
    return Response(200, [], body, "", About(Purpose.SUBMIT, at, job="j", decision="d", **more))


@pytest.mark.parametrize("count", [1, LIMIT, LIMIT + 1, 3 * LIMIT + 5])
def test_whoever_asks_gets_the_last_in_their_order_and_how_many_there_were(count: int) -> None:
    made, _ = register()
    for number in range(count):
        made.put(REQUEST, reply(float(number)), number + 0.5, whole=True, gone=False)
    entries = list(made.journal)
    assert [entry.at for entry in entries] == [float(number) for number in range(count)][-LIMIT:]
    assert [entry.number for entry in entries] == list(range(1, count + 1))[-LIMIT:]
    assert {entry.took for entry in entries} == {0.5}
    assert (made.journal.last, made.journal.dropped) == (count, max(0, count - LIMIT))


@given(st.lists(st.booleans(), max_size=40))
def test_it_makes_no_difference_when_somebody_asks(asking: list[bool]) -> None:
    asked, unasked = register()[0], register()[0]
    for number, asks in enumerate(asking):
        for made in (asked, unasked):
            made.put(REQUEST, reply(float(number)), number + 0.5, whole=True, gone=False)
        if asks:
            assert asked.journal.last == number + 1
    assert list(asked.journal) == list(unasked.journal)
    assert asked.journal.dropped == unasked.journal.dropped


def test_what_is_known_beyond_the_bytes_is_entered_too() -> None:
    made, _ = register()
    made.put(REQUEST, reply(), 2.0, whole=False, gone=True)
    (entry,) = made.journal
    assert (entry.operation, entry.job, entry.decision) == (Purpose.SUBMIT, "j", "d")
    assert (entry.whole, entry.gone) == (False, True)
    assert "sk-secret" not in str(entry)


def test_nothing_is_entered_before_somebody_asks_but_what_is_large() -> None:
    made, journal = register()
    for _ in range(5):
        made.put(REQUEST, reply(), 1.0, whole=True, gone=False)
    assert len(journal) == 0
    made.put(REQUEST, reply(body=b"x" * ROOM), 1.0, whole=True, gone=False)
    assert len(journal) == 6


def test_the_content_of_a_result_stays_out() -> None:
    made, _ = register()
    made.put(REQUEST, reply(body=b"\0mp4" * 100, first=0, sent=400, size=400), 1.0, whole=True, gone=False)
    (entry,) = made.journal
    assert (entry.reply, entry.sent, entry.size) == (b"", 400, 400)


def test_an_exchange_that_is_about_nothing_is_not_entered() -> None:
    made, _ = register()
    made.put(REQUEST, Response(200, [], b""), 1.0, whole=True, gone=False)
    assert len(made.journal) == 0


def test_of_a_result_that_was_cut_as_much_counts_as_was_sent() -> None:
    made, _ = register()
    made.put(REQUEST, reply(sent=400, size=400), 1.0, whole=False, gone=False, sent=150)
    made.put(REQUEST, reply(sent=0, size=0), 1.0, whole=True, gone=False, sent=2)
    assert [entry.sent for entry in made.journal] == [150, 0]


def test_the_clients_own_time_is_kept_and_dates_are_read_by_the_wall_clock() -> None:
    made, _ = register()
    date = (b"retry-after", b"Thu, 01 Jan 1970 00:00:30 GMT")
    told = Response(503, [date], b"", "", About(Purpose.POLL, 5000.0))
    made.put(REQUEST, told, 5000.0, whole=True, gone=False, came=1.0, left=2.0, wall=10.0)
    (entry,) = made.journal
    assert (entry.came, entry.left, entry.retry_after) == (1.0, 2.0, 20.0)
