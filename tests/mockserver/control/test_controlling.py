import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.mockserver.control.controlling import DEEDS, DESCRIBE, Controller, unserved
from bodydouble.mockserver.control.document import control_document
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.problems import Problem
from tests.apis import service
from tests.mockserver.control.desk import DOCUMENT, HERE, OPERATIONS, Desk, request

JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(
    ["name", "seed", "speed", "scenario", "faults", "castings", "rate", "burst", "per_second", "credit", "seconds",
     "to", "status", "stage", "message", "on", "answer", "wire", "delay", "queued", "running", "polls", "prompt",
     "exactly", "after", "job", "flaky", "slow", "w1", "completed", "failure", "forever", "uniform", "each", "poll"]
)  # fmt: skip
BODIES = st.recursive(
    WORDS | st.integers(-3, 2**70) | st.floats() | st.text(max_size=5) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=10,
)
PLACES = st.sampled_from(["default", "w1", "nobody", "", "..", "\x00", "ü", "a/b", "-"]) | st.text(max_size=8)


def test_every_operation_of_the_document_is_served_and_nothing_else() -> None:
    assert not unserved(DOCUMENT)
    assert {each.name for each in OPERATIONS} == {DESCRIBE, *DEEDS}


def test_an_operation_on_one_side_only_is_noticed() -> None:
    more = control_document()
    more["paths"]["/_double/more"] = {"get": {"operationId": "more"}}
    assert unserved(more) == {"more"}
    fewer = control_document()
    del fewer["paths"]["/_double/scenarios"]
    assert unserved(fewer) == {"listScenarios"}


def test_what_begins_a_namespace_changes_something() -> None:
    begins = {name for name, deed in DEEDS.items() if deed.begins}
    assert begins <= {each.name for each in OPERATIONS if each.method in ("PUT", "POST")}
    assert begins


def test_the_document_is_served_without_a_token() -> None:
    desk = Desk(token="secret")
    assert desk.ask("GET", "/_double/control.json") == DOCUMENT
    assert desk.send("GET", HERE).status == 401
    assert desk.send("GET", "/_double/nonsense").status == 401, "a stranger learns of no paths"
    assert desk.send("GET", HERE, x_double_token="secret").status == 200


def test_a_page_from_elsewhere_changes_nothing() -> None:
    desk = Desk()
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example"}):
        assert desk.send("POST", f"{HERE}/clock/freeze", **headers).status == 403
    assert desk.world.clock.speed == 1


def test_changes_are_marked_for_whoever_keeps_the_state_and_readings_are_not() -> None:
    desk = Desk()
    changed = desk.send("POST", f"{HERE}/clock/freeze").about
    assert changed is not None
    assert changed.purpose is Purpose.CONTROL
    assert desk.send("GET", f"{HERE}/clock").about is None


def test_answers_are_not_kept_and_can_be_read_by_pages() -> None:
    for target in (HERE, "/_double/nonsense"):
        headers = dict(Desk().send("GET", target).headers)
        assert headers[b"cache-control"] == b"no-store"
        assert headers[b"x-content-type-options"] == b"nosniff"
        assert headers[b"access-control-allow-origin"] == b"*"


def test_a_problem_has_the_form_of_rfc_9457() -> None:
    desk = Desk()
    response = desk.send("POST", f"{HERE}/clock/advance", {"seconds": "soon"})
    problem = json.loads(response.body)
    assert (problem["status"], problem["title"], problem["instance"]) == (
        400,
        "Bad Request",
        f"{HERE}/clock/advance",
    )
    assert problem["violations"][0]["pointer"] == "/seconds"


def test_a_request_that_was_not_even_read_is_told_the_same_way() -> None:
    response = Controller(service(), None).refuse(Problem(413, "too large"), request("POST", HERE))
    assert (response.status, json.loads(response.body)["detail"]) == (413, "too large")


@settings(max_examples=150)
@given(
    st.sampled_from(OPERATIONS), PLACES, PLACES, BODIES | JSONS | st.binary(max_size=20), st.text(max_size=10)
)
def test_whatever_is_sent_there_is_an_answer_that_the_document_describes(
    operation: Any, namespace: str, other: str, body: Any, query: str
) -> None:
    """The desk holds every answer against the document; a 500 is none that it describes."""
    path = operation.path
    for name, place in (("namespace", namespace), ("job", other), ("decision", other)):
        path = path.replace(f"{{{name}}}", quote(place, safe="", errors="replace"))
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    desk = Desk()
    desk.send(operation.method, f"{path}?{quote(query, safe='=&')}", raw)
    desk.send(operation.method, path, raw)


@settings(max_examples=80)
@given(st.text(max_size=40), st.text(max_size=8), st.binary(max_size=30))
def test_any_path_and_any_method_are_answered(path: str, method: str, body: bytes) -> None:
    Desk().send(method, f"/_double/{quote(path, errors='replace')}", body)


CHANGES: tuple[tuple[str, str, Any], ...] = (
    ("PUT", "/scenario", {"scenario": "slow"}),
    ("PUT", "/castings", {"castings": [{"scenario": "instant"}]}),
    ("POST", "/castings", {"scenario": "flaky"}),
    ("POST", "/faults", {"on": ["submit", "poll"], "answer": {"status": 503}}),
    ("PUT", "/faults", {"faults": [{"on": ["poll"], "wire": "lost"}]}),
    ("PUT", "/limits", {"rate": {"burst": 1, "per_second": 1}, "credit": 0}),
    ("POST", "/clock/advance", {"seconds": 1000}),
    ("POST", "/clock/freeze", None),
    ("POST", "/clock/scale", {"speed": 9}),
    ("DELETE", "/journal", None),
    ("DELETE", "/faults", None),
    ("DELETE", "/limits", None),
    ("DELETE", "/castings", None),
    ("POST", "/jobs/{job}/force", {"stage": "failure"}),
    ("POST", "/jobs/{job}/fail", {}),
    ("DELETE", "/jobs/{job}", None),
    ("POST", "/reset", None),
    ("DELETE", "", None),
)


def seen(desk: Desk, namespace: str) -> list[Any]:
    """Everything that control can tell of a namespace."""
    base = f"/_double/namespaces/{namespace}"
    parts = (
        "",
        "/jobs",
        "/scenario",
        "/castings",
        "/faults",
        "/limits",
        "/clock",
        "/journal?format=har",
        "/report",
    )
    return [desk.ask("GET", base + part) for part in parts]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=8), st.sampled_from(["w1", "default"]))
def test_changes_to_one_namespace_never_touch_another(changes: list[Any], changed: str) -> None:
    desk = Desk()
    others = {"w1", "w2", "default"} - {changed}
    jobs = {name: desk.submit(namespace=name) for name in ("w1", "w2", "default")}
    before = {name: seen(desk, name) for name in others}
    for method, path, body in changes:
        target = f"/_double/namespaces/{changed}{path.replace('{job}', jobs[changed])}"
        desk.send(method, target, *([body] if body is not None else []))
    assert {name: seen(desk, name) for name in others} == before


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change[0]} {change[1]}")
def test_every_one_of_these_changes_changes_something(change: Any) -> None:
    """Otherwise the property above would say nothing about it."""
    desk = Desk()
    job = desk.submit()
    desk.world.faults = desk.service.repertoire.find("flaky").faults
    desk.ask("POST", f"{HERE}/castings", {"scenario": "slow"})
    desk.world.credit = 5
    stray = desk.service.unknown(request("GET", "/nowhere"))
    desk.world.register.put(request("GET", "/nowhere"), stray, desk.clock(), whole=True, gone=False)
    before = seen(desk, "default")
    method, path, body = change
    desk.ask(method, f"{HERE}{path.replace('{job}', job)}", *([body] if body is not None else []))
    assert seen(desk, "default") != before
