"""The tables: what an outcome means, and how long to wait."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.client import ConfigurationError, Pace, default_api
from bodydouble.client.retry import (
    Fate,
    Verdict,
    create_pause,
    fate_of_create,
    poll_pause,
    retry_after,
    verdict_of_poll,
)
from bodydouble.client.steps import Failed, Reply

from .simulation import BODIES, OWN

API = default_api()


def reply(status: int, body: bytes = b"{}", cut: str = "", **headers: str) -> Reply:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(now=0, wall=1e9, status=status, body=body, cut=cut, headers=fields)


def failed(*, sent: bool) -> Failed:
    return Failed(now=0, wall=0, reason="broken", sent=sent)


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (failed(sent=False), Fate.NOT_SENT),
        (failed(sent=True), Fate.UNKNOWN),
        (reply(200), Fate.ACCEPTED),
        (reply(201), Fate.ACCEPTED),
        (reply(202), Fate.ACCEPTED),
        (reply(200, b"[]"), Fate.UNKNOWN),
        (reply(200, b"<html>"), Fate.UNKNOWN),
        (reply(200, cut="lost"), Fate.UNKNOWN),
        (reply(204, b""), Fate.UNKNOWN),
        (reply(100), Fate.UNKNOWN),
        (reply(301), Fate.UNKNOWN),
        (reply(302), Fate.UNKNOWN),
        (reply(303), Fate.UNKNOWN),
        (reply(307), Fate.REFUSED),
        (reply(308), Fate.REFUSED),
        (reply(400), Fate.REFUSED),
        (reply(400, b"", cut="lost"), Fate.REFUSED),
        (reply(401), Fate.REFUSED),
        (reply(403), Fate.REFUSED),
        (reply(404), Fate.REFUSED),
        (reply(408), Fate.UNKNOWN),
        (reply(408, OWN[408]), Fate.UNKNOWN),
        (reply(429), Fate.BUSY),
        (reply(499), Fate.REFUSED),
        (reply(500), Fate.UNKNOWN),
        (reply(500, OWN[500]), Fate.REFUSED),
        (reply(500, OWN[500], cut="lost"), Fate.UNKNOWN),
        (reply(502, OWN[500]), Fate.UNKNOWN),
        (reply(503, OWN[503]), Fate.REFUSED),
        (reply(503, OWN[503], retry_after="1"), Fate.BUSY),
        (reply(503, OWN[503], retry_after="soon"), Fate.REFUSED),
        (reply(503, b"busy", retry_after="1"), Fate.UNKNOWN),
        (reply(504, OWN[504]), Fate.REFUSED),
        (reply(599), Fate.UNKNOWN),
        (reply(600), Fate.UNKNOWN),
    ],
)
def test_the_fate_of_a_create(answer: Reply | Failed, fate: Fate) -> None:
    assert fate_of_create(answer, API) is fate


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (failed(sent=False), Verdict.AGAIN),
        (failed(sent=True), Verdict.AGAIN),
        (reply(200), Verdict.TOLD),
        (reply(200, cut="lost"), Verdict.AGAIN),
        (reply(200, b"[]"), Verdict.AGAIN),
        (reply(301), Verdict.REFUSED),
        (reply(302), Verdict.AGAIN),
        (reply(308), Verdict.REFUSED),
        (reply(400), Verdict.REFUSED),
        (reply(401), Verdict.REFUSED),
        (reply(403), Verdict.REFUSED),
        (reply(404), Verdict.NOT_FOUND),
        (reply(408), Verdict.AGAIN),
        (reply(410), Verdict.REFUSED),
        (reply(425), Verdict.AGAIN),
        (reply(429), Verdict.AGAIN),
        (reply(500), Verdict.AGAIN),
        (reply(503), Verdict.AGAIN),
    ],
)
def test_the_verdict_of_a_poll(answer: Reply | Failed, verdict: Verdict) -> None:
    assert verdict_of_poll(answer, young=False) is verdict


def test_a_young_job_may_be_unknown() -> None:
    assert verdict_of_poll(reply(404), young=True) is Verdict.AGAIN
    assert verdict_of_poll(reply(401), young=True) is Verdict.REFUSED


@given(st.integers(100, 999), BODIES, st.sampled_from(["", "lost"]))
def test_every_outcome_has_a_fate_and_a_verdict(status: int, body: bytes, cut: str) -> None:
    answer = reply(status, body, cut)
    assert isinstance(fate_of_create(answer, API), Fate)
    assert isinstance(verdict_of_poll(answer, young=False), Verdict)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("9" * 5000, 1e8),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("", None),
        ("soon", None),
        ("Sun, 09 Sep 2001 01:47:10 GMT", 30),
        ("Sunday, 09-Sep-01 01:47:10 GMT", 30),
        ("Sun Sep  9 01:47:10 2001", 30),
        ("Sun, 09 Sep 2001 01:46:40 GMT", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1e8),
        ("Wed, 21 Oct 1915 07:28:00 GMT", 0),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, expected: float | None) -> None:
    assert retry_after(reply(429, retry_after=text)) == expected


def test_a_date_is_counted_from_the_replys_own_date() -> None:
    date, later = "Sun, 09 Sep 2040 01:46:40 GMT", "Sun, 09 Sep 2040 01:46:45 GMT"
    assert retry_after(reply(429, retry_after=later, date=date)) == 5


@given(st.text())
def test_any_retry_after_is_absent_or_a_pause(text: str) -> None:
    pause = retry_after(reply(429, retry_after=text))
    assert pause is None or 0 <= pause <= 1e8


def test_without_a_reply_nothing_was_asked_for() -> None:
    assert retry_after(failed(sent=True)) is None


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_pauses_stay_near_their_plan(count: int, seed: int) -> None:
    pace = Pace()
    for pause in (poll_pause(count, pace, Random(seed)), create_pause(count + 1, pace, Random(seed))):
        assert 0 < pause <= pace.longest * (1 + pace.jitter)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_poll": -1},
        {"interval": math.nan},
        {"longest": math.inf},
        {"interval": 1e300},
        {"settle": 10**400},
        {"first_poll": "2"},
        {"growth": 0.5},
        {"growth": 1000},
        {"jitter": 1.5},
        {"poll_timeout": 0},
        {"create_timeout": 0},
        {"stall": 0},
        {"connect_attempts": 0},
    ],
)
def test_an_impossible_pace_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        Pace(**wrong)  # type: ignore[arg-type]  # connect_attempts is an int
