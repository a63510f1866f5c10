from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from bodydouble.mockserver.http.cors import Cors


def test_every_reply_may_be_read_by_any_page_with_the_headers_that_matter() -> None:
    headers = dict(Cors(["x-job"]).headers)
    assert headers[b"access-control-allow-origin"] == b"*"
    exposed = headers[b"access-control-expose-headers"].decode().split(", ")
    assert {"x-job", "retry-after", "content-range", "etag"} <= set(exposed)


def test_the_middleware_answers_preflights_and_marks_other_replies_alike() -> None:
    cors = Cors(["x-job"])
    client = TestClient(cors.before(PlainTextResponse("here")))
    asked = {"origin": "https://page.example", "access-control-request-method": "POST"}
    preflight = client.options("/", headers={**asked, "access-control-request-headers": "authorization"})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == "authorization"
    reply = client.get("/", headers={"origin": "https://page.example"})
    for name, value in cors.headers:
        assert reply.headers[name.decode()] == value.decode()
