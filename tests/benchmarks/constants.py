"""The limit: what uvicorn does when nothing is decided. Started by uvicorn, see servers.py.

Nothing is imported but what the constant needs: how soon a bare server answers is measured, too.
"""

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
