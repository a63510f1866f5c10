import errno
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.loading import load
from tests.apis import TEXT, document, getting, posting, record, words
from tests.mockserver.commands.test_drift import drift

TOLD = record(["id", "status"], id=TEXT, status=words("queued", "running", "done", "failed"), result=TEXT)


def api(image: str, path: str = "/jobs") -> str:
    request = record(["prompt"], prompt=TEXT, **{image: {"type": "string", "description": "a picture"}})
    described = document({path: posting(request, TOLD) | getting("id", "query", TOLD)})
    return json.dumps(described, indent=2) + "\n"


OVERLAY = """\
overlay: 1.0.0
info: {title: t, version: '1'}
actions:
  - target: $.paths.*.post.requestBody.content['application/json'].schema.properties.image   # a picture
    update: {format: uri}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "jobs.json").write_text(api("image"))
    (tmp_path / "new.json").write_text(api("image_url"))
    (tmp_path / "overlay.yaml").write_text(OVERLAY)
    return tmp_path


def arguments(folder: Path) -> list[object]:
    return ["update", folder / "new.json", "--to", folder / "contracts", "--overlay", folder / "overlay.yaml"]


def test_a_diff_is_shown_and_nothing_is_written(folder: Path) -> None:
    before = {path: path.read_text() for path in folder.rglob("*.*")}
    code, text = drift(*arguments(folder))
    assert code == 1
    assert f"--- a{folder}/contracts/jobs.json\n" in text
    assert re.search(r'^- +"image": \{$', text, re.MULTILINE)
    assert re.search(r'^\+ +"image_url": \{$', text, re.MULTILINE)
    assert "schema.properties.image_url   # a picture\n" in text
    assert "nothing was written; --write does" in text
    assert {path: path.read_text() for path in folder.rglob("*.*")} == before


def test_what_is_written_can_be_played_and_then_there_is_nothing_to_do(folder: Path) -> None:
    assert drift(*arguments(folder), "--write")[0] == 0
    contract = load([str(folder / "contracts")], [str(folder / "overlay.yaml")])
    request = contract.patterns[0].submit.request
    assert request is not None
    assert "image_url" in str(request.lenient["properties"])
    code, text = drift(*arguments(folder))
    assert (code, text) == (0, "nothing to do\n")


def test_into_an_empty_folder_goes_everything_with_the_bundled_overlay(tmp_path: Path) -> None:
    into = tmp_path / "mine"
    assert drift("update", "bundled", "--to", into, "--overlay", "bundled", "--write")[0] == 0
    assert sorted(path.name for path in into.iterdir()) == ["create.json", "overlay.yaml", "poll.json"]
    assert load([str(into)], [str(into / "overlay.yaml")]).patterns


def test_a_fragment_without_counterpart_is_left_and_told(folder: Path) -> None:
    other = document({"/other": {"delete": {"responses": {}}}})
    (folder / "contracts" / "other.json").write_text(json.dumps(other))
    code, text = drift(*arguments(folder), "--write")
    assert code == 0
    assert f"{folder}/contracts/other.json has no counterpart in " in text
    assert (folder / "contracts" / "other.json").exists()


def test_a_page_in_the_folder_cannot_be_taken_over(folder: Path) -> None:
    block = f"```json\n{api('image')}```\n"
    (folder / "contracts" / "page.md").write_text(f"{block}\n{block}")
    code, text = drift(*arguments(folder))
    assert code == 3
    assert "a file with several fragments cannot be taken over" in text


@pytest.mark.parametrize("content", ["", "{", "overlay: 1.0.0"])
def test_an_overlay_that_is_none_could_not_be_looked_at(folder: Path, content: str) -> None:
    (folder / "overlay.yaml").write_text(content)
    code, text = drift(*arguments(folder), "--write")
    assert code == 3
    assert "Traceback" not in text
    assert (folder / "contracts" / "jobs.json").read_text() == api("image")


def test_where_it_cannot_be_written_it_says_so(folder: Path) -> None:
    (folder / "file").write_text("")
    code, text = drift("update", folder / "new.json", "--to", folder / "file" / "sub", "--write")
    assert code == 3
    assert "could not look" in text or "cannot" in text


def test_where_one_file_cannot_be_written_none_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_text() for path in folder.rglob("*.*")}
    overlay = folder / "overlay.yaml"
    opened = Path.open

    def full(path: Path, *args: Any, **more: Any) -> Any:
        if path.parent == overlay.parent and path.name.startswith(f".{overlay.name}"):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return opened(path, *args, **more)

    monkeypatch.setattr(Path, "open", full)
    code, text = drift(*arguments(folder), "--write")
    assert code == 3
    assert "No space left on device" in text
    assert "wrote" not in text
    monkeypatch.undo()
    assert {path: path.read_text() for path in folder.rglob("*.*")} == before
