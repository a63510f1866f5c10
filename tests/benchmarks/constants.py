"""The limits: what uvicorn and Starlette do when nothing is decided. Started by uvicorn, see servers.py."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

CREATED = b'{"id":"00000000-0000-4000-8000-000000000000","status":"queued","generation_id":"0"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(CREATED)).encode())]
START = {"type": "http.response.start", "status": 200, "headers": HEADERS}
BODY = {"type": "http.response.body", "body": CREATED}


async def bare(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer everything with one constant."""
    if scope["type"] == "http":
        await send(START)
        await send(BODY)


async def _answer(request: Request) -> Response:
    await request.body()
    return Response(CREATED, media_type="application/json")


framework = Starlette(routes=[Route("/v2/video/generations", _answer, methods=["GET", "POST"])])
