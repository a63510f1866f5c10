from typing import Any

import pytest

from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.differences import Difference, Kind
from bodydouble.contracts.drift.wording import sentence


def said(kind: Kind, *tokens: str, direction: Direction = Direction.REQUEST, **values: Any) -> str:
    difference = Difference(kind=kind, old_tokens=tokens, new_tokens=tokens, **values)
    return sentence(
        difference, "the request" if direction is Direction.REQUEST else "the 200 reply", direction
    )


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        (Kind.PROPERTY_REMOVED, {}, "a.b is gone from the request"),
        (Kind.REQUIRED_PROPERTY_ADDED, {}, "a.b is new in the request and must be sent"),
        (Kind.RENAMED, {"old": "b", "new": "c"}, "a.b is called c now in the request"),
        (Kind.BECAME_OPTIONAL, {}, "a.b may be left out of the request"),
        (Kind.TYPE_CHANGED, {"old": ["string"], "new": None}, "a.b in the request is anything, was string"),
        (Kind.NULLABLE_ADDED, {}, "a.b in the request may be null"),
        (Kind.ENUM_NARROWED, {"old": ["x", "y"], "new": ["x"]}, 'a.b in the request is no longer "y"'),
        (Kind.ENUM_WIDENED, {"old": ["x"], "new": ["x", "y"]}, 'a.b in the request may also be "y"'),
        (Kind.ENUM_REPLACED, {"old": ["x"], "new": ["y"]}, 'a.b in the request is no longer "x", but "y"'),
        (
            Kind.ENUM_NARROWED,
            {"old": None, "new": ["x"]},
            'a.b in the request is "x", was anything of its type',
        ),
        (
            Kind.BOUND_TIGHTENED,
            {"old": None, "new": {"maxLength": 3}},
            "a.b in the request has maxLength 3, had no such bound",
        ),
        (
            Kind.DEFAULT_CHANGED,
            {"old": 1, "new": None},
            "a.b in the request has no default, before it defaulted to 1",
        ),
        (Kind.FORMAT_CHANGED, {"old": "uri", "new": None}, 'a.b in the request has no format, had "uri"'),
    ],
)
def test_a_difference_is_one_sentence_about_the_value(kind: Kind, values: Any, text: str) -> None:
    assert said(kind, "a", "b", **values) == text


def test_readers_are_told_what_they_may_meet() -> None:
    assert said(Kind.BECAME_OPTIONAL, "a", direction=Direction.REPLY) == "a may be missing from the 200 reply"
    assert (
        said(Kind.NULLABLE_REMOVED, "a", direction=Direction.REPLY)
        == "a in the 200 reply is never null any more"
    )


def test_the_whole_is_named_by_itself_and_items_by_brackets() -> None:
    assert said(Kind.NARROWED) == "the request accepts less than it did"
    assert said(Kind.NULLABLE_ADDED, "a", "*", "b") == "a[].b in the request may be null"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("direction", [Direction.REQUEST, Direction.REPLY])
def test_every_kind_has_words_without_a_full_stop(kind: Kind, direction: Direction) -> None:
    text = said(kind, "x" * 500, "\n", direction=direction)
    assert text
    assert not text.endswith(".")
    assert "\n" not in text
