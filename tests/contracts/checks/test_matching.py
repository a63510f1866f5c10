from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.checks.matching import Matcher, Role, told_ids, told_status, value_at
from tests.apis import BUNDLED, TEXT, contract, document, getting, jobs, posting, record, speech, words
from tests.exchanging import JOBS, created, polled

SPEECH = contract(speech())
MATCHER = Matcher(BUNDLED)
SHAPE = JOBS.patterns[0].polled


def asked(method: str, path: str, query: str = "") -> Exchange:
    return Exchange(1, method, path, query)


def test_a_create_and_a_poll_are_told_apart() -> None:
    submit, poll = Matcher(JOBS).match(created()), Matcher(JOBS).match(polled("running"))
    assert submit is not None
    assert poll is not None
    assert (submit.role, submit.asked_id) == (Role.SUBMIT, "")
    assert (poll.role, poll.asked_id) == (Role.POLL, polled("running").query_values("id")[0])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("DELETE", "/v2/video/generations"),
        ("GET", "/v2/video/generations/"),
        ("GET", "/v2/video"),
    ],
)
def test_what_the_contract_does_not_have_is_no_match(method: str, path: str) -> None:
    assert MATCHER.match(asked(method, path)) is None


def test_an_alias_is_the_same_operation() -> None:
    alias = BUNDLED.patterns[0].poll.paths[1]
    match = MATCHER.match(asked("GET", alias, "generation_id=7"))
    assert match is not None
    assert match.operation is BUNDLED.patterns[0].poll
    assert match.asked_id == "7"


def test_a_path_without_parameters_is_nearer_than_one_with() -> None:
    match = Matcher(SPEECH).match(asked("POST", "/v1/stt/create"))
    assert match is not None
    assert match.role is Role.SUBMIT


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_any_id_in_a_path_is_found_encoded(job_id: str) -> None:
    match = Matcher(SPEECH).match(asked("GET", f"/v1/stt/{quote(job_id, safe='')}"))
    assert match is not None
    assert match.asked_id == job_id


def test_an_id_with_slashes_is_found_raw() -> None:
    match = Matcher(SPEECH).match(asked("GET", "/v1/stt/a:b/c-1"))
    assert match is not None
    assert match.asked_id == "a:b/c-1"


@pytest.mark.parametrize("query", ["", "id=1&id=2", "identity=1"])
def test_an_id_that_does_not_stand_once_is_none(query: str) -> None:
    match = Matcher(JOBS).match(asked("GET", "/jobs", query))
    assert match is not None
    assert match.asked_id == ""


def test_the_model_chooses_among_operations_on_one_path() -> None:
    two = contract(jobs("alpha"), jobs("beta"))
    match = Matcher(two).match(created(asked={"model": "beta"}))
    assert match is not None
    assert match.pattern is two.patterns[1]


def test_a_known_job_is_polled_by_its_own_pattern() -> None:
    two = contract(jobs("alpha"), jobs("beta"))
    match = Matcher(two).match(polled("running"), two.patterns[1])
    assert match is not None
    assert match.pattern is two.patterns[1]


def test_every_operation_that_may_be_polled_is_told_once() -> None:
    two = contract(jobs("alpha"), jobs("beta"))
    assert [match.operation for match in Matcher(two).polls(polled("running"))] == [
        pattern.poll for pattern in two.patterns
    ]
    assert [match.operation for match in MATCHER.polls(polled("x", path="/v2/video/generations"))] == [
        BUNDLED.patterns[0].poll
    ]
    assert Matcher(two).polls(created()) == ()


def test_a_server_with_a_base_path_matches_with_and_without_it() -> None:
    served = contract({**jobs("alpha"), "servers": [{"url": "https://api.example/v2/"}]})
    assert Matcher(served).match(asked("GET", "/v2/jobs", "id=1")) is not None
    assert Matcher(served).match(asked("GET", "/jobs", "id=1")) is not None
    assert Matcher(served).match(asked("GET", "/v3/jobs", "id=1")) is None


def test_an_operation_of_no_job_is_matched_too() -> None:
    told = record(["id", "status"], id=TEXT, status=words("queued"))
    more = document(
        {
            "/jobs": posting(record(), told) | getting("id", "query", told),
            "/info": getting("q", "query", TEXT),
        }
    )
    match = Matcher(contract(more)).match(asked("GET", "/info", "q=1"))
    assert match is not None
    assert (match.role, match.pattern, match.shape) == (Role.OTHER, None, None)


def test_a_known_path_is_known_whatever_the_method() -> None:
    assert MATCHER.is_known_path("/v2/video/generations")
    assert not MATCHER.is_known_path("/v2/video")


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"id": "a"}, ("a",)),
        ({"id": 123456789012345}, ("123456789012345",)),
        ({"id": True}, ()),
        ({}, ()),
        ([], ()),
        (None, ()),
    ],
)
def test_ids_are_read_as_clients_read_them(body: object, ids: tuple[str, ...]) -> None:
    assert told_ids(SHAPE, body) == ids  # type: ignore[arg-type]  # any JSON


def test_a_status_that_is_no_word_is_none() -> None:
    assert told_status(SHAPE, {"status": 3}) is None
    assert told_status(SHAPE, {"status": "running"}) == "running"
    assert value_at({"a": [1]}, "/a/1") is None
