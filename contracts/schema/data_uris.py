"""Bytes carried inside text: ``data:`` URIs (RFC 2397) and bare Base64 (RFC 4648 section 4).

Base64 is read as browsers read it (WHATWG Infra, "forgiving-base64 decode"): ASCII white space anywhere and
missing padding are accepted, for line-wrapping encoders and unpadded ones are everywhere; the URL-safe
alphabet, padding in the middle and any other character are not.
"""

import binascii
import re

import msgspec

_WHITE_SPACE = b" \t\n\f\r"
# Compiled when first needed, and kept by re.
_NOT_IN_ALPHABET = rb"[^A-Za-z0-9+/]"
_MALFORMED_ESCAPE = rb"%(?![0-9A-Fa-f]{2})"


class UndecodableError(ValueError):
    """Text that carries no bytes.

    Attributes:
        expected: What should have been there, in words.
    """

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.expected = expected


class Encoded(msgspec.Struct, frozen=True):
    """Bytes not decoded yet.

    Attributes:
        media_type: The label in lower case without parameters (``"image/png"``); ``""`` if there is none.
        digits: Base64 digits without white space and padding, or the bytes themselves.
        base64: Which of the two ``digits`` holds.
    """

    media_type: str
    digits: bytes
    base64: bool

    @property
    def size(self) -> int:
        """How many bytes decoding gives; known before decoding."""
        return len(self.digits) * 3 // 4 if self.base64 else len(self.digits)

    def decode(self, limit: int) -> bytes:
        """Return the first bytes, at most ``limit`` rounded up to a multiple of three.

        Raises:
            UndecodableError: The part that was looked at is not Base64.
        """
        if not self.base64:
            return self.digits[:limit]
        digits = self.digits[: (limit + 2) // 3 * 4]
        try:
            return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4), strict_mode=True)
        except binascii.Error:
            raise _stranger(digits) from None


def read_base64(text: str) -> Encoded:
    """Return what bare Base64 carries.

    Raises:
        UndecodableError: ``text`` cannot be Base64 by its length or has characters outside ASCII.
    """
    return _base64("", _ascii(text))


def read_data_uri(text: str) -> Encoded:
    """Return what ``data:[<media type>][;<parameter>]*[;base64],<data>`` carries (RFC 2397 section 3).

    Raises:
        UndecodableError: A part is missing or malformed.
    """
    head, comma, data = text.partition(",")
    if not comma:
        raise UndecodableError("a data: URI needs a comma before its data", "data:image/png;base64,…")
    parameters = head.partition(":")[2]
    content = _percent_decoded(_ascii(data))
    before, semicolon, last = parameters.rpartition(";")
    if semicolon and last.strip().lower() == "base64":
        return _base64(_media_type(before), content)
    return Encoded(_media_type(parameters), content, base64=False)


def _media_type(parameters: str) -> str:
    return parameters.partition(";")[0].strip().lower()


def _ascii(text: str) -> bytes:
    try:
        return text.encode("ascii")
    except UnicodeEncodeError as error:
        raise UndecodableError(f"character {error.start + 1} is outside ASCII", "ASCII only") from None


def _base64(media_type: str, data: bytes) -> Encoded:
    digits = data.translate(None, _WHITE_SPACE)
    if len(digits) % 4 == 0:
        digits = digits.removesuffix(b"=").removesuffix(b"=")
    if b"=" in digits:
        raise UndecodableError("'=' stands where no padding belongs", "'=' at the very end only")
    if len(digits) % 4 == 1:
        raise UndecodableError(
            f"{len(digits)} digits cannot be: the last one alone is no byte",
            "the whole of it",
        )
    return Encoded(media_type, digits, base64=True)


def _percent_decoded(data: bytes) -> bytes:
    """Return ``data`` with its escapes resolved (RFC 3986 section 2.1).

    Quoted-printable differs in its escape character only, and its decoder needs no list of all pieces: with
    one, twenty million hostile escapes would take gigabytes.
    """
    if (malformed := re.search(_MALFORMED_ESCAPE, data)) is not None:
        raise UndecodableError(
            f"the percent sign at position {malformed.start() + 1} of the data begins no escape",
            "two hexadecimal digits after each percent sign",
        )
    return binascii.a2b_qp(data.replace(b"=", b"=3D").replace(b"%", b"=")) if b"%" in data else data


def _stranger(digits: bytes) -> UndecodableError:
    stranger = re.search(_NOT_IN_ALPHABET, digits)
    character = stranger[0].decode() if stranger else ""
    if character in {"-", "_"}:
        return UndecodableError(
            f"{character!r} belongs to the URL-safe alphabet", "the standard alphabet, with '+' and '/'"
        )
    return UndecodableError(f"{character!r} is no digit of it", "letters, digits, '+' and '/'")
