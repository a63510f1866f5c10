import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.exporting.export import export
from bodydouble.mockserver.http.messages import Request
from bodydouble.mockserver.openapi import Document
from tests.apis import BUNDLED, contract, jobs, speech

INVENTED = contract(jobs("alpha"), jobs("beta"), speech())


def asked(document: Document, method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    reply = document.answer(Request(method, "/_double/openapi.json"))
    return reply.status, dict(reply.headers), reply.body


def served(played: Contract) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(asked(Document(played))[2])
    return document


@pytest.mark.parametrize("played", [BUNDLED, INVENTED], ids=["bundled", "invented"])
def test_the_document_is_valid_openapi(played: Contract) -> None:
    OpenAPIV31SpecValidator(served(played)).validate()


@pytest.mark.parametrize("played", [BUNDLED, INVENTED], ids=["bundled", "invented"])
def test_the_document_is_the_exported_contract_served_from_here(played: Contract) -> None:
    """A relative server is resolved against the document's URL (OpenAPI 3.1 section 4.8.5)."""
    assert served(played) == {**export(played), "servers": [{"url": "/"}]}


def test_the_document_is_made_once_and_declares_its_length() -> None:
    document = Document(BUNDLED)
    status, headers, body = asked(document)
    assert status == 200
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"access-control-allow-origin"] == b"*"
    assert asked(document)[2] is body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_document_can_only_be_read(method: str) -> None:
    status, headers, body = asked(Document(BUNDLED), method)
    assert (status, headers[b"allow"], body) == (405, b"GET, HEAD", b"")
