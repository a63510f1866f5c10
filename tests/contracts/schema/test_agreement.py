"""jsonschema, as `contracts.agreement` has it, and jsonschema-rs: the same verdict on everything."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.schema import dialect
from bodydouble.contracts.schema.agreement import Explainer, equal_items
from bodydouble.contracts.schema.circles import cut_circles
from bodydouble.contracts.schema.dialect import Reading, convert

UPSTREAM = Path(__file__).parents[3].parent / "shared" / "upstream"

NAMES = ("a", "b", "c", "ab", "é", "1", "\u0661", "a\n", "")
EXPRESSIONS = (
    *(
        r"^a",
        r"a$",
        r"^\d+$",
        r"\w",
        r"^\s?$",
        r"^.$",
        r"[^a]",
        r"^(?=a).b",
        r"(a)\1",
        r"^[\w.-]+$",
        "",
        r"\Ba",
    ),
    *("é", r"\D", r"\S", r"^\W", r"[\s]", r"\u0061", "(?i)A"),
)
NUMBERS = (
    *(
        0,
        1,
        2,
        3,
        -1,
        10,
        0.0,
        -0.0,
        1.0,
        2.0,
        0.5,
        0.1,
        0.3,
        0.7,
        1.1,
        4.35,
        19.99,
        0.01,
        1e-8,
        5e-324,
        1.5,
        -0.5,
    ),
    *(2**53, 2**53 + 1, float(2**53), 2**63, 2**64, 2**64 + 1, float(2**64), 1e22, 10**22, 1e308, 10**308),
)
STRINGS = (
    "",
    "a",
    "b",
    "ab",
    "aa",
    "é",
    "e\u0301",
    "😀",
    "😀😀",
    "1",
    "\u0661",
    "\n",
    "a\n",
    "\ufeff",
    "\x1c",
    "\x00",
)
TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")


def some(random: Random, make: Callable[[], Any], least: int = 0, most: int = 3) -> list[Any]:
    return [make() for _ in range(random.randint(least, most))]


def draw_value(random: Random, depth: int = 3) -> Any:
    """Return a JSON value out of few names and scalars, so that values often meet what schemas say of them."""
    kind = random.randrange(8 if depth else 5)
    if kind == 0:
        return random.choice((None, True, False))
    if kind < 3:
        return random.choice(NUMBERS)
    if kind < 5:
        return random.choice(STRINGS)
    if kind == 5:
        return some(random, lambda: draw_value(random, depth - 1))
    return {name: draw_value(random, depth - 1) for name in random.sample(NAMES, random.randint(0, 3))}


def draw_schema(random: Random, depth: int = 3) -> Any:
    def inner() -> Any:
        return draw_schema(random, depth - 1)

    def named(names: tuple[str, ...] = NAMES) -> dict[str, Any]:
        return {name: inner() for name in random.sample(names, random.randint(0, 3))}

    if random.random() < 0.15:
        return random.choice(({"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}, True, False))
    assertions: dict[str, Callable[[], Any]] = {
        "type": lambda: random.choice((random.choice(TYPES), random.sample(TYPES, 2))),
        "enum": lambda: some(random, lambda: draw_value(random, 2)),
        "const": lambda: draw_value(random, 2),
        **dict.fromkeys(
            ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), lambda: random.choice(NUMBERS)
        ),
        "multipleOf": lambda: abs(random.choice(NUMBERS)) or 1,
        "pattern": lambda: random.choice(EXPRESSIONS),
        **dict.fromkeys(
            (
                *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
                *("minContains", "maxContains"),
            ),
            lambda: random.choice((0, 1, 1, 2, 2, 3, 1.0, 2**64, 10**30)),
        ),
        "uniqueItems": lambda: random.random() < 0.8,
        "required": lambda: random.sample(NAMES, random.randint(0, 2)),
        "dependentRequired": lambda: {name: random.sample(NAMES, 1) for name in random.sample(NAMES, 2)},
        "format": lambda: random.choice(("uri", "date-time", "ipv4")),
    }
    applicators: dict[str, Callable[[], Any]] = {
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), lambda: some(random, inner, least=1)),
        **dict.fromkeys(("properties", "dependentSchemas"), named),
        **dict.fromkeys(
            (
                *("items", "contains", "not", "if", "then", "else", "propertyNames", "additionalProperties"),
                *("unevaluatedProperties", "unevaluatedItems"),
            ),
            inner,
        ),
        "patternProperties": lambda: named(EXPRESSIONS),
    }
    chosen = random.sample(list(assertions.items()), random.randint(0, 2))
    chosen += random.sample(list(applicators.items()), random.randint(0, 3) if depth else 0)
    return {keyword: draw() for keyword, draw in chosen}


def draw_converted(random: Random) -> dict[str, JSON]:
    document = {"openapi": "3.1.0", "$defs": {name: draw_schema(random) for name in ("Root", "A", "B")}}
    return convert(document, "/$defs/Root", Reading.STRICT)


def disagreements(schema: dict[str, JSON], instances: list[JSON]) -> Iterator[JSON]:
    verdict, explainer = jsonschema_rs.Draft202012Validator(schema), Explainer(schema)
    for instance in instances:
        if verdict.is_valid(instance) != (next(explainer.iter_errors(instance), None) is None):
            yield instance


@settings(deadline=None, max_examples=400)
@given(st.integers(0, 2**64))
def test_the_verdict_is_the_same_on_generated_schemas(seed: int) -> None:
    random = Random(seed)
    schema = draw_converted(random)
    assert not list(disagreements(schema, [draw_value(random) for _ in range(8)])), schema


def test_conversion_of_3_1_keeps_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a schema comes back to itself on the same value, its outcome is open; there the two may differ."""
    compared = 0
    cut: list[bool] = []
    monkeypatch.setattr(
        dialect, "cut_circles", lambda definitions: cut.append(changes_by_cutting(definitions))
    )
    for seed in range(300):
        random = Random(seed)
        definitions = {name: draw_schema(random) for name in ("Root", "A", "B")}
        converted = convert({"openapi": "3.1.0", "$defs": definitions}, "/$defs/Root", Reading.STRICT)
        if cut.pop():
            continue
        original = jsonschema_rs.Draft202012Validator({"$ref": "#/$defs/Root", "$defs": definitions})
        kept = jsonschema_rs.Draft202012Validator(converted)
        for instance in [draw_value(random) for _ in range(8)]:
            assert original.is_valid(instance) == kept.is_valid(instance), (definitions, instance)
        compared += 1
    assert compared > 200


def changes_by_cutting(definitions: dict[str, Any]) -> bool:
    before = json.dumps(definitions)
    cut_circles(definitions)
    return json.dumps(definitions) != before


def test_generated_schemas_accept_and_refuse() -> None:
    random = Random(1)
    pairs = [(draw_converted(random), draw_value(random)) for _ in range(400)]
    accepted = sum(
        jsonschema_rs.Draft202012Validator(schema).is_valid(instance) for schema, instance in pairs
    )
    assert 100 < accepted < 300


def test_generated_schemas_tell_plain_jsonschema_from_jsonschema_rs() -> None:
    random = Random(2)
    apart = 0
    for _ in range(400):
        schema, instances = draw_converted(random), [draw_value(random) for _ in range(8)]
        plain, verdict = jsonschema.Draft202012Validator(schema), jsonschema_rs.Draft202012Validator(schema)
        apart += any(plain.is_valid(instance) != verdict.is_valid(instance) for instance in instances)
    assert apart


@pytest.mark.parametrize(
    ("schema", "instance", "valid"),
    [
        ({"multipleOf": 0.01}, 19.99, True),
        ({"multipleOf": 0.1}, 0.3, True),
        ({"multipleOf": 1e-8}, 12391239123, True),
        ({"multipleOf": 3}, 1e22, False),
        ({"type": "integer"}, 1.0, True),
        ({"type": "integer"}, -0.0, True),
        ({"type": "integer"}, True, False),
        ({"enum": [1]}, 1.0, True),
        ({"enum": [1]}, True, False),
        ({"const": [0]}, [False], False),
        ({"const": {"a": 0}}, {"a": -0.0}, True),
        ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1}], True),
        ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2, "a": 1.0}], False),
        ({"maximum": 2**53}, 2**53 + 1, False),
        ({"maxLength": 1}, "😀", True),
        ({"maxLength": 1}, "e\u0301", False),
        ({"pattern": r"^\d$"}, "\u0661", False),
        ({"pattern": "a$"}, "a\n", False),
        ({"pattern": r"^\s$"}, "\ufeff", True),
        ({"pattern": "^.$"}, "😀", True),
        ({"patternProperties": {r"^\d$": {"not": {}}}}, {"\u0661": 1}, True),
        (
            {"patternProperties": {"(?i)^a": {}, "(?i)^b": {}}, "additionalProperties": {"not": {}}},
            {"B": 1},
            True,
        ),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, False),
        ({"contains": {"type": "null"}, "minContains": 0}, [], True),
        ({"format": "uri"}, "no uri at all", True),
        (
            {"$ref": "#/$defs/A", "$defs": {"A": {"items": {"$ref": "#/$defs/A"}, "type": "array"}}},
            [[[]], [1]],
            False,
        ),
        (
            {"prefixItems": [{}], "contains": {"type": "null"}, "unevaluatedItems": {"not": {}}},
            [1, None],
            True,
        ),
        ({"allOf": [True], "unevaluatedProperties": False}, {"a": 1}, False),
        ({"dependentSchemas": {"a": {"prefixItems": [{}]}}, "unevaluatedItems": {"not": {}}}, ["a"], False),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}, False),
        (
            {
                "patternProperties": {"^a": {}},
                "anyOf": [{"properties": {"b": {}}}],
                "unevaluatedProperties": {"not": {}},
            },
            {"a": 1, "b": 2},
            True,
        ),
    ],
)
def test_the_verdict_is_the_same_and_right(schema: dict[str, JSON], instance: JSON, valid: bool) -> None:  # noqa: FBT001
    assert jsonschema_rs.Draft202012Validator(schema).is_valid(instance) is valid
    assert (next(Explainer(schema).iter_errors(instance), None) is None) is valid


def published_schemas() -> Iterator[tuple[str, JSON, str]]:
    for path in sorted((UPSTREAM / "fragments").rglob("*.json")):
        document = json.loads(path.read_text())
        for place in schema_places(document["paths"], "/paths"):
            yield path.stem, document, place


def schema_places(node: JSON, place: str) -> Iterator[str]:
    for name, child in node.items() if isinstance(node, dict) else ():
        if name == "schema":
            yield join(place, name)
        else:
            yield from schema_places(child, join(place, name))
    for index, child in enumerate(node) if isinstance(node, list) else ():
        yield from schema_places(child, join(place, index))


def draw_like(random: Random, schema: Any, root: Any, depth: int = 6) -> Any:
    """Return a value that mostly keeps to ``schema`` and now and then does not."""
    if random.random() < 0.1 or not depth:
        return draw_value(random, 1)
    if "$ref" in schema:
        return draw_like(random, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, depth - 1)
    for keyword in ("anyOf", "oneOf", "allOf"):
        if keyword in schema:
            return draw_like(random, random.choice(schema[keyword]), root, depth - 1)
    types = schema.get("type", "string")
    kind = random.choice(types) if isinstance(types, list) else types
    if "enum" in schema or kind not in ("object", "array"):
        return draw_scalar(random, schema, kind)
    if kind == "array":
        return some(random, lambda: draw_like(random, schema.get("items", {}), root, depth - 1))
    properties = schema.get("properties", {})
    kept = [name for name in properties if name in schema.get("required", ()) or random.random() < 0.5]
    return {
        name: draw_like(random, properties[name], root, depth - 1) for name in kept if random.random() < 0.95
    }


def draw_scalar(random: Random, schema: Any, kind: str) -> Any:
    numbers = (schema.get("minimum", 0), schema.get("maximum", 7), random.randint(-5, 400), 0.5)
    strings = ("", "text", "x" * 5000, "12/31/2026")
    by_kind: dict[str, tuple[Any, ...]] = {
        "boolean": (True, False),
        "null": (None,),
        "number": numbers,
        "integer": numbers,
    }
    return random.choice(schema.get("enum", by_kind.get(kind, strings)))


def test_the_verdict_is_the_same_on_published_schemas() -> None:
    if not UPSTREAM.exists():
        pytest.skip(f"upstream's fragments are not beside the project: {UPSTREAM}")
    random, valid, seen = Random(0), 0, 0
    for name, document, place in published_schemas():
        for reading in Reading:
            schema = convert(document, place, reading)
            jsonschema.Draft202012Validator.check_schema(schema)
            verdict = jsonschema_rs.Draft202012Validator(schema)
            instances = [draw_like(random, schema, schema) for _ in range(10)]
            assert not list(disagreements(schema, instances)), (name, place)
            valid += sum(verdict.is_valid(instance) for instance in instances)
            seen += len(instances)
    assert seen > 68 * 2 * 2 * 10
    assert seen * 0.1 < valid < seen * 0.9


def test_the_first_equal_items_are_found() -> None:
    assert equal_items([1, 1.0]) == (0, 1)
    assert equal_items([3, 1, [True], 2, [1], True, 1.0, 3]) == (1, 6)
    assert equal_items([*range(1000), "x", *range(1000, 2000), "x", 5]) == (1000, 2001)
