from typing import Any

import pytest

from bodydouble.contracts.generating.circularity import circular_references


def to(name: str) -> dict[str, Any]:
    return {"properties": {"x": {"$ref": f"#/$defs/{name}"}}}


@pytest.mark.parametrize(
    ("definitions", "circular"),
    [
        ({"a": to("a")}, {"a"}),
        ({"a": to("b"), "b": to("a"), "c": to("a")}, {"a", "b"}),
        ({"a": to("b"), "b": {}}, set()),
        ({"a": {"anyOf": [{"type": "null"}, {"items": {"$ref": "#/$defs/a"}}]}}, {"a"}),
        ({"a": to("nowhere")}, set()),
        ({}, set()),
    ],
)
def test_what_leads_back_to_itself_is_circular(definitions: dict[str, Any], circular: set[str]) -> None:
    assert circular_references({"$defs": definitions}) == {f"#/$defs/{name}" for name in circular}


def test_a_chain_of_thousands_is_walked_without_recursion() -> None:
    chain = {str(number): to(str(number + 1)) for number in range(3000)}
    assert circular_references({"$defs": chain}) == frozenset()
