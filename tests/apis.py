"""Invented job APIs, small enough to see what a test is about, and services that play them."""

from collections.abc import Mapping, Sequence
from typing import Any

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract, build
from bodydouble.contracts.fragments import Fragment
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.media import clips
from bodydouble.mockserver.messages import Request
from bodydouble.mockserver.routes import Route
from bodydouble.mockserver.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.worlds import World, WorldSettings

BUNDLED = bundled_contract()
CLIPS = clips()
TEXT: dict[str, Any] = {"type": "string"}
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


def service(
    played: Contract = BUNDLED,
    *,
    clock: ManualClock | None = None,
    seed: int | None = 1,
    scenario: Scenario = SUCCEEDS,
    keys: tuple[str, ...] = (),
    max_jobs: int = 1000,
    url_ttl: float = 3600,
) -> Service:
    world = World(WorldSettings(clock or ManualClock(), scenario, seed, max_jobs, url_ttl))
    return Service(played, world, CLIPS, keys)


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
