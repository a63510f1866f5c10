"""Names of documents as other tools take them: paths within a work tree, and URIs."""

import re
from pathlib import PurePath
from urllib.parse import quote

_NUMBER = re.compile(r"#[1-9][0-9]{0,5}\Z")
_OF_REVISION = re.compile(r"git:[^:]+:(?P<path>.*)", re.DOTALL)
_IN_PATHS = "/!$&'()*+,;=@~"


def path_of(source: str) -> str:
    """Return the path of a document, ``""`` where it is fetched by address and has none.

    The number of a document within a page or stream is taken off; of a revision's file the path in the repository
    remains.
    """
    if is_fetched(source):
        return ""
    name = _NUMBER.sub("", source)
    held = _OF_REVISION.fullmatch(name)
    return held["path"] if held else name


def is_fetched(source: str) -> bool:
    """Return whether a document has an address and no path."""
    return source.startswith(("http://", "https://"))


def uri_of(source: str) -> str:
    """Return a document's URI reference (RFC 3986): relative for a relative path."""
    if is_fetched(source):
        return _NUMBER.sub("", source)
    path = PurePath(path_of(source))
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix().encode("utf-8", "replace"), safe=_IN_PATHS)
