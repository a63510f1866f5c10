from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.control.operations import asked_for, operations
from bodydouble.mockserver.judging import Refused
from tests.mockserver.control.desk import DOCUMENT, OPERATIONS

WORLD = "/_double/namespaces/w1"


@pytest.mark.parametrize(
    ("method", "path", "name", "places"),
    [
        ("GET", "/_double/control.json", "describeControl", {}),
        ("GET", "/_double/namespaces", "listNamespaces", {}),
        ("HEAD", "/_double/namespaces", "listNamespaces", {}),
        ("GET", WORLD, "showNamespace", {"namespace": "w1"}),
        ("DELETE", f"{WORLD}/jobs/a", "deleteJob", {"namespace": "w1", "job": "a"}),
        ("GET", f"{WORLD}/jobs/u-u:vendor/model", "showJob", {"namespace": "w1", "job": "u-u:vendor/model"}),
        ("POST", f"{WORLD}/jobs/u:v/m/force", "forceJob", {"namespace": "w1", "job": "u:v/m"}),
        ("GET", f"{WORLD}/jobs/{{job}}\n%", "showJob", {"namespace": "w1", "job": "{job}\n%"}),
        (
            "GET",
            f"{WORLD}/decisions/a/poll/1/-/b",
            "explainDecision",
            {"namespace": "w1", "decision": "a/poll/1/-/b"},
        ),
    ],
)
def test_a_request_finds_its_operation(method: str, path: str, name: str, places: dict[str, str]) -> None:
    operation, found = asked_for(OPERATIONS, method, path)
    assert (operation.name, found) == (name, places)


def test_an_unknown_path_is_told_the_nearest() -> None:
    with pytest.raises(Refused, match=r"nearest are GET /_double/namespaces") as refusal:
        asked_for(OPERATIONS, "GET", "/_double/namespace")
    assert refusal.value.problem.status == 404


@pytest.mark.parametrize(
    "path", ["/_double/namespaces/", "/_double/controlxjson", "/_double//namespaces", "/", ""]
)
def test_nothing_else_is_taken(path: str) -> None:
    with pytest.raises(Refused):
        asked_for(OPERATIONS, "GET", path)


def test_a_wrong_method_is_told_the_right_ones() -> None:
    with pytest.raises(Refused) as refusal:
        asked_for(OPERATIONS, "PATCH", f"{WORLD}/faults")
    problem = refusal.value.problem
    assert problem.status == 405
    assert dict(problem.headers)[b"allow"] == b"GET, PUT, POST, DELETE, HEAD"


def test_every_operation_of_the_document_can_be_asked_for() -> None:
    described = {
        (method.upper(), path): node["operationId"]
        for path, item in DOCUMENT["paths"].items()
        for method, node in item.items()
    }
    found = {
        (each.method, each.path): asked_for(OPERATIONS, each.method, each.path)[0].name for each in OPERATIONS
    }
    assert found == described


def test_bodies_are_judged_where_the_document_has_one() -> None:
    judging = {each.name for each in operations(DOCUMENT) if each.body is not None}
    assert {"advanceClock", "setScenario", "verify"} <= judging
    assert not {"freezeClock", "listJobs", "resetNamespace"} & judging


@given(st.sampled_from(["GET", "POST", "X"]), st.text(max_size=60))
def test_any_path_is_found_or_refused(method: str, path: str) -> None:
    with suppress(Refused):
        operation, _ = asked_for(OPERATIONS, method, f"/_double/{path}")
        assert operation.pattern.fullmatch(f"/_double/{path}")
