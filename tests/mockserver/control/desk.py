"""A controller with a double behind it; every answer is held against the document."""

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.control.controlling import Controller
from bodydouble.mockserver.control.document import control_document
from bodydouble.mockserver.control.operations import Operation, asked_for, operations
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.worlds import World
from tests.apis import service, submitted

DOCUMENT = control_document()
OPERATIONS = operations(DOCUMENT)
HERE = "/_double/namespaces/default"
NOTHING = object()
PREPARED = Controller(service(), None)


def request(method: str, target: str, body: Any = NOTHING, **headers: str) -> Request:
    """Return a control request from this machine; ``target`` is encoded, as it is sent."""
    path, _, query = target.partition("?")
    raw = b"" if body is NOTHING else body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"host": "127.0.0.1:8000", "content-type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    encoded = {name.encode(): value.encode("latin-1") for name, value in given.items()}
    return Request(method, unquote(path), query.encode(), encoded, raw, server=("127.0.0.1", 8000))


@dataclass
class Desk:
    """Asks, and checks what comes back."""

    clock: ManualClock = field(default_factory=ManualClock)
    token: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.service: Service = service(clock=self.clock, **self.settings)
        # What is the same for every controller, the document and its schemas, is prepared once.
        self.controller = copy(PREPARED)
        self.controller._service, self.controller._token = self.service, self.token

    @property
    def world(self) -> World:
        return self.service.world

    def send(self, method: str, target: str, body: Any = NOTHING, **headers: str) -> Response:
        asked = request(method, target, body, **headers)
        response = self.controller.answer(asked)
        about = response.about
        assert about is None or (about.purpose, self.service.worlds.get(about.namespace)) == (
            Purpose.CONTROL,
            None,
        )
        check(asked, response)
        return response

    def ask(self, method: str, target: str, body: Any = NOTHING) -> Any:
        """Return the JSON of a success."""
        response = self.send(method, target, body)
        assert response.status < 300, response.body
        return json.loads(response.body) if response.body else None

    def refusal(self, method: str, target: str, body: Any = NOTHING) -> tuple[int, str]:
        """Return status and text of a problem."""
        response = self.send(method, target, body)
        assert response.status >= 400, response.body
        return response.status, json.loads(response.body)["detail"]

    def submit(self, prompt: str = "a boat", namespace: str = "", **headers: str) -> str:
        """Create a job and return its id."""
        named = {"x-double-namespace": namespace} if namespace else {}
        pattern = self.service.routes.patterns[0]
        body: JSON = {"model": "video-01", "prompt": prompt}
        reply = submitted(self.service, pattern, body, **named, **headers)
        assert reply.status == 200, reply.body
        return str(json.loads(reply.body)["id"])


def described(asked: Request) -> Operation | None:
    try:
        return asked_for(OPERATIONS, asked.method, asked.path)[0]
    except Refused:
        return None


def check(asked: Request, response: Response) -> None:
    """Hold an answer against what the document says about it."""
    headers = dict(response.headers)
    assert response.status < 500
    kind = headers.get(b"content-type", b"").decode()
    if response.status == 204:
        assert (response.body, kind) == (b"", "")
        return
    assert headers[b"content-length"] == str(len(response.body)).encode()
    if response.status >= 400:
        assert kind == "application/problem+json"
        assert_valid(DOCUMENT["components"]["schemas"]["Problem"], json.loads(response.body))
        return
    operation = described(asked)
    assert operation
    responses = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]
    media = responses[str(response.status)]["content"][kind.partition(";")[0]]
    if kind == "application/json":
        assert_valid(media["schema"], json.loads(response.body))


def assert_valid(schema: Mapping[str, Any], value: Any) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    assert not Validator(whole).violations(value)
