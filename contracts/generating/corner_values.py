"""Values at the corners of what one place allows, by its keywords; whether one is valid is for a judge to say."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.folding import members_of
from bodydouble.contracts.schema.hints import likeliest_types
from bodydouble.contracts.schema.plain_numbers import near_bounds
from bodydouble.contracts.schema.plain_values import TEXTS
from bodydouble.contracts.schema.schemas import types_of
from bodydouble.contracts.words import show

from .image_values import sound_images
from .judges import rules_in

Labelled: TypeAlias = tuple[str, JSON]
"""What a value is, in words, and the value."""

LONG = 2_000
"""Characters of a long text where no limit is stated."""

LONGEST = 100_000
"""Characters: where a schema allows more, this many stand for its limit."""

ODD_TEXTS: tuple[tuple[str, str], ...] = (
    ("text beyond the BMP", "\U0001f3ac\U0001f6a3\U0001f3fd\u200d\u2640\ufe0f \U00020bb7"),
    ("several lines", "first\nsecond\r\nthird\n"),
    ("a tab and a line separator", "a\tb\u2028c\u2029"),
    ("quotes and backslashes", "\"'\\`${x}<b>&amp;%20+"),
    ("text from right to left", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627"),
    ("combining marks", "Z\u0351\u036ba\u030a e\u0301"),
    ("a null character", "a\u0000b"),
    ("white space only", " \u00a0\u3000 "),
    ("what looks like a number", "007"),
    ("what looks like nothing", "null"),
)
"""Texts that programs stumble over; each is valid Unicode."""

ODD_TEXTS_OF_FORMAT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "uri": (
        ("a link with port, query and fragment", "http://example.com:8080/a/b?x=1&y=%20#top"),
        ("a link without a path", "https://example.com"),
        ("a link to an address", "https://[2001:db8::1]/"),
        ("a long link", "https://example.com/" + "a" * 1_000),
    ),
    "date-time": (("a moment with an offset", "2024-02-29T23:59:59.999+14:00"),),
    "date": (("a leap day", "2024-02-29"),),
}
"""Formats are annotations, but a server may mean them: where one is named, texts keep it."""


def corner_values(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    """Yield the corners of one place, each with what it is; of arrays and objects only what needs no parts.

    Args:
        view: What holds at the place, folded and without alternatives.
    """
    yield from _listed(view)
    if not _is_listed(view):
        for word in likeliest_types(view) if types_of(view) else ():
            yield from _CORNERS.get(word, _nothing)(view)
    yield "null", None


def _is_listed(view: Mapping[str, JSON]) -> bool:
    return "const" in view or "enum" in view


def _listed(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    values = [view["const"]] if "const" in view else members_of(view, "enum")
    yield from ((show(value), value) for value in values)


def _nothing(_view: Mapping[str, JSON]) -> Iterator[Labelled]:
    yield from ()


def _booleans(_view: Mapping[str, JSON]) -> Iterator[Labelled]:
    yield from (("true", True), ("false", False))


def corner_texts(view: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
    """Yield the corners of a text."""
    rules = rules_in(view)
    if rules is not None:
        yield from sound_images(rules)
        return
    named = str(view.get("format"))
    if named in TEXTS:
        yield f"a usual {named}", TEXTS[named]
        yield from ODD_TEXTS_OF_FORMAT.get(named, ())
        return
    yield from _of_length(view)
    yield from ODD_TEXTS


def _of_length(view: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
    least, most = whole(view.get("minLength"), 0), whole(view.get("maxLength"), LONG)
    lengths = [least, min(most, LONGEST)] if least <= LONGEST else []
    for length in dict.fromkeys(lengths):
        yield f"{length} characters exactly", ("a boat at sea " * (length // 14 + 1))[:length]
    if lengths:
        length = lengths[-1]
        yield f"{length} characters beyond the BMP", "\U0001f6a3" * length


def corner_numbers(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    """Yield the corners of a number: its bounds and what is next to them, and numbers that are hard to write."""
    for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        held = view.get(bound)
        if isinstance(held, int | float):
            yield f"the {bound}, {show(held)}", held
    near = list(dict.fromkeys(near_bounds(view)))
    yield from ((show(number), number) for number in near[:2] + near[-2:])
    yield from (("zero", 0), ("a negative number", -1), ("2 to the 31st", 2**31), ("2 to the 53rd", 2**53))
    if "number" in types_of(view):
        yield from (("a fraction", 0.5), ("a small number", 1e-9), ("a large number", 1e15))
    for number in near[:1]:
        if isinstance(number, int) and abs(number) <= 2**53:
            yield f"{show(float(number))}, whole but written with a point", float(number)


def whole(value: JSON, default: int) -> int:
    """Return a count that a keyword holds, or ``default``."""
    return int(value) if isinstance(value, int | float) else default


_CORNERS: Mapping[str, Callable[[Mapping[str, JSON]], Iterator[Labelled]]] = {
    "boolean": _booleans,
    "string": corner_texts,
    "integer": corner_numbers,
    "number": corner_numbers,
}
