from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from bodydouble.mockserver.http import cors


def test_every_reply_and_all_of_its_headers_may_be_read_by_any_page() -> None:
    headers = dict(cors.HEADERS)
    assert headers[b"access-control-allow-origin"] == b"*"
    assert headers[b"access-control-expose-headers"] == b"*"


def test_the_middleware_answers_preflights_and_marks_other_replies_alike() -> None:
    client = TestClient(cors.before(PlainTextResponse("here")))
    asked = {"origin": "https://page.example", "access-control-request-method": "POST"}
    preflight = client.options("/", headers={**asked, "access-control-request-headers": "authorization"})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == "authorization"
    reply = client.get("/", headers={"origin": "https://page.example"})
    for name, value in cors.HEADERS:
        assert reply.headers[name.decode()] == value.decode()
