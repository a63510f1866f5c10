from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.exchanges import Body
from bodydouble.mockserver.proxy.capturing import Capture

JSON = (("content-type", "application/json"),)


@given(st.lists(st.binary(max_size=5), max_size=6))
def test_json_is_kept_whole_up_to_the_limit(pieces: list[bytes]) -> None:
    capture = Capture(JSON, limit=10)
    for piece in pieces:
        capture.take(piece)
    whole = b"".join(pieces)
    assert capture.message().body == Body(whole if len(whole) <= 10 else None, len(whole))


def test_over_the_limit_nothing_is_held_any_more() -> None:
    capture = Capture(JSON, limit=10)
    capture.take(b"x" * 11)
    assert capture._pieces is None
    capture.take(b"y")
    assert capture.message().body == Body(None, 12)


def test_what_is_no_json_is_counted_only() -> None:
    capture = Capture((("content-type", "video/mp4"),))
    capture.take(b"abc")
    assert capture.message().body == Body(None, 3)


def test_an_empty_body_is_empty_whatever_it_is_called() -> None:
    assert Capture((("content-type", "video/mp4"),)).message().body == Body(b"", 0)
