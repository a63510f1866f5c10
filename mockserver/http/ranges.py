"""Which bytes a ``Range`` header asks for, and how several ranges travel in one body (RFC 9110 section 14)."""

import re

MOST_RANGES = 100
"""Of one request; more are an attack on the server or no player (RFC 9110 section 17.15)."""

_SPEC = r"([0-9]+)-([0-9]*)|-([0-9]+)"


def wanted(header: str, size: int) -> tuple[tuple[int, int], ...] | None:
    """Return the satisfiable ranges as first and last byte: in the order asked for, or coalesced if they overlap.

    Args:
        header: The field's value, from anyone.
        size: How many bytes there are.

    Returns:
        ``()`` if not one of them can be satisfied, which is a 416; ``None`` if the field is to be ignored because
        its unit is unknown, its syntax wrong or its ranges too many, all of which section 14.2 allows.
    """
    unit, equals, specs = header.partition("=")
    if not equals or unit.lower() != "bytes" or specs.count(",") >= MOST_RANGES:
        return None
    # A list may have empty elements (section 5.6.1.2).
    matches = [re.fullmatch(_SPEC, spec) for part in specs.split(",") if (spec := part.strip(" \t"))]
    ranges = [_positions(match[1], match[2], match[3], size) if match else None for match in matches]
    if not ranges or None in ranges:
        return None
    return _coalesced(tuple(positions for positions in ranges if positions and positions[0] <= positions[1]))


def multipart(content: bytes, ranges: tuple[tuple[int, int], ...], media_type: str, boundary: str) -> bytes:
    """Return parts of ``content`` as the body of ``multipart/byteranges`` (RFC 9110 section 14.6).

    Args:
        content: The whole.
        ranges: First and last byte of each part.
        media_type: Of the whole.
        boundary: Text that is nowhere in ``content``.
    """
    head = f"--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: bytes "
    parts = [
        b"%b%d-%d/%d\r\n\r\n%b\r\n" % (head.encode(), first, last, len(content), content[first : last + 1])
        for first, last in ranges
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def _coalesced(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return ``ranges`` if they keep apart, otherwise those that overlap or touch as one, from the first byte on."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return ranges if len(joined) == len(ranges) else tuple(joined)


def _positions(first: str | None, last: str | None, suffix: str | None, size: int) -> tuple[int, int] | None:
    """Return first and last byte, the first beyond the last if there are none; ``None`` if they contradict."""
    if suffix is not None:
        return max(0, size - _number(suffix)), size - 1
    begin, end = _number(first or ""), _number(last) if last else size - 1
    if last and end < begin:
        return None
    return begin, min(end, size - 1)


def _number(digits: str) -> int:
    """Return the number, or some larger one than any file has bytes: Python refuses to read thousands of digits."""
    return int(digits.lstrip("0")[:19] or "0")
