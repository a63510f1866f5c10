"""Rules about schemas that contradict themselves."""

import json
from collections.abc import Iterator, Mapping

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import JSON, join, tokens_of
from bodydouble.contracts.schema.keywords import TYPES
from bodydouble.contracts.words import either, show

from .defect_rules import Description, Flaw, Rule

_COMPOSITIONS = ("allOf", "anyOf", "oneOf", "not", "if", "$ref", "patternProperties", "additionalProperties")
"""Keywords beside which a required name may be described elsewhere."""


def required_malformed(_: Description, schema: Part) -> Iterator[Flaw]:
    """``required`` lists names; a boolean on the property was draft 3 and is a parameter's keyword."""
    stated = schema.member("required")
    if "required" not in schema.members or _is_list_of_names(stated):
        return
    yield Flaw(
        pointer=join(schema.pointer, "required"),
        message="required means nothing as it is written",
        expected="a list of different property names",
        got=show(stated),
        hint="list the property under 'required' of the object that has it"
        if isinstance(stated, bool)
        else "",
    )


def _is_list_of_names(value: JSON) -> bool:
    if not (isinstance(value, list) and all(isinstance(name, str) for name in value)):
        return False
    return len(set(map(str, value))) == len(value)


def required_unknown(_: Description, schema: Part) -> Iterator[Flaw]:
    """A required name that is no property; not judged where other schemas may supply the properties."""
    properties, required = schema.member("properties"), schema.member("required")
    composed = any(keyword in schema.members for keyword in _COMPOSITIONS) or _is_composed(schema.pointer)
    if not (isinstance(properties, dict) and isinstance(required, list)) or composed:
        return
    for index, name in enumerate(required):
        if isinstance(name, str) and name not in properties:
            yield Flaw(
                pointer=join(schema.pointer, "required", index),
                message=f"{show(name)} is required and not described",
                expected="the name of a property",
                hint=did_you_mean(name, properties),
            )


def _is_composed(pointer: str) -> bool:
    """Whether the schema is a member of a composition, whose other members may have the properties."""
    return bool({"allOf", "anyOf", "oneOf", "then", "else"} & set(tokens_of(pointer)[-2:]))


def enum_contradicts_type(_: Description, schema: Part) -> Iterator[Flaw]:
    """Values that the type forbids; null is left to the rule about ``nullable``."""
    stated = schema.member("type")
    words = [word for word in (stated if isinstance(stated, list) else [stated]) if isinstance(word, str)]
    if not words or any(word not in TYPES for word in words):
        return
    for index, value in enumerate(schema.listed("enum")):
        absent = value is None and schema.member("nullable") is True
        if not absent and not any(_is_of(value, word) for word in words):
            yield Flaw(
                pointer=join(schema.pointer, "enum", index),
                message="a value of the enum can never be valid",
                expected=f"a value of type {either(words)}",
                got=show(value),
            )


def _is_of(value: JSON, word: str) -> bool:
    """Types of JSON Schema 2020-12 (Core 4.2.1): a boolean is no number, 2.0 is an integer."""
    if isinstance(value, bool):
        return word == "boolean"
    if isinstance(value, float) and word == "integer":
        return value.is_integer()
    return isinstance(value, _KINDS[word])


_KINDS: Mapping[str, tuple[type, ...]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


def enum_duplicate(_: Description, schema: Part) -> Iterator[Flaw]:
    """Values should be unique (JSON Schema Validation 6.1.2)."""
    first: dict[str, int] = {}
    for index, value in enumerate(schema.listed("enum")):
        if first.setdefault(json.dumps(value, sort_keys=True), index) != index:
            yield Flaw(
                pointer=join(schema.pointer, "enum", index),
                message=f"the enum lists {show(value)} twice",
                expected="each value once",
            )


def enum_empty(_: Description, schema: Part) -> Iterator[Flaw]:
    """An enum has at least one value."""
    if schema.member("enum") == []:
        yield Flaw(
            pointer=join(schema.pointer, "enum"),
            message="the enum lists nothing, so that no value could be valid",
            expected="at least one value",
        )


_SCHEMA = (Role.SCHEMA,)

SCHEMA_RULES = (
    Rule(
        "required-malformed",
        Severity.WARNING,
        _SCHEMA,
        "Readers ignore it, so that what was meant to be required is optional.",
        required_malformed,
    ),
    Rule(
        "required-unknown",
        Severity.ERROR,
        _SCHEMA,
        "Nobody can send what is not described, or one of the two names is a mistake.",
        required_unknown,
    ),
    Rule(
        "enum-contradicts-type",
        Severity.ERROR,
        _SCHEMA,
        "Clients offer a choice that the server must refuse.",
        enum_contradicts_type,
    ),
    Rule(
        "enum-duplicate",
        Severity.WARNING,
        _SCHEMA,
        "Generated code may declare one name twice, and one of the two may be a slip for another value.",
        enum_duplicate,
    ),
    Rule(
        "enum-empty",
        Severity.ERROR,
        _SCHEMA,
        "Taken at its word it forbids every value.",
        enum_empty,
    ),
)
