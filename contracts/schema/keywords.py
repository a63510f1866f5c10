"""What the keywords of JSON Schema 2020-12 may hold, where that is neither a schema nor a reference.

Upstream writes ``required: true``, ``type: "float"``, ``maxLength: -1``. A keyword that holds what its specification
does not allow means nothing: it is dropped, so that the rest of the schema stays in force.
"""

import math
import re
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache

from jsonschema_rs import Draft202012Validator

from bodydouble.contracts.pointers import JSON

from .wellformed import is_json

TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")


class MeaninglessError(ValueError):
    """A keyword holds what its specification does not allow."""


def data(value: JSON) -> JSON:
    """Return ``value`` if it is JSON that every library takes.

    Raises:
        MeaninglessError: It is none, such as NaN or half a surrogate pair.
    """
    if not is_json(value):
        raise MeaninglessError
    return value


def text(value: JSON) -> str:
    """Return ``value`` if it is valid Unicode text.

    Raises:
        MeaninglessError: It is anything else.
    """
    if not isinstance(value, str) or not is_json(value):
        raise MeaninglessError
    return value


def flag(value: JSON) -> bool:
    """Return ``value`` if it is a boolean.

    Raises:
        MeaninglessError: It is anything else.
    """
    if not isinstance(value, bool):
        raise MeaninglessError
    return value


def number(value: JSON) -> JSON:
    """Return ``value`` if it is a finite number.

    Raises:
        MeaninglessError: It is anything else, a boolean included.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MeaninglessError
    return data(value)


def positive(value: JSON) -> JSON:
    """Return ``value`` if it is a number above zero.

    Raises:
        MeaninglessError: It is anything else.
    """
    if isinstance(value, int | float) and value > 0:
        return number(value)
    raise MeaninglessError


def amount(value: JSON) -> int:
    """Return ``value`` as an integer if it is a whole number, not negative; ``2.0`` is one (section 4.2.3).

    Raises:
        MeaninglessError: It is anything else.
    """
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise MeaninglessError
    data(value)
    return value


def types(value: JSON) -> JSON:
    """Return the type word, or the list of them; one unknown word makes the list unknowable.

    Raises:
        MeaninglessError: It is neither, or holds an unknown word.
    """
    words = value if isinstance(value, list) else [value]
    if not words or any(not isinstance(word, str) or word not in TYPES for word in words):
        raise MeaninglessError
    return list(dict.fromkeys(str(word) for word in words)) if isinstance(value, list) else value


def names(value: JSON) -> list[JSON]:
    """Return the names that are names, each once.

    Raises:
        MeaninglessError: It is no list.
    """
    if not isinstance(value, list):
        raise MeaninglessError
    return list(dict.fromkeys(name for name in value if isinstance(name, str) and is_json(name)))


def names_by_name(value: JSON) -> JSON:
    """Return what ``dependentRequired`` maps to names.

    Raises:
        MeaninglessError: It is no object.
    """
    if not isinstance(value, dict):
        raise MeaninglessError
    return {
        name: names(needed) for name, needed in value.items() if is_json(name) and isinstance(needed, list)
    }


def values(value: JSON) -> list[JSON]:
    """Return the members that are JSON; the others equal no JSON and illustrate nothing.

    Raises:
        MeaninglessError: It is no list.
    """
    if not isinstance(value, list):
        raise MeaninglessError
    return [member for member in value if is_json(member)]


def pattern(value: JSON) -> str:
    """Return ``value`` if it is a regular expression to everyone who will read it.

    The validator takes ECMAScript's dialect, as the specification recommends; generators of examples and the
    metaschema's check take Python's. Where a text is an expression in one of them only, it is dropped.

    Raises:
        MeaninglessError: It is none, or one in one dialect only.
    """
    expression = text(value)
    if not _compiles(expression):
        raise MeaninglessError
    return expression


@lru_cache(maxsize=1024)
def _compiles(expression: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of sets that it may read differently one day
            re.compile(expression)
        Draft202012Validator({"pattern": expression})
    except (re.error, ValueError, OverflowError, RecursionError):
        return False
    return True


ASSERTIONS: Mapping[str, Callable[[JSON], JSON]] = {
    "type": types,
    "enum": values,
    "const": data,
    "multipleOf": positive,
    "maximum": number,
    "exclusiveMaximum": number,
    "minimum": number,
    "exclusiveMinimum": number,
    "maxLength": amount,
    "minLength": amount,
    "pattern": pattern,
    "maxItems": amount,
    "minItems": amount,
    "uniqueItems": flag,
    "maxContains": amount,
    "minContains": amount,
    "maxProperties": amount,
    "minProperties": amount,
    "required": names,
    "dependentRequired": names_by_name,
}
"""Keyword to the function that returns what it holds, if that means anything (Validation vocabulary)."""

ANNOTATIONS: Mapping[str, Callable[[JSON], JSON]] = {
    "$comment": text,
    "title": text,
    "description": text,
    "default": data,
    "deprecated": flag,
    "readOnly": flag,
    "writeOnly": flag,
    "examples": values,
    "format": text,
    "contentEncoding": text,
    "contentMediaType": text,
}
"""The same for keywords that accept everything (Meta-Data, Format-Annotation and Content vocabularies)."""
