"""Request bodies: JSON as RFC 8259 means it, refused in words where Python's decoder is lenient."""

import json
from collections import Counter
from typing import Any

import msgspec

from bodydouble.contracts.pointers import JSON

MAX_DEPTH = 64


class BadBody(ValueError):
    """A body that is no JSON to rely on.

    Attributes:
        message: What is wrong.
        expected: What would have been right.
        got: What was there.
    """

    def __init__(self, message: str, expected: str, got: str) -> None:
        super().__init__(message)
        self.message, self.expected, self.got = message, expected, got


def decode(raw: bytes) -> JSON:
    """Return the JSON value in ``raw``.

    Raises:
        BadBody: Empty, not UTF-8 (RFC 8259 section 8.1), malformed, nested more than 64 levels deep, a name twice in
            one object, NaN or an infinity, a number Python cannot hold, or half of a surrogate pair.
    """
    plain = _plain(raw)
    if plain is not None:
        return plain
    if not raw.strip():
        raise BadBody("the body is empty", "a JSON object", "nothing")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        byte = f"0x{raw[problem.start]:02x} at byte {problem.start}"
        raise BadBody("the body is not UTF-8", "JSON in UTF-8", byte) from None
    _check_depth(raw)
    value = _parse(text)
    if "\\u" in text:
        _check_surrogates(value)
    return value


def _plain(raw: bytes) -> dict[str, JSON] | None:
    """Return a body that is surely fine, which most are, at a fifth of the cost; None for one to look at closely.

    Surely fine is a flat object of texts and flags without escapes in which no name stands twice. Without escapes
    every quotation mark is one of a pair around a name or a text, so that a pair too many is a name too many.
    """
    if b"\\" in raw:
        return None
    try:
        value: Any = _FLAT.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    texts = list(map(type, value.values())).count(str)
    return value if raw.count(b'"') == 2 * (len(value) + texts) else None


_FLAT = msgspec.json.Decoder(dict[str, str | bool | None])


def _check_depth(raw: bytes) -> None:
    """Depth is at most the number of opening brackets; it is counted only where that exceeds the limit."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    depth = deepest = 0
    quoted = escaped = False
    for byte in raw:
        if quoted:
            quoted = escaped or byte != _QUOTE
            escaped = byte == _BACKSLASH and not escaped
        elif byte == _QUOTE:
            quoted = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    if deepest > MAX_DEPTH:
        raise BadBody("the body is nested too deeply", f"at most {MAX_DEPTH} levels", f"{deepest} levels")


_QUOTE, _BACKSLASH = b'"'[0], b"\\"[0]


def _parse(text: str) -> JSON:
    try:
        return _DECODER.decode(text)  # type: ignore[no-any-return]  # the decoder gives JSON
    except BadBody:
        raise
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno} column {problem.colno}"
        raise BadBody(
            f"the body is not JSON: {problem.msg} at {place}", "JSON", _around(text, problem.pos)
        ) from None
    except ValueError:
        raise BadBody("a number has too many digits", "a number of at most 4300 digits", "more") from None


def _around(text: str, position: int) -> str:
    shown = text[position : position + 20]
    return repr(shown) if shown else "the end of the body"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise BadBody(f"the name {twice[:60]!r} stands twice in one object", "every name once", "two values")
    return made


def _constant(name: str) -> float:
    raise BadBody(f"{name} is no JSON", "a finite number", name)


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadBody("a number is too large", "a number that fits a double", text[:40])
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)


def _check_surrogates(value: JSON) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as problem:
        half = f"\\u{ord(problem.object[problem.start]):04x}"
        raise BadBody("the body has half of a surrogate pair", "whole characters", half) from None
