"""Values that are JSON and that every library takes, told from those that only Python takes.

Python's decoder gives NaN, integers of any length, halves of surrogate pairs and nesting up to its own recursion
limit. The libraries that validate part ways on each of them: one raises, one accepts, one overflows its stack. So such
a value is refused, whatever a schema says, by a rule that is the same everywhere:

* numbers are finite, and within the range of binary64: RFC 8259 section 6 has no others, and warns that
  readers commonly take none beyond (10**400 becomes infinity in JavaScript);
* text is a sequence of Unicode scalar values, hence can be sent as UTF-8 (RFC 8259 section 8.1);
* arrays and objects are nested at most 64 deep; decoders commonly stop at 64 or 128, and published schemas
  need ten.
"""

import math
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeAlias

from jsonschema_rs import Draft202012Validator

from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.words import describe, place, show

from .violations import Violation

MAX_DEPTH = 64
LARGEST = sys.float_info.max

_Found: TypeAlias = tuple[str, str, str, str]
"""Pointer, what the message says after the name of the place, expected, got."""


def defects(value: JSON) -> tuple[Violation, ...]:
    """Return everything that makes ``value`` something else than JSON; empty if and only if `is_json`.

    A name that is no text is told at its object: a pointer that holds it could not be printed.
    """
    return tuple(
        Violation(pointer, f"{place(pointer)} {says}", expected, got, "json")
        for pointer, says, expected, got in _walk(value)
    )


def _walk(value: JSON) -> Iterator[_Found]:
    stack: list[tuple[str, JSON, int]] = [("", value, 0)]
    while stack:
        pointer, node, depth = stack.pop()
        if isinstance(node, dict | list):
            yield from _container(pointer, node, depth)
            stack.extend(reversed(_children(pointer, node, depth)))
        else:
            yield from _scalar(pointer, node)


def _container(pointer: str, node: JSON, depth: int) -> Iterator[_Found]:
    if depth == MAX_DEPTH:
        limit = f"at most {MAX_DEPTH} levels of arrays and objects"
        yield pointer, "is nested too deeply", limit, f"more than {MAX_DEPTH} levels"
    elif isinstance(node, dict):
        for name in node:
            if not _is_text(name):
                says = "has a name that is not valid Unicode"
                yield pointer, says, "names that are valid Unicode", show(name)


def _children(pointer: str, node: "dict[str, JSON] | list[JSON]", depth: int) -> list[tuple[str, JSON, int]]:
    if depth == MAX_DEPTH:
        return []
    items = node.items() if isinstance(node, dict) else enumerate(node)
    return [(join(pointer, key), child, depth + 1) for key, child in items if _is_text(str(key))]


def _scalar(pointer: str, node: JSON) -> Iterator[_Found]:
    if isinstance(node, str) and not _is_text(node):
        yield pointer, "is text that is not valid Unicode", "valid Unicode", f"a string ({show(node)})"
    elif isinstance(node, float) and not math.isfinite(node):
        yield pointer, f"is {node}, which is not a JSON number", "a finite number", str(node)
    elif isinstance(node, int) and abs(node) > LARGEST:
        yield (
            pointer,
            "is a number too large for JSON's readers",
            f"at most {LARGEST:.1e} either way",
            describe(node),
        )


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@cache
def _guard() -> Callable[[JSON], bool]:
    """Return the same rule as a schema: jsonschema-rs walks a body three times faster than Python does.

    A pattern that everything matches makes the library read the characters of a string, where it meets half of a
    surrogate pair and raises. What is no number to it is NaN, infinite, or an integer that Python refuses to write
    out. One definition per level counts the levels.
    """
    scalars: list[JSON] = [
        {"type": "string", "pattern": ""},
        {"type": ["null", "boolean"]},
        {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
    ]
    levels: dict[str, JSON] = {f"level{MAX_DEPTH}": {"anyOf": scalars}}  # ordered by how often they occur
    for level in range(MAX_DEPTH):
        deeper: JSON = {"$ref": f"#/$defs/level{level + 1}"}
        names: JSON = {"type": "object", "additionalProperties": deeper}
        levels[f"level{level}"] = {"anyOf": [names, *scalars, {"type": "array", "items": deeper}]}
    return Draft202012Validator({"$defs": levels, "$ref": "#/$defs/level0"}).is_valid


def conforms(value: JSON) -> bool:
    """Return what `is_json` does, or raise UnicodeEncodeError for text that is not valid Unicode: for hot paths."""
    return _guard()(value)


def is_json(value: JSON) -> bool:
    """Return whether ``value`` is JSON as this module's head has it."""
    return next(_walk(value), None) is None
