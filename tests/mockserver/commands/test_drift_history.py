import json
from pathlib import Path

import pytest

from tests.apis import jobs
from tests.mockserver.commands.test_drift import drift

UPSTREAM = Path(__file__).parents[3].parent / "shared" / "upstream" / "history"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for day, path in ((1, "/a"), (2, "/b"), (3, "/a")):
        (tmp_path / f"2025-01-0{day}-abc{day}.json").write_text(json.dumps(jobs(path=path)))
    return tmp_path


def test_the_story_is_told_with_what_was_taken_back(folder: Path) -> None:
    code, text = drift("history", folder)
    assert code == 0
    lines = text.splitlines()
    assert lines[0] == f"{folder}: 3 versions"
    assert lines[1] == "2025-01-01 (abc1)  the first"
    assert lines[2].startswith("2025-01-02 (abc2)  1 breaking")
    assert any(
        line.startswith("2025-01-03 (abc3)  reverted: same as the version of 2025-01-01 (abc1)")
        for line in lines
    )


def test_a_story_fails_only_on_demand(folder: Path) -> None:
    assert drift("history", folder, "--fail-on", "breaking")[0] == 1


def test_the_story_as_json_and_markdown(folder: Path, tmp_path: Path) -> None:
    data, page = tmp_path / "out.json", tmp_path / "out.md"
    history = tmp_path / "versions"
    history.mkdir()
    for path in folder.glob("2025*"):
        (history / path.name).write_bytes(path.read_bytes())
    assert drift("history", history, "-o", data, "-o", page)[0] == 0
    assert json.loads(data.read_text())["steps"][1]["sameAs"] == "2025-01-01 (abc1)"
    assert "### Drift of" in page.read_text()


@pytest.mark.parametrize("named", ["missing", "git:missing:x", "git:x"])
def test_what_is_no_history_could_not_be_looked_at(named: str) -> None:
    code, text = drift("history", named)
    assert code == 3
    assert "could not look" in text


def test_a_version_that_cannot_be_read_makes_it_could_not_look(folder: Path) -> None:
    (folder / "2025-01-04-bad.json").write_text("{")
    code, text = drift("history", folder)
    assert code == 3
    assert "2025-01-04-bad.json" in text


def test_a_year_of_published_versions_is_told() -> None:
    if not UPSTREAM.exists():
        pytest.skip("the reference data is not here")
    code, text = drift("history", UPSTREAM / "video-01")
    assert code == 0
    assert "first_frame_image is called image_url now" in text
    assert "11 versions" in text
