from typing import Any

import pytest

from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.differences import Kind
from bodydouble.contracts.drift.views import View
from bodydouble.contracts.drift.walking import differences


def walked(old: Any, new: Any, direction: Direction = Direction.REQUEST) -> list[tuple[Kind, str]]:
    return [(each.kind, each.pointer) for each in differences(View(old, old), View(new, new), direction)]


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_differences_are_found_at_every_depth() -> None:
    old = thing(a=thing(b={"type": "array", "items": thing(c={"type": "string"})}))
    new = thing(a=thing(b={"type": "array", "items": thing(c={"type": "string", "maxLength": 3})}))
    assert walked(old, new) == [(Kind.BOUND_TIGHTENED, "/a/b/*/c")]


def test_what_came_or_went_is_not_looked_into() -> None:
    assert walked(thing(), thing(a=thing(b={}))) == [(Kind.PROPERTY_ADDED, "/a")]
    assert walked(thing(a=thing(b={})), thing()) == [(Kind.PROPERTY_REMOVED, "/a")]


def test_a_renamed_object_is_looked_into() -> None:
    old = thing(the_image={**thing(x={"type": "string"}), "description": "What is seen first of all"})
    new = thing(image_url={**thing(x={"type": "integer"}), "description": "What is seen first of all"})
    assert walked(old, new) == [(Kind.RENAMED, "/the_image"), (Kind.TYPE_CHANGED, "/the_image/x")]


def test_a_type_that_changed_says_it_all() -> None:
    assert walked(thing(a={"type": "string"}), thing(a=thing(b={}))) == [(Kind.TYPE_CHANGED, "/a")]


def test_required_is_told_apart_from_present() -> None:
    old, new = thing(a={}, b={}), {**thing(a={}, b={}), "required": ["a"]}
    assert walked(old, new) == [(Kind.BECAME_REQUIRED, "/a")]
    assert walked(new, old) == [(Kind.BECAME_OPTIONAL, "/a")]
    added = {**thing(a={}, b={}, c={}), "required": ["c"]}
    assert walked(old, added) == [(Kind.REQUIRED_PROPERTY_ADDED, "/c")]
    assert walked(old, added, Direction.REPLY) == [(Kind.PROPERTY_ADDED, "/c")]


@pytest.mark.timeout(60)
def test_recursion_ends() -> None:
    def tree(leaf: str) -> dict[str, Any]:
        node = thing(leaf={"type": leaf}, left={"$ref": "#/$defs/T"}, right={"$ref": "#/$defs/T"})
        return {"$ref": "#/$defs/T", "$defs": {"T": node}}

    assert walked(tree("string"), tree("integer")) == [(Kind.TYPE_CHANGED, "/leaf")]


@pytest.mark.timeout(60)
def test_alternatives_that_contain_each_other_end() -> None:
    def knot(word: str) -> dict[str, Any]:
        options = [{"$ref": f"#/$defs/{name}"} for name in "AB"]
        made = {name: thing(x={"anyOf": options}, y={"anyOf": options}, z={"enum": [word]}) for name in "AB"}
        return {"anyOf": options, "$defs": made}

    assert (Kind.ENUM_REPLACED, "/z") in walked(knot("a"), knot("b"))


def test_values_of_undeclared_names_are_compared() -> None:
    old = {"type": "object", "additionalProperties": {"type": "string"}}
    assert walked(old, {"type": "object", "additionalProperties": {"type": "integer"}}) == [
        (Kind.TYPE_CHANGED, "/*")
    ]
    assert walked(old, {"type": "object"}, Direction.REPLY) == [(Kind.MAP_WIDENED, "")]
    assert walked({"type": "object"}, {"type": "object", "additionalProperties": True}) == []
