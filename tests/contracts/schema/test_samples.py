from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.loading import load
from bodydouble.contracts.openapi.contents import schema_at
from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Sampler, Unsampleable
from bodydouble.contracts.schema.schemas import types_of
from bodydouble.contracts.schema.validation import Validator
from tests.apis import TEXT, record, words
from tests.generating import VALUES, accepting, documents


def always(_pointer: str) -> bool:
    return True


def sample(schema: Any, **given: Any) -> Any:
    return Sampler(schema, **given).sample()


def test_what_is_optional_is_left_out() -> None:
    assert sample(record(["a"], a=TEXT, b=TEXT)) == {"a": "sample"}


def test_what_is_wanted_is_included() -> None:
    schema = record(["a"], a=TEXT, b=record(c=TEXT, d=TEXT))
    wanted = {"/b", "/b/d"}
    assert sample(schema, wanted=wanted.__contains__) == {"a": "sample", "b": {"d": "sample"}}


def test_the_caller_decides_leaves_that_the_schema_accepts() -> None:
    schema = record(["a", "b"], a=TEXT, b=words("x", "y"))
    chosen: dict[str, tuple[JSON, ...]] = {"/a": (7, "mine"), "/b": ("z", "y")}
    assert sample(schema, leaf=lambda pointer, _: chosen.get(pointer, ())) == {"a": "mine", "b": "y"}


def test_the_caller_sees_what_holds_at_a_leaf_in_one_node() -> None:
    seen: dict[str, Any] = {}
    root = {
        "$defs": {"Name": TEXT},
        **record(["a"], a={"allOf": [{"$ref": "#/$defs/Name"}, {"maxLength": 3}]}),
    }

    def leaf(pointer: str, schema: Any) -> tuple[JSON, ...]:
        seen[pointer] = schema
        return ()

    sample(root, leaf=leaf)
    assert types_of(seen["/a"]) == {"string"}
    assert seen["/a"]["maxLength"] == 3


def test_examples_are_taken_for_leaves_but_what_has_parts_is_composed_of_them() -> None:
    link = TEXT | {"examples": ["https://theirs"]}
    schema = record(["video"], video=record(["url"], url=link) | {"examples": [{"url": "https://old"}]})
    assert sample(schema) == {"video": {"url": "https://theirs"}}
    assert sample(schema, leaf=lambda p, _: ["https://ours"] if p == "/video/url" else ())["video"] == {
        "url": "https://ours"
    }


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"anyOf": [{"not": {}}, TEXT]}, "sample"),
        ({"type": ["object", "null"], "required": ["a"], "properties": {"a": {"not": {}}}}, None),
        ({"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}}, {"a": 0}),
        (
            {"type": "object", "required": ["x-a"], "patternProperties": {"^x-": {"type": "boolean"}}},
            {"x-a": True},
        ),
        ({"type": "object", "minProperties": 1, "propertyNames": words("k")}, {"k": {}}),
        (
            {"type": "object", "minProperties": 2, "properties": {"a": TEXT, "b": TEXT}},
            {"a": "sample", "b": "sample"},
        ),
        ({"type": "array", "minItems": 2, "uniqueItems": True, "items": {"type": "integer"}}, [0, 1]),
        ({"type": "array", "minItems": 2, "uniqueItems": True, "items": words("a", "b")}, ["a", "b"]),
        ({"type": "array", "minItems": 2, "prefixItems": [words("a"), {"type": "boolean"}]}, ["a", True]),
        ({"type": "array", "contains": words("a")}, ["a"]),
        ({"type": "array", "contains": words("a"), "minContains": 2, "items": TEXT}, ["a", "a"]),
        ({"allOf": [{"minimum": 5}, {"minimum": 3}], "type": "number"}, 5),
        ({"allOf": [{"anyOf": [{"minimum": 5}]}, {"anyOf": [{"multipleOf": 4}]}], "type": "integer"}, 8),
        ({"type": "integer", "if": {"minimum": 0}, "then": {"minimum": 5}}, 5),
        (
            {"properties": {"a": TEXT}, "required": ["a"], "dependentRequired": {"a": ["b"]}},
            {"a": "sample", "b": {}},
        ),
        ({"oneOf": [{"type": "integer"}, {"minimum": 2}], "type": "number", "minimum": 1}, 1),
        ({"enum": [None, "a"]}, "a"),
        ({"const": None}, None),
        ({"type": "string", "default": 5, "examples": [7, "seven"]}, "seven"),
    ],
)
def test_keywords_are_met(schema: Any, value: Any) -> None:
    assert sample(schema) == value


def test_a_list_that_may_end_does() -> None:
    node = record(["next"], next={"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]})
    assert sample({"$defs": {"Node": node}, "$ref": "#/$defs/Node"}) == {"next": None}


def test_what_contains_itself_is_left_out_even_where_everything_is_wanted() -> None:
    tree = record(
        left={"$ref": "#/$defs/Tree"},
        children={"type": "array", "items": {"$ref": "#/$defs/Tree"}},
        name=TEXT,
    )
    root = {"$defs": {"Tree": tree}, "$ref": "#/$defs/Tree"}
    assert sample(root, wanted=always) == {"children": [], "name": "sample"}


def test_fixed_places_choose_among_alternatives() -> None:
    waiting = record(["status"], status=words("waiting"))
    done = record(["status", "url"], status=words("done"), url=TEXT)
    schema = {"oneOf": [waiting, done]}
    assert sample(schema, fixed={"/status": "done"}) == {"status": "done", "url": "sample"}
    assert sample(schema, fixed={"/status": "waiting", "/nowhere": 1}) == {"status": "waiting"}
    with pytest.raises(Unsampleable):
        sample(schema, fixed={"/status": "lost"})


def test_a_fixed_place_is_not_overruled_by_an_example_of_the_whole() -> None:
    schema = {**record(["status"], status=words("a", "b")), "examples": [{"status": "a"}]}
    assert sample(schema, fixed={"/status": "b"}) == {"status": "b"}


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"not": {}}, "the body"),
        (record(["a"], a=record(["b"], b=TEXT | {"minLength": 5, "maxLength": 2})), "/a/b"),
        ({"type": "array", "minItems": 10**9, "items": {"type": "array", "minItems": 10**9}}, "/0"),
        ({"$defs": {"N": record(["n"], n={"$ref": "#/$defs/N"})}, "$ref": "#/$defs/N"}, "/n"),
    ],
)
def test_where_there_is_no_value_the_place_is_named(schema: Any, place: str) -> None:
    with pytest.raises(Unsampleable, match=place):
        sample(schema)


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_a_search_without_end_is_given_up() -> None:
    options = [record(["a", "b"], a={"$ref": "#/$defs/T"}, b=words(str(n))) for n in range(6)]
    root = {"$defs": {"T": {"anyOf": options}}, "$ref": "#/$defs/T"}
    with pytest.raises(Unsampleable, match="gave up"):
        sample(root)


@given(document=documents(), everything=st.booleans())
def test_a_sample_is_valid_or_there_is_none(document: dict[str, Any], *, everything: bool) -> None:
    for schema in vars_of(document):
        try:
            value = sample(schema, wanted=lambda _: everything)
        except Unsampleable:
            continue
        assert Validator(schema).is_valid(value)


def vars_of(document: dict[str, Any]) -> tuple[Any, ...]:
    found = schema_at(document, "/components/schemas/A")
    return found.strict, found.lenient


@given(data=st.data(), everything=st.booleans())
def test_a_schema_that_has_a_value_has_a_sample(data: st.DataObject, *, everything: bool) -> None:
    value = data.draw(VALUES)
    schema = schema_at({"openapi": "3.1.0", "probe": data.draw(accepting(value))}, "/probe").strict
    assert Validator(schema).is_valid(value)
    assert Validator(schema).is_valid(sample(schema, wanted=lambda _: everything))


@given(documents())
def test_the_same_schema_has_the_same_sample(document: dict[str, Any]) -> None:
    schema, _ = vars_of(document)
    assert outcome(schema) == outcome(schema)


def outcome(schema: Any) -> str:
    try:
        return repr(sample(schema))
    except Unsampleable as problem:
        return str(problem)


def bodies(operation: Operation) -> list[Any]:
    replies = [reply.schema for reply in operation.replies]
    return [schema for schema in (operation.request, *replies) if schema is not None]


def test_every_request_and_reply_that_upstream_publishes_has_a_sample(upstream: Path) -> None:
    operations = load([str(upstream / "fragments")]).operations
    schemas = [
        s for operation in operations for body in bodies(operation) for s in (body.strict, body.lenient)
    ]
    assert len(schemas) > 250
    for schema in schemas:
        for wanted in (always, lambda _: False):
            assert Validator(schema).is_valid(sample(schema, wanted=wanted))
