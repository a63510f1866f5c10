"""Invented job APIs, small enough to see what a test is about, and services that play them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from bodydouble.contracts.building import build
from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import JobPattern, ReplyShape
from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.announcing import sample_body
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.journals.hiring import Hired
from bodydouble.mockserver.media import clips
from bodydouble.mockserver.namespaces import Namespaces
from bodydouble.mockserver.routes import Route
from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.states import Forced
from bodydouble.mockserver.worlds import World, WorldSettings

BUNDLED = bundled_contract()
CLIPS = clips()
TEXT: dict[str, Any] = {"type": "string"}
FAILS_WHILE_GENERATING = shipped()["fails-while-generating"]
WALL = 1_767_225_600.0
PATH = "/jobs"
FAILURE: dict[str, Any] = {"type": "object", "nullable": True, "properties": {"message": TEXT}}


def words(*allowed: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(allowed)}


def record(required: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def posting(request: Any, reply: Any, code: str = "200", **more: Any) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": request}}}
    return {"post": {"requestBody": body, "responses": answering(reply, code), **more}}


def getting(name: str, place: str, reply: Any, **more: Any) -> dict[str, Any]:
    parameter = {"name": name, "in": place, "required": True, "schema": TEXT}
    return {"get": {"parameters": [parameter], "responses": answering(reply), **more}}


def answering(schema: Any, code: str = "200") -> dict[str, Any]:
    return {code: {"description": "", "content": {"application/json": {"schema": schema}}}}


def document(paths: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"openapi": "3.0.3", "info": {"title": "Invented", "version": "2"}, "paths": dict(paths), **more}


def contract(*documents: Mapping[str, Any]) -> Contract:
    return build(Fragment(f"{number}.json", dict(given)) for number, given in enumerate(documents))


def jobs(
    model: str | None = None, path: str = PATH, request: Any = None, reply: Any = None
) -> dict[str, Any]:
    """An API that submits and polls on one path, by query."""
    body = request or record(["model"] if model else [], **({"model": words(model)} if model else {}))
    told = reply or record(
        ["id", "status"],
        id=TEXT,
        status=words("queued", "running", "done", "failed"),
        result=record(url=TEXT | {"format": "uri"}) | {"nullable": True},
        error=FAILURE,
    )
    return document({path: posting(body, told) | getting("id", "query", told)})


def speech() -> dict[str, Any]:
    """An API that is polled by path, whose poll's template would swallow the path that submits."""
    said = record(
        ["generation_id", "status"],
        generation_id=TEXT,
        status=words("waiting", "active", "completed", "failed"),
        result=record(["transcript"], transcript=TEXT, duration={"type": "number"}) | {"nullable": True},
        error=FAILURE,
    )
    accepted = record(["generation_id"], generation_id=TEXT, status=words("waiting"))
    asked = record(["model", "url"], model=words("ear/one", "ear/two"), url=TEXT | {"format": "uri"})
    return document(
        {
            "/v1/stt/{generation_id}": getting("generation_id", "path", said),
            "/v1/stt/create": posting(asked, accepted, "201"),
        }
    )


@dataclass(frozen=True)
class Untouched:
    """A job, as far as its state is concerned."""

    submitted: float
    polls: int = 0
    forced: Forced | None = None


def service(
    played: Contract = BUNDLED,
    *,
    clock: ManualClock | None = None,
    seed: int = 1,
    scenario: Scenario = SUCCEEDS,
    keys: tuple[str, ...] = (),
    max_jobs: int = 1000,
    url_ttl: float = 3600,
) -> Service:
    settings = WorldSettings(clock or ManualClock(), scenario, seed, max_jobs, url_ttl)
    return Service(played, worlds(settings, keys), CLIPS, Repertoire((scenario,)), lambda: WALL)


def worlds(settings: WorldSettings, keys: tuple[str, ...] = ()) -> Namespaces:
    return Namespaces(settings, Hired(b"salt" * 4, keys), lambda: WALL, keys=keys)


def world(
    clock: ManualClock | None = None, scenario: Scenario = SUCCEEDS, seed: int = 1, **more: Any
) -> World:
    return World("", WorldSettings(clock or ManualClock(), scenario, seed, **more), Hired(b"salt" * 4))


def route(playing: Service, path: str) -> Route:
    return next(each for each in playing.routes.routes if each.path == path)


def posted(body: bytes, path: str = PATH, **headers: str) -> Request:
    return Request("POST", path, headers=sent(headers), body=body)


def asked(query: str, path: str = PATH, **headers: str) -> Request:
    return Request("GET", path, query.encode(), sent(headers))


def sent(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    usual = {"authorization": "Bearer key", "content-type": "application/json"}
    return {name.encode(): value.encode("latin-1") for name, value in {**usual, **given}.items()}


def submitted(playing: Service, pattern: JobPattern, body: JSON = None, **headers: str) -> Response:
    """Answer a create of ``pattern`` with ``body``, or with the plainest one."""
    raw = json.dumps(sample_body(pattern) if body is None else body).encode()
    return playing.answer(route(playing, pattern.submit.path), posted(raw, pattern.submit.path, **headers))


def polled(playing: Service, pattern: JobPattern, job: str, **headers: str) -> Response:
    """Answer a poll of ``pattern`` for ``job``."""
    name, path = pattern.parameter.name, pattern.poll.path
    in_path = pattern.parameter.location == "path"
    query = "" if in_path else urlencode({name: job})
    request = replace(asked(query, path, **headers), path_id=job if in_path else None)
    return playing.answer(route(playing, path), request)


def id_in(shape: ReplyShape, reply: Response) -> str:
    return str(look_up(json.loads(reply.body), shape.ids[0]))


def breaches(shape: ReplyShape, reply: Response) -> list[str]:
    """Everything in which a reply about a job breaks the schema of its operation or the promise of its status."""
    body = json.loads(reply.body)
    schema = shape.reply.schema
    assert schema
    valid = Validator(schema.strict)
    found = [f"{v.pointer}: {v.message}" for v in valid.violations(body)]
    if valid.is_valid(body) is bool(found):
        found.append("the verdict and the explanation disagree")
    if reply.status != shape.reply.status_code:
        found.append(f"{reply.status} instead of {shape.reply.status_code}")
    status = _at(body, shape.status)
    promise = next((promise for promise in shape.promises if promise.status == status), None)
    if promise is None:
        return [*found, f"the status {status!r} is none of the contract's"]
    found += [f"{status}: lacks {pointer}" for pointer in promise.present if _at(body, pointer) is None]
    found += [f"{status}: has {pointer}" for pointer in promise.absent if _at(body, pointer) is not None]
    if len({_at(body, pointer) for pointer in shape.ids}) != 1:
        found.append("the ids differ")
    return found


def _at(body: JSON, pointer: str) -> JSON:
    try:
        return look_up(body, pointer)
    except LookupError:
        return None
