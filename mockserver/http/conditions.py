"""Whether a conditional request is to be answered (RFC 9110 section 13)."""

import re
from collections.abc import Mapping
from email.utils import parsedate
from http import HTTPStatus

_ENTITY_TAG = r'(W/)?("[^"]*")'


def outcome(headers: Mapping[str, str], etag: str, modified: str) -> HTTPStatus:
    """Return 200, 304 or 412 for a GET or HEAD, in the order of section 13.2.2.

    Args:
        headers: Of the request, by lower-case name, from anyone.
        etag: The strong entity tag of what there is, with its quotes.
        modified: When it was last modified, an HTTP date.
    """
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    unmodified, modified_since = headers.get("if-unmodified-since"), headers.get("if-modified-since")
    if match is not None:
        if not _names(match, etag, weak=False):
            return HTTPStatus.PRECONDITION_FAILED
    elif unmodified is not None and _is_before(unmodified, modified):
        return HTTPStatus.PRECONDITION_FAILED
    if none_match is not None:
        return HTTPStatus.NOT_MODIFIED if _names(none_match, etag, weak=True) else HTTPStatus.OK
    if modified_since is not None and _is_before(modified, modified_since, or_equal=True):
        return HTTPStatus.NOT_MODIFIED
    return HTTPStatus.OK


def range_applies(headers: Mapping[str, str], etag: str, modified: str) -> bool:
    """Return whether ``Range`` is to be looked at: there is no ``If-Range``, or it names what there is."""
    return headers.get("if-range", etag) in {etag, modified}


def _names(field: str, etag: str, *, weak: bool) -> bool:
    """Whether the field is ``*`` or lists the tag; weak tags count in a weak comparison only (section 8.8.3.2)."""
    tags = re.findall(_ENTITY_TAG, field)
    return field.strip() == "*" or any(tag == etag and (weak or not mark) for mark, tag in tags)


def _is_before(earlier: str, later: str, *, or_equal: bool = False) -> bool:
    """Compare two dates; a field that is no date is ignored, as section 13.1.3 wants it."""
    first, second = parsedate(earlier), parsedate(later)
    if first is None or second is None:
        return False
    return first < second or (or_equal and first == second)
