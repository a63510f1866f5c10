from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.overlay.overlay_rules import OPTIONAL, problems_of
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import Document

Overlay = dict[str, JSON]


def overlay(*actions: JSON, version: str = "1.0.0", **fields: JSON) -> Overlay:
    return {"overlay": version, "info": {"title": "t", "version": "1"}, "actions": list(actions), **fields}


UPDATE: dict[str, JSON] = {"target": "$.a", "update": {}}


@pytest.mark.parametrize(
    "root",
    [
        overlay(UPDATE),
        overlay(UPDATE, version="1.0.17"),
        overlay(UPDATE, version="1.1.0"),
        overlay(UPDATE, extends="https://example.com/api.json"),
        overlay(UPDATE, **{"x-anything": {"deep": [1]}, OPTIONAL: True}),
        overlay({**UPDATE, "description": "why", "x-note": 1, OPTIONAL: False}),
        overlay({"target": "$.a", "update": None}),
        overlay({"target": "$.a", "remove": True}),
        overlay({"target": "$.a", "remove": True, "update": 1}),
        overlay({"target": "$.a", "copy": "$.b"}, version="1.1.0"),
    ],
)
def test_an_overlay_has_no_problems(root: Overlay) -> None:
    assert problems_of(Document(root)) == ()


CASES: list[tuple[JSON, str]] = [
    ([], "an overlay is an object with overlay, info, extends and actions; got an empty list"),
    ("text", 'an overlay is an object with overlay, info, extends and actions; got "text"'),
    ({"openapi": "3.0.0", "paths": {}}, "this is an OpenAPI document, not an overlay"),
    ({**overlay(UPDATE), "overlay": 1.0}, '\'overlay\' must be the text "1.0.0" or "1.1.0"; got 1.0'),
    (overlay(UPDATE, version="2.0.0"), '\'overlay\' must be the text "1.0.0" or "1.1.0"; got "2.0.0"'),
    (
        overlay(UPDATE, version="1.0.0-rc1"),
        '\'overlay\' must be the text "1.0.0" or "1.1.0"; got "1.0.0-rc1"',
    ),
    ({**overlay(UPDATE), "info": []}, "'info' must be an object with title and version; got an empty list"),
    ({**overlay(UPDATE), "info": {"title": "t"}}, "info.version must be text; got nothing"),
    ({**overlay(UPDATE), "info": {"title": 1, "version": "1"}}, "info.title must be text; got 1"),
    (
        {**overlay(UPDATE), "info": {"title": "t", "version": "1", "titel": ""}},
        "info has no field 'titel'; did you mean 'title'?",
    ),
    (overlay(UPDATE, extends=3), "the overlay: 'extends' must be text; got 3"),
    (overlay(UPDATE, action=[]), "the overlay has no field 'action'; did you mean 'actions'?"),
    (overlay(UPDATE, zzz=1), "the overlay has no field 'zzz'; known are overlay, info, extends and actions"),
    (overlay(UPDATE, **{OPTIONAL: "yes"}), f"the overlay: '{OPTIONAL}' must be true or false; got \"yes\""),
    (overlay(), "'actions' must be a list with at least one action; got an empty list"),
    ({**overlay(), "actions": {"a": 1}}, "'actions' must be a list with at least one action; got an object"),
    (overlay(UPDATE, "x"), 'actions[1] must be an object; got "x"'),
    (overlay(UPDATE, {"update": {}, "target": "$.a"}), "actions[1] is the same as actions[0]"),
    (
        overlay({"target": "$.a", "updat": {}, "update": 1}),
        "actions[0] has no field 'updat'; did you mean 'update'?",
    ),
    (overlay({"update": 1}), "actions[0].target must be a JSONPath such as $.paths; got nothing"),
    (
        overlay({"target": ["$"], "update": 1}),
        "actions[0].target must be a JSONPath such as $.paths; got a list",
    ),
    (
        overlay({"target": "paths", "update": 1}),
        "actions[0].target is no JSONPath (RFC 9535): paths: expected '$', found 'p' at character 1, after ''",
    ),
    (
        overlay({"target": "$", "copy": "$["}, version="1.1.0"),
        "actions[0].copy is no JSONPath (RFC 9535): $[: unbalanced brackets at character 3, after '$['",
    ),
    (overlay({**UPDATE, "description": 1}), "actions[0]: 'description' must be text; got 1"),
    (overlay({**UPDATE, "remove": "true"}), "actions[0]: 'remove' must be true or false; got \"true\""),
    (overlay({**UPDATE, OPTIONAL: 1}), f"actions[0]: '{OPTIONAL}' must be true or false; got 1"),
    (overlay({"target": "$.a"}), "actions[0] changes nothing: it needs 'update', or 'remove' that is true"),
    (
        overlay({"target": "$.a", "remove": False}),
        "actions[0] changes nothing: it needs 'update', or 'remove' that is true",
    ),
    (
        overlay({"target": "$", "copy": "$.a"}),
        "actions[0] has 'copy', which came with version 1.1; declare overlay: 1.1.0",
    ),
    (
        overlay({"target": "$", "copy": "$.a", "update": 1}, version="1.1.0"),
        "actions[0] has both 'update' and 'copy'; split it in two",
    ),
]


@pytest.mark.parametrize(("root", "problem"), CASES)
def test_a_problem_is_named(root: JSON, problem: str) -> None:
    assert problems_of(Document(root)) == (problem,)


def test_names_that_repeat_are_a_problem() -> None:
    problem = "the name at '/actions/0/update' occurs twice in its object, and only the last one would count"
    assert problems_of(Document(overlay(UPDATE), ("/actions/0/update",))) == (problem,)


def test_all_problems_are_named_at_once() -> None:
    root = overlay({"tagret": "$", "remove": 1}, 5, version="9", extra=1)
    assert len(problems_of(Document(root))) == 7


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=8,
)


def mixed(known: Callable[[], tuple[str, ...]]) -> st.SearchStrategy[dict[str, JSON]]:
    return st.dictionaries(
        st.sampled_from(known()), junk | st.lists(st.dictionaries(FIELDS, junk), max_size=3)
    )


FIELDS = st.sampled_from(("target", "update", "remove", "copy", "description", OPTIONAL, "x-a", "b"))


@given(mixed(lambda: ("overlay", "info", "extends", "actions", OPTIONAL, "x-a", "b")) | junk)
def test_anything_is_judged(root: JSON) -> None:
    assert all(isinstance(problem, str) for problem in problems_of(Document(root)))
