"""The clips that stand in for results, served and refused the way an object store does it.

They are small and kept in memory. Starlette's ``FileResponse`` would open the file in another thread for each
download, at four times the cost; it looks at no precondition, answers 416 to a set of ranges of which some can
be satisfied, 400 to a unit that it does not know, and separates parts at random, so that no run repeats.
"""

import re
from collections.abc import Mapping
from email.utils import formatdate
from functools import cache
from http import HTTPStatus
from pathlib import Path

import msgspec

from bodydouble.mockserver.http.conditions import outcome, range_applies
from bodydouble.mockserver.http.messages import Headers as Fields
from bodydouble.mockserver.http.messages import Response
from bodydouble.mockserver.http.ranges import multipart, wanted

FOLDER = Path(__file__).parent / "videos"
MEDIA_TYPE = "video/mp4"

_NAME = re.compile(r"([0-9]+(?:\.[0-9]+)?)s\.mp4")
_LONGEST_KEY = 200  # characters of a key that a refusal repeats


class Clip(msgspec.Struct, frozen=True):
    """A video.

    Attributes:
        path: The MP4 file it was read from.
        seconds: How long it plays.
        content: The file's bytes.
        modified: When the file was last modified, an HTTP date.
    """

    path: Path
    seconds: float
    content: bytes
    modified: str

    @property
    def etag(self) -> str:
        """Strong entity tag of the content, with its quotes; the same wherever the same clip is served."""
        return _etag(self.content)


class Refusal(msgspec.Struct, frozen=True):
    """A reply of the object store that gives no object.

    Attributes:
        status: Status code.
        content_type: Of the body.
        body: An ``Error`` element with ``Code`` and ``Message``, as S3 writes it.
    """

    status: int
    content_type: str
    body: bytes


def clips(folder: Path = FOLDER) -> tuple[Clip, ...]:
    """Return the clips in ``folder``, the shortest first; a name like ``6s.mp4`` says how long one plays.

    Raises:
        FileNotFoundError: There is none.
    """
    named = [(path, match) for path in folder.glob("*.mp4") if (match := _NAME.fullmatch(path.name))]
    if not named:
        raise FileNotFoundError(f"no clip in {folder}: expected names like 6s.mp4; reinstall the package")
    return tuple(
        sorted((_clip(path, float(match[1])) for path, match in named), key=lambda clip: clip.seconds)
    )


def _clip(path: Path, seconds: float) -> Clip:
    content = path.read_bytes()
    return Clip(
        path=path,
        seconds=seconds,
        content=content,
        modified=formatdate(path.stat().st_mtime, usegmt=True),
    )


@cache
def _etag(content: bytes) -> str:
    # Hashing loads OpenSSL, a thirtieth of a start; the first create does without it.
    from hashlib import sha256  # noqa: PLC0415

    return f'"{sha256(content).hexdigest()[:32]}"'


def nearest_clip(clips: tuple[Clip, ...], seconds: float) -> Clip:
    """Return the clip whose length is nearest to ``seconds``; of two as near, the shorter one.

    Raises:
        ValueError: There are no clips.
    """
    return min(clips, key=lambda clip: (abs(clip.seconds - seconds), clip.seconds))


def answer(clip: Clip, method: str, fields: Mapping[bytes, bytes]) -> Response:
    """Return the reply to a GET or HEAD of a clip: 200, 206, 304, 412 or 416 (RFC 9110 sections 13 to 15).

    Several ranges are answered as ``multipart/byteranges``, or as one if they overlap.
    """
    made = _answer(clip, method, {name.decode(): value.decode("latin-1") for name, value in fields.items()})
    return Response(made.status, made.headers, b"") if method == "HEAD" else made


def _answer(clip: Clip, method: str, headers: Mapping[str, str]) -> Response:
    validators = {"etag": clip.etag, "last-modified": clip.modified, "accept-ranges": "bytes"}
    match outcome(headers, clip.etag, clip.modified):
        case HTTPStatus.NOT_MODIFIED:
            return Response(304, _encoded(validators), b"")
        case HTTPStatus.PRECONDITION_FAILED:
            return _refuse(precondition_failed(), validators)
    ranges = _ranges(clip, method, headers)
    if ranges is None:
        return _whole(200, validators, MEDIA_TYPE, clip.content)
    return _partial(clip, ranges, validators)


def _ranges(clip: Clip, method: str, headers: Mapping[str, str]) -> tuple[tuple[int, int], ...] | None:
    """Return which bytes are wanted; ranges are defined for GET alone (RFC 9110 section 14.2)."""
    field = headers.get("range")
    if method != "GET" or field is None or not range_applies(headers, clip.etag, clip.modified):
        return None
    return wanted(field, len(clip.content))


def _partial(clip: Clip, ranges: tuple[tuple[int, int], ...], validators: dict[str, str]) -> Response:
    size = len(clip.content)
    match ranges:
        case ():
            return _refuse(unsatisfiable(), {**validators, "content-range": f"bytes */{size}"})
        case ((first, last),):
            headers = {**validators, "content-range": f"bytes {first}-{last}/{size}"}
            return _whole(206, headers, MEDIA_TYPE, clip.content[first : last + 1])
    # Nobody has found a file yet that holds its own digest.
    boundary = clip.etag.strip('"')
    body = multipart(clip.content, ranges, MEDIA_TYPE, boundary)
    return _whole(206, validators, f"multipart/byteranges; boundary={boundary}", body)


def _refuse(refusal: Refusal, headers: dict[str, str]) -> Response:
    return _whole(refusal.status, headers, refusal.content_type, refusal.body)


def _whole(status: int, headers: Mapping[str, str], kind: str, body: bytes) -> Response:
    length = {"content-length": str(len(body)), "content-type": kind}
    return Response(status, _encoded({**headers, **length}), body)


def _encoded(headers: Mapping[str, str]) -> Fields:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


def missing_query() -> Refusal:
    """Return the refusal of a URL without ``expires`` or ``signature``."""
    return _refusal(403, "AccessDenied", "The URL must be signed; its query needs expires and signature")


def tampered() -> Refusal:
    """Return the refusal of a URL whose signature is not that of its path and ``expires``."""
    return _refusal(403, "SignatureDoesNotMatch", "The signature does not match the URL; use it unchanged")


def expired() -> Refusal:
    """Return the refusal of a URL after its end."""
    return _refusal(403, "AccessDenied", "Request has expired")


def denied() -> Refusal:
    """Return the refusal of an object that may not be read yet."""
    return _refusal(403, "AccessDenied", "Access Denied")


def foreign_key() -> Refusal:
    """Return the refusal of a signed URL that came with an ``Authorization`` header."""
    message = "Only one auth mechanism allowed; the URL is signed, so send no Authorization header"
    return _refusal(400, "InvalidArgument", message)


def missing(key: str) -> Refusal:
    """Return the refusal of a key that no object has."""
    return _refusal(404, "NoSuchKey", "The specified key does not exist", f"<Key>{_xml(key)}</Key>")


def unsatisfiable() -> Refusal:
    """Return the refusal of ranges that all lie beyond the object."""
    return _refusal(416, "InvalidRange", "The requested range is not satisfiable")


def precondition_failed() -> Refusal:
    """Return the refusal of a request whose precondition does not hold."""
    return _refusal(412, "PreconditionFailed", "At least one of the preconditions did not hold")


def _refusal(status: int, code: str, message: str, more: str = "") -> Refusal:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>"
    return Refusal(status, "application/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())


def _xml(text: str) -> str:
    """Return text from anyone as XML 1.0 can hold it, which knows no control characters and no surrogates."""
    text = "".join(character if character.isprintable() else "\ufffd" for character in text[:_LONGEST_KEY])
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
