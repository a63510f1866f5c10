import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.grouping import files_of, together
from bodydouble.contracts.drift.published import Compared, compare_sides
from bodydouble.contracts.drift.sides import Side, read_side
from tests.apis import jobs

UPSTREAM = Path(__file__).parents[4] / "shared" / "upstream"


def written(folder: Path, name: str, documents: Mapping[str, Any]) -> Side:
    root = folder / name
    for path, document in documents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(document if isinstance(document, str) else json.dumps(document))
    return read_side(str(root))


def without_result(document: dict[str, Any]) -> dict[str, Any]:
    """The same API after an edit that takes the result out of every reply."""
    changed: dict[str, Any] = json.loads(json.dumps(document))
    for item in changed["paths"].values():
        for operation in item.values():
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            del schema["properties"]["result"]
    return changed


def rules(found: Compared) -> set[str]:
    return {change.rule for change in found.changes}


def test_a_side_against_itself_is_silent(tmp_path: Path) -> None:
    side = written(tmp_path, "a", {f"{n}.json": jobs(f"m{n}") for n in range(3)})
    found = compare_sides(side, side)
    assert (found.changes, found.unseen, found.notices) == ((), (), ())
    assert found.operations == ("POST /jobs", "GET /jobs")


def test_one_edit_on_every_file_is_one_change_with_every_file_behind_it(tmp_path: Path) -> None:
    before = {f"{n}.json": jobs(f"m{n}") for n in range(12)}
    old = written(tmp_path, "old", before)
    new = written(tmp_path, "new", {name: without_result(each) for name, each in before.items()})
    found = together(compare_sides(old, new).changes)
    breaking = [change for change in found if change.impact is Impact.BREAKING]
    assert breaking
    assert all(len(files_of(change)) == 12 for change in breaking)


def test_a_file_that_came_and_one_that_went_are_told(tmp_path: Path) -> None:
    kept = {"a.json": jobs("m1"), "b.json": jobs("m2")}
    old = written(tmp_path, "old", {**kept, "gone.json": jobs("m3", "/gone")})
    new = written(tmp_path, "new", {**kept, "come.json": jobs("m4", "/come")})
    found = compare_sides(old, new)
    assert rules(found) == {"operation-removed", "operation-added"}
    assert {name for change in found.changes for name in files_of(change)} == {
        f"{tmp_path}/old/gone.json",
        f"{tmp_path}/new/come.json",
    }


def test_a_document_that_went_has_mended_no_defect(tmp_path: Path) -> None:
    flawed = jobs("m2", path="/b")
    del flawed["paths"]["/b"]["post"]["responses"]["200"]["description"]
    old = written(tmp_path, "old", {"a.json": jobs("m1"), "b.json": flawed, "c.json": jobs("m3")})
    new = written(tmp_path, "new", {"a.json": jobs("m1"), "c.json": jobs("m3")})
    assert rules(compare_sides(old, new)) == {"operation-removed"}


def test_the_operation_of_a_model_that_went_is_not_that_of_another(tmp_path: Path) -> None:
    old = written(tmp_path, "old", {f"{name}.json": jobs(name) for name in ("m1", "m2", "m3")})
    kept = {"m1": "m2", "m2": "m1"}
    gone = {}
    for lost, left in kept.items():
        side = written(tmp_path, lost, {"m3.json": jobs("m3"), f"{left}.json": jobs(left)})
        gone[lost] = [each for each in compare_sides(old, side).changes if "POST" in each.operation]
    assert [gone[lost][0].message for lost in kept] == [
        'POST /jobs is gone for "m1"',
        'POST /jobs is gone for "m2"',
    ]
    assert gone["m1"][0].fingerprint != gone["m2"][0].fingerprint


@pytest.mark.parametrize("broken", ["", "{", "<html>sorry</html>", '{"paths": 3}'])
def test_a_file_that_cannot_be_read_any_more_has_not_gone(tmp_path: Path, broken: str) -> None:
    before = {"a.json": jobs("m1"), "b.json": jobs("m2")}
    found = compare_sides(
        written(tmp_path, "old", before), written(tmp_path, "new", {**before, "b.json": broken})
    )
    assert found.changes == ()
    assert [finding.source for finding in found.unseen] == [f"{tmp_path}/new/b.json"]


def test_a_file_that_could_not_be_read_before_has_not_come(tmp_path: Path) -> None:
    after = {"a.json": jobs("m1"), "b.json": jobs("m2")}
    found = compare_sides(written(tmp_path, "old", {**after, "b.json": ""}), written(tmp_path, "new", after))
    assert found.changes == ()
    assert len(found.unseen) == 1


def test_a_file_that_is_no_contract_on_either_side_is_nobodys_business(tmp_path: Path) -> None:
    side = written(tmp_path, "a", {"a.json": jobs(), "package.json": {"name": "x"}})
    assert compare_sides(side, side).unseen == ()


def test_what_the_bundled_contract_has_beyond_the_other_side_is_noticed_and_no_change() -> None:
    path = UPSTREAM / "fragments" / "MiniMax" / "video-01.json"
    if not path.exists():
        pytest.skip("the reference data is not here")
    found = compare_sides(read_side("bundled"), read_side(str(path)))
    assert found.changes == ()
    assert found.notices == (f"bundled/poll.json was not compared: {path} has no GET operation",)


def test_the_bundled_contract_finds_itself_among_all_published_fragments() -> None:
    folder = UPSTREAM / "fragments"
    if not folder.exists():
        pytest.skip("the reference data is not here")
    found = compare_sides(read_side("bundled"), read_side(str(folder)))
    assert "operation-removed" not in rules(found)
    creates = [change for change in found.changes if change.operation.startswith("POST")]
    assert {change.rule for change in creates} == {"operation-added"}


def test_a_side_that_shares_no_method_with_the_bundled_contract_is_compared_all_the_same(
    tmp_path: Path,
) -> None:
    side = written(tmp_path, "a", {"a.json": {"paths": {"/x": {"delete": {"responses": {}}}}}})
    found = compare_sides(read_side("bundled"), side)
    assert "operation-removed" in rules(found)
