import random
import re
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.contracts.drift.changes import Change, Direction, Impact, Witness
from bodydouble.contracts.drift.comparing import compare
from bodydouble.contracts.drift.meaning import Meaning
from bodydouble.contracts.drift.rules import BY_ID, RULES
from bodydouble.contracts.drift.versions import Version
from bodydouble.contracts.reading.fragments import parse
from tests.generating import documents

from .documents import HERE, document, drift, published, requests, told, upstream, version
from .generating import BODIES, copied, narrow_somewhere, narrowed, places, with_noise

CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "rule_cases.yaml").read_text("utf-8"))
every_case = pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{n}-{(case['expected'] or ['nothing'])[0]}") for n, case in enumerate(CASES)],
)


@every_case
def test_a_pair_of_documents_says_what_is_written_down(case: dict[str, Any]) -> None:
    changes = drift(case["old"], case["new"])
    assert sorted(told(changes)) == sorted(case["expected"])
    if "witness" in case:
        assert [change.witness.value for change in changes if change.witness] == [case["witness"]]


@pytest.mark.parametrize("case", [case for case in CASES if "back" in case], ids=lambda case: case["back"][0])
def test_the_other_way_says_the_opposite(case: dict[str, Any]) -> None:
    assert sorted(told(drift(case["new"], case["old"]))) == sorted(case["back"])


@every_case
def test_a_document_against_itself_is_silent(case: dict[str, Any]) -> None:
    for side in ("old", "new"):
        assert not drift(case[side], case[side])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_case(rule: Any) -> None:
    lines = [line for case in CASES for line in [*case["expected"], *case.get("back", [])]]
    assert any(line.split(": ")[0].split()[1] == rule.id for line in lines), f"no case expects {rule.id}"


@every_case
def test_every_change_names_a_rule_and_a_place(case: dict[str, Any]) -> None:
    for change in drift(case["old"], case["new"]):
        assert change.rule in BY_ID
        assert change.places
        assert all(place.old_source or place.new_source for place in change.places)
        assert change.message
        assert change.message[-1] != "."


@every_case
def test_a_breaking_change_of_a_schema_has_a_witness_or_says_why_not(case: dict[str, Any]) -> None:
    for change in drift(case["old"], case["new"]):
        if change.impact is Impact.BREAKING and change.rule.startswith(("request-", "reply-")):
            assert (
                change.witness is not None
                or "body" in change.rule
                or "status" in change.rule
                or "success" in change.rule
            )


def test_what_no_operation_reaches_does_not_exist() -> None:
    old = document({"components": {"schemas": {"Gone": {"type": "string"}, "Changed": {"type": "string"}}}})
    new = document({"components": {"schemas": {"New": {"type": "string"}, "Changed": {"type": "integer"}}}})
    assert not compare(version(old), version(new))


def test_the_worst_comes_first() -> None:
    changes = drift(
        {"request": {"properties": {"a": {"type": "string", "default": "x"}, "b": {}}}},
        {
            "request": {"properties": {"a": {"type": "string"}, "c": {"type": "integer"}}},
            "operation": {"operationId": "x"},
        },
    )
    impacts = [change.impact for change in changes]
    assert impacts == sorted(impacts, key=list(Impact).index)
    assert {Impact.BREAKING, Impact.RISKY, Impact.SAFE} <= {*impacts}


def test_another_models_document_is_one_difference() -> None:
    old = {"request": {"properties": {"model": {"enum": ["a"]}, "x": {}, "y": {}}}, "path": "/v1/things"}
    new = {
        "request": {"properties": {"model": {"enum": ["b"]}, "z": {}}},
        "path": "/v2/things",
        "reply": {"type": "array"},
    }
    assert told(drift(old, new)) == ["breaking request-model-swapped: request /model"]


@pytest.mark.parametrize("made", [{"paths": {}}, {"paths": {"/x": None}}, {"paths": {"/x": {"get": {}}}}])
def test_documents_that_hold_next_to_nothing_are_compared(made: dict[str, Any]) -> None:
    full = document({"request": {"properties": {"a": {}}}})
    assert compare(version(made), version(full))
    assert compare(version(full), version(made))
    assert not compare(version(made), version(made))


def breaking(changes: tuple[Change, ...]) -> set[tuple[str, str]]:
    return {(change.rule, change.subject) for change in changes if change.impact is Impact.BREAKING}


def check_witnesses(changes: tuple[Change, ...], old: Version, new: Version) -> int:
    """Hold every witness of a body against the validators of both versions; return how many there were."""
    checked = 0
    for change in changes:
        if change.witness is None or change.witness.problem or change.witness.location != "body":
            continue
        before, after = (_meaning(side, change.witness) for side in (old, new))
        inner, outer = (before, after) if change.witness.direction is Direction.REQUEST else (after, before)
        assert inner.accepts(change.witness.value)
        assert not outer.accepts(change.witness.value)
        checked += 1
    return checked


def _meaning(side: Version, said: Witness) -> Meaning:
    (operation,) = side.operations
    schema = operation.request
    if said.direction is Direction.REPLY:
        schema = next((reply.schema for reply in operation.replies if reply.status == said.status), None)
    return side.view(schema, said.direction).meaning if schema else Meaning({})


@settings(max_examples=20, deadline=None)
@given(narrowed())
def test_narrowing_a_request_is_always_breaking_and_widening_it_never(pair: tuple[Any, Any]) -> None:
    wide, narrow = (version(document({"request": schema})) for schema in pair)
    changes = compare(wide, narrow)
    assert breaking(changes)
    assert check_witnesses(changes, wide, narrow)
    assert not breaking(compare(narrow, wide))


@settings(max_examples=20, deadline=None)
@given(narrowed())
def test_widening_a_reply_is_always_breaking(pair: tuple[Any, Any]) -> None:
    wide, narrow = (version(document({"reply": schema, "method": "get"})) for schema in pair)
    lost = set(pair[0]["properties"]) - set(pair[1]["properties"])
    if not lost and _properties(pair[0]) == _properties(
        pair[1]
    ):  # in an open world, declaring less is widening
        changes = compare(narrow, wide)
        assert breaking(changes)
        assert check_witnesses(changes, narrow, wide)
        assert not breaking(compare(wide, narrow))


def _properties(schema: Any) -> list[list[str]]:
    return [list(place.get("properties", [])) for place in places(schema)]


@st.composite
def narrowed_twice(draw: st.DrawFn) -> tuple[Any, Any, Any, Any]:
    """Draw a body, two that each have one property narrowed, another one each, and one that has both."""
    old = draw(BODIES)
    one, other = list(old["properties"])[:2]
    steps = []
    for name in (one, other):
        changed = copied(old)
        narrow_somewhere(draw, changed["properties"][name])
        steps.append(changed)
    both = {
        **copied(old),
        "properties": {
            **old["properties"],
            one: steps[0]["properties"][one],
            other: steps[1]["properties"][other],
        },
    }
    return old, steps[0], steps[1], both


@settings(max_examples=20, deadline=None)
@given(narrowed_twice())
def test_what_breaks_alone_breaks_together_with_something_else(drawn: tuple[Any, Any, Any, Any]) -> None:
    old, first, second, both = drawn
    alone = breaking(requests(old, first)) | breaking(requests(old, second))
    assert alone <= breaking(requests(old, both))


@settings(max_examples=20, deadline=None)
@given(narrowed(), narrowed())
def test_a_break_is_not_lost_beside_other_changes_of_the_operation(
    request: tuple[Any, Any], reply: tuple[Any, Any]
) -> None:
    both = drift(
        {"request": request[0], "reply": reply[0]},
        {"request": request[1], "reply": reply[1], "security": [{"key": []}]},
    )
    alone = breaking(drift({"request": request[0], "reply": {}}, {"request": request[1], "reply": {}}))
    assert alone <= breaking(both)
    assert ("security-added", "security") in breaking(both)


@settings(max_examples=20, deadline=None)
@given(BODIES, BODIES, st.integers())
def test_noise_is_silent(request: Any, reply: Any, seed: int) -> None:
    said = document(
        {
            "request": request,
            "reply": reply,
            "parameters": [{"name": "n", "in": "query", "schema": {"type": "string"}}],
        }
    )
    noisy = with_noise(said, seed)
    assert not compare(version(said), version(noisy))
    assert not compare(version(noisy), version(said))


@pytest.mark.parametrize("path", ["fragments/*/*2.6*.json", "pages/*.md"])
def test_noise_in_published_documents_is_silent(path: str) -> None:
    for file in upstream(path):
        side = published(file)
        noisy = Version(
            replace(fragment, document=with_noise(fragment.document, 7)) for fragment in side.fragments
        )
        assert not compare(side, noisy), file.name


def any_document(said: dict[str, Any]) -> dict[str, Any]:
    referred = [{"$ref": f"#/components/schemas/{name}"} for name in "ABC"]
    made = document(
        {"request": referred[0], "replies": {200: referred[1], 400: referred[2]}, "openapi": said["openapi"]}
    )
    return {**made, "components": said["components"]}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), documents())
def test_whatever_schemas_say_they_are_compared_and_every_witness_holds(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    before, after = version(any_document(old)), version(any_document(new))
    check_witnesses(compare(before, after), before, after)
    assert not compare(before, version(any_document(copied(old))))


def test_every_published_fragment_against_every_other_never_crashes() -> None:
    sides = [published(path) for path in upstream("fragments/*.json", "fragments/*/*.json")]
    assert len(sides) == 68
    for old in sides:
        for new in sides:
            changes = compare(old, new)
            assert not changes if old is new else all(change.rule in BY_ID for change in changes)


def test_published_fragments_of_one_model_differ_in_detail_and_every_witness_holds() -> None:
    """Every model is given the same name, so that nothing is summed up as another model's contract."""
    sides = []
    for path in upstream("fragments/*/*.json"):
        text = re.sub(r'"model":\s*\{[^{}]*\}', '"model": {"enum": ["same"]}', path.read_text("utf-8"))
        sides.append(Version(parse(text, path.name), path.stem))
    found = 0
    rng = random.Random(1)
    for _ in range(60):
        old, new = rng.choice(sides), rng.choice(sides)
        if (
            len(old.operations) == len(new.operations) == 1
            and old.operations[0].method == new.operations[0].method
        ):
            found += check_witnesses(compare(old, new), old, new)
    assert found > 100
