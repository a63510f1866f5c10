from typing import Any

import pytest

from bodydouble.contracts.drift.locating import located
from bodydouble.contracts.drift.views import ITEM
from bodydouble.contracts.pointers import look_up

DOCUMENT: dict[str, Any] = {
    "schema": {
        "properties": {
            "list": {"items": {"$ref": "#/components/Thing"}},
            "map": {"additionalProperties": {"properties": {"x": {}}}},
            "a/b": {"anyOf": [{"type": "null"}, {"allOf": [{"$ref": "#/components/Thing"}]}]},
            "circle": {"$ref": "#/components/Circle"},
            "broken": {"$ref": "#/components/Nothing"},
        }
    },
    "components": {
        "Thing": {"properties": {"of": {"$ref": "#/components/Thing"}, "name": {"type": "string"}}},
        "Circle": {"allOf": [{"$ref": "#/components/Circle"}]},
    },
}


@pytest.mark.parametrize(
    ("tokens", "pointer"),
    [
        ((), "/schema"),
        (("list",), "/schema/properties/list"),
        (("list", ITEM), "/schema/properties/list/items"),
        (("list", ITEM, "name"), "/components/Thing/properties/name"),
        (("map", ITEM, "x"), "/schema/properties/map/additionalProperties/properties/x"),
        (("a/b", "name"), "/components/Thing/properties/name"),
        (("list", ITEM, "of", "of", "name"), "/components/Thing/properties/name"),
        (("list", ITEM, "nothing"), "/schema/properties/list/items"),
        (("nothing", "at", "all"), "/schema"),
        (("circle", "x"), "/schema/properties/circle"),
        (("broken", "x"), "/schema/properties/broken"),
    ],
)
@pytest.mark.timeout(60)
def test_a_place_is_found_or_the_nearest_around_it(tokens: tuple[str, ...], pointer: str) -> None:
    assert located(DOCUMENT, "/schema", tokens) == pointer
    assert look_up(DOCUMENT, pointer) is not None
