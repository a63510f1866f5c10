"""The contract as one OpenAPI document, served beside the API so that other tools can use it."""

import json
from collections.abc import Mapping, Sequence

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.http import cors
from bodydouble.mockserver.http.messages import Request, Response

HERE: Sequence[Mapping[str, str]] = ({"url": "/"},)
"""Upstream's servers are left out: a tool that is given this document would call them."""


class Document:
    """Serves the exported document; it is made when it is first asked for."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._body: bytes | None = None

    def answer(self, request: Request) -> Response:
        """Return the reply to one request."""
        if request.method not in ("GET", "HEAD"):
            return Response(405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0"), *cors.HEADERS], b"")
        if self._body is None:
            # Few who serve ask for the document; exporting it is loaded when somebody does.
            from bodydouble.contracts.exporting.export import export  # noqa: PLC0415

            self._body = json.dumps({**export(self._contract), "servers": HERE}, indent=2).encode()
        length = str(len(self._body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length), *cors.HEADERS]
        return Response(200, headers, self._body)
