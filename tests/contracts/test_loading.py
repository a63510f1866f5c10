import json
from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.contract import ContractError
from bodydouble.contracts.jobs.job_statement import STATED
from bodydouble.contracts.loading import bundled, gather, load, overlaid, overlay_named, published
from bodydouble.contracts.overlay.overlays import OverlayError
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.fragments import FragmentError
from tests.apis import jobs, speech

OVERLAY: dict[str, Any] = {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}}


def write(path: Path, value: Any) -> str:
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


def overlay(path: Path, *actions: dict[str, Any], **more: Any) -> str:
    return write(path, {**OVERLAY, "actions": list(actions), **more})


def models(*paths: str, overlays: tuple[str, ...] = ()) -> list[str]:
    return [model for pattern in load(paths, overlays).patterns for model in pattern.models]


# Fragments


def test_without_any_path_the_bundled_fragments_are_meant() -> None:
    assert models() == models("bundled") == ["video-01"]
    assert [fragment.source for fragment in published([]).fragments] == [
        "bundled/create.json",
        "bundled/poll.json",
    ]


def test_files_and_folders_are_read_in_the_order_they_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write(folder / "b.json", jobs("b"))
    write(folder / "a.yaml", json.dumps(jobs("a")))
    last = write(tmp_path / "c.md", f"# Page\n\n```json\n{json.dumps(jobs('c'))}\n```\n")
    assert models(last, str(folder)) == ["c", "a", "b"]


def test_bundled_stands_beside_others(tmp_path: Path) -> None:
    loaded = load([write(tmp_path / "stt.json", speech()), "bundled"])
    assert [pattern.models for pattern in loaded.patterns] == [("ear/one", "ear/two"), ("video-01",)]
    assert [str(pattern.poll) for pattern in loaded.patterns] == [
        "GET /v1/stt/{generation_id}",
        "GET /v2/video/generations",
    ]


def test_files_that_were_passed_over_are_told_with_the_contracts_own_findings(tmp_path: Path) -> None:
    write(tmp_path / "a.json", jobs("a"))
    write(tmp_path / "b.json", jobs("a"))
    write(tmp_path / "notes.md", "# Notes\n")
    write(tmp_path / "torn.json", '{"openapi": ')
    rules = [finding.rule for finding in load([str(tmp_path)]).findings]
    assert rules == ["file-not-openapi", "file-unreadable", "operation-shadowed", "operation-shadowed"]
    assert [finding.rule for finding in published([str(tmp_path)]).findings] == rules[:2]


def test_a_file_given_twice_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", jobs("a"))
    assert {finding.rule for finding in load([path, path]).findings} == {"operation-shadowed"}


@pytest.mark.parametrize("name", ["missing.json", "missing", ""])
def test_what_is_not_there_is_an_error(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DocumentError):
        load([name])


def test_a_folder_without_fragments_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FragmentError, match="no OpenAPI document in this folder"):
        load([str(tmp_path)])


def test_fragments_of_which_none_can_be_played_are_an_error(tmp_path: Path) -> None:
    document = jobs("a")
    del document["paths"]["/jobs"]["get"]
    path = write(tmp_path / "a.json", document)
    with pytest.raises(ContractError, match=r"nothing in .*a\.json can be played"):
        load([path])


# Overlays


def test_overlays_apply_in_order_to_every_fragment(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{model}.json", jobs(model)) for model in "ab"]
    first = overlay(tmp_path / "1.yaml", {"target": "$.info", "update": {"title": "First", "x-first": True}})
    second = overlay(tmp_path / "2.json", {"target": "$.info[?@ == true]", "remove": True})
    third = overlay(tmp_path / "3.json", {"target": "$.info", "update": {"title": "Third"}})
    infos = [fragment.document["info"] for fragment in gather(paths, [first, second, third]).fragments]
    assert infos == [{"title": "Third", "version": "2"}] * 2


def test_an_overlay_named_twice_applies_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", jobs("a"))
    listed = overlay(tmp_path / "o.json", {"target": "$.paths", "update": {"/jobs": {"x-list": [1]}}})
    (fragment,) = gather([path], [listed, listed]).fragments
    assert fragment.document["paths"]["/jobs"]["x-list"] == [1]  # type: ignore[index,call-overload]  # JSON


def test_an_action_that_selects_nothing_is_an_error_that_names_it_and_its_target(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", jobs("a"))
    idle = overlay(
        tmp_path / "o.yaml", {"target": "$.paths['/gone']", "description": "what is gone", "remove": True}
    )
    with pytest.raises(OverlayError, match=r"actions\[0\] \(what is gone\) with target \$\.paths\['/gone'\]"):
        load([path], [idle])


def test_an_action_that_selects_something_in_one_of_the_fragments_is_fine(tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.json", jobs("a")), write(tmp_path / "b.json", jobs("b", "/other"))]
    one = overlay(tmp_path / "o.yaml", {"target": "$.paths['/other']", "update": {"x-note": 1}})
    assert models(*paths, overlays=(one,)) == ["a", "b"]


def test_an_overlay_may_say_what_cannot_be_derived(tmp_path: Path) -> None:
    document = jobs("a")
    document["paths"]["/jobs"]["get"]["parameters"][0]["name"] = "which"
    path = write(tmp_path / "a.json", document)
    stated = overlay(
        tmp_path / "o.yaml",
        {"target": "$.paths.*.post", "update": {STATED: {"parameter": "which", "id": "/id"}}},
    )
    assert load([path], [stated]).patterns[0].parameter.name == "which"


def test_what_is_no_overlay_is_an_error_that_says_which_file(tmp_path: Path) -> None:
    with pytest.raises(OverlayError, match=r"a\.json"):
        overlay_named(write(tmp_path / "a.json", jobs("a")))
    with pytest.raises(DocumentError, match="no such file"):
        overlay_named(str(tmp_path / "missing.yaml"))


def test_the_fragments_stay_as_they_were() -> None:
    before = json.dumps([fragment.document for fragment in bundled()])
    fragments = bundled()
    overlaid(fragments, [overlay_named("bundled")])
    assert json.dumps([fragment.document for fragment in fragments]) == before


# The bundled overlay


def test_the_bundled_overlay_belongs_to_the_bundled_fragments_only(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", jobs("a"))
    gathered = gather([path, "bundled"])
    assert [STATED in json.dumps(fragment.document) for fragment in gathered.fragments] == [
        False,
        True,
        False,
    ]
    assert gathered.fragments[0].document == jobs("a")


def test_it_applies_to_others_when_it_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", jobs("a"))
    (fragment,) = gather([path], ["bundled"]).fragments
    assert "x-bodydouble" in fragment.document
    assert load([path], ["bundled"]).patterns[0].submit.security == ("bearer",)


def test_it_is_never_applied_twice(tmp_path: Path) -> None:
    alone = [fragment.document for fragment in gather([]).fragments]
    path = write(tmp_path / "a.json", jobs("a"))
    for paths in (["bundled"], [path, "bundled"]):
        named = gather(paths, ["bundled"]).fragments
        assert [fragment.document for fragment in named if fragment.source.startswith("bundled/")] == alone


def test_a_users_overlay_comes_after_it(tmp_path: Path) -> None:
    mine = overlay(tmp_path / "o.yaml", {"target": "$['x-bodydouble'].price", "update": {"credits": 7}})
    assert load([], [mine]).conventions.price.credits == 7


def test_it_fits_every_published_fragment(upstream: Path) -> None:
    folder = upstream / "fragments"
    for path in sorted(folder.glob("*/*.json")):
        loaded = load([str(path), str(folder / "universal-video-fetch.json")], ["bundled"])
        assert loaded.conventions.price.credits
        for pattern in loaded.patterns:
            assert pattern.submit.security
            assert pattern.polled.ids == ("/id",)
