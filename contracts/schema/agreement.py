r"""jsonschema, made to agree with jsonschema-rs: the one finds the words, the other gives the verdict.

Where the two part ways, jsonschema-rs is followed, because it reads numbers and expressions as JSON Schema means them:

* ``pattern``, ``patternProperties``: an ECMAScript expression there, a Python one here. In Python ``\d`` matches
  every digit of Unicode, ``$`` also matches before a final line break, ``\s`` knows other spaces.
* ``multipleOf``: exact decimals there, binary fractions here: 19.99 is no multiple of 0.01, and 10**400 overflows.
* ``minimum`` and its kin, ``enum``, ``const``, ``uniqueItems``, ``type``: a float and an integer beyond 2**53 compare
  differently.

These are simply asked of jsonschema-rs, keyword by keyword. The other functions of this module yield errors that say
more than jsonschema's own: where a missing property should be, which name or item is not allowed, how many items
fit, which alternatives do. Their messages are notes to `explanation`, which finds the words.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from jsonschema_rs import Draft202012Validator as Verdict

from bodydouble.contracts.pointers import JSON

Schema: TypeAlias = dict[str, Any]
"""A schema, as jsonschema passes it."""
Errors: TypeAlias = Iterator[ValidationError]
"""What a keyword's function yields."""
Keyword: TypeAlias = Callable[[Any, Any, Any, Schema], Errors]
"""A function of validator, what the keyword holds, instance and schema, as jsonschema calls it."""

NOTHING: Mapping[str, Any] = {"not": {}}
"""The schema that accepts nothing, as the conversion writes ``false``."""


def _asked(keyword: str) -> Keyword:
    def ask(_validator: Any, held: Any, instance: Any, _schema: Schema) -> Errors:
        if not _verdict(keyword, json.dumps(held))(instance):
            yield ValidationError(keyword)

    return ask


@lru_cache(maxsize=512)
def _verdict(keyword: str, held: str) -> Callable[[JSON], bool]:
    return Verdict({keyword: json.loads(held)}).is_valid


def _matches(expression: str, name: str) -> bool:
    return _verdict("pattern", json.dumps(expression))(name)


def _required(_validator: Any, names: list[str], instance: Any, _schema: Schema) -> Errors:
    if isinstance(instance, dict):
        yield from (ValidationError("missing", path=(name,)) for name in names if name not in instance)


def _dependent_required(
    _validator: Any, needs: dict[str, list[str]], instance: Any, _schema: Schema
) -> Errors:
    for name, needed in needs.items() if isinstance(instance, dict) else ():
        if name in instance:
            yield from (ValidationError(name, path=(other,)) for other in needed if other not in instance)


def _property_names(validator: Any, names: Schema, instance: Any, _schema: Schema) -> Errors:
    for name in instance if isinstance(instance, dict) else ():
        if wrong := tuple(validator.descend(name, names)):
            yield ValidationError(name, path=(name,), context=wrong)


def _pattern_properties(validator: Any, schemas: dict[str, Schema], instance: Any, _schema: Schema) -> Errors:
    for name, member in instance.items() if isinstance(instance, dict) else ():
        for expression, schema in schemas.items():
            if _matches(expression, name):
                yield from validator.descend(member, schema, path=name, schema_path=expression)


def _additional_properties(validator: Any, rest: Any, instance: Any, schema: Schema) -> Errors:
    if isinstance(instance, dict):
        declared = _declared(schema, instance)
        yield from _each(validator, rest, instance, (name for name in instance if name not in declared))


def _unevaluated_properties(validator: Any, rest: Any, instance: Any, schema: Schema) -> Errors:
    if isinstance(instance, dict):
        seen = _seen(validator, {**schema, "unevaluatedProperties": None}, instance, _names_seen)
        yield from _each(validator, rest, instance, (name for name in instance if name not in seen))


def _items(validator: Any, rest: Any, instance: Any, schema: Schema) -> Errors:
    if isinstance(instance, list):
        yield from _each(validator, rest, instance, range(len(schema.get("prefixItems", ())), len(instance)))


def _unevaluated_items(validator: Any, rest: Any, instance: Any, schema: Schema) -> Errors:
    if isinstance(instance, list):
        seen = _seen(validator, {**schema, "unevaluatedItems": None}, instance, _items_seen)
        yield from _each(
            validator, rest, instance, (index for index in range(len(instance)) if index not in seen)
        )


def _contains(validator: Any, wanted: Any, instance: Any, schema: Schema) -> Errors:
    if isinstance(instance, list):
        found = sum(map(validator.evolve(schema=wanted).is_valid, instance))
        least, most = schema.get("minContains", 1), schema.get("maxContains", len(instance))
        if found < least:
            yield ValidationError(str(found), validator="minContains", validator_value=least)
        if found > most:
            yield ValidationError(str(found), validator="maxContains", validator_value=most)


def _one_of(validator: Any, members: list[Any], instance: Any, _schema: Schema) -> Errors:
    wrong = [
        list(validator.descend(instance, member, schema_path=index)) for index, member in enumerate(members)
    ]
    fitting = [str(index) for index, errors in enumerate(wrong) if not errors]
    if len(fitting) != 1:
        yield ValidationError(" ".join(fitting), context=[] if fitting else list(chain.from_iterable(wrong)))


def _each(validator: Any, schema: Any, instance: Any, places: Iterable[str | int]) -> Errors:
    """What is wrong with what stands at the places, or that anything stands there."""
    for place in places:
        if schema is False or schema == NOTHING:
            yield ValidationError("not allowed", path=(place,))
        else:
            yield from validator.descend(instance[place], schema, path=place)


_Own: TypeAlias = Callable[[Any, Schema, Any], Iterable[str | int]]


def _seen(validator: Any, schema: Any, instance: Any, own: _Own) -> set[str | int]:
    """The names or indexes that a keyword of ``schema``, or of a schema it applies in place, has looked at."""
    if not isinstance(schema, dict):
        return set()
    seen = set(own(validator, schema, instance))
    for applied in _applied(validator, schema, instance):
        seen |= _seen(validator, applied, instance, own)
    return seen


def _applied(validator: Any, schema: Schema, instance: Any) -> Iterator[Any]:
    def holds(member: Any) -> bool:
        return bool(validator.evolve(schema=member).is_valid(instance))

    if "$ref" in schema:
        yield validator._resolver.lookup(schema["$ref"]).contents  # noqa: SLF001  # there is no public way
    yield from schema.get("allOf", ())
    yield from filter(holds, (*schema.get("anyOf", ()), *schema.get("oneOf", ())))
    if "if" in schema:
        taken = ("if", "then") if holds(schema["if"]) else ("else",)
        yield from (schema[keyword] for keyword in taken if keyword in schema)
    dependent = schema.get("dependentSchemas", {}) if isinstance(instance, dict) else {}
    yield from (member for name, member in dependent.items() if name in instance)


def _names_seen(_validator: Any, schema: Schema, instance: Any) -> set[str]:
    if schema.get("additionalProperties", schema.get("unevaluatedProperties")) is not None:
        return set(instance)
    return _declared(schema, instance)


def _declared(schema: Schema, instance: Any) -> set[str]:
    expressions = schema.get("patternProperties", {})
    matched = {name for name in instance if any(_matches(expression, name) for expression in expressions)}
    return matched.union(instance.keys() & schema.get("properties", {}).keys())


def _items_seen(validator: Any, schema: Schema, instance: Any) -> Iterable[int]:
    if schema.get("items", schema.get("unevaluatedItems")) is not None:
        return range(len(instance))
    first = len(schema.get("prefixItems", ()))
    if "contains" not in schema:
        return range(first)
    contained = validator.evolve(schema=schema["contains"])
    return [index for index, item in enumerate(instance) if index < first or contained.is_valid(item)]


Explainer: Any = extend(  # type: ignore[no-untyped-call]  # the stubs leave it bare
    Draft202012Validator,
    {
        **{
            keyword: _asked(keyword)
            for keyword in (
                *("type", "enum", "const", "pattern", "uniqueItems", "multipleOf"),
                *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
            )
        },
        "required": _required,
        "dependentRequired": _dependent_required,
        "propertyNames": _property_names,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "unevaluatedProperties": _unevaluated_properties,
        "items": _items,
        "unevaluatedItems": _unevaluated_items,
        "contains": _contains,
        "oneOf": _one_of,
    },
)
"""jsonschema's validator class of 2020-12 with these keywords replaced."""


def equal_items(items: list[Any]) -> tuple[int, int]:
    """Return the indexes of the first two items that are equal to jsonschema-rs; there must be such."""
    differ = _verdict("uniqueItems", "true")
    low, high = 1, len(items)  # the shortest beginning with a repetition, by halving
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if differ(items[:middle]) else (low, middle)
    second = low - 1
    return next(first for first in range(second) if not differ([items[first], items[second]])), second
