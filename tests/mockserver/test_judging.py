import json
import subprocess
import sys
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver import judging
from bodydouble.mockserver.http.messages import Request
from bodydouble.mockserver.judging import (
    Refused,
    check_body,
    check_key,
    chosen,
    job_id,
    json_body,
    scenario_named,
    texts_in,
    wanted_seconds,
    wished,
)
from bodydouble.mockserver.problems import Problem
from bodydouble.mockserver.routes import Submissions
from bodydouble.mockserver.scenes.choosing import Wish
from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.service import Service
from tests.apis import (
    FAILS_WHILE_GENERATING,
    asked,
    contract,
    jobs,
    posted,
    record,
    route,
    service,
    speech,
    words,
)
from tests.drawing import base64_png

TWO_MODELS = service(contract(jobs("alpha"), jobs("beta")))
SPOKEN = service(contract(speech()))
BUNDLED = service()
VIDEO = "/v2/video/generations"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def submissions(playing: Service, path: str) -> Submissions:
    found = route(playing, path).submissions
    assert found is not None
    return found


def refusal(of: pytest.ExceptionInfo[Refused]) -> Problem:
    return of.value.problem


# The key


@pytest.mark.parametrize("given", [b"Bearer k", b"bearer k", b"BEARER k", b"Bearer   k", b"Bearer \xc3\xa9"])
def test_any_bearer_key_is_good_where_none_is_named(given: bytes) -> None:
    check_key(given, ())


@pytest.mark.parametrize(
    "given",
    [None, b"", b" ", b"Bearer", b"Bearer ", b"Bearer    ", b"Basic k", b"k", b"Bearer a b", b"Bearer\tk"],
)
@pytest.mark.parametrize("good", [(), (b"k",)])
def test_a_missing_or_malformed_key_is_unauthorized(given: bytes | None, good: tuple[bytes, ...]) -> None:
    with pytest.raises(Refused) as caught:
        check_key(given, good)
    assert refusal(caught).status == 401
    assert (b"www-authenticate", b"Bearer") in refusal(caught).headers  # RFC 9110 section 15.5.2


def test_named_keys_are_good_and_no_others_and_no_message_repeats_one() -> None:
    for key in (b"one", b"two"):
        check_key(b"Bearer " + key, (b"one", b"two"))
    for key in (b"on", b"ones", b"One", b"three", b"\xff"):
        with pytest.raises(Refused) as caught:
            check_key(b"Bearer " + key, (b"one", b"two"))
        assert refusal(caught).status == 401
        assert repr(key)[2:-1] not in refusal(caught).message.split()


def test_every_named_key_is_compared_in_constant_time_wherever_the_good_one_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[bytes] = []

    def compare(given: bytes, known: bytes) -> bool:
        compared.append(known)
        return given == known

    monkeypatch.setattr(judging, "compare_digest", compare)
    check_key(b"Bearer a", (b"a", b"b", b"c"))
    assert compared == [b"a", b"b", b"c"]


def test_keys_are_compared_without_what_hashes() -> None:
    program = (
        "import sys; from bodydouble.mockserver.judging import check_key;"
        "check_key(b'Bearer a', (b'a',)); print('hashlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


# The body


@pytest.mark.parametrize(
    "declared",
    ["application/json", "Application/JSON; charset=utf-8", "application/json;v=1", "application/vnd.x+json"],
)
def test_json_may_be_declared_with_parameters_or_as_a_kind_of_json(declared: str) -> None:
    assert json_body(posted(b'{"a": 1}', content_type=declared)) == {"a": 1}


@pytest.mark.parametrize(
    "declared",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "json",
    ],
)
def test_anything_else_is_an_unsupported_media_type(declared: str) -> None:
    with pytest.raises(Refused) as caught:
        json_body(posted(b"{}", content_type=declared))
    assert refusal(caught).status == 415
    assert declared in refusal(caught).message


def test_a_body_that_is_no_json_is_a_violation_at_the_root() -> None:
    with pytest.raises(Refused) as caught:
        json_body(posted(b'{"a": NaN}'))
    assert refusal(caught).status == 400
    assert [v.pointer for v in refusal(caught).violations] == [""]


# The model


def test_the_model_chooses_the_operation() -> None:
    both = submissions(TWO_MODELS, "/jobs")
    assert chosen(both, {"model": "alpha"}).play.pattern.models == ("alpha",)
    assert chosen(both, {"model": "beta"}).play.pattern.models == ("beta",)


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"model": "alhpa"}, "/model", "did you mean 'alpha'?"),
        ({"model": "zzzz"}, "/model", "known are alpha, beta"),
        ({"model": 1}, "/model", "must be a string"),
        ({"model": None}, "/model", "must be a string"),
        ({"model": ["alpha"]}, "/model", "must be a string"),
        ({}, "/model", "is required"),
        ([], "", "must be an object"),
        (None, "", "must be an object"),
        ("alpha", "", "must be an object"),
    ],
)
def test_an_unknown_model_is_invalid_and_names_what_is_known(body: JSON, pointer: str, words: str) -> None:
    with pytest.raises(Refused, match="Body validation error") as caught:
        chosen(submissions(TWO_MODELS, "/jobs"), body)
    assert refusal(caught).status == 400
    assert words in refusal(caught).message
    assert [v.pointer for v in refusal(caught).violations] == [pointer]


def test_one_operation_needs_no_choice_and_its_schema_judges_the_model() -> None:
    only = submissions(BUNDLED, VIDEO)
    submission = chosen(only, {"model": "video-1", "prompt": "x"})
    with pytest.raises(Refused, match="video-01"):
        check_body(submission, {"model": "video-1", "prompt": "x"})


def test_everything_that_is_wrong_is_told_at_once_the_image_too() -> None:
    body: JSON = {"prompt": 7, "enhance_prompt": "yes", "image_url": base64_png(300, 900)}
    with pytest.raises(Refused) as caught:
        check_body(chosen(submissions(BUNDLED, VIDEO), body), body)
    pointers = [v.pointer for v in refusal(caught).violations]
    assert {"/model", "/prompt", "/enhance_prompt", "/image_url"} <= set(pointers)
    assert pointers.count("/image_url") == 2, "the shorter side and the ratio"


@pytest.mark.parametrize("value", [301, None, ["x"], {}])
def test_an_image_that_is_no_text_is_left_to_the_schema(value: JSON) -> None:
    body: JSON = {"model": "video-01", "prompt": "x", "image_url": value}
    with pytest.raises(Refused) as caught:
        check_body(chosen(submissions(BUNDLED, VIDEO), body), body)
    assert {v.keyword for v in refusal(caught).violations} & {"image"} == set()


def test_a_body_within_the_rules_passes() -> None:
    for image in ("https://example.com/a.png", base64_png(301, 301)):
        body: JSON = {"model": "video-01", "prompt": "x" * 2000, "image_url": image, "enhance_prompt": False}
        check_body(chosen(submissions(BUNDLED, VIDEO), body), body)


@given(JSON_VALUES)
def test_any_body_passes_or_is_refused_with_at_least_one_violation(body: JSON) -> None:
    for playing, path in ((BUNDLED, VIDEO), (TWO_MODELS, "/jobs"), (SPOKEN, "/v1/stt/create")):
        problem = judged(playing, path, body)
        assert problem is None or (problem.status == 400 and problem.violations)


def judged(playing: Service, path: str, body: JSON) -> Problem | None:
    try:
        check_body(chosen(submissions(playing, path), body), body)
    except Refused as caught:
        return caught.problem
    return None


# The scenario and the length


def test_a_request_asks_for_a_scenario_or_for_none() -> None:
    assert wished(posted(b"{}")) is None
    assert wished(posted(b"{}", prefer="scenario=slow")) == Wish("slow", preferred=True)
    assert wished(posted(b'{"a":"[[double: slow after=2s]]"}')) == Wish("slow", 2.0)


def test_a_wish_that_means_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="does not end") as caught:
        wished(posted(b'{"a":"[[double: slow"}'))
    assert refusal(caught).status == 400


def test_a_scenario_is_found_by_its_name() -> None:
    assert scenario_named(Repertoire(), "fails-while-generating") == FAILS_WHILE_GENERATING


@pytest.mark.parametrize(
    ("body", "texts"), [("a", "a"), ({"a": "x", "b": [1, "y", {"c": "z"}], "d": None}, "x\ny\nz"), (5, "")]
)
def test_the_texts_of_a_body_are_found_at_any_depth(body: JSON, texts: str) -> None:
    assert texts_in(body) == texts


def test_an_unknown_scenario_is_invalid_and_names_the_nearest() -> None:
    with pytest.raises(Refused, match="did you mean 'succeeds'") as caught:
        scenario_named(Repertoire(), "suceeds")
    assert refusal(caught).status == 400


@pytest.mark.parametrize(
    ("wanted", "seconds"),
    [
        (8, 8.0),
        ("10", 10.0),
        (2.5, 2.5),
        ("NaN", None),
        ("-Infinity", None),
        (10**400, None),
        ("9" * 400, None),
        ("long", None),
        (None, None),
        ([8], None),
    ],
)
def test_the_length_is_the_one_that_is_asked_for_where_it_is_a_length(
    wanted: JSON, seconds: float | None
) -> None:
    assert wanted_seconds({"duration": wanted}) == seconds


def test_a_body_that_asks_for_no_length_is_no_problem() -> None:
    assert [wanted_seconds(body) for body in ({}, [], None, "duration")] == [None] * 4


# The id


def polled(query: str, path: str = VIDEO, playing: Service = BUNDLED, path_id: str | None = None) -> str:
    polling = route(playing, path).polling
    assert polling is not None
    request = asked(query, path)
    return job_id(polling, Request("GET", path, request.query, request.headers, path_id=path_id))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_an_id_arrives_percent_encoded_whatever_it_holds(value: str) -> None:
    assert polled(f"generation_id={quote(value, safe='')}") == value


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("generation_id=123456789012345", "123456789012345"),
        ("generation_id=4c5d:vendor/model-1", "4c5d:vendor/model-1"),
        ("generation_id=4c5d%3Avendor%2Fmodel-1&x=1", "4c5d:vendor/model-1"),
        ("a=b;c&generation_id=-V1_x", "-V1_x"),
        ("generation_id=a+b", "a b"),
        ("generation_id=a%2Bb", "a+b"),
        ("generation_id=a=b", "a=b"),
        ("generation_id=", ""),
        ("generation_id", ""),
        ("generation%5Fid=x", "x"),
        ("generation_id=%FF%zz", "\ufffd%zz"),
    ],
)
def test_hostile_ids_arrive_in_the_query_as_they_are_meant(query: str, value: str) -> None:
    assert polled(query) == value


@pytest.mark.parametrize(
    ("query", "got"),
    [
        ("", "nothing"),
        ("Generation_Id=x", "nothing"),
        ("id=x", "nothing"),
        ("generation_id=a&generation_id=a", "2 of them"),
        ("&".join(["generation_id=a"] * 5000), "5000 of them"),
    ],
)
def test_an_id_that_is_missing_or_stands_twice_is_invalid(query: str, got: str) -> None:
    with pytest.raises(Refused) as caught:
        polled(query)
    assert refusal(caught).status == 400
    assert [(v.pointer, v.got) for v in refusal(caught).violations] == [("generation_id", got)]


def test_an_id_in_the_path_is_taken_from_there_alone() -> None:
    path = "/v1/stt/{generation_id}"
    assert polled("generation_id=other", path, SPOKEN, path_id="a/b") == "a/b"
    assert polled("", path, SPOKEN, path_id=None) == ""


def test_where_no_model_is_named_in_the_contract_none_is_asked_for() -> None:
    plain = service(contract(jobs(request=record(["text"], text=words("a", "b")))))
    only = submissions(plain, "/jobs")
    check_body(chosen(only, {"text": "a"}), {"text": "a"})
    with pytest.raises(Refused):
        check_body(chosen(only, json.loads("[]")), [])
