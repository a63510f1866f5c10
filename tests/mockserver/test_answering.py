from email.utils import parsedate_to_datetime
from http import HTTPStatus

import pytest

from bodydouble.mockserver.answering import limit_header, page_of, retry_header
from bodydouble.mockserver.scenes.faults import Answer, Form, Retry

NOW = 1_767_225_600.0


@pytest.mark.parametrize(
    ("form", "kind", "words"),
    [
        (Form.HTML, "text/html; charset=utf-8", b"<h1>502 Bad Gateway</h1>"),
        (Form.EMPTY, "text/html; charset=utf-8", b""),
        (Form.EXPIRED, "application/xml", b"Request has expired"),
        (Form.DENIED, "application/xml", b"<Message>Access Denied</Message>"),
    ],
)
def test_a_page_has_its_type_and_words(form: Form, kind: str, words: bytes) -> None:
    page = page_of(Answer(502, form=form), HTTPStatus(502).phrase)
    assert page
    assert page[0] == kind
    assert words in page[1]


def test_an_answer_in_the_shape_of_the_api_is_no_page() -> None:
    assert page_of(Answer(500, "gone"), "Internal Server Error") is None


def test_when_to_come_back_is_told_in_seconds_or_as_a_date_or_not_at_all() -> None:
    assert retry_header(Answer(429), NOW) == ()
    assert retry_header(Answer(429, retry_after=3), NOW) == ((b"retry-after", b"3"),)
    ((name, value),) = retry_header(Answer(429, retry_after=3, retry_form=Retry.DATE), NOW)
    assert name == b"retry-after"
    assert parsedate_to_datetime(value.decode()).timestamp() == NOW + 3


def test_a_429_tells_that_nothing_is_left_and_when_there_is_more() -> None:
    assert limit_header(Answer(503, retry_after=3)) == ()
    assert limit_header(Answer(429)) == ((b"x-ratelimit-remaining", b"0"),)
    assert dict(limit_header(Answer(429, retry_after=3, retry_form=Retry.DATE))) == {
        b"x-ratelimit-remaining": b"0",
        b"x-ratelimit-reset": b"3",
    }
