"""Plain texts and numbers for a schema, the plainest first; whether one is valid is for the schema to say."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.pointers import JSON

TEXTS: Mapping[str, str] = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "duration": "PT1S",
    "email": "nobody@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
"""A text for each format that OpenAPI and JSON Schema name; hosts and addresses are reserved for examples."""

TRIED_FOR_PATTERN = (
    *TEXTS.values(),
    "0",
    "1",
    "a",
    "A",
    "00",
    "aa",
    "0000",
    "a0",
    "sample-1",
    "1.0.0",
    "1:1",
)
LONGEST = 100_000
"""Characters; a schema that demands more gets no text."""

SERIES = 20
"""Texts or numbers of one kind that are tried, so that an array of distinct items finds some."""


def texts(schema: Mapping[str, JSON]) -> Iterator[str]:
    """Yield texts of fitting lengths: of the format, if one is named, then words, then what patterns often ask for."""
    least = _whole(schema.get("minLength"), 0)
    most = _whole(schema.get("maxLength"), LONGEST)
    if least > LONGEST:
        return
    named = TEXTS.get(str(schema.get("format")))
    if named is not None:
        yield named
    for number in range(SERIES):
        ending = str(number) if number else ""
        yield f"{'sample'[: max(most - len(ending), 0)]}{ending}".ljust(least, "x")
    if "pattern" in schema:
        yield from TRIED_FOR_PATTERN


def numbers(schema: Mapping[str, JSON]) -> Iterator[int | float]:
    """Yield zero, then what lies nearest to the bounds, whole where it can be, then what lies between them."""
    yield 0
    # Exact arithmetic takes longer to load than most contracts need it: zero is a number almost everywhere.
    from .plain_numbers import near_bounds  # noqa: PLC0415

    yield from near_bounds(schema)


def _whole(value: JSON, default: int) -> int:
    return value if isinstance(value, int) else default
