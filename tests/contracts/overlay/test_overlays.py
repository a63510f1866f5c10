import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.overlay import overlays
from bodydouble.contracts.overlay.merging import node_at
from bodydouble.contracts.overlay.overlay_rules import OPTIONAL
from bodydouble.contracts.overlay.overlays import (
    Action,
    Applied,
    Overlay,
    OverlayError,
    apply,
    check_matched,
    parse_overlay,
    unmatched,
)
from bodydouble.contracts.overlay.queries import locations
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import MAX_DEPTH

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "overlay_cases.yaml").read_text())


def written(*actions: JSON, version: str = "1.0.0", **fields: JSON) -> str:
    root = {"overlay": version, "info": {"title": "Ours", "version": "1"}, "actions": list(actions), **fields}
    return json.dumps(root)


def overlay(*actions: JSON, version: str = "1.0.0", **fields: JSON) -> Overlay:
    return parse_overlay(written(*actions, version=version, **fields), "ours.json")


def refused(document: dict[str, JSON], *actions: JSON, version: str = "1.0.0") -> str:
    with pytest.raises(OverlayError) as caught:
        apply(overlay(*actions, version=version), document)
    return str(caught.value)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_an_overlay_makes_of_a_description(case: dict[str, Any]) -> None:
    before = copy.deepcopy(case["document"])
    applied = apply(overlay(*case["actions"], version=case.get("version", "1.0.0")), case["document"])
    assert applied.document == case["result"]
    assert applied.matched == tuple(case.get("matched", [1] * len(case["actions"])))
    assert case["document"] == before


def test_members_keep_their_order_and_new_ones_come_last() -> None:
    document: dict[str, JSON] = {"b": 1, "a": {"z": 1, "y": 2}, "c": 3}
    result = apply(overlay({"target": "$", "update": {"d": 4, "a": {"x": 3, "z": 0}}}), document).document
    assert json.dumps(result) == '{"b": 1, "a": {"z": 0, "y": 2, "x": 3}, "c": 3, "d": 4}'


def test_an_overlay_is_read_from_json_and_from_yaml_alike() -> None:
    text = written({"target": "$.a", "update": {"b": 200}, "description": "why"}, extends="https://x")
    assert parse_overlay(text, "o") == parse_overlay(yaml.safe_dump(json.loads(text)), "o")


def test_the_parts_of_an_overlay_are_told() -> None:
    read = overlay(
        {"target": "$.a", "update": None, "description": "why"},
        {"target": "$.b", "remove": True, OPTIONAL: True},
        {"target": "$.c", "copy": "$.d"},
        version="1.1.2",
    )
    assert (read.source, read.version, read.title) == ("ours.json", "1.1.2", "Ours")
    assert read.actions == (
        Action(0, "$.a", "why"),
        Action(1, "$.b", remove=True, optional=True),
        Action(2, "$.c", copy="$.d"),
    )


def test_a_text_that_cannot_be_read_is_an_overlay_error_with_its_place() -> None:
    with pytest.raises(OverlayError) as caught:
        parse_overlay('{"overlay": "1.0.0",\n "actions": [,]}', "ours.json")
    assert (caught.value.line, caught.value.column) == (2, 14)


@pytest.mark.parametrize(
    "text", ["", "# only a comment", "--- {}\n--- {}\n", b"\xff", "# Title\n```json\n{}\n```"]
)
def test_what_is_not_one_document_is_refused(text: str | bytes) -> None:
    with pytest.raises(OverlayError):
        parse_overlay(text, "ours")


def test_one_problem_is_the_headline_and_several_are_listed() -> None:
    with pytest.raises(OverlayError) as caught:
        parse_overlay(written({"target": "$.a"}), "ours.json")
    assert str(caught.value).startswith("ours.json: actions[0] changes nothing")
    with pytest.raises(OverlayError) as caught:
        parse_overlay(written(*[{"target": f"$.a{n}"} for n in range(30)]), "ours.json")
    lines = str(caught.value).splitlines()
    assert lines[0] == "ours.json: 30 problems"
    assert lines[1].startswith("  actions[0] changes nothing")
    assert lines[-1] == "  and 10 more"


def test_an_error_names_the_action_its_description_its_target_and_the_place() -> None:
    action: JSON = {"target": "$.*", "update": {"b": []}, "description": " Widen b\n"}
    message = refused({"a": {"b": 1}}, {"target": "$", "update": {}}, action)
    assert message.startswith("ours.json: actions[1] (Widen b) with target $.*: cannot merge an array into")
    assert "the primitive at '/a/b'" in message


@pytest.mark.parametrize(
    ("action", "version", "problem"),
    [
        ({"target": "$", "remove": True}, "1.0.0", "the root is in nothing"),
        (
            {"target": "$.s", "update": "x"},
            "1.0.0",
            "selects the primitive at '/s', and Overlay 1.0 updates only",
        ),
        ({"target": "$.z", "update": {}}, "1.0.0", "selects the primitive at '/z'"),
        ({"target": "$.s", "update": {}}, "1.1.0", "cannot merge an object into the primitive at '/s'"),
        ({"target": "$.o", "update": [1]}, "1.0.0", "cannot merge an array into the object at '/o'"),
        ({"target": "$", "update": "x"}, "1.1.0", "cannot merge a primitive into the object at ''"),
        ({"target": "$['o','l']", "update": {}}, "1.0.0", "an array at '/l' and an object at '/o'"),
        ({"target": "$.o", "copy": "$.nothing"}, "1.1.0", "exactly one node; $.nothing selects 0"),
        ({"target": "$.o", "copy": "$.*"}, "1.1.0", "exactly one node; $.* selects 4"),
    ],
)
def test_an_action_that_cannot_be_carried_out_is_refused(action: JSON, version: str, problem: str) -> None:
    assert problem in refused({"s": "text", "z": None, "o": {}, "l": []}, action, version=version)


def test_copying_a_document_into_itself_again_and_again_is_refused() -> None:
    copies: list[JSON] = [{"target": "$.z", "copy": "$", "description": str(n)} for n in range(60)]
    message = refused({"a": [1, 2, 3]}, {"target": "$", "update": {"z": {}}}, *copies, version="1.1.0")
    assert "values would be added" in message or "nested more than" in message


def test_an_update_that_multiplies_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlays, "MAX_INSERTED", 1000)
    document: dict[str, JSON] = {"l": [{} for _ in range(300)]}
    message = refused(document, {"target": "$.l[*]", "update": {"a": {"b": 1, "c": [1]}}})
    assert "more than 1,000 values would be added" in message


def test_an_update_that_nests_too_deep_is_refused() -> None:
    deep: JSON = {}
    for _ in range(MAX_DEPTH - 4):
        deep = {"a": deep}
    action: JSON = {"target": "$.b.c.d.e", "update": deep}
    assert "nested more than" in refused({"b": {"c": {"d": {"e": {}}}}}, action)
    assert apply(overlay({"target": "$.b", "update": deep}), {"b": {}}).matched == (1,)


def matched(*counts: int) -> Applied:
    return Applied({}, counts)


def test_an_action_is_unmatched_if_it_selects_nothing_in_any_document() -> None:
    ours = overlay(*[{"target": f"$.{name}", "update": {}} for name in "abc"])
    assert unmatched(ours, [matched(0, 1, 0), matched(0, 0, 2)]) == ours.actions[:1]
    assert unmatched(ours, []) == ours.actions


def test_an_unmatched_action_is_an_error_that_names_index_description_and_target() -> None:
    ours = overlay({"target": "$.a", "update": 1}, {"target": "$.b", "remove": True, "description": "Drop b"})
    with pytest.raises(OverlayError) as caught:
        check_matched(ours, [matched(1, 0)])
    assert str(caught.value).startswith("ours.json: actions[1] (Drop b) with target $.b selects nothing\n")
    assert OPTIONAL in str(caught.value)


def test_all_unmatched_actions_are_named_at_once() -> None:
    ours = overlay(*[{"target": f"$.{name}", "update": {}} for name in "abc"])
    with pytest.raises(OverlayError, match=r"3 actions select nothing(?s:.)*\$\.a (?s:.)*\$\.c "):
        check_matched(ours, [matched(0, 0, 0)])


def test_an_optional_action_and_every_action_of_an_optional_overlay_may_match_nothing() -> None:
    check_matched(overlay({"target": "$.a", "update": 1, OPTIONAL: True}), [matched(0)])
    check_matched(overlay({"target": "$.a", "update": 1}, **{OPTIONAL: True}), [matched(0)])


names = st.sampled_from("abcd")
primitives = st.none() | st.booleans() | st.integers(0, 3)
documents = st.dictionaries(
    names,
    st.recursive(
        primitives,
        lambda children: st.lists(children, max_size=3) | st.dictionaries(names, children, max_size=3),
        max_leaves=15,
    ),
)
objects = st.dictionaries(
    names,
    st.recursive(primitives, lambda children: st.dictionaries(names, children, max_size=3), max_leaves=8),
)
"""Values without arrays, to which updates add and from which removals shift nothing."""

targets = st.sampled_from(
    ["$", "$.a", "$.*", "$..a", "$.a.b", "$.*.*", "$..[?@.a]", "$..[0]", "$.b[*]", "$['a','c']"]
)


def applied(document: dict[str, JSON], **action: JSON) -> Applied | None:
    """The outcome, or None where the action asks for what no document allows."""
    with contextlib.suppress(OverlayError):
        return apply(overlay(dict(action), version="1.1.0"), document)
    return None


@given(objects, targets, objects)
def test_an_update_without_arrays_applied_twice_is_applied_once(
    document: dict[str, JSON], target: str, update: dict[str, JSON]
) -> None:
    once = applied(document, target=target, update=update)
    if once is not None and locations(target, once.document) == locations(target, document):
        twice = applied(once.document, target=target, update=update)
        assert twice is not None
        assert twice.document == once.document


@given(documents, targets, documents)
def test_no_action_mutates_the_document_or_the_overlay(
    document: dict[str, JSON], target: str, update: dict[str, JSON]
) -> None:
    before = copy.deepcopy((document, update))
    applied(document, target=target, update=update)
    applied(document, target=target, remove=True)
    applied(document, target=target, copy="$.a")
    assert (document, update) == before


@given(documents, targets, documents)
def test_an_update_never_touches_nodes_outside_the_selected_ones(
    document: dict[str, JSON], target: str, update: dict[str, JSON]
) -> None:
    result = applied(document, target=target, update=update)
    if result is None:
        return
    selected = locations(target, document)
    for place in locations("$..*", document):
        inside = any(place[: len(chosen)] == chosen for chosen in selected)
        contains = any(chosen[: len(place)] == place for chosen in selected)
        if not inside and not contains:
            assert node_at(result.document, place) is node_at(document, place)


@given(documents, targets.filter(lambda target: target != "$"))
def test_what_was_removed_is_not_found_again(document: dict[str, JSON], target: str) -> None:
    result = applied(document, target=target, remove=True)
    assert result is not None
    gone = {
        id(node_at(document, place))
        for place in locations(target, document)
        if _is_container(document, place)
    }
    assert not gone & {id(node_at(result.document, place)) for place in locations("$..*", result.document)}


def _is_container(document: JSON, place: tuple[str | int, ...]) -> bool:
    return isinstance(node_at(document, place), dict | list)


@given(objects, targets.filter(lambda target: target != "$"))
def test_after_removing_from_objects_the_target_selects_nothing(
    document: dict[str, JSON], target: str
) -> None:
    result = applied(document, target=target, remove=True)
    assert result is not None
    assert locations(target, result.document) == ()


@given(documents, targets)
def test_counts_are_the_number_of_nodes_selected(document: dict[str, JSON], target: str) -> None:
    result = applied(document, target=target, update={})
    if result is not None:
        assert result.matched == (len(locations(target, document)),)
