"""Answers that stand in for the real ones: what a fault makes of a reply before it is sent."""

from email.utils import formatdate
from http import HTTPStatus

from bodydouble.mockserver.scenes.faults import Answer, Form, Retry

from .media import denied, expired
from .problems import Problem

HTML = "text/html; charset=utf-8"
PAGE = "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>\n"
XML = "application/xml"


def page_of(answer: Answer, title: str) -> tuple[str, bytes] | None:
    """Return content type and body of an answer that is not in the API's error shape, or None for one that is."""
    match answer.form:
        case Form.ERROR:
            return None
        case Form.HTML:
            return HTML, PAGE.format(
                title=f"{answer.status} {title}", text=answer.message or "nginx"
            ).encode()
        case Form.EMPTY:
            return HTML, b""
        case Form.EXPIRED:
            return XML, expired().body
        case Form.DENIED:
            return XML, denied().body


def retry_header(answer: Answer, now: float) -> tuple[tuple[bytes, bytes], ...]:
    """Return ``Retry-After`` as seconds or as a date (RFC 9110 section 10.2.3), if the answer has one.

    A date is the wall clock's, whatever the clock of the world shows: clients compare it with theirs.

    Args:
        answer: What is answered.
        now: The wall clock's time.
    """
    if answer.retry_after is None:
        return ()
    if answer.retry_form is Retry.DATE:
        return ((b"retry-after", formatdate(now + answer.retry_after, usegmt=True).encode()),)
    return ((b"retry-after", str(answer.retry_after).encode()),)


def limit_header(answer: Answer) -> tuple[tuple[bytes, bytes], ...]:
    """Return what a 429 tells about the limit that was reached: nothing is left, and when there is more."""
    if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
        return ()
    left = (b"x-ratelimit-remaining", b"0")
    if answer.retry_after is None:
        return (left,)
    return (left, (b"x-ratelimit-reset", str(answer.retry_after).encode()))


def problem_of(answer: Answer, headers: tuple[tuple[bytes, bytes], ...]) -> Problem:
    """Return the problem that an answer in the API's error shape tells."""
    return Problem(answer.status, answer.message, headers=headers)
