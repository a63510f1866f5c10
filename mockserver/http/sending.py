"""The ASGI side of requests and responses: bodies are read within a limit, responses are sent whole."""

import re
from collections.abc import Iterable

from starlette.types import Receive, Send

from .messages import Request, Response

_HOST = r"[A-Za-z0-9._\-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?"


class TooLarge(Exception):
    """A body is over the limit; reading stops."""


class Disconnected(Exception):
    """The client went away before its request was complete."""


async def reply(response: Response, send: Send) -> None:
    """Send a complete response."""
    await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
    await send({"type": "http.response.body", "body": response.body})


def origin_of(request: Request) -> str:
    """Return ``scheme://host`` as the client named it, so that URLs work through forwarded ports.

    A ``Host`` that is no host is not repeated: the address the server listens on stands in.
    """
    host = request.headers.get(b"host", b"").decode("latin-1")
    if not re.fullmatch(_HOST, host):
        host = _address(*(request.server or ("localhost", None)))
    return f"{request.scheme}://{host}"


def _address(name: str, port: int | None) -> str:
    host = f"[{name}]" if ":" in name else name
    if port is None:
        return "localhost" if "/" in name else host  # a socket in the file system has no host
    return f"{host}:{port}"


def combined(fields: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return header fields by name; one that stands several times is one list (RFC 9110 section 5.3)."""
    made: dict[bytes, bytes] = {}
    for name, value in fields:
        made[name] = b"%b, %b" % (made[name], value) if name in made else value
    return made


async def read_body(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Return a request's body.

    Raises:
        TooLarge: It has, or says that it has, more than ``limit`` bytes.
        Disconnected: It does not arrive whole; half a body could pass for a whole one.
    """
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and (len(declared) > len(str(limit)) or int(declared) > limit):
        raise TooLarge
    body, more = await _piece(receive, limit)
    if not more:
        return body
    chunks = [body]
    while more:
        limit -= len(chunks[-1])
        piece, more = await _piece(receive, limit)
        chunks.append(piece)
    return b"".join(chunks)


async def _piece(receive: Receive, limit: int) -> tuple[bytes, bool]:
    """Return the next piece of a body, at most ``limit`` bytes, and whether there is more."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    piece: bytes = message.get("body", b"")
    if len(piece) > limit:
        raise TooLarge
    return piece, message.get("more_body", False)
