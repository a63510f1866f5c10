"""Generated schemas that accept something, changes that are known to narrow them, and noise that changes nothing."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

NAMES = ("alpha", "beta", "gamma", "delta")
WORDS = ("x", "y", "z")


def strings() -> st.SearchStrategy[dict[str, Any]]:
    """Texts, bounded or not."""
    return st.builds(
        lambda least, more: {"type": "string", "minLength": least, "maxLength": least + more},
        st.integers(0, 3),
        st.integers(1, 5),
    ) | st.just({"type": "string"})


def numbers() -> st.SearchStrategy[dict[str, Any]]:
    """Numbers, bounded or not."""
    return st.builds(
        lambda kind, least, more: {"type": kind, "minimum": least, "maximum": least + more},
        st.sampled_from(["integer", "number"]),
        st.integers(-5, 5),
        st.integers(1, 9),
    ) | st.sampled_from([{"type": "integer"}, {"type": "number"}])


def enums() -> st.SearchStrategy[dict[str, Any]]:
    """Listed texts."""
    listed = st.lists(st.sampled_from(WORDS), min_size=2, max_size=3, unique=True)
    return st.builds(lambda values: {"type": "string", "enum": values}, listed)


def objects(inner: st.SearchStrategy[Any], least: int = 1) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with properties, some of them required."""
    return st.builds(
        lambda properties, required: {
            "type": "object",
            "properties": properties,
            "required": [name for name in required if name in properties],
        },
        st.dictionaries(st.sampled_from(NAMES), inner, min_size=least, max_size=3),
        st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    )


def arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Arrays with bounds."""
    return st.builds(
        lambda items, most: {"type": "array", "items": items, "maxItems": most}, inner, st.integers(1, 4)
    )


def nullable(schema: dict[str, Any], *, yes: bool) -> dict[str, Any]:
    """Return a schema that takes null if ``yes``."""
    return {**schema, "nullable": True} if yes else schema


LEAVES = st.builds(
    lambda schema, yes: nullable(schema, yes=yes),
    strings() | numbers() | enums() | st.just({"type": "boolean"}),
    st.booleans(),
)
SCHEMAS: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: objects(inner) | arrays(inner), max_leaves=5
)
BODIES = objects(SCHEMAS, least=2)
"""Bodies that some value fits, whose every part can be narrowed so that something no longer does."""


def places(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema within a schema, itself first."""
    yield schema
    for member in schema.get("properties", {}).values():
        yield from places(member)
    if "items" in schema:
        yield from places(schema["items"])


def _fewer_words(schema: dict[str, Any]) -> None:
    schema["enum"].pop()


def _shorter(schema: dict[str, Any]) -> None:
    schema["maxLength"] -= 1


def _smaller(schema: dict[str, Any]) -> None:
    schema["maximum"] -= 1


def _fewer_items(schema: dict[str, Any]) -> None:
    schema["maxItems"] -= 1


def _no_null(schema: dict[str, Any]) -> None:
    del schema["nullable"]


def _one_more_required(schema: dict[str, Any]) -> None:
    schema["required"].append(next(name for name in schema["properties"] if name not in schema["required"]))


def _one_property_less(schema: dict[str, Any]) -> None:
    del schema["properties"][next(name for name in schema["properties"] if name not in schema["required"])]


def _bounded(schema: dict[str, Any]) -> None:
    schema["maximum"] = 100


def _limited(schema: dict[str, Any]) -> None:
    schema["maxLength"] = 4


def _listed(schema: dict[str, Any]) -> None:
    schema["enum"] = ["x"]


def _whole(schema: dict[str, Any]) -> None:
    schema["type"] = "integer"


def _only_true(schema: dict[str, Any]) -> None:
    schema["enum"] = [True]


Step = Callable[[dict[str, Any]], None]


def narrowings(schema: dict[str, Any]) -> list[Step]:
    """Return the steps that make one schema accept less, each changing it in place."""
    kind = schema["type"]
    properties = schema.get("properties", {})
    offered: list[tuple[Step, bool]] = [
        (_fewer_words, len(schema.get("enum", [])) > 1),
        (_shorter, schema.get("maxLength", 0) > schema.get("minLength", 0)),
        (_smaller, "maximum" in schema and schema["maximum"] > schema["minimum"]),
        (_fewer_items, schema.get("maxItems", 0) > 0),
        (_no_null, schema.get("nullable", False)),
        (_one_more_required, any(name not in schema.get("required", []) for name in properties)),
        (
            _one_property_less,
            len(properties) > 1 and any(name not in schema["required"] for name in properties),
        ),
        (_bounded, kind in ("integer", "number") and "maximum" not in schema),
        (_limited, kind == "string" and "maxLength" not in schema and "enum" not in schema),
        (_listed, kind == "string" and "enum" not in schema and "maxLength" not in schema),
        (_whole, kind == "number"),
        (_only_true, kind == "boolean" and "enum" not in schema),
    ]
    return [step for step, possible in offered if possible]


@st.composite
def narrowed(draw: st.DrawFn, bodies: st.SearchStrategy[Any] = BODIES) -> tuple[Any, Any]:
    """Draw a schema and one that accepts less."""
    old = draw(bodies)
    new = copied(old)
    narrow_somewhere(draw, new)
    return old, new


def copied(value: Any) -> Any:
    """Return a copy in which nothing is shared: what was drawn may hold one object in several places."""
    return json.loads(json.dumps(value))


def narrow_somewhere(draw: st.DrawFn, schema: Any) -> None:
    """Narrow one place of a schema, in place."""
    steps = [
        (place, step)
        for place in places(schema)
        if _is_reachable(schema, place)
        for step in narrowings(place)
    ]
    place, step = draw(st.sampled_from(steps))
    step(place)


def _is_reachable(schema: Any, place: Any) -> bool:
    """Whether a value can have something there: nothing is in an array of no items."""
    pending = [schema]
    while pending:
        node = pending.pop()
        if node is place:
            return True
        pending += node.get("properties", {}).values()
        if "items" in node and node["maxItems"] > 0:
            pending.append(node["items"])
    return False


def with_noise(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return a document that means the same, written differently.

    Members are reordered, schemas moved to components or put into an ``allOf`` of one, descriptions exchanged, and
    components added that nothing refers to.
    """
    rng = random.Random(seed)
    components: dict[str, Any] = {"Unused": {"type": "object", "properties": {"of": {"enum": ["nobody"]}}}}
    made = _noisy(copied(document), rng, components, is_schema=False)
    held = made.setdefault("components", {})
    held["schemas"] = _shuffled({**held.get("schemas", {}), **components}, rng)
    return dict(made)


def _noisy(node: Any, rng: random.Random, components: dict[str, Any], *, is_schema: bool) -> Any:
    if isinstance(node, list):
        return [_noisy(member, rng, components, is_schema=False) for member in node]
    if not isinstance(node, dict):
        return node
    made: dict[str, Any] = {}
    for name, held in node.items():
        if is_schema and name == "properties":
            made[name] = {
                key: _noisy(member, rng, components, is_schema=True) for key, member in held.items()
            }
        elif is_schema and name in ("enum", "required") and isinstance(held, list):
            made[name] = rng.sample(held, len(held))
        else:
            inside = name in ("schema", "items") and isinstance(held, dict)
            made[name] = _noisy(held, rng, components, is_schema=inside)
    if is_schema and rng.random() < 0.5:
        made["description"] = f"Said differently {rng.random()}"
    return _moved(_shuffled(made, rng), rng, components) if is_schema else _shuffled(made, rng)


def _moved(schema: dict[str, Any], rng: random.Random, components: dict[str, Any]) -> dict[str, Any]:
    chance = rng.random()
    if chance < 0.25:
        name = f"Part{len(components)}"
        components[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}
    return {"allOf": [schema]} if chance < 0.4 else schema


def _shuffled(node: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    names = list(node)
    rng.shuffle(names)
    return {name: node[name] for name in names}
