"""Steps and answers: what they show, and how a reply's head is read."""

import pytest

from bodydouble.client.steps import Piece, Reply, Request


def test_a_request_does_not_show_what_may_be_a_credential() -> None:
    request = Request(
        method="GET", url="https://x/y?signature=secret", headers=(("A", "secret"),), content=b"secret"
    )
    assert "secret" not in repr(request)


def test_a_reply_does_not_show_its_body() -> None:
    reply = Reply(now=0, wall=0, status=200, headers=(("a", "secret"),), body=b"secret")
    assert "secret" not in repr(reply) + repr(Piece(now=0, wall=0, data=b"secret"))


def test_a_header_is_found_in_any_case_and_absent_is_empty() -> None:
    reply = Reply(now=0, wall=0, status=200, headers=(("x-id", "1"), ("x-id", "2")))
    assert reply.header("X-Id") == "1"
    assert reply.header("X-Other") == ""


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        (199, (False, False, False)),
        (200, (True, False, False)),
        (299, (True, False, False)),
        (300, (False, False, False)),
        (400, (False, True, False)),
        (499, (False, True, False)),
        (500, (False, False, True)),
        (599, (False, False, True)),
        (600, (False, False, False)),
    ],
)
def test_a_status_is_of_one_kind(status: int, kinds: tuple[bool, bool, bool]) -> None:
    reply = Reply(now=0, wall=0, status=status)
    assert (reply.successful, reply.blames_client, reply.blames_server) == kinds
