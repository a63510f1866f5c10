import json
import subprocess
from pathlib import Path

import pytest

from bodydouble.contracts.drift.sides import NotComparable, Side, read_side, side_of
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.git_objects import Held
from tests.apis import jobs

TEXT = json.dumps(jobs())


def sources(side: Side) -> list[str]:
    return [side.below(fragment.source) for fragment in side.fragments]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "api" / "sub").mkdir(parents=True)
    (tmp_path / "api" / "a.json").write_text(TEXT)
    (tmp_path / "api" / "sub" / "b.json").write_text(TEXT)
    (tmp_path / "api" / "broken.json").write_text('{"openapi": "3.0.3", ')
    (tmp_path / "api" / "package.json").write_text("{}")
    return tmp_path


def test_a_file_is_a_side_and_its_text_can_be_had(folder: Path) -> None:
    path = str(folder / "api" / "a.json")
    side = read_side(path)
    assert (side.name, side.root, sources(side)) == (path, "", [path])
    assert side.text_of(path) == TEXT.encode()


def test_a_folder_is_a_side_whose_names_are_below_it(folder: Path) -> None:
    side = read_side(f"{folder}/api/")
    assert sources(side) == ["a.json", "sub/b.json"]
    assert [(finding.rule, side.below(finding.source)) for finding in side.passed] == [
        ("file-unreadable", "broken.json"),
        ("file-not-openapi", "package.json"),
    ]
    assert side.text_of(side.fragments[1].source) == TEXT.encode()


def test_the_folder_one_is_in_is_a_side(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "api")
    assert sources(read_side(".")) == ["a.json", "sub/b.json"]
    assert sources(read_side("./sub")) == ["b.json"]


def test_the_bundled_contract_is_a_side_as_it_was_published() -> None:
    side = read_side("bundled")
    assert len(side.fragments) == 2
    assert all(side.text_of(fragment.source) for fragment in side.fragments)
    assert "components" not in side.fragments[0].document


def test_a_page_is_a_side_whose_fragments_are_numbered(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n```json\n{TEXT}\n```\n\n```json\n{TEXT}\n```\n")
    side = read_side(str(page))
    assert [fragment.source for fragment in side.fragments] == [f"{page}#1", f"{page}#2"]
    assert side.text_of(f"{page}#2") == page.read_bytes()


def test_a_file_that_vanished_since_has_no_text(folder: Path) -> None:
    path = folder / "api" / "a.json"
    side = read_side(str(path))
    path.unlink()
    assert side.text_of(str(path)) is None


def test_a_revision_is_a_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(TEXT)
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "m"]):
        subprocess.run(["git", *arguments], check=True)
    (tmp_path / "a.json").write_text("changed")
    side = read_side("git:HEAD:a.json")
    assert sources(side) == ["git:HEAD:a.json"]
    assert side.text_of("git:HEAD:a.json") == TEXT.encode()
    assert sources(read_side("git:HEAD:")) == ["a.json"]


@pytest.mark.parametrize("named", ["git:", "git:HEAD", "git::a.json"])
def test_a_revision_without_its_parts_is_explained(named: str) -> None:
    with pytest.raises(DocumentError, match="no revision and path") as caught:
        read_side(named)
    assert "git:HEAD~1:api.json" in str(caught.value)


def test_files_of_a_revision_that_are_no_fragments_are_passed_over() -> None:
    side = side_of("git:x:api", [Held("a.json", TEXT.encode()), Held("b.json", b""), Held("c.json", b"{}")])
    assert sources(side) == ["a.json"]
    assert [side.below(finding.source) for finding in side.passed] == ["b.json", "c.json"]


def test_a_revision_of_which_nothing_can_be_read_is_an_error() -> None:
    with pytest.raises(DocumentError, match="no OpenAPI document in this folder"):
        side_of("git:x:api", [Held("b.json", b"")])


@pytest.mark.parametrize(
    "document", [{"openapi": "3.0.3", "paths": {}}, {"paths": {"/x": {"parameters": []}}}]
)
def test_a_document_without_an_operation_cannot_be_compared(tmp_path: Path, document: object) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    with pytest.raises(NotComparable, match="no operation in it"):
        read_side(str(path))


def test_a_document_whose_aliases_make_no_sense_cannot_be_compared(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"paths": {"/x": {"post": {}, "x-bodydouble-aliases": 3}}}))
    with pytest.raises(NotComparable, match="cannot be compared"):
        read_side(str(path))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\1\2",
        b"\xff\xfe{}",
        "openapi: 3.0.3\ninfo: {title: é}\n".encode("latin-1"),
        b"<html></html>",
        b"[" * 5000,
        b'{"paths": ' * 200 + b"1" + b"}" * 200,
        b"a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\n" * 40,
        b"{}",
        b"null",
    ],
)
def test_what_cannot_be_read_is_an_error_and_never_empty(tmp_path: Path, content: bytes) -> None:
    for name in ("a.json", "a.yaml", "a.md"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(DocumentError):
            read_side(str(path))


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no such file or folder"):
        read_side(str(tmp_path / "missing"))
