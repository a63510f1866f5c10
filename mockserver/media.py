"""The clips that stand in for results, served and refused the way an object store does it.

Starlette's ``FileResponse`` sends them. It sees a ``Range`` only after :mod:`.ranges` has read it, because it
answers 416 to a set of which some part can be satisfied, 400 to a unit it does not know, and serves ranges to
HEAD; and it never looks at preconditions.
"""

import hashlib
import re
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from .conditions import outcome, range_applies
from .ranges import wanted

FOLDER = Path(__file__).parent / "videos"

_NAME = re.compile(r"([0-9]+(?:\.[0-9]+)?)s\.mp4")
_LONGEST_KEY = 200  # characters of a key that a refusal repeats


@dataclass(frozen=True, slots=True)
class Clip:
    """A video in a file.

    Attributes:
        path: An MP4 file.
        seconds: How long it plays.
        size: Bytes.
        etag: Strong entity tag of the content, with its quotes; the same wherever the same clip is served.
        modified: When the file was last modified, an HTTP date.
    """

    path: Path
    seconds: float
    size: int
    etag: str
    modified: str


@dataclass(frozen=True, slots=True)
class Refusal:
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
        size=len(content),
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        modified=formatdate(path.stat().st_mtime, usegmt=True),
    )


def nearest_clip(clips: tuple[Clip, ...], seconds: float) -> Clip:
    """Return the clip whose length is nearest to ``seconds``; of two as near, the shorter one.

    Raises:
        ValueError: There are no clips.
    """
    return min(clips, key=lambda clip: (abs(clip.seconds - seconds), clip.seconds))


async def serve_clip(clip: Clip, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a GET or HEAD with a clip: 200, 206, 304, 412 or 416 (RFC 9110 sections 13 to 15).

    Several ranges are answered as ``multipart/byteranges``, those that overlap as one.
    """
    headers = Headers(scope=scope)
    validators = {"etag": clip.etag, "last-modified": clip.modified}
    match outcome(headers, clip.etag, clip.modified):
        case HTTPStatus.NOT_MODIFIED:
            await Response(status_code=304, headers=validators)(scope, receive, send)
            return
        case HTTPStatus.PRECONDITION_FAILED:
            await _refuse(precondition_failed(), validators)(scope, receive, send)
            return
    ranges = _ranges(clip, scope["method"], headers)
    if ranges == ():
        content_range = {"content-range": f"bytes */{clip.size}", "accept-ranges": "bytes"}
        await _refuse(unsatisfiable(), content_range)(scope, receive, send)
        return
    file = FileResponse(clip.path, media_type="video/mp4", headers=validators)
    await file(_asking_for(ranges, scope), receive, send)


def _ranges(clip: Clip, method: str, headers: Headers) -> tuple[tuple[int, int], ...] | None:
    """Return what :func:`.ranges.wanted` says; ranges are defined for GET alone (RFC 9110 section 14.2)."""
    fields = headers.getlist("range")
    if method != "GET" or len(fields) != 1 or not range_applies(headers, clip.etag, clip.modified):
        return None
    return wanted(fields[0], clip.size)


def _asking_for(ranges: tuple[tuple[int, int], ...] | None, scope: Scope) -> Scope:
    """Return ``scope`` with ``Range`` in the plainest words."""
    headers = [(name, value) for name, value in scope["headers"] if name not in {b"range", b"if-range"}]
    if ranges:
        specs = ",".join(f"{first}-{last}" for first, last in ranges)
        headers.append((b"range", f"bytes={specs}".encode()))
    return {**scope, "headers": headers}


def _refuse(refusal: Refusal, headers: dict[str, str]) -> Response:
    return Response(refusal.body, refusal.status, headers, refusal.content_type)


def missing_query() -> Refusal:
    """Return the refusal of a URL without ``expires`` or ``signature``."""
    return _refusal(403, "AccessDenied", "The URL must be signed; its query needs expires and signature")


def tampered() -> Refusal:
    """Return the refusal of a URL whose signature is not that of its path and ``expires``."""
    return _refusal(403, "SignatureDoesNotMatch", "The signature does not match the URL; use it unchanged")


def expired() -> Refusal:
    """Return the refusal of a URL after its end."""
    return _refusal(403, "AccessDenied", "Request has expired")


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
