"""Generated schemas and job APIs."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["id", "url", "text", "$ref", "nullable", "required", "a b", "ü", "x/y~z", ""])
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
REFERENCES = st.sampled_from("ABC").map(lambda name: {"$ref": f"#/components/schemas/{name}"})
NUMBERS = st.integers(-5, 5) | st.sampled_from([0.1, 0.5, -2.5, 1e-308, 1e308, -1e308, 10**400, -(10**400)])
COUNTS = st.sampled_from([0, 0, 1, 1, 2, 3, 7, 200, 10**9])
PATTERNS = st.sampled_from(
    ["^a", "^[0-9]+$", "^x-", "^[a-f0-9-]{36}$", ".", "^$", r"^\d{4}-\d\d", "^(a|b){3}$"]
)
TYPES = st.sampled_from(
    ["object", "array", "string", "number", "integer", "boolean", "null", ["string", "null"]]
)
FORMATS = st.sampled_from(["uri", "uuid", "date-time", "email", "binary", "base64-image"])


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas with any keywords together, sensible or not."""
    named = st.dictionaries(NAMES, inner, max_size=3)
    several = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "nullable": st.booleans(),
            "enum": st.lists(JSON_VALUES, min_size=1, max_size=3),
            "const": JSON_VALUES,
            "default": JSON_VALUES,
            "examples": st.lists(JSON_VALUES, max_size=2),
            "format": FORMATS,
            "pattern": PATTERNS,
            **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minContains"), COUNTS),
            **dict.fromkeys(("minProperties", "maxProperties"), COUNTS),
            **dict.fromkeys(
                ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), NUMBERS
            ),
            "uniqueItems": st.booleans(),
            "required": st.lists(NAMES, max_size=3),
            "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2), max_size=1),
            **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), named),
            **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), several),
            **dict.fromkeys(("items", "not", "if", "then", "else", "contains", "propertyNames"), inner),
            **dict.fromkeys(("additionalProperties", "unevaluatedProperties", "unevaluatedItems"), inner),
        },
    )


SCHEMAS: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | REFERENCES | st.builds(lambda word: {"type": word}, TYPES), keywords, max_leaves=8
)


def documents(schemas: st.SearchStrategy[Any] = SCHEMAS) -> st.SearchStrategy[dict[str, Any]]:
    """Documents with three schemas that may refer to each other."""
    return st.builds(
        lambda version, components: {"openapi": version, "components": {"schemas": components}},
        st.sampled_from(["3.0.3", "3.1.0"]),
        st.fixed_dictionaries(dict.fromkeys("ABC", schemas)),
    )


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1000, 1000)
    | st.sampled_from([0.5, -2.25, 1e20])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def accepting(draw: st.DrawFn, value: Any) -> dict[str, Any]:
    """Schemas that accept ``value``, so that there is something to find."""
    schema = draw(_plainly_accepting(value))
    wrapped = [
        schema,
        {"allOf": [schema, {}]},
        {
            "allOf": [
                {"type": schema["type"]},
                {name: held for name, held in schema.items() if name != "type"},
            ]
        },
        {"anyOf": [{"not": {}}, schema]},
        {"oneOf": [schema, {"not": {}}]},
        {"if": {"type": "null"}, "then": schema, "else": schema},
        {"enum": [[], value]},
        {"const": value},
    ]
    return draw(st.sampled_from(wrapped))


def _plainly_accepting(value: Any) -> st.SearchStrategy[dict[str, Any]]:
    some = st.sampled_from
    match value:
        case None:
            return some([{"type": "null"}, {"type": ["null", "string"], "minLength": 100}])
        case bool():
            return st.just({"type": "boolean"})
        case int() | float():
            kind = "integer" if isinstance(value, int) else "number"
            step = {"multipleOf": abs(value) or 1}
            bounds = some([{}, {"minimum": value}, {"maximum": value}, {"minimum": value, "maximum": value}])
            return st.builds(lambda *parts: {"type": kind, **parts[0], **parts[1]}, bounds, some([{}, step]))
        case str():
            lengths = some([{}, {"minLength": len(value)}, {"maxLength": len(value)}])
            return st.builds(lambda lengths: {"type": "string", **lengths}, lengths)
        case list():
            return _accepting_list(value)
        case _:
            return _accepting_object(value)


@st.composite
def _accepting_list(draw: st.DrawFn, value: list[Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "minItems": draw(st.integers(0, len(value)))}
    if value and draw(st.booleans()):
        schema["prefixItems"] = [draw(accepting(item)) for item in value]
    elif value:
        schema["items"] = {"anyOf": [draw(accepting(item)) for item in value]}
    return schema


@st.composite
def _accepting_object(draw: st.DrawFn, value: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    schema["properties"] = {name: draw(accepting(member)) for name, member in value.items()}
    schema["required"] = draw(st.lists(st.sampled_from(sorted(value)), unique=True)) if value else []
    schema["additionalProperties"] = draw(st.booleans())
    schema["minProperties"] = draw(st.integers(0, len(value)))
    return schema


def _places(value: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield (*here, key)
        yield from _places(child, (*here, key))


JUNK = (
    JSON_VALUES
    | REFERENCES
    | SCHEMAS
    | st.sampled_from(["", "/id", "GET /", "$reply.id", "queued", "x" * 300])
)


@st.composite
def damaged(draw: st.DrawFn, documents: Sequence[Any]) -> list[Any]:
    """Documents in which a few places hold something else or nothing; names stay what they are."""
    copies = [deepcopy(document) for document in documents]
    for _ in range(draw(st.integers(1, 4))):
        copy = draw(st.sampled_from(copies))
        *around, last = draw(st.sampled_from([*_places(copy)]))
        holder = copy
        for key in around:
            holder = holder[key]
        if draw(st.booleans()):
            holder[last] = draw(JUNK)
        else:
            del holder[last]
    return copies
