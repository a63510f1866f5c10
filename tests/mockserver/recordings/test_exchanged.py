from dataclasses import replace
from typing import Any

import pytest

from bodydouble.mockserver.recordings.exchanged import exchanges_of, exchanges_of_misc
from bodydouble.mockserver.recordings.recordings import (
    MISC_FORMAT,
    Asked,
    Recording,
    RecordingError,
    Said,
    Turn,
)
from tests.apis import contract, speech
from tests.exchanging import JOBS

PATTERN = JOBS.patterns[0]
LIFE = Recording(
    "job-1",
    "alpha",
    request=Asked("POST", "/jobs", "", Said({}, {"model": "alpha"})),
    turns=(
        Turn("create", 0, 0.1, 200, "queued", Said({}, {"id": "job-1", "status": "queued"})),
        Turn("poll", 1, 0.1, 200, "running", Said({}, {"id": "job-1", "status": "running"})),
        Turn("poll", 2, 0.1, 200, "running"),
        Turn("poll", 3, 0.1, 502, "", Said({}, None, "text/html, 9 bytes")),
        Turn("poll", 4, 0.1, 0, trouble="reset"),
    ),
)


def test_a_recorded_life_is_its_exchanges() -> None:
    create, *polls = exchanges_of(LIFE, PATTERN)
    assert (create.method, create.path, create.request.json, create.status) == (
        "POST",
        "/jobs",
        {"model": "alpha"},
        200,
    )
    assert create.reply.json == {"id": "job-1", "status": "queued"}
    assert [(poll.method, poll.path, poll.query) for poll in polls] == [("GET", "/jobs", "id=job-1")] * 4
    assert [poll.status for poll in polls] == [200, 200, 502, 0]


def test_a_reply_that_was_the_same_is_said_again() -> None:
    said = [exchange.reply.json_or_none() for exchange in exchanges_of(LIFE, PATTERN)]
    assert said[1] == said[2] == {"id": "job-1", "status": "running"}


def test_a_body_that_was_not_kept_is_none() -> None:
    assert exchanges_of(LIFE, PATTERN)[3].reply.json_or_none() is None


def test_a_poll_by_path_has_the_job_in_its_path() -> None:
    pattern = contract(speech()).patterns[0]
    assert exchanges_of(LIFE, pattern)[1].path == "/v1/stt/job-1"


def test_a_create_that_was_not_seen_is_that_of_the_pattern() -> None:
    create = exchanges_of(replace(LIFE, request=None), PATTERN)[0]
    assert (create.method, create.path, create.request.json_or_none()) == ("POST", "/jobs", None)


def test_exchanges_of_no_job_are_read() -> None:
    each = {
        "request": {"method": "GET", "path": "/x", "query": "a=1"},
        "reply": {"code": 404, "body": {"message": "no"}},
    }
    (found,) = exchanges_of_misc({"format": MISC_FORMAT, "exchanges": [each]}, "misc.json")
    assert (found.method, found.path, found.query, found.status) == ("GET", "/x", "a=1", 404)
    assert found.reply.json == {"message": "no"}


@pytest.mark.parametrize("listed", [None, [1], [{}], [{"request": {}, "reply": {}}], {"a": 1}])
def test_what_is_no_such_file_is_an_error(listed: Any) -> None:
    with pytest.raises(RecordingError, match=r"misc\.json"):
        exchanges_of_misc({"format": MISC_FORMAT, "exchanges": listed}, "misc.json")
