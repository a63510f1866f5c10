"""The contract as one OpenAPI document, served beside the API so that other tools can use it."""

import json
from collections.abc import Mapping, Sequence

from starlette.types import Receive, Scope, Send

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.http.messages import Response
from bodydouble.mockserver.http.sending import reply

HERE: Sequence[Mapping[str, str]] = ({"url": "/"},)
"""Upstream's servers are left out: a tool that is given this document would call them."""


class Document:
    """Serves the exported document; it is made when it is first asked for."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._body: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Serve one request."""
        if scope["method"] not in ("GET", "HEAD"):
            await reply(Response(405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b""), send)
            return
        if self._body is None:
            # Few who serve ask for the document; exporting it is loaded when somebody does.
            from bodydouble.contracts.exporting.export import export  # noqa: PLC0415

            self._body = json.dumps({**export(self._contract), "servers": HERE}, indent=2).encode()
        length = str(len(self._body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await reply(Response(200, headers, self._body), send)
