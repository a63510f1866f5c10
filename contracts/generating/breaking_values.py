"""Values meant to break one keyword of one place; whether one does, and which, is for a judge to say."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.folding import members_of
from bodydouble.contracts.schema.schemas import strings_of, types_of
from bodydouble.contracts.words import show

from .corner_values import LONGEST, Labelled, whole
from .image_values import unsound_images
from .judges import rules_in

_OF_TYPE: Mapping[str, Labelled] = {
    "null": ("null", None),
    "boolean": ("true instead", True),
    "string": ("text instead", "text"),
    "number": ("a number instead", 5),
    "array": ("an empty array", []),
    "object": ("an empty object", {}),
}
_ALMOST_OF_TYPE: tuple[tuple[str, Labelled], ...] = (
    ("integer", ("a fraction", 5.5)),
    ("integer", ("a number as text", "5")),
    ("number", ("a number as text", "5")),
    ("number", ("empty text", "")),
    ("boolean", ("a word for true", "true")),
    ("boolean", ("one", 1)),
    ("string", ("the text in an array", ["text"])),
    ("object", ("an object in an array", [{}])),
)
"""What programs that convert silently take for the type that is asked for."""

LARGEST_STEP = 2**53
"""Beyond it, not every whole number can be written with a point (IEEE 754 binary64)."""


def breaking_values(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    """Yield what may break one place, each with what it is.

    Args:
        view: What holds at the place, folded and without alternatives.
    """
    yield from _of_other_types(view)
    yield from _unlisted(view)
    yield from _numbers(view)
    yield from _texts(view)


def _of_other_types(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    allowed = types_of(view)
    if allowed:
        yield from (labelled for word, labelled in _OF_TYPE.items() if word not in allowed)
        yield from (labelled for word, labelled in _ALMOST_OF_TYPE if word in allowed)


def _unlisted(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    words = strings_of(view)
    for word in words[:1]:
        yield "a word in other letters", word.swapcase()
        yield "a word with a blank behind it", f"{word} "
    if "enum" in view or "const" in view:
        yield "a word that is not listed", "no-such-word"
        listed = [view["const"]] if "const" in view else members_of(view, "enum")
        numbers = [n for n in listed if isinstance(n, int | float) and not isinstance(n, bool)]
        if numbers:
            yield "a number that is not listed", max(numbers) + 1


def _numbers(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    for keyword, step in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 0), ("exclusiveMaximum", 0)):
        held = view.get(keyword)
        if isinstance(held, int | float):
            yield f"{show(held + step)}, beyond the {keyword}", held + step
    yield from _no_multiples(view)


def _no_multiples(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    held, low = view.get("multipleOf"), view.get("minimum", 0)
    if isinstance(held, int | float) and 0 < held < LARGEST_STEP:
        start = low if isinstance(low, int | float) and abs(low) < LARGEST_STEP else 0
        for number in (start + held / 2, held * 1.5, held + 1):
            yield f"{show(number)}, no multiple of {show(held)}", number


def _texts(view: Mapping[str, JSON]) -> Iterator[Labelled]:
    rules = rules_in(view)
    if rules is not None:
        yield from unsound_images(rules)
    least, most = whole(view.get("minLength"), 0), whole(view.get("maxLength"), LONGEST)
    if 0 < least <= LONGEST:
        yield f"{least - 1} characters, one too few", "x" * (least - 1)
    if most < LONGEST:
        yield f"{most + 1} characters, one too many", "x" * (most + 1)
        yield f"{most + 1} characters beyond the BMP, one too many", "\U0001f6a3" * (most + 1)
    if "pattern" in view:
        length = min(max(least, 1), LONGEST)
        yield from (("what the pattern excludes", c * length) for c in (" ", "\n", "é", "?", "a", "0"))
