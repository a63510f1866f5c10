from typing import Any

import pytest

from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.differences import Difference, Kind, Pair
from bodydouble.contracts.drift.values import value_differences
from bodydouble.contracts.drift.views import View


def found(old: Any, new: Any, direction: Direction = Direction.REQUEST) -> list[Difference]:
    return list(value_differences(Pair(View({}, old), View({}, new), direction)))


def kinds(old: Any, new: Any, direction: Direction = Direction.REQUEST) -> list[Kind]:
    return [difference.kind for difference in found(old, new, direction)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"type": "string"}, {"type": "string"}, []),
        ({"type": ["string", "null"]}, {"type": "string"}, [Kind.NULLABLE_REMOVED]),
        ({"type": "string"}, {"type": ["null", "string"]}, [Kind.NULLABLE_ADDED]),
        ({"type": "string"}, {"type": "integer"}, [Kind.TYPE_CHANGED]),
        ({"type": ["string", "array"]}, {"type": "array"}, [Kind.TYPE_NARROWED]),
        ({"type": "integer"}, {"type": "number"}, [Kind.TYPE_WIDENED]),
        ({"type": "number", "minimum": 1}, {"type": "integer", "minimum": 1}, [Kind.TYPE_NARROWED]),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, [Kind.ENUM_WIDENED]),
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, [Kind.ENUM_NARROWED]),
        ({"type": "string", "enum": ["a"]}, {"type": "string"}, [Kind.ENUM_WIDENED]),
        ({"enum": ["a"]}, {"enum": ["b"]}, [Kind.ENUM_REPLACED]),
        ({"type": "string", "enum": ["abc"]}, {"type": "string", "maxLength": 2}, [Kind.ENUM_REPLACED]),
        ({"type": "string", "maxLength": 2}, {"type": "string", "maxLength": 3}, [Kind.BOUND_LOOSENED]),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}, []),
        ({"type": "array", "minItems": 1}, {"type": "array", "minItems": 2}, [Kind.BOUND_TIGHTENED]),
        ({"type": "array", "uniqueItems": True}, {"type": "array"}, [Kind.BOUND_LOOSENED]),
        ({"type": "array", "uniqueItems": False}, {"type": "array"}, []),
        ({"type": "object", "maxProperties": 1}, {"type": "object"}, [Kind.BOUND_LOOSENED]),
        ({"type": "string", "minItems": 1}, {"type": "string"}, []),
        ({"type": "string", "format": "uri"}, {"type": "string"}, [Kind.FORMAT_CHANGED]),
        ({"default": None}, {}, [Kind.DEFAULT_CHANGED]),
        ({"default": 0}, {"default": False}, [Kind.DEFAULT_CHANGED]),
        ({"default": 1}, {"default": 1.0}, []),
    ],
)
def test_a_difference_is_named_by_what_it_is_about(old: Any, new: Any, expected: list[Kind]) -> None:
    assert kinds(old, new) == expected


def test_a_reply_has_no_default() -> None:
    assert kinds({"default": 1}, {"default": 2}, Direction.REPLY) == []


def test_bounds_that_both_loosen_and_tighten_are_named_by_what_may_break() -> None:
    old, new = (
        {"type": "integer", "minimum": 0, "maximum": 5},
        {"type": "integer", "minimum": 3, "maximum": 9},
    )
    assert kinds(old, new) == [Kind.BOUND_TIGHTENED]
    assert kinds(old, new, Direction.REPLY) == [Kind.BOUND_LOOSENED]


def test_old_and_new_are_what_is_written() -> None:
    (enum,) = found({"enum": ["b", "a"]}, {"anyOf": [{"enum": ["c"]}, {"enum": ["b"]}]})
    assert enum.old == ["b", "a"]
    assert sorted(enum.new or []) == ["b", "c"]  # type: ignore[arg-type]  # texts
    (bound,) = found(
        {"type": "string", "maxLength": 5, "minLength": 1}, {"type": "string", "maxLength": 3, "minLength": 1}
    )
    assert (bound.old, bound.new) == ({"maxLength": 5}, {"maxLength": 3})


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ({"enum": ["a", "b"]}, {"enum": ["b"]}, "a"),
        ({"type": "string"}, {"type": "string", "maxLength": 2}, "abc"),
        ({"type": ["string", "null"]}, {"type": "string"}, None),
        ({"type": "array", "maxItems": 2}, {"type": "array", "maxItems": 1}, [1, 2]),
        ({"type": "array"}, {"type": "array", "minItems": 1}, []),
        ({"type": "array"}, {"type": "array", "uniqueItems": True}, [1, 1]),
        ({"type": "object"}, {"type": "object", "maxProperties": 0}, {"a": 1}),
    ],
)
def test_probes_describe_what_is_refused(old: Any, new: Any, shown: Any) -> None:
    (difference,) = found(old, new)
    assert any(View({}, probe).meaning.accepts(shown) for probe in difference.probes)
