import os
from pathlib import Path

import pytest

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.reading import sources
from bodydouble.contracts.reading.fragments import FragmentError, NotOpenAPIError
from bodydouble.contracts.reading.sources import contents, read

DOCUMENT = '{"paths": {}}'


def refused(path: Path) -> FragmentError:
    with pytest.raises(FragmentError) as caught:
        read(path)
    return caught.value


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(folder: Path) -> list[str]:
    return [Path(fragment.source).relative_to(folder).as_posix() for fragment in read(folder).fragments]


def test_a_file_is_read_under_the_name_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, api_json=DOCUMENT)
    monkeypatch.chdir(tmp_path)
    loaded = read(Path("api.json"))
    assert [fragment.source for fragment in loaded.fragments] == ["api.json"]
    assert loaded.findings == ()


def test_a_file_is_read_whatever_its_ending(tmp_path: Path) -> None:
    write(tmp_path, api_txt=DOCUMENT)
    assert read(tmp_path / "api.txt").fragments


def test_a_named_file_that_is_no_openapi_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, package_json="{}")
    assert isinstance(refused(tmp_path / "package.json"), NotOpenAPIError)


def test_a_folder_is_read_sorted_its_own_files_first(tmp_path: Path) -> None:
    write(
        tmp_path, b_json=DOCUMENT, a__d_yml="paths: {}", a__c_YAML="paths: {}", c_md=f"```\n{DOCUMENT}\n```"
    )
    write(tmp_path, a__e__f_json=DOCUMENT, ignored_txt=DOCUMENT)
    assert names(tmp_path) == ["b.json", "c.md#1", "a/c.YAML", "a/d.yml", "a/e/f.json"]


def test_a_file_of_a_folder_that_is_no_openapi_is_passed_over_and_reported(tmp_path: Path) -> None:
    write(tmp_path, a_json=DOCUMENT, package_json="{}", readme_md="# Title", broken_json="{")
    found = {Path(finding.source).name: finding for finding in read(tmp_path).findings}
    assert sorted(found) == ["broken.json", "package.json", "readme.md"]
    assert found["package.json"].severity is found["readme.md"].severity is Severity.NOTE
    assert found["package.json"].rule == "file-not-openapi"
    assert found["broken.json"].severity is Severity.WARNING
    assert found["broken.json"].rule == "file-unreadable"
    assert found["broken.json"].message == "passed over: not JSON (line 1)"


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, a_json=DOCUMENT)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "b.json").write_text(DOCUMENT)
    (tmp_path / ".c.json").write_text(DOCUMENT)
    assert names(tmp_path) == ["a.json"]


def test_a_folder_without_any_openapi_is_an_error_that_says_what_was_seen(tmp_path: Path) -> None:
    write(tmp_path, **{f"{letter}_json": "{}" for letter in "abcdefg"})
    error = refused(tmp_path)
    assert error.message == "no OpenAPI document in this folder"
    assert "a.json: passed over: not an OpenAPI document" in error.got
    assert error.got.endswith("and 2 more")


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert refused(tmp_path).got == "no such file"


def test_a_missing_file_is_an_error_that_says_where_it_was_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = refused(Path("missing.json"))
    assert error.message == "no such file or folder"
    assert str(tmp_path) in error.hint
    assert not refused(tmp_path / "missing.json").hint


@pytest.mark.parametrize("name", ["a\0b", "x" * 10_000])
def test_a_name_that_no_file_can_have_is_an_error(name: str) -> None:
    assert "cannot be read" in refused(Path(name)).message


def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, api_json=DOCUMENT)

    def denied(*_args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert refused(tmp_path / "api.json").message == "cannot be read: Permission denied"


def test_a_folder_that_may_not_be_listed_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a_json=DOCUMENT, closed__b_json=DOCUMENT)
    listed = os.scandir

    def guarded(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", guarded)
    (finding,) = read(tmp_path).findings
    assert (Path(finding.source).name, finding.rule) == ("closed", "file-unreadable")


def test_links_in_a_circle_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path, a_json=DOCUMENT, sub__b_json=DOCUMENT)
    (tmp_path / "sub" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "again").symlink_to(tmp_path / "sub", target_is_directory=True)
    assert names(tmp_path) == ["a.json", "again/b.json"]


def test_a_link_to_itself_and_a_link_to_nothing_are_errors(tmp_path: Path) -> None:
    (tmp_path / "self.json").symlink_to("self.json")
    (tmp_path / "gone.json").symlink_to("missing.json")
    assert "cannot be read" in refused(tmp_path / "self.json").message
    assert refused(tmp_path / "gone.json").message == "no such file or folder"
    write(tmp_path, a_json=DOCUMENT)
    assert [Path(finding.source).name for finding in read(tmp_path).findings] == ["gone.json", "self.json"]


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert refused(tmp_path / "pipe.json").message == "not a regular file"


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, api_json=DOCUMENT)
    monkeypatch.setattr(sources, "MAX_BYTES", len(DOCUMENT))
    assert contents(tmp_path / "api.json") == DOCUMENT.encode()
    monkeypatch.setattr(sources, "MAX_BYTES", len(DOCUMENT) - 1)
    assert refused(tmp_path / "api.json").message == "too large"


def test_a_file_that_has_more_to_read_than_its_size_says_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path("/proc/self/status")
    if not file.exists():
        pytest.skip("this system has no files whose size is not known")
    monkeypatch.setattr(sources, "MAX_BYTES", 10)
    assert refused(file).got == "11 bytes"


def test_a_sparse_file_of_many_gigabytes_is_refused_at_once(tmp_path: Path) -> None:
    with (tmp_path / "api.json").open("wb") as file:
        file.truncate(2**36)
    assert refused(tmp_path / "api.json").got == f"{2**36:,} bytes"


def test_a_folder_with_too_many_entries_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a_json=DOCUMENT, b_txt="", c_txt="")
    monkeypatch.setattr(sources, "MAX_ENTRIES", 2)
    assert refused(tmp_path).message == "too many files"


def test_all_published_fragments_are_read_from_their_folder(upstream: Path) -> None:
    loaded = read(upstream / "fragments")
    assert len(loaded.fragments) == 68
    assert loaded.findings == ()
