"""Everything that is wrong with a value, in words a person understands.

jsonschema (as `agreement` has it) finds the errors; this module words them, one function per keyword in the table at
its foot. It is imported when something has to be explained, not when a server starts.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from jsonschema.exceptions import ValidationError
from msgspec.structs import replace

from bodydouble.contracts.nearest import nearest
from bodydouble.contracts.pointers import JSON, pointer
from bodydouble.contracts.words import count, describe, either, one_of, place, show

from .agreement import NOTHING, Explainer, equal_items
from .phrases import NOUNS, phrase, strings
from .violations import Violation, in_document_order

MAX_VIOLATIONS = 1_000
"""A million wrong items say no more than the first thousand, and take minutes to word."""


def explain(schema: dict[str, JSON], instance: JSON) -> tuple[Violation, ...]:
    """Return everything that is wrong with ``instance``, in the order of the document.

    Args:
        schema: A converted, self-contained JSON Schema 2020-12.
        instance: A value that is JSON (`wellformed.is_json`).

    Returns:
        The violations, each once; a missing property comes after those that are there. At most the first thousand
        found, and then one more that says so. Empty if and only if ``instance`` is valid.
    """
    found: dict[Violation, None] = {}
    try:
        for error in Explainer(schema).iter_errors(instance):
            found.update(dict.fromkeys(_tell(_Error(error, schema))))
            if len(found) > MAX_VIOLATIONS:
                break
    except RecursionError:
        says = "the value does not fit its schema, which is nested too deeply to say where"
        return (Violation("", says, "a value that fits its schema", describe(instance), "$ref"),)
    told = in_document_order(list(found)[:MAX_VIOLATIONS], instance)
    return (*told, _MORE) if len(found) > MAX_VIOLATIONS else told


_MORE = Violation(
    "", "and more is wrong than the first thousand things", "a value that fits its schema", "more", ""
)


@dataclass(frozen=True, slots=True)
class _Error:
    """An error that jsonschema found, and what wording it takes."""

    error: ValidationError
    root: dict[str, JSON]

    @property
    def held(self) -> Any:
        """What the keyword holds that is not satisfied."""
        return self.error.validator_value

    @property
    def instance(self) -> Any:
        return self.error.instance

    @property
    def note(self) -> str:
        return self.error.message

    @property
    def last(self) -> Any:
        """The last step to the place: the name or index that is missing or not allowed."""
        return self.error.absolute_path[-1]

    @property
    def pointer(self) -> str:
        return pointer(self.error.absolute_path)

    @property
    def name(self) -> str:
        return place(self.pointer)

    def says(self, what: str, expected: str, got: str) -> "_Told":
        return (Violation(self.pointer, f"{self.name} {what}", expected, got, str(self.error.validator)),)

    def must(self, verb: str, expected: str, got: str, hint: str = "") -> "_Told":
        return self.says(f"must {verb} {expected}{hint}", expected, got)

    def phrase(self, schema: Any) -> str:
        return phrase(schema, self.root)


_Told: TypeAlias = tuple[Violation, ...]


def _tell(error: _Error) -> _Told:
    return WORDS[str(error.error.validator)](error)


def _hint(got: Any, known: Any) -> str:
    """Did you mean; for text that resembles a known one."""
    close = nearest(got, (name for name in known if isinstance(name, str)), 1) if isinstance(got, str) else ()
    return f"; did you mean {show(close[0])}?" if close else ""


def _type(error: _Error) -> _Told:
    types = error.held if isinstance(error.held, list) else [error.held]
    return error.must("be", either([NOUNS[word] for word in types]), describe(error.instance))


def _enum(error: _Error) -> _Told:
    hint = _hint(error.instance, error.held) if len(error.held) > 1 else ""
    return error.must("be", one_of(error.held), describe(error.instance), hint)


def _const(error: _Error) -> _Told:
    return error.must("be", show(error.held), describe(error.instance))


def _bound(words: str) -> "_Words":
    return lambda error: error.must("be", f"{words} {show(error.held)}", show(error.instance))


def _amount(verb: str, words: str, noun: str) -> "_Words":
    return lambda error: error.must(
        verb, f"{words} {count(int(error.held), noun)}", count(len(error.instance), noun)
    )


def _pattern(error: _Error) -> _Told:
    return error.must("be", f"text that matches {show(error.held)}", describe(error.instance))


def _unique(error: _Error) -> _Told:
    first, second = equal_items(error.instance)
    return error.must("have", "items that all differ", f"items {first} and {second} that are equal")


def _contained(words: str) -> "_Words":
    def tell(error: _Error) -> _Told:
        schema: Any = error.error.schema
        wanted = f"{words} {count(int(error.held), 'item')} that is {error.phrase(schema['contains'])}"
        return error.must("have", wanted, f"{error.note} of {count(len(error.instance), 'item')}")

    return tell


def _required(error: _Error) -> _Told:
    schema: Any = error.error.schema
    wanted = error.phrase(schema.get("properties", {}).get(error.last, {}))
    return error.says("is required", "a value" if wanted == "anything" else wanted, "nothing")


def _dependent(error: _Error) -> _Told:
    return error.says(f"is required where there is {show(error.note)}", "a value", "nothing")


def _property(error: _Error) -> _Told:
    schema: Any = error.error.schema
    known = schema.get("properties", {})
    expected = f"no property but {either(list(known))}" if known else "no such property"
    return error.says(
        f"is not allowed{_hint(error.last, known)}", expected, describe(error.instance[error.last])
    )


def _item(error: _Error) -> _Told:
    schema: Any = error.error.schema
    few = count(len(schema.get("prefixItems", ())), "item")
    return error.says("is not allowed", f"at most {few}", describe(error.instance[error.last]))


def _unevaluated_item(error: _Error) -> _Told:
    return error.says("is not allowed", "no such item", describe(error.instance[error.last]))


def _property_names(error: _Error) -> _Told:
    demands = [violation.expected for inner in _inner(error) for violation in _tell(inner)]
    expected = f"a name that is {' and '.join(dict.fromkeys(demands))}"
    holder = place(pointer(list(error.error.absolute_path)[:-1]))
    says = f"{holder} must not have a property named {show(error.last)}"
    return (Violation(error.pointer, says, expected, show(error.last), "propertyNames"),)


def _not(error: _Error) -> _Told:
    if error.held in (NOTHING["not"], True):
        return error.says("is not allowed", "nothing", describe(error.instance))
    refused = error.phrase(error.held)
    return error.says(f"must not be {refused}", f"anything but {refused}", describe(error.instance))


def _false(error: _Error) -> _Told:
    return error.says("is not allowed", "nothing", describe(error.instance))


def _any_of(error: _Error) -> _Told:
    branches = _branches(error)
    options = [error.phrase(member) for member in error.held]
    best = min(branches, key=lambda index: _misfit(branches[index]))
    if _is_of_another_kind(branches[best]):
        known = [text for member in error.held for text in strings(member, error.root)]
        return error.must("be", either(options), describe(error.instance), _hint(error.instance, known))
    others = either([option for index, option in enumerate(options) if index != best])
    aside = f"; {error.name}{_ASIDE}{others}" if others else ""
    told = (violation for inner in branches[best] for violation in _tell(inner))
    return tuple(_with_aside(violation, aside) for violation in told)


def _with_aside(violation: Violation, aside: str) -> Violation:
    """The alternatives nearest to the place are told; those of what is around it would only bury them."""
    told = _ASIDE in violation.message
    return violation if told else replace(violation, message=violation.message + aside)


def _one_of(error: _Error) -> _Told:
    if not error.note:
        return _any_of(error)
    fitting = [error.phrase(error.held[int(index)]) for index in error.note.split()]
    says = f"fits {len(fitting)} of the alternatives, and only one is allowed: {', '.join(fitting)}"
    return error.says(says, "exactly one of the alternatives", f"{len(fitting)} of them")


def _branches(error: _Error) -> dict[int, list[_Error]]:
    branches: dict[int, list[_Error]] = {}
    for inner in _inner(error):
        branches.setdefault(int(inner.error.relative_schema_path[0]), []).append(inner)
    return branches


def _inner(error: _Error) -> Iterator[_Error]:
    return (_Error(inner, error.root) for inner in error.error.context or ())


def _misfit(errors: list[_Error]) -> tuple[bool, int, int]:
    """How far a value is from an alternative: of another kind, tagged for another one, otherwise wrong."""
    tags = [
        inner for inner in errors if len(inner.error.relative_path) == 1 and inner.error.validator in _TAGS
    ]
    return _is_of_another_kind(errors), len(tags), len(errors)


def _is_of_another_kind(errors: list[_Error]) -> bool:
    return any(not inner.error.relative_path and inner.error.validator in _KINDS for inner in errors)


_ASIDE = " may also be "
_TAGS = frozenset({"const", "enum"})
_KINDS = _TAGS | {"type", "not", "None"}

_Words: TypeAlias = Callable[[_Error], _Told]

WORDS: Mapping[str, _Words] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "multipleOf": _bound("a multiple of"),
    "maximum": _bound("at most"),
    "exclusiveMaximum": _bound("less than"),
    "minimum": _bound("at least"),
    "exclusiveMinimum": _bound("more than"),
    "maxLength": _amount("be", "at most", "character"),
    "minLength": _amount("be", "at least", "character"),
    "pattern": _pattern,
    "maxItems": _amount("have", "at most", "item"),
    "minItems": _amount("have", "at least", "item"),
    "uniqueItems": _unique,
    "maxContains": _contained("at most"),
    "minContains": _contained("at least"),
    "maxProperties": _amount("have", "at most", "property"),
    "minProperties": _amount("have", "at least", "property"),
    "required": _required,
    "dependentRequired": _dependent,
    "additionalProperties": _property,
    "unevaluatedProperties": _property,
    "items": _item,
    "unevaluatedItems": _unevaluated_item,
    "propertyNames": _property_names,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "None": _false,
}
"""Keyword to the function that words its violation; "None" is what jsonschema calls a ``false`` nobody converted."""

SILENT = frozenset(
    {
        *("$ref", "$dynamicRef", "allOf", "if", "then", "else", "dependentSchemas"),
        *("properties", "patternProperties", "prefixItems"),
        "contains",
        "format",
    }
)
"""Keywords without words: what is wrong is said by the schemas they apply; ``contains`` speaks through its bounds; and
``format`` is never asserted (`dialect` says why)."""
