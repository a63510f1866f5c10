import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from bodydouble.contracts.building import build
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.exporting.export import export
from bodydouble.contracts.jobs.derivation import derive
from bodydouble.contracts.jobs.job_pattern import JobPattern, ReplyShape
from bodydouble.contracts.loading import load
from bodydouble.contracts.openapi.operations import operations_of
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.schema.samples import Sampler
from bodydouble.contracts.schema.validation import Validator
from tests.apis import BUNDLED, TEXT, contract, document, getting, jobs, posting, record, speech, words
from tests.generating import damaged

PAGE = [fragment.document for fragment in load([]).fragments]


def exported(given_: Contract) -> dict[str, Any]:
    """The document as another tool reads it from its text."""
    made: dict[str, Any] = json.loads(json.dumps(export(given_)))
    return made


def reloaded(made: dict[str, Any]) -> Contract:
    return build([Fragment("exported.json", made)])


def operations(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in made["paths"].values():
        yield from item.values()


def shape(found: ReplyShape) -> tuple[Any, ...]:
    return found.ids, found.status, found.promises, found.reply.status


def told(pattern: JobPattern) -> Iterator[tuple[Any, ...]]:
    """Everything about a pattern but its schemas and names, for each path that submits by it."""
    for path in pattern.submit.paths:
        polled = path if path in pattern.poll.paths else pattern.poll.path
        parameter = pattern.parameter
        chosen = (parameter.name, parameter.location, pattern.model, pattern.models)
        yield path, polled, *chosen, shape(pattern.submitted), shape(pattern.polled)


def served(given_: Contract) -> set[tuple[str, str]]:
    """What is served, and what of it asks for a key: one operation does if any of those behind it does."""
    behind = [operation for pattern in given_.patterns for operation in (pattern.submit, pattern.poll)]
    paths = {(operation.method, path) for operation in behind for path in operation.paths}
    return paths | {("secured", f"{o.method} {path}") for o in behind if o.security for path in o.paths}


def check_valid(made: dict[str, Any]) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(made).iter_errors()] == []
    ids = [operation["operationId"] for operation in operations(made)]
    assert len(ids) == len(set(ids))
    for operation in operations(made):
        for reply in operation["responses"].values():
            assert all(link["operationId"] in ids for link in reply.get("links", {}).values())


def check_links(made: dict[str, Any], given_: Contract) -> None:
    """Every create leads to a poll with a parameter that this poll has."""
    by_id = {operation["operationId"]: operation for operation in operations(made)}
    for pattern in given_.patterns:
        for path in pattern.submit.paths:
            reply = made["paths"][path]["post"]["responses"][pattern.submitted.reply.status]
            links = [
                link
                for link in reply["links"].values()
                if link["parameters"]
                == {pattern.parameter.name: f"$response.body#{pattern.submitted.ids[0]}"}
            ]
            polls = [by_id[link["operationId"]] for link in links]
            assert any(pattern.parameter.name in [p["name"] for p in poll["parameters"]] for poll in polls)


def check_round_trip(made: dict[str, Any], given_: Contract) -> None:
    back = reloaded(made)
    every = [
        sorted(repr(each) for p in contract_.patterns for each in told(p)) for contract_ in (back, given_)
    ]
    assert every[0] == every[1]
    assert served(back) == served(given_)
    assert back.conventions == given_.conventions
    assert (back.title, back.version, back.servers) == (given_.title, given_.version, given_.servers)


def check(given_: Contract) -> dict[str, Any]:
    made = exported(given_)
    check_valid(made)
    check_links(made, given_)
    check_round_trip(made, given_)
    return made


# What is published


def test_the_bundled_contract_is_one_valid_document() -> None:
    made = check(BUNDLED)
    assert made["openapi"] == "3.1.0"
    assert list(made["paths"]) == ["/v2/video/generations", "/v2/generate/video/minimax/generation"]
    assert list(made["components"]["securitySchemes"]) == ["bearer"]
    (pattern,) = reloaded(made).patterns
    assert pattern.submit.aliases == pattern.poll.aliases == BUNDLED.patterns[0].submit.aliases


@pytest.mark.parametrize("overlays", [[], ["bundled"]])
def test_all_fragments_together_are_one_valid_document(upstream: Path, overlays: list[str]) -> None:
    everything = load([str(upstream / "fragments")], overlays)
    made = check(everything)
    universal = made["paths"]["/v2/video/generations"]["post"]
    assert len(universal["requestBody"]["content"]["application/json"]["schema"]["anyOf"]) == 63
    assert len(universal["x-bodydouble-job"]) == 63


def test_each_fragment_is_a_valid_document(upstream: Path) -> None:
    folder = upstream / "fragments"
    for path in sorted(folder.glob("*/*.json")):
        check(load([str(path), str(folder / "universal-video-fetch.json")]))


def test_the_page_is_a_valid_document(upstream: Path) -> None:
    check(load([str(upstream / "pages" / "video-01.md")]))


def test_speech_to_text_polls_by_path_in_a_valid_document() -> None:
    made = check(contract(speech()))
    link = made["paths"]["/v1/stt/create"]["post"]["responses"]["201"]["links"]["poll"]
    assert link["parameters"] == {"generation_id": "$response.body#/generation_id"}


def test_what_the_bodies_of_all_fragments_accept_stays_what_it_was(upstream: Path) -> None:
    everything = load([str(upstream / "fragments")])
    back = reloaded(exported(everything))
    bodies = {(str(p.submit), p.models): p.submit.request for p in back.patterns}
    for pattern in everything.patterns:
        given_, again = pattern.submit.request, bodies[str(pattern.submit), pattern.models]
        assert given_ is not None
        assert again is not None
        body = Sampler(given_.lenient, wanted=lambda _: True).sample()
        assert isinstance(body, dict)
        spoiled = [{**body, name: {"no": ["such", "value"]}} for name in body] + [{}, {"model": "none"}]
        for value in (body, Sampler(given_.lenient).sample(), *spoiled):
            assert Validator(again.lenient).is_valid(value) is Validator(given_.lenient).is_valid(value)


# Readings


def test_requests_are_read_leniently_and_replies_strictly() -> None:
    odd = {"type": "string", "enum": ["a"], "nullable": True}
    reply = record(["id", "status"], id=TEXT, status=words("queued", "done"), mode=odd)
    made = check(
        contract(document({"/jobs": posting(record(mode=odd), reply) | getting("id", "query", reply)}))
    )
    post = made["paths"]["/jobs"]["post"]
    request = post["requestBody"]["content"]["application/json"]["schema"]
    told_ = post["responses"]["200"]["content"]["application/json"]["schema"]
    assert request["properties"]["mode"]["enum"] == ["a", None]
    assert told_["properties"]["mode"]["enum"] == ["a"]


def test_recursion_survives() -> None:
    node = record(["value"], value=TEXT, next={"$ref": "#/components/schemas/Node"})
    given_ = jobs(
        "a", request=record(["model"], model=words("a"), list={"$ref": "#/components/schemas/Node"})
    )
    back = reloaded(check(contract({**given_, "components": {"schemas": {"Node": node}}})))
    request = back.patterns[0].submit.request
    assert request is not None
    assert Validator(request.lenient).is_valid({"model": "a", "list": {"value": "x", "next": {"value": "y"}}})
    assert not Validator(request.lenient).is_valid(
        {"model": "a", "list": {"value": "x", "next": {"value": 5}}}
    )


# What OpenAPI demands


def test_what_is_missing_or_malformed_is_filled_in_or_left_out() -> None:
    reply = record(["id", "status"], id=TEXT, status=words("queued", "done"))
    create = posting(record(["prompt"], prompt=TEXT | {"default": 5, "examples": [7]}), reply, "2xx")
    create["post"] |= {"summary": 5, "tags": "video", "externalDocs": 3, "operationId": ["a"], "callbacks": 1}
    create["post"]["responses"] |= {"oops": {}, "404": {"headers": {"x-a": {}}}}
    poll = getting("id", "path", reply)
    del poll["get"]["responses"]["200"]["description"]
    paths = {"jobs/{id}/{part}": poll, "/jobs": create, "x-note": 5}
    made = check(contract({"openapi": "3.0.0", "info": None, "servers": 5, "paths": paths}))
    assert made["info"] == {"title": "API", "version": "0"}
    assert list(made["paths"]["/jobs"]["post"]["responses"]) == ["2XX", "404"]


def test_operations_of_one_name_get_names_of_their_own() -> None:
    same = {"operationId": "run"}
    made = check(
        contract(
            document({"/jobs": posting(record(), REPLY, **same) | getting("id", "query", REPLY, **same)}),
            document({"/other": posting(record(), REPLY, **same)}),
        )
    )
    assert [operation["operationId"] for operation in operations(made)] == ["run", "run_get", "run_post"]


def test_operations_without_a_name_are_called_by_their_path() -> None:
    made = exported(contract(jobs("a", "/v1/jobs"), jobs("b", "/")))
    names = {operation["operationId"] for operation in operations(made)}
    assert names == {"v1_jobs", "v1_jobs_get", "root", "root_get"}


def test_the_same_contract_is_the_same_document() -> None:
    assert json.dumps(export(BUNDLED)) == json.dumps(export(BUNDLED))
    assert exported(reloaded(exported(BUNDLED)))["components"] == exported(BUNDLED)["components"]


def test_the_contract_is_left_as_it_was() -> None:
    before = json.dumps([fragment.document for fragment in BUNDLED.fragments])
    export(BUNDLED)
    assert json.dumps([fragment.document for fragment in BUNDLED.fragments]) == before


# For all contracts

REPLY = record(["id", "status"], id=TEXT, status=words("queued", "done"))
OPTIONAL: dict[str, Any] = {"type": "object", "nullable": True}
REPLIES: list[dict[str, Any]] = [
    REPLY,
    record(
        ["id", "status"],
        id=TEXT,
        status=words("waiting", "active", "done", "failed"),
        result=OPTIONAL,
        error=OPTIONAL,
    ),
    record(
        ["data"],
        data=record(
            ["jobId"], jobId=TEXT, state=words("new", "ok"), output={"$ref": "#/components/schemas/N"}
        ),
    ),
    record(["id", "status"], id=TEXT, status=TEXT, video=record(url=TEXT | {"format": "uri"})),
]
CREATED = [*REPLIES, None, record(["id"], id=TEXT), record(["jobId"], jobId=TEXT)]
NODE = record(name=TEXT, next={"$ref": "#/components/schemas/N"})


@st.composite
def fragments(draw: st.DrawFn) -> dict[str, Any]:
    """One way to submit, with a poll or without, on one of a few paths that others share."""
    models = draw(st.lists(st.sampled_from("abcde"), max_size=2, unique=True))
    body = record(**({"model": words(*models)} if models else {}), size={"$ref": "#/components/schemas/N"})
    create = posting(body, {}, draw(st.sampled_from(["200", "201", "2XX", "default"])))
    reply = draw(st.sampled_from(CREATED))
    for success in create["post"]["responses"].values():
        success.update({"content": {"application/json": {"schema": reply}}} if reply else {"content": {}})
    create["post"] |= draw(st.sampled_from([{}, {"operationId": "run"}, {"security": [{"key": []}]}]))
    at = draw(st.sampled_from(["/jobs", "/v2/jobs", "/{team}/jobs"]))
    create |= draw(st.sampled_from([{}, {"x-bodydouble-aliases": [f"/old{at}"]}]))
    paths: dict[str, Any] = {at: create}
    if draw(st.booleans()):
        name, place, path = draw(
            st.sampled_from([("id", "query", "/jobs"), ("jobId", "path", "/jobs/{jobId}")])
        )
        poll = getting(name, place, draw(st.sampled_from(REPLIES)))
        paths[path] = {**paths.get(path, {}), **poll}
    components = {"schemas": {"N": NODE}, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
    return document(paths, components=components)


@settings(max_examples=50)
@given(st.lists(fragments(), min_size=1, max_size=3))
def test_any_contract_is_a_valid_document_that_means_the_same(given_: list[dict[str, Any]]) -> None:
    assume(derive(op for each in given_ for op in operations_of(Fragment("a", each)))[0])
    check(contract(*given_))


@settings(max_examples=30)
@given(damaged(PAGE))
def test_a_damaged_contract_is_a_valid_document_that_means_the_same(documents: list[dict[str, Any]]) -> None:
    try:
        given_ = build(Fragment(str(number), each) for number, each in enumerate(documents))
    except ValueError:
        assume(False)
    check(given_)
