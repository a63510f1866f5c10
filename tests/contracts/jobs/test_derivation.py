from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.findings import Finding
from bodydouble.contracts.jobs.derivation import derive
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.jobs.job_statement import STATED, PatternError
from bodydouble.contracts.jobs.stages import STAGE_WORDS, Stage, stage_of
from bodydouble.contracts.openapi.operations import operations_of
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import TEXT, document, getting, posting, record, words

STATUS = words("queued", "running", "done", "failed")
OPTIONAL: dict[str, Any] = {"type": "object", "nullable": True}
REPLY = record(["id", "status"], id=TEXT, status=STATUS, result=OPTIONAL, error=OPTIONAL)
BODY = record(["prompt"], prompt=TEXT)


def derived(*paths: dict[str, Any], **more: Any) -> tuple[tuple[JobPattern, ...], tuple[Finding, ...]]:
    fragments = [Fragment(f"{number}.json", document(each, **more)) for number, each in enumerate(paths)]
    return derive(operation for fragment in fragments for operation in operations_of(fragment))


def only(*paths: dict[str, Any], **more: Any) -> JobPattern:
    (pattern,), _ = derived(*paths, **more)
    return pattern


def rules(*paths: dict[str, Any]) -> list[str]:
    return [finding.rule for finding in derived(*paths)[1]]


def jobs(
    stated: Any = None,
    create: Any = REPLY,
    poll: Any = REPLY,
    body: Any = BODY,
    path: str = "/jobs",
    **more: Any,
) -> dict[str, Any]:
    beside = {} if stated is None else {STATED: stated}
    return {path: posting(body, create, **beside, **more) | getting("id", "query", poll)}


# Pairs of operations


def test_a_post_and_a_get_on_one_path_are_a_pattern() -> None:
    pattern = only(jobs())
    assert (str(pattern.submit), str(pattern.poll)) == ("POST /jobs", "GET /jobs")
    assert (pattern.parameter.name, pattern.parameter.location) == ("id", "query")
    assert derived(jobs())[1] == ()


def test_the_get_may_come_first_and_from_another_fragment() -> None:
    pattern = only({"/jobs/{id}": getting("id", "path", REPLY)}, {"/jobs": posting(BODY, REPLY)})
    assert (pattern.submit.source, pattern.poll.source) == ("1.json", "0.json")
    assert pattern.parameter.location == "path"


def test_speech_to_text_is_derived_without_an_overlay() -> None:
    said = record(
        ["generation_id", "status"],
        generation_id=TEXT,
        status=words("waiting", "active", "completed", "error"),
        result={"type": "object", "nullable": True, "properties": {"text": TEXT}},
        error={"nullable": True},
    )
    asked = record(["model", "url"], model=words("ear/one", "ear/two"), url=TEXT | {"format": "uri"})
    accepted = record(["generation_id"], generation_id=TEXT, status=said["properties"]["status"])
    pattern = only(
        {
            "/v1/stt/create": posting(asked, accepted, "201"),
            "/v1/stt/{generation_id}": getting("generation_id", "path", said),
            "/v1/tts/{generation_id}": getting("generation_id", "path", said),
        }
    )
    assert str(pattern.poll) == "GET /v1/stt/{generation_id}"
    assert (pattern.model, pattern.models) == ("model", ("ear/one", "ear/two"))
    assert pattern.submitted.ids == pattern.polled.ids == ("/generation_id",)
    assert [(each.status, each.stage, each.present, each.absent) for each in pattern.polled.promises] == [
        ("waiting", Stage.INITIAL, (), ("/result", "/error")),
        ("active", Stage.RUNNING, (), ("/result", "/error")),
        ("completed", Stage.SUCCESS, ("/result",), ("/error",)),
        ("error", Stage.FAILURE, ("/error",), ("/result",)),
    ]


def test_several_creates_may_share_one_poll() -> None:
    patterns, findings = derived(
        {"/v2/video/generations": getting("id", "query", REPLY) | posting(BODY, REPLY)},
        {"/v2/generate/video/vendor/generation": posting(BODY, REPLY)},
        {"/video/generations": posting(BODY, REPLY)},
    )
    assert [str(pattern.poll) for pattern in patterns] == ["GET /v2/video/generations"] * 3
    assert findings == ()


def test_of_several_polls_the_nearest_is_taken() -> None:
    pattern = only(
        jobs(), {"/things": getting("id", "query", REPLY)}, {"/jobs/{id}": getting("id", "path", REPLY)}
    )
    assert str(pattern.poll) == "GET /jobs"


def test_a_get_that_cannot_poll_is_passed_over_however_near() -> None:
    near = {"/jobs": posting(BODY, REPLY) | getting("page", "header", REPLY)}
    assert str(only(near, {"/v1/far": getting("id", "query", REPLY)}).poll) == "GET /v1/far"


# The create's reply


def test_a_create_without_a_reply_schema_borrows_that_of_the_poll() -> None:
    paths = jobs()
    paths["/jobs"]["post"]["responses"] = {"201": {"description": ""}}
    pattern = only(paths)
    assert pattern.submitted.reply.status == "201"
    assert pattern.submitted.reply.schema is pattern.polled.reply.schema
    assert pattern.submitted.promises == pattern.polled.promises
    assert rules(paths) == ["create-reply-borrowed"]


@pytest.mark.parametrize("silent", [{}, {"type": "object"}, {"description": "a job"}])
def test_a_reply_schema_that_says_nothing_is_as_good_as_none(silent: Any) -> None:
    assert rules(jobs(create=silent)) == ["create-reply-borrowed"]


def test_there_must_be_an_id_to_borrow() -> None:
    patterns, (finding,) = derived(jobs(create={}, poll=record(status=STATUS)))
    assert patterns == ()
    assert "the poll's holds no id either" in finding.message


def test_a_poll_need_not_repeat_the_id() -> None:
    assert only(jobs(poll=record(status=STATUS))).polled.ids == ()


def test_a_create_may_tell_an_id_only() -> None:
    pattern = only(jobs(create=record(["task_id"], task_id=TEXT, created_at=TEXT)))
    assert (pattern.submitted.ids, pattern.submitted.status) == (("/task_id",), "/status")
    assert [each.status for each in pattern.submitted.promises] == ["queued", "running", "done", "failed"]


@pytest.mark.parametrize(
    "reply",
    [
        record(id=TEXT, choices={"type": "array"}),
        record(message=TEXT),
        record(user_id=TEXT, status=STATUS),
        TEXT,
        {"type": "array", "items": REPLY},
    ],
)
def test_an_operation_that_answers_at_once_submits_no_job(reply: Any) -> None:
    patterns, (finding,) = derived(jobs(create=reply))
    assert patterns == ()
    assert (finding.rule, finding.severity) == ("operation-not-a-job", "note")
    assert finding.pointer == "/paths/~1jobs/post"


def test_what_takes_no_json_or_is_no_post_submits_nothing() -> None:
    form = {"/form": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": BODY}}}}}}
    put = {"/jobs": {"put": posting(BODY, REPLY)["post"]}}
    assert derived(form, put, {"/jobs": getting("id", "query", REPLY)}) == ((), ())


# What is missing


def test_a_missing_poll_is_told_with_what_was_looked_at() -> None:
    patterns, (finding,) = derived(
        {"/jobs": posting(BODY, REPLY), "/list": {"get": {}}, "/one": getting("id", "query", record(id=TEXT))}
    )
    assert patterns == ()
    assert finding.rule == "poll-missing"
    assert finding.message == "nothing polls the jobs that POST /jobs creates"
    assert finding.got == "GET /list takes no id; GET /one tells no status"
    assert "add the fragment whose GET takes the job's id" in finding.hint


def test_where_there_is_no_get_the_finding_says_so() -> None:
    (finding,) = derived({"/jobs": posting(BODY, REPLY)})[1]
    assert finding.got == "no GET at all"


def test_words_that_nobody_knows_are_told() -> None:
    reply = record(id=TEXT, status=words("queued", "zapping", "done"))
    assert rules(jobs(poll=reply)) == ["status-unknown"]
    stated = {"statuses": {"zapping": {"stage": "running"}}}
    assert rules(jobs(stated, poll=reply, create=reply)) == []


def test_a_poll_that_does_not_list_its_words_is_told() -> None:
    _, (finding,) = derived(jobs(poll=record(id=TEXT, status=TEXT), create=record(id=TEXT, status=TEXT)))
    assert finding.rule == "status-words-assumed"
    assert "queued, processing, completed, failed are assumed" in finding.message


# Models


@pytest.mark.parametrize(
    ("model", "models"),
    [
        (words("a", "b"), ("a", "b")),
        ({"const": "a"}, ("a",)),
        ({"allOf": [words("a")], "nullable": True}, ("a",)),
        ({"anyOf": [words("a"), words("b")]}, ("a", "b")),
        (TEXT, ()),
    ],
)
def test_listed_models_choose_the_operation(model: Any, models: tuple[str, ...]) -> None:
    pattern = only(jobs(body=record(["model"], model=model)))
    assert (pattern.model, pattern.models) == ("model" if models else "", models)


def test_models_of_all_alternatives_of_the_body_choose() -> None:
    body = {"oneOf": [record(model=words("a"), x=TEXT), record(model=words("b"), y=TEXT)]}
    assert only(jobs(body=body)).models == ("a", "b")


# What is stated


def test_every_derived_part_can_be_stated_otherwise() -> None:
    reply = record(
        id=TEXT,
        key=TEXT,
        status=STATUS,
        state=words("hot", "cold"),
        result=OPTIONAL,
        picture=OPTIONAL,
        error=OPTIONAL,
    )
    stated = {
        "poll": "GET /far/{key}",
        "parameter": "key",
        "model": "engine",
        "id": "/key",
        "status": "/state",
        "statuses": {
            "hot": {"stage": "running", "present": ["/picture"], "absent": []},
            "cold": {"stage": "success", "absent": ["/result"]},
        },
    }
    far = getting("key", "path", reply)
    far["get"]["parameters"].insert(0, {"name": "id", "in": "query", "required": True})
    body = record(model=words("m"), engine=words("steam"))
    pattern = only(jobs(stated, create=reply, poll=reply, body=body), {"/far/{key}": far})
    assert (str(pattern.poll), pattern.parameter.name) == ("GET /far/{key}", "key")
    assert (pattern.model, pattern.models) == ("engine", ("steam",))
    for shape in (pattern.submitted, pattern.polled):
        assert (shape.ids, shape.status) == (("/key",), "/state")
        assert [(each.stage, each.present, each.absent) for each in shape.promises] == [
            (Stage.RUNNING, ("/picture",), ()),
            (Stage.SUCCESS, (), ("/result",)),
        ]


def test_create_and_poll_may_be_stated_apart() -> None:
    created = record(task=record(key=TEXT, phase=STATUS))
    polled = record(key=TEXT, phase=STATUS)
    stated = {
        "submitted": {"id": "/task/key", "status": "/task/phase"},
        "polled": {"id": "/key", "status": "/phase"},
    }
    pattern = only(jobs(stated, create=created, poll=polled))
    assert (pattern.submitted.ids, pattern.submitted.status) == (("/task/key",), "/task/phase")
    assert (pattern.polled.ids, pattern.polled.status) == (("/key",), "/phase")


def test_a_stated_status_makes_a_get_the_poll() -> None:
    odd = record(id=TEXT, progress=STATUS)
    assert only(jobs({"status": "/progress"}, create=odd, poll=odd)).polled.status == "/progress"


def test_another_documented_reply_may_be_meant() -> None:
    paths = jobs({"submitted": {"reply": "202"}}, create=record(answer=TEXT))
    paths["/jobs"]["post"]["responses"]["202"] = paths["/jobs"]["get"]["responses"]["200"]
    assert only(paths).submitted.reply.status_code == 202
    paths["/jobs"]["post"][STATED] = {"submitted": {"reply": "203"}}
    with pytest.raises(PatternError, match='POST /jobs has no reply "203"; did you mean'):
        only(paths)


def test_one_operation_may_take_several_bodies_with_replies_of_their_own() -> None:
    components = {
        "One": record(model=words("one")),
        "Two": record(model=words("two")),
        "Told": record(key=TEXT, status=words("on", "done")),
    }
    stated = [
        {"body": "#/components/schemas/One"},
        {
            "body": "#/components/schemas/Two",
            "submitted": {"schema": "#/components/schemas/Told", "id": "/key"},
            "polled": {"schema": "#/components/schemas/Told", "id": "/key"},
        },
    ]
    (one, two), _ = derived(jobs(stated), components={"schemas": components})
    assert (one.models, one.polled.ids) == (("one",), ("/id",))
    assert (two.models, two.polled.ids) == (("two",), ("/key",))
    assert [each.status for each in two.polled.promises] == ["on", "done"]


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"poll": "GET /job"}, "the poll \"GET /job\" is no operation here; did you mean 'GET /jobs'"),
        ({"parameter": "ident"}, 'the poll GET /jobs has no parameter "ident"'),
        ({"model": "engine"}, "model is engine, but the body has no such property"),
        ({"model": "prompt"}, "model is prompt, but the body does not list its values; state them in models"),
        ({"models": ["a"]}, "model is model, but the body has no such property"),
        (
            {"model": "size", "models": ["smal"]},
            "model is size, which cannot be \"smal\"; did you mean 'small'",
        ),
        ({"id": "/ids"}, "no reply has \"/ids\"; did you mean '/id'"),
        ({"body": "#/components/schemas/Gone"}, 'the document has nothing at "#/components/schemas/Gone"'),
        ({"polled": {"schema": "#/gone"}}, 'the document has nothing at "#/gone"'),
        ({"polled": {"reply": "404"}}, 'GET /jobs has no reply "404"'),
        (
            {"statuses": {"dnoe": {"stage": "success"}}},
            "no reply has the status \"dnoe\"; did you mean 'done'",
        ),
        ({"statuses": {"done": {"stage": "sucess"}}}, "did you mean 'success'"),
    ],
)
def test_a_misstatement_is_an_error_that_says_where(stated: Any, says: str) -> None:
    with pytest.raises(PatternError, match=rf"^x-bodydouble-job of POST /jobs in 0\.json.*{says}"):
        only(jobs(stated, body=record(["prompt"], prompt=TEXT, size=words("small", "large"))))


def test_values_that_the_body_does_not_list_may_be_stated() -> None:
    free = record(model=TEXT)
    assert only(jobs({"models": ["a", "b"]}, body=free)).models == ("a", "b")
    assert only(jobs({"models": ["b"]}, body=record(model=words("a", "b")))).models == ("b",)


def test_a_job_that_is_stated_must_have_an_id() -> None:
    with pytest.raises(PatternError, match="its reply holds no id"):
        only(jobs({}, create=record(message=TEXT)))
    assert rules(jobs({"optional": True}, create=record(message=TEXT))) == ["operation-not-a-job"]


def test_a_stated_job_may_tell_an_id_among_other_things() -> None:
    assert only(jobs({}, create=record(id=TEXT, choices={"type": "array"}))).submitted.ids == ("/id",)


# For all pairs

ID_NAMES = st.sampled_from(["id", "generation_id", "jobId", "task_id", "request_id", "uuid"])
STATUS_NAMES = st.sampled_from(["status", "state", "task_status", "jobStatus"])
ERROR_NAMES = st.sampled_from(["error", "errors", "failure", None])
RESULTS = st.sampled_from(
    [
        {"video": {"type": "object", "nullable": True, "properties": {"url": TEXT | {"format": "uri"}}}},
        {"result": {"anyOf": [record(url=TEXT), {"type": "array"}, {"nullable": True}]}},
        {"output": {"allOf": [{"$ref": "#/components/schemas/Result"}]}},
        {"text": TEXT},
    ]
)
VOCABULARY = {
    stage: st.lists(st.sampled_from(listed), min_size=1, max_size=3, unique=True)
    for stage, listed in STAGE_WORDS.items()
}
WORDS = st.tuples(*VOCABULARY.values()).map(lambda several: [word for listed in several for word in listed])
WRAPPERS = st.sampled_from([(), ("data",), ("data", "task")])
PATHS = st.sampled_from(
    [
        ("/jobs", "/jobs", "query"),
        ("/jobs", "/jobs/{ID}", "path"),
        ("/v1/stt/create", "/v1/stt/{ID}", "path"),
        ("/v2/generate/video/vendor/generation", "/v2/video/generations", "query"),
        ("/v1/make", "/v1/{project}/things/{ID}", "path"),
    ]
)


def wrapped(schema: Any, around: Sequence[str]) -> Any:
    for name in reversed(around):
        schema = record([name], **{name: schema})
    return schema


@given(ID_NAMES, STATUS_NAMES, ERROR_NAMES, RESULTS, WORDS, WRAPPERS, PATHS)
def test_any_usual_pair_is_derived(
    id_name: str,
    status_name: str,
    error_name: str | None,
    result: dict[str, Any],
    listed: list[str],
    around: tuple[str, ...],
    paths: tuple[str, str, str],
) -> None:
    told = {id_name: TEXT, status_name: words(*listed), "created_at": TEXT, **result}
    told |= {error_name: {"nullable": True}} if error_name else {}
    reply = wrapped(record([id_name, status_name], **told), around)
    create, poll, place = paths
    pattern = only(
        {create: posting(BODY, reply)} | {poll.replace("ID", id_name): getting(id_name, place, reply)}
        if create != poll
        else {create: posting(BODY, reply) | getting(id_name, place, reply)},
        components={"schemas": {"Result": record(url=TEXT)}},
    )
    base = "".join(f"/{name}" for name in around)
    results = tuple(f"{base}/{name}" for name in result)
    errors = (f"{base}/{error_name}",) if error_name else ()
    assert pattern.parameter.name == id_name
    for shape in (pattern.submitted, pattern.polled):
        assert (shape.ids, shape.status) == ((f"{base}/{id_name}",), f"{base}/{status_name}")
        assert [each.status for each in shape.promises] == listed
        for each in shape.promises:
            assert each.stage is stage_of(each.status)
            assert (
                each.present == results
                if each.stage is Stage.SUCCESS
                else not set(each.present) - set(errors)
            )
            assert not set(each.present) & set(each.absent)
        described = shape.promise(Stage.FAILURE)
        assert described is not None
        assert set(described.absent) == set(results)
