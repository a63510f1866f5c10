"""What is known about an API is data, and complete."""

import json
from pathlib import Path

import pytest

from bodydouble.client import Kind, api_from, bundled, default_api

DATA = json.loads((Path(__file__).parents[2] / "client" / "apis" / "video-01.json").read_text("utf-8"))


def test_the_bundled_api_is_the_default_one() -> None:
    assert next(iter(bundled())) == default_api().name == "video-01"


def test_the_words_of_the_schema_and_the_recorded_ones_are_known() -> None:
    expected = {
        "queued": Kind.INITIAL,
        "waiting": Kind.INITIAL,
        "generating": Kind.RUNNING,
        "active": Kind.RUNNING,
        "processing": Kind.RUNNING,
        "completed": Kind.SUCCESS,
        "succeeded": Kind.SUCCESS,
        "error": Kind.FAILURE,
        "failed": Kind.FAILURE,
    }
    assert dict(default_api().kinds) == expected
    assert default_api().kind_of("Completed") is Kind.UNKNOWN


def test_paths_parameters_and_fields_are_those_of_the_page(upstream: Path) -> None:
    page = (upstream / "pages" / "video-01.md").read_text("utf-8")
    api = default_api()
    create = json.loads(page.split("```json\n")[1].split("\n```")[0])
    poll = json.loads(page.split("```json\n")[2].split("\n```")[0])
    assert create["servers"] == [{"url": api.origin}]
    body = create["paths"][api.submit.path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["model"]["enum"] == [api.submit.fixed["model"]]
    assert {api.submit.prompt_field, api.submit.image_field, api.submit.enhance_field} < set(
        body["properties"]
    )
    (parameter,) = poll["paths"][api.poll_path]["get"]["parameters"]
    assert (parameter["name"], parameter["in"]) == (api.poll_parameter, "query")


def test_an_api_that_polls_by_path_is_data_too() -> None:
    api = api_from({**DATA, "poll": {"path": "/v1/stt/{id}"}})
    assert (api.poll_path, api.poll_parameter) == ("/v1/stt/{id}", "")


def test_a_word_of_two_kinds_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        api_from({**DATA, "statuses": {"running": ["error"], "failure": ["error"]}})


@pytest.mark.parametrize("missing", [key for key in DATA if key != "default"])
def test_a_missing_part_is_refused(missing: str) -> None:
    with pytest.raises(KeyError):
        api_from({key: value for key, value in DATA.items() if key != missing})


def test_an_api_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        default_api().kinds["new"] = Kind.SUCCESS  # type: ignore[index]  # what must not work
