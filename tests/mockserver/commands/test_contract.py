import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate

from bodydouble.mockserver.cli import main

FRAGMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things": {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}}
                },
            }
        },
        "/things/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}}
                },
            }
        },
    },
    "components": {
        "schemas": {
            "T": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "status": {"type": "string", "enum": ["queued", "running", "done", "failed"]},
                    "text": {"type": "string"},
                    "error": {"type": "string"},
                },
                "required": ["id", "status"],
            }
        }
    },
}


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["contract", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.fixture
def things(tmp_path: Path) -> Path:
    path = tmp_path / "things.json"
    path.write_text(json.dumps(FRAGMENT))
    return path


def test_show_tells_operations_pattern_and_promises(things: Path) -> None:
    code, output = run("show", things)
    assert code == 0
    for words in (
        "POST /things",
        "GET /things/{id}",
        "path parameter id",
        "done",
        "has /text",
        "as published:",
    ):
        assert words in output


def test_show_of_the_bundled_contract_names_the_legacy_url() -> None:
    code, output = run("show")
    assert code == 0
    assert "also /v2/generate/video/minimax/generation" in output


def test_show_as_json_says_the_same(things: Path) -> None:
    code, output = run("show", things, "--json")
    pattern = json.loads(output)["patterns"][0]
    assert code == 0
    assert pattern["statuses"]["done"] == {"stage": "success", "present": ["/text"], "absent": ["/error"]}


def test_lint_lists_defects_with_pointers_and_fails_only_when_told(things: Path) -> None:
    code, output = run("lint", things)
    assert code == 0
    assert "#/paths/~1things/post/responses/200" in output
    assert run("lint", things, "--fail-on", "warning")[0] == 1
    assert json.loads(run("lint", things, "--json")[1])[0]["rule"]


def test_lint_shows_upstreams_defects_unless_an_overlay_mends_them() -> None:
    published, mended = run("lint")[1], run("lint", "--overlay", "bundled")[1]
    assert "response-description-missing" in published
    assert "response-description-missing" not in mended


def test_export_writes_a_valid_document(things: Path, tmp_path: Path) -> None:
    code, output = run("export", things)
    assert code == 0
    validate(json.loads(output))
    assert run("export", things, "-o", tmp_path / "out.json")[0] == 0
    assert (tmp_path / "out.json").read_text() == output


def test_import_keeps_fragments_unchanged_and_replaces_nothing_unasked(things: Path, tmp_path: Path) -> None:
    folder = tmp_path / "api"
    code, output = run("import", things, "--to", folder)
    (made,) = folder.iterdir()
    assert (code, json.loads(made.read_text())) == (0, FRAGMENT)
    assert f"wrote {made}" in output
    assert f"kept {made}" in run("import", things, "--to", folder)[1]
    made.write_text("mine")
    code, output = run("import", things, "--to", folder)
    assert (code, made.read_text()) == (1, "mine")
    assert "nothing was written" in output
    assert run("import", things, "--to", folder, "--force")[0] == 0
    assert json.loads(made.read_text()) == FRAGMENT


def test_a_page_becomes_one_file_for_each_of_its_documents(upstream: Path, tmp_path: Path) -> None:
    code, _ = run("import", upstream / "pages" / "video-01.md", "--to", tmp_path)
    assert code == 0
    assert len(list(tmp_path.glob("*.json"))) == 2
    assert run("show", tmp_path)[0] == 0


@pytest.mark.parametrize("command", ["show", "lint", "export"])
def test_what_cannot_be_read_is_one_clear_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"openapi": ')
    for path in (tmp_path / "bad.json", tmp_path / "missing.json"):
        code, output = run(command, path)
        assert code == 1
        assert output.startswith("Error: ")
        assert path.name in output
        assert "Traceback" not in output
