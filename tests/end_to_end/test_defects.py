"""A fragment with any of the usual defects is played all the same, and the defect is listed with its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bodydouble.contracts.lint.defects import defects_among
from bodydouble.contracts.loading import load, published
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock
from tests.apis import PATH, TEXT, jobs

from .doubles import LONG

Damage = Callable[[Any, Any], None]
"""Damages a document, given with the path item of its two operations."""

BODY = "/paths/~1jobs/post/requestBody/content/application~1json/schema/properties"
REPLY = "/paths/~1jobs/get/responses/200/content/application~1json/schema/properties"
TREE = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}}


def asked(schema: Any) -> Damage:
    """Let the body have a member ``size`` of this schema."""

    def damage(_: Any, item: Any) -> None:
        item["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["size"] = schema

    return damage


def told(schema: Any) -> Damage:
    """Let the poll's reply have a member ``size`` of this schema."""

    def damage(document: Any, item: Any) -> None:
        document["components"] = {"schemas": {"Tree": TREE}}
        item["get"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["size"] = (
            schema
        )

    return damage


def undescribed(_: Any, item: Any) -> None:
    del item["post"]["responses"]["200"]["description"]


def named_alike(_: Any, item: Any) -> None:
    item["post"]["operationId"] = item["get"]["operationId"] = "job"


def placeless(_: Any, item: Any) -> None:
    del item["get"]["parameters"][0]["in"]


def crowded(document: Any, _: Any) -> None:
    unused = {f"Unused{number}": TEXT | {"description": "x" * 1000} for number in range(2000)}
    document["components"] = {"schemas": unused}


@pytest.mark.parametrize(
    ("damage", "rule", "pointer"),
    [
        (undescribed, "response-description-missing", "/paths/~1jobs/post/responses/200"),
        (asked(TEXT | {"required": True}), "required-malformed", f"{BODY}/size/required"),
        (asked({"type": "integer", "default": "big"}), "default-invalid", f"{BODY}/size/default"),
        (asked({"type": "integer", "enum": ["1", "2"]}), "enum-contradicts-type", f"{BODY}/size/enum/0"),
        (named_alike, "operation-id-duplicate", "/paths/~1jobs/post/operationId"),
        (asked({"$ref": "#/components/schemas/Gone"}), "ref-unresolvable", f"{BODY}/size/$ref"),
        (told({"$ref": "#/components/schemas/Gone"}), "ref-unresolvable", f"{REPLY}/size/$ref"),
        (
            told({"$ref": "#/components/schemas/Tree"}),
            "ref-recursive",
            "/components/schemas/Tree/properties/child/$ref",
        ),
        (placeless, "parameter-location-wrong", "/paths/~1jobs/get/parameters/0"),
        (crowded, "components-unreachable", "/components"),
    ],
)
def test_a_defect_is_listed_and_keeps_nothing_from_being_played(
    tmp_path: Path, damage: Damage, rule: str, pointer: str
) -> None:
    document = json.loads(json.dumps(jobs("a")))
    damage(document, document["paths"][PATH])
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document))

    found = {(each.rule, each.pointer) for each in defects_among(published([str(path)]).fragments)}
    assert (rule, pointer) in found
    assert live(path) == ["queued", "done"]


def live(path: Path) -> list[str]:
    """The statuses of a job at its beginning and its end."""
    clock = ManualClock()
    http = TestClient(create_app(load([str(path)]), clock=clock, seed=1))
    created = http.post(PATH, json={"model": "a"}).json()
    clock.advance(LONG)
    return [created["status"], http.get(PATH, params={"id": created["id"]}).json()["status"]]
