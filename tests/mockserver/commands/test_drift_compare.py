import contextlib
import copy
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest
from jsonschema import Draft202012Validator

from bodydouble.contracts.drift.snapshots import SNAPSHOT
from bodydouble.mockserver.commands.drift_compare import split
from tests.apis import jobs
from tests.mockserver.commands.test_drift import drift
from tests.mockserver.upstreams import closed

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "contracts" / "rendering" / "drift.schema.json").read_text())
UPSTREAM = ROOT.parent / "shared" / "upstream"
OLD = jobs("alpha")
MOVED = jobs("alpha", path="/elsewhere")


def required(document: dict[str, Any], name: str = "seed") -> dict[str, Any]:
    """The same API, whose create asks for one property more."""
    changed: dict[str, Any] = copy.deepcopy(document)
    (item,) = changed["paths"].values()
    schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"][name] = {"type": "integer"}
    schema["required"] = [*schema["required"], name]
    return changed


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old.json", OLD)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return write(tmp_path / "new.json", required(OLD))


def write(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document, indent=1).encode())
    return path


def as_json(*arguments: object) -> Any:
    _, text = drift(*arguments, "--format", "json")
    data = json.loads(text)
    Draft202012Validator(SCHEMA).validate(data)
    return data


def test_a_breaking_change_is_told_and_fails(old: Path, new: Path) -> None:
    code, text = drift(old, new)
    assert code == 1
    assert "1 breaking" in text
    assert "[request-required-property-added " in text


def test_the_same_is_clean(old: Path) -> None:
    assert drift(old, old)[0] == 0


def test_lines_are_those_of_the_files(old: Path, new: Path) -> None:
    (change,) = as_json(old, new)["changes"]
    end = change["places"][0]["new"]
    line = new.read_text().splitlines()[end["line"] - 1]
    last = end["pointer"].rpartition("/")[2]
    assert line[end["column"] - 1 :].startswith(json.dumps(last))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "none"], 0),
        (["--severity", "request-required-property-added=risky"], 0),
        (["--severity", "request-required-property-added=risky", "--fail-on", "risky"], 1),
        (["--severity", "request-required-property-added=terrible"], 2),
        (["--fail-on", "terrible"], 2),
        (["--today", "yesterday"], 2),
        (["--silences", "missing.yaml"], 2),
        (["--output", "missing/x.json"], 2),
        (["--timeout", "0"], 2),
        (["--accept"], 2),
        (["a-third-name"], 2),
    ],
)
def test_options_decide_about_the_exit_code(old: Path, new: Path, arguments: list[str], code: int) -> None:
    assert drift(old, new, *arguments)[0] == code


def test_a_silenced_finding_fails_again_when_its_silence_has_run_out(
    old: Path, new: Path, tmp_path: Path
) -> None:
    (change,) = as_json(old, new)["changes"]
    entry = {
        "rule": change["rule"],
        "fingerprint": change["fingerprint"],
        "reason": "known",
        "expires": "2026-06-01",
    }
    silences = write(tmp_path / "silences.json", {"silences": [entry]})
    code, text = drift(old, new, "--silences", silences, "--today", "2026-06-01")
    assert (code, "1 silenced" in text) == (0, True)
    code, text = drift(old, new, "--silences", silences, "--today", "2026-06-02")
    assert (code, "expired on 2026-06-01: known" in text) == (1, True)


def test_a_silence_without_reason_is_a_mistake_that_names_the_entry(
    old: Path, new: Path, tmp_path: Path
) -> None:
    silences = write(tmp_path / "s.json", [{"rule": "path-moved", "fingerprint": "0" * 16}])
    code, text = drift(old, new, "--silences", silences)
    assert code == 2
    assert "silences[1]: a reason is missing" in text


def test_every_format_at_once_each_in_its_file(old: Path, new: Path, tmp_path: Path) -> None:
    names = ["d.json", "d.sarif", "d.xml", "d.md", "d.txt"]
    outputs = [word for name in names for word in ("--output", str(tmp_path / name))]
    code, text = drift(old, new, *outputs)
    assert code == 1
    assert "BREAKING" in text
    assert json.loads((tmp_path / "d.sarif").read_text())["runs"][0]["results"]
    assert ET.parse(tmp_path / "d.xml").getroot().findall(".//failure")  # noqa: S314 - we wrote it
    assert "#### Breaking" in (tmp_path / "d.md").read_text()
    assert (tmp_path / "d.txt").read_text() == text


def test_annotations_stand_on_standard_output(old: Path, new: Path) -> None:
    _, text = drift(old, new, "--format", "github")
    assert text.startswith(f"::error file={str(new).replace(':', '%3A')},line=")


WORST = [
    b"",
    b"\0\0",
    b"\xe9\xff",
    b"{",
    b"[" * 10_000,
    b"a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\n" + b"c: [*b, *b, *b, *b, *b, *b, *b, *b]\n" * 2000,
    json.dumps({"openapi": "3.0.3", "paths": {}}).encode(),
    b"<html><body>Sorry</body></html>",
    b'{"a": "' + b"x" * 2_000_000 + b'"}',
]


@pytest.mark.parametrize("content", WORST)
@pytest.mark.parametrize("side", ["old", "new"])
def test_what_cannot_be_read_is_never_no_drift(old: Path, tmp_path: Path, content: bytes, side: str) -> None:
    bad = write(tmp_path / "bad.json", content)
    code, text = drift(*((bad, old) if side == "old" else (old, bad)))
    assert code == 3
    assert "could not look" in text
    assert "Traceback" not in text


def test_every_report_says_that_nobody_could_look(old: Path, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.json", b"")
    names = ["d.json", "d.sarif", "d.xml", "d.md"]
    for name in names:
        (tmp_path / name).write_text("from the run before")
    code, text = drift(old, bad, *[word for name in names for word in ("-o", str(tmp_path / name))])
    assert code == 3
    assert "the text is empty" in text
    data = json.loads((tmp_path / "d.json").read_text())
    Draft202012Validator(SCHEMA).validate(data)
    assert (data["outcome"], data["unseen"][0]["source"]) == ("could-not-look", str(bad))
    cases = ET.parse(tmp_path / "d.xml").getroot().findall(".//testcase")  # noqa: S314 - we wrote it
    assert cases
    assert all(
        case.find("skipped") is not None for case in cases if not str(case.get("name")).startswith("POST")
    )
    run = json.loads((tmp_path / "d.sarif").read_text())["runs"][0]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "### Drift: could not look" in (tmp_path / "d.md").read_text()


def test_the_name_of_an_address_that_cannot_be_reached_shows_no_secret(old: Path) -> None:
    _, text = drift(old, "http://127.0.0.1:1/x.json?signature=secret", "--format", "json", "--timeout", "5")
    assert "secret" not in text


@pytest.mark.parametrize(
    "named", ["missing.json", "/dev/zero", "git:nowhere:x", "git:HEAD", "http://", "x" * 5000, "a\nb", ""]
)
def test_what_is_not_there_is_never_no_drift(old: Path, named: str) -> None:
    code, text = drift(old, named)
    assert code == (2 if not named else 3)
    assert "Traceback" not in text


def test_the_bundled_contract_is_the_old_side_where_none_is_named(new: Path) -> None:
    code, text = drift(new)
    assert code == 1
    assert text.startswith("bundled → ")


def test_the_bundled_contract_against_itself_and_its_page_is_clean() -> None:
    assert drift("bundled")[0] == 0
    page = UPSTREAM / "pages" / "video-01.md"
    if not page.exists():
        pytest.skip("the reference data is not here")
    assert drift(page)[0] == 0


def test_a_revision_is_compared_with_the_work_tree(
    old: Path, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    for arguments in (["init", "-q"], ["add", "old.json"], [*identity, "commit", "-qm", "m"]):
        subprocess.run(["git", *arguments], check=True)
    old.write_bytes(new.read_bytes())
    code, text = drift("git:HEAD:old.json", "old.json", "--format", "github")
    assert code == 1
    assert text.startswith("::error file=old.json,line=")


@contextlib.contextmanager
def serving(answer: bytes) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(answer)
                        if not answer:
                            stop.wait(20)

        stop = threading.Event()
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api.json"
        stop.set()
        closed(listener)


def answering(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n".encode() + body
    )


def test_an_address_is_compared(old: Path, new: Path) -> None:
    with serving(answering(new.read_bytes())) as address:
        code, text = drift(old, address + "?signature=secret")
    assert code == 1
    assert "secret" not in text


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "answer",
    [b"", answering(b"", "302 Found", "Location: /again\r\n"), answering(b"", "404 Not Found"), b"x"],
)
def test_an_address_that_hangs_or_turns_in_circles_could_not_be_looked_at(old: Path, answer: bytes) -> None:
    with serving(answer) as address:
        code, text = drift(old, address, "--timeout", "0.5")
    assert code == 3
    assert "could not look" in text


def test_one_edit_on_many_files_is_one_line(tmp_path: Path) -> None:
    for number in range(20):
        document = jobs(f"m{number}")
        write(tmp_path / "old" / f"{number:02}.json", document)
        write(tmp_path / "new" / f"{number:02}.json", required(document))
    code, text = drift(tmp_path / "old", tmp_path / "new")
    assert code == 1
    assert text.count("[request-required-property-added ") == 1
    assert "in 20 files: " in text
    (change,) = as_json(tmp_path / "old", tmp_path / "new")["changes"]
    assert len(change["places"]) == 20


def test_a_broken_file_of_a_folder_could_not_be_looked_at(tmp_path: Path) -> None:
    for side in ("old", "new"):
        write(tmp_path / side / "a.json", jobs("a"))
        write(tmp_path / side / "b.json", jobs("b"))
    write(tmp_path / "new" / "b.json", b"")
    code, text = drift(tmp_path / "old", tmp_path / "new")
    assert code == 3
    assert "could not look: " in text
    assert "b.json" in text


def test_a_watched_folder_is_silent_after_it_was_accepted_and_tells_what_came_after(tmp_path: Path) -> None:
    folder = tmp_path / "fragments"
    write(folder / "a.json", OLD)
    assert drift("--watch-dir", folder)[0] == 1  # something else than the bundled contract
    assert drift("--watch-dir", folder, "--accept")[0] == 1
    assert (folder / SNAPSHOT / "a.json").exists()
    assert drift("--watch-dir", folder)[0] == 0
    write(folder / "a.json", required(OLD))
    write(folder / "b.json", MOVED)
    code, text = drift("--watch-dir", folder)
    assert code == 1
    assert "operation-added" in text
    assert drift(write(tmp_path / "old.json", required(OLD)), "--watch-dir", folder)[0] == 0


def test_a_file_that_vanished_from_a_watched_folder_is_told(tmp_path: Path) -> None:
    write(tmp_path / "a.json", jobs("a"))
    gone = write(tmp_path / "b.json", jobs("b", path="/b"))
    drift("--watch-dir", tmp_path, "--accept")
    gone.unlink()
    code, text = drift("--watch-dir", tmp_path)
    assert code == 1
    assert "operation-removed" in text


@pytest.mark.parametrize("arguments", [["a", "b", "--watch-dir", "."], ["--accept", "a", "b"]])
def test_names_that_contradict_each_other_are_a_mistake(arguments: list[str]) -> None:
    assert drift(*arguments)[0] == 2


@pytest.mark.parametrize(
    ("args", "own", "words"),
    [
        (["a", "b"], ["a", "b"], ()),
        (["a", "--consumer", "run", "--all", "x y"], ["a"], ("run", "--all", "x y")),
        (["a", "--consumer", "run --all 'x y'"], ["a"], ("run", "--all", "x y")),
        (["a", "--consumer=run --all"], ["a"], ("run", "--all")),
        (["a", "--consumer", "--", "run", "--consumer"], ["a"], ("run", "--consumer")),
    ],
)
def test_everything_after_consumer_is_the_command(
    args: list[str], own: list[str], words: tuple[str, ...]
) -> None:
    assert split(args) == (own, words)


@pytest.mark.parametrize(
    "args", [["--consumer"], ["--consumer", "--"], ["--consumer="], ["--consumer", "'x"]]
)
def test_a_command_that_is_none_is_a_mistake(args: list[str]) -> None:
    with pytest.raises(click.UsageError, match="--consumer"):
        split(args)
