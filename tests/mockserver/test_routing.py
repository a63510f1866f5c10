import asyncio
import subprocess
import sys
from typing import Any

from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from bodydouble.mockserver.routing import router_for


class Said:
    """Serves the same text, whatever is asked."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        headers = [(b"path", str(scope.get("path_params", {})).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.text.encode()})


ROUTER = router_for([("/a/{p0}", Said("one")), ("/{p0:path}/b", Said("two"))], Said("none"))
CALLER = TestClient(ROUTER)


def test_the_first_template_that_fits_serves_every_method() -> None:
    for method in ("GET", "POST", "DELETE", "PURGE"):
        assert CALLER.request(method, "/a/b").text == "one"
    assert CALLER.get("/x/y/b").text == "two"
    assert CALLER.get("/x/y/b").headers["path"] == "{'p0': 'x/y'}"


def test_what_no_template_takes_is_served_too_and_never_redirected() -> None:
    assert CALLER.get("/a/b/").text == "none"
    assert CALLER.get("/").text == "none"


def test_a_preflight_is_answered_in_place_of_the_endpoint() -> None:
    asked = {"Origin": "http://here", "Access-Control-Request-Method": "DELETE"}
    for path in ("/a/b", "/nothing"):
        reply = CALLER.options(path, headers=asked)
        assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, "*")


def test_a_websocket_is_closed_before_it_opens() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    scope: dict[str, Any] = {"type": "websocket", "path": "/a/b/c", "headers": [], "subprotocols": []}
    asyncio.run(ROUTER(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_the_router_is_loaded_when_it_is_first_needed() -> None:
    program = (
        "import sys; from bodydouble.mockserver.app import create_app; app = create_app();"
        "print('starlette.routing' in sys.modules); app.router; print('starlette.routing' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]
