from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.loading import load
from bodydouble.mockserver.reporting.request_shapes import RequestShape, legacy_routes, shapes_of
from tests.mockserver.clients import NEW, OLD


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bundled_contract()


@pytest.fixture(scope="module")
def shape(contract: Contract) -> RequestShape:
    (shape,) = shapes_of(contract.patterns)
    return shape


def made(**facts: Any) -> RequestShape:
    usual = {
        "model": "",
        "models": frozenset(),
        "fields": frozenset({"", "/a", "/a/b", "/c"}),
        "closed": {"", "/a"},
    }
    return RequestShape(frozenset({NEW}), **{**usual, **facts})


def test_the_bundled_contract_knows_its_own_fields(shape: RequestShape) -> None:
    body = {
        "model": "video-01",
        "prompt": "a cat",
        "enhance_prompt": True,
        "image_url": "https://h.example/x.png",
    }
    assert shape.fits(NEW, body)
    assert shape.fits(OLD, body)
    assert not list(shape.unknown(body))


def test_fields_of_an_older_contract_are_unknown(shape: RequestShape) -> None:
    body = {"model": "video-01", "prompt": "a cat", "first_frame_image": "x", "prompt_optimizer": True}
    assert list(shape.unknown(body)) == ["/first_frame_image", "/prompt_optimizer"]


def test_deprecated_paths_are_known_with_their_replacement(contract: Contract) -> None:
    assert legacy_routes(contract.patterns) == {OLD: NEW}


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        ({"a": {"b": 1, "x": 2}, "y": {"z": 1}}, ["/a/x", "/y"]),
        ({"c": {"anything": 1}}, []),
        ({"a": [{"x": 1}], "c": None}, []),
        ({"a/b": 1, "~": 2}, ["/a~1b", "/~0"]),
        ({}, []),
    ],
)
def test_only_what_stands_where_all_fields_are_described_is_unknown(body: Any, unknown: list[str]) -> None:
    assert list(made().unknown(body)) == unknown


@pytest.mark.parametrize("body", [None, [], "text", 1, {}])
def test_a_body_of_another_kind_or_model_does_not_fit(body: Any) -> None:
    assert not made(model="model", models=frozenset({"m"})).fits(NEW, body)
    assert not made().fits("/elsewhere", {})


@pytest.mark.parametrize("model", [None, ["m"], {"m": 1}])
def test_a_model_that_is_no_string_fits_nothing(model: Any) -> None:
    assert not made(model="model", models=frozenset({"m"})).fits(NEW, {"model": model})


def test_every_published_fragment_has_shapes(upstream: Path) -> None:
    fragments = sorted((upstream / "fragments").rglob("*.json"))
    poll = upstream / "fragments" / "universal-video-fetch.json"
    shapes = [
        shape
        for path in fragments
        if path != poll
        for shape in shapes_of(load([str(path), str(poll)]).patterns)
    ]
    assert len(shapes) > 30
    assert all("/model" in shape.fields for shape in shapes)
