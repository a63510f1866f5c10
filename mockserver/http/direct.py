"""Ordinary replies, written to the connection past uvicorn's look at every byte of every header. A named shell.

That look, by two regular expressions for each header, is a sixth of a create. What is written here is, byte for byte,
what uvicorn would have written; whatever is out of the ordinary goes through ASGI, as does everything where uvicorn is
not the server.
"""

from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from .messages import Response

_FIRST, _LAST = 200, 203
"""Statuses whose replies have a body and end no connection."""
_LENGTH = b"content-length"
_CONTROLS = bytes((*range(0x09), *range(0x0A, 0x20), 0x7F))
_ENDING = 2
"""Control characters between two lines."""


def written(response: Response, send: Send) -> bool:
    """Write ``response`` at once if that can be done, and return whether it was.

    Args:
        response: The whole reply; the names of its headers are in lower case.
        send: Of the request. Uvicorn's own is a method of what knows the connection.
    """
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle or not _is_ordinary(cycle, response):
        return False
    fields = (*cycle.default_headers, *response.headers)
    lines = b"\r\n".join(map(b": ".join, fields))
    # A header that holds the end of a line would be two; uvicorn refuses every control character but the tab.
    if len(lines) - len(lines.translate(None, _CONTROLS)) != _ENDING * (len(fields) - 1):
        return False
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    head = STATUS_LINE[response.status]
    cycle.transport.write(b"".join((head, lines, b"\r\n\r\n", response.body)))
    cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
    return True


def _is_ordinary(cycle: RequestResponseCycle, response: Response) -> bool:
    """Return whether nothing is to be decided but what the bytes are."""
    return (
        _FIRST <= response.status <= _LAST
        and cycle.keep_alive
        and not cycle.disconnected
        and not cycle.response_started
        and not cycle.access_log
        and not cycle.flow.write_paused
        and cycle.scope["method"] != "HEAD"
        and len(response.headers) > 1
        and response.headers[1][0] == _LENGTH
    )
