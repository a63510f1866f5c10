import json
from pathlib import Path

import pytest

from bodydouble.contracts.drift.sides import read_side
from bodydouble.contracts.drift.snapshots import SNAPSHOT, accept, accepted
from tests.apis import jobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.json").write_text(json.dumps(jobs()))
    (tmp_path / "sub" / "b.json").write_text(json.dumps(jobs()))
    (tmp_path / "notes.txt").write_text("no fragment")
    return tmp_path


def test_before_the_first_time_nothing_is_accepted(folder: Path) -> None:
    assert accepted(str(folder)) is None


def test_what_was_accepted_is_the_documents_of_the_folder(folder: Path) -> None:
    before = read_side(str(folder))
    assert accept(str(folder), before) == 2
    name = accepted(str(folder))
    assert name is not None
    after = read_side(name)
    assert [after.below(f.source) for f in after.fragments] == ["a.json", "sub/b.json"]
    assert [f.document for f in after.fragments] == [f.document for f in before.fragments]


def test_what_was_accepted_is_no_part_of_the_folder(folder: Path) -> None:
    accept(str(folder), read_side(str(folder)))
    assert len(read_side(str(folder)).fragments) == 2


def test_accepting_again_leaves_nothing_of_before(folder: Path) -> None:
    accept(str(folder), read_side(str(folder)))
    (folder / "a.json").unlink()
    assert accept(str(folder), read_side(str(folder))) == 1
    assert [path.name for path in (folder / SNAPSHOT).rglob("*.json")] == ["b.json"]
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == [SNAPSHOT]


def test_a_page_of_several_fragments_is_kept_once(tmp_path: Path) -> None:
    block = f"```json\n{json.dumps(jobs())}\n```\n"
    (tmp_path / "page.md").write_text(f"{block}\n{block}")
    assert accept(str(tmp_path), read_side(str(tmp_path))) == 1


def test_where_it_cannot_be_written_what_was_accepted_stays(folder: Path) -> None:
    accept(str(folder), read_side(str(folder)))
    side = read_side(str(folder))
    (folder / "a.json").unlink()
    with pytest.raises(OSError, match="No such file"):
        accept(str(folder), side)
    assert (folder / SNAPSHOT / "a.json").exists()
