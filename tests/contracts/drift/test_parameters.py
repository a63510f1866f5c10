from typing import Any

import pytest

from .documents import drift, told


def query(name: str, **said: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string"}, **said}


def taking(*parameters: dict[str, Any], path: str = "/things") -> dict[str, Any]:
    return {"method": "get", "path": path, "parameters": [*parameters]}


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ([query("a")], [query("a")], []),
        ([query("a"), query("b")], [query("b"), query("a")], []),
        ([query("a")], [], ["breaking parameter-removed: query a"]),
        ([], [query("a")], ["safe parameter-added: query a"]),
        ([], [query("a", required=True)], ["breaking required-parameter-added: query a"]),
        ([query("page_size")], [query("size")], ["breaking parameter-renamed: query page_size"]),
        ([query("X", **{"in": "header"})], [query("x", **{"in": "header"})], []),
        ([query("a")], [query("a", **{"in": "cookie"})], ["breaking parameter-moved: query a"]),
        (
            [query("page_size")],
            [query("size", required=True, schema={"type": "string", "maxLength": 2})],
            [
                "breaking parameter-became-required: query page_size",
                "breaking parameter-renamed: query page_size",
                "breaking request-bound-tightened: query page_size",
            ],
        ),
    ],
)
def test_parameters_are_known_by_place_and_name(old: Any, new: Any, lines: list[str]) -> None:
    assert sorted(told(drift(taking(*old), taking(*new)))) == lines


def test_parameters_of_the_path_are_known_by_their_position() -> None:
    def placed(name: str, **schema: Any) -> dict[str, Any]:
        return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **schema}}

    old = taking(placed("id"), placed("part"), path="/things/{id}/{part}")
    new = taking(placed("piece"), placed("thing", maxLength=9), path="/things/{thing}/{piece}")
    assert told(drift(old, new)) == ["breaking request-bound-tightened: path id"]


def test_a_parameter_without_in_is_found_where_the_path_says() -> None:
    lost = {"name": "id", "required": True, "schema": {"type": "string"}}
    changes = drift(taking({**lost, "in": "path"}, path="/t/{id}"), taking(lost, path="/t/{id}"))
    assert {change.rule for change in changes} == {"defect-introduced"}
    assert "defect parameter-location-wrong" in {change.subject for change in changes}


def test_a_witness_of_a_parameter_says_where_it_is_sent() -> None:
    old, new = (query("a", schema={"enum": values}) for values in (["x", "y"], ["x"]))
    (change,) = drift(taking(old), taking(new))
    assert change.witness is not None
    assert (change.witness.location, change.witness.name, change.witness.value) == ("query", "a", "y")
