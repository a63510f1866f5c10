import json
from typing import Any

from bodydouble.contracts.checks.matching import Match, Role
from bodydouble.contracts.verify.answer_rules import Answer
from bodydouble.contracts.verify.asking import Asked, Meant, result
from bodydouble.contracts.verify.lives import Life
from bodydouble.contracts.verify.tracks import MAX_FIELDS, Track, type_of
from tests.verifying import PATTERN, exchange

POLL = Match(PATTERN.poll, Role.POLL, PATTERN, "x")


def seen(body: Any, status: int = 200, meant: Meant = Meant.POLL) -> Track:
    track = Track("a")
    raw = json.dumps(body).encode()
    told = exchange(
        status, raw, headers={"content-type": "application/json", "x-a": "1"}, started=1.0, ended=3.0
    )
    track.saw(Answer(Asked(meant, "GET", "/jobs"), told, PATTERN.poll), POLL)
    return track


def test_places_and_types_are_kept_by_status() -> None:
    track = seen({"status": "completed", "video": {"url": "u"}, "list": [1, None]})
    assert track.fields["completed", "/video/url"] == {"string"}
    assert track.fields["completed", "/list/*"] == {"number", "null"}
    assert track.statuses == {"completed": 1}
    assert track.headers == {"content-type", "x-a"}
    assert track.latencies == [2.0]


def test_errors_are_kept_by_their_code() -> None:
    track = seen({"message": "no"}, 404, Meant.UNKNOWN)
    assert track.fields["status 404", "/message"] == {"string"}
    assert [*track.verdicts.values()] == [404]


def test_polls_of_a_job_and_results_are_no_questions_to_compare() -> None:
    assert not seen({"status": "queued"}).verdicts
    track = Track("a")
    track.saw(Answer(result("https://a.example/"), exchange(), None), None)
    assert not track.latencies


def test_a_clock_that_is_moved_measures_no_latency() -> None:
    track = Track("a", timed=False)
    track.saw(Answer(Asked(Meant.POLL, "GET", "/jobs"), exchange(), PATTERN.poll), POLL)
    assert not track.latencies


def test_a_reply_of_a_million_members_does_not_fill_the_memory() -> None:
    assert len(seen({str(number): number for number in range(MAX_FIELDS * 2)}).fields) <= MAX_FIELDS


def test_jobs_count_that_have_ended() -> None:
    track = Track("a")
    track.lived(Life("x", 0.0, ended=True, lasted=7.0))
    track.lived(Life("y", 0.0))
    assert track.lives == [7.0]


def test_types_are_those_of_json() -> None:
    values: list[Any] = [None, True, 1, 1.5, "", [], {}]
    assert [type_of(value) for value in values] == [
        "null",
        "boolean",
        "number",
        "number",
        "string",
        "array",
        "object",
    ]
