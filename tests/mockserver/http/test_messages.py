import pytest

from bodydouble.mockserver.http.messages import Request, Response


def test_a_request_is_what_its_method_and_path_say_unless_more_is_given() -> None:
    request = Request("GET", "/x")
    assert (request.query, request.body, dict(request.headers), request.path_id) == (b"", b"", {}, None)


def test_messages_travel_unchanged() -> None:
    with pytest.raises(AttributeError):
        Request("GET", "/x").method = "POST"  # type: ignore[misc]  # that it is refused is the fact
    with pytest.raises(AttributeError):
        Response(200, [], b"").status = 500  # type: ignore[misc]  # same


def test_requests_share_no_headers() -> None:
    assert Request("GET", "/x").headers is not Request("GET", "/x").headers
