import json
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from msgspec.structs import replace

from bodydouble.contracts.bundle import SOURCES, bundled_text
from bodydouble.contracts.drift.changes import Change, Impact, Place
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.commands.drift_consumer import (
    MOST,
    PLAYED,
    behaviours,
    client_of,
    exchange_of,
)
from bodydouble.mockserver.consumer.behaviours import PLAIN
from bodydouble.mockserver.journals.journal import Entry, Purpose
from tests.apis import BUNDLED, TEXT, document, getting, posting, record, words
from tests.end_to_end.doubles import COMMAND
from tests.limits import with_time
from tests.mockserver.commands.test_drift import drift

PROGRAM = """
import json, os, sys, time, urllib.request

def call(method, path, body=None):
    headers = {"Authorization": "Bearer " + os.environ["API_KEY"], "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["BASE_URL"] + path, data, headers, method=method)
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)

create, field = sys.argv[1:3]
job = call("POST", create, {"prompt": "x", field: "https://x.example/"})
while (reply := call("GET", "/jobs?id=" + job["id"]))["status"] not in ("done", "failed"):
    time.sleep(0.02)
if len(sys.argv) > 3:
    print(reply[sys.argv[3]])
sys.exit(reply["status"] != "done")
"""
TOLD = record(
    ["id", "status"], id=TEXT, status=words("queued", "running", "done", "failed"), size={"type": "number"}
)
PLAIN_REPLY = record(["id", "status"], id=TEXT, status=words("queued", "running", "done", "failed"))


def api(picture: str, told: dict[str, Any], path: str = "/jobs") -> dict[str, Any]:
    request = record(
        ["prompt"], prompt=TEXT, **{picture: TEXT | {"format": "uri", "description": "The picture."}}
    )
    polled = getting("id", "query", told)
    paths = {"/jobs": posting(request, told) | polled}
    return document(paths if path == "/jobs" else {path: posting(request, told), "/jobs": polled})


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(api("image", TOLD)))
    new.write_text(json.dumps(api("image_url", PLAIN_REPLY)))
    (tmp_path / "client.py").write_text(PROGRAM)
    return old, new


def run(sides: tuple[Path, Path], *words: str, options: tuple[object, ...] = ()) -> tuple[int, str]:
    program = str(sides[0].parent / "client.py")
    return drift(*sides, *options, "--consumer", sys.executable, program, *words)


def survivals(text: str) -> dict[str, bool]:
    return {
        each["rule"]: each["survives"] for each in json.loads(text)["changes"] if each["impact"] == "breaking"
    }


def test_a_client_that_knows_the_new_contract_survives_it(sides: tuple[Path, Path]) -> None:
    code, text = run(sides, "/jobs", "image_url", options=("--format", "json"))
    assert survivals(text) == {"request-property-renamed": True, "reply-property-removed": True}
    assert code == 0
    report = json.loads(text)
    assert report["outcome"] == "clean"
    assert "got through 4 of 4 runs against the new contract" in report["notices"][0]
    assert not report["unseen"]


def test_without_a_client_the_same_changes_fail(sides: tuple[Path, Path]) -> None:
    code, text = drift(*sides, "--format", "json")
    assert code == 1
    assert survivals(text) == {"request-property-renamed": False, "reply-property-removed": False}


def test_a_client_that_sends_the_old_name_does_not_survive_that_and_hears_why(
    sides: tuple[Path, Path],
) -> None:
    code, text = run(sides, "/jobs", "image", options=("--format", "json"))
    assert code == 1
    assert survivals(text) == {"request-property-renamed": False, "reply-property-removed": True}
    assert "the field image is sent to /jobs, and the contract does not know it" in text


def test_a_client_that_calls_the_old_path_survives_nothing(sides: tuple[Path, Path]) -> None:
    sides[1].write_text(json.dumps(api("image", TOLD, path="/v2/jobs")))
    code, text = run(sides, "/jobs", "image")
    assert code == 1
    assert "the client survives" not in text
    assert "the client never sent a create" in text


def test_a_client_that_reads_what_is_gone_does_not_survive(sides: tuple[Path, Path]) -> None:
    code, text = run(sides, "/jobs", "image_url", "size")
    assert code == 1
    assert "the client survives it" not in text
    assert "traceback" in text


def test_every_format_says_what_is_survived(sides: tuple[Path, Path], tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("r.md", "r.xml", "r.sarif", "r.txt")]
    options = tuple(word for path in paths for word in ("-o", path))
    assert run(sides, "/jobs", "image_url", options=options)[0] == 0
    assert all("the client survives it" in path.read_text() for path in paths)
    assert 'failures="0"' in (tmp_path / "r.xml").read_text()


def test_a_client_that_was_not_seen_is_no_reason_to_be_green(sides: tuple[Path, Path]) -> None:
    for command, reason in (
        (("/nowhere/client",), "cannot be started"),
        ((sys.executable, "-c", "pass"), "the client never asked the double for anything"),
    ):
        code, text = drift(*sides, "--fail-on", "none", "--consumer", *command)
        assert code == 3
        assert reason in text


def test_a_client_that_hangs_is_ended(sides: tuple[Path, Path]) -> None:
    program = sides[0].parent / "client.py"
    program.write_text(PROGRAM.replace("while (", "time.sleep(600)\nwhile ("))

    def act(limit: float) -> None:
        code, text = run(sides, "/jobs", "image_url", options=("--deadline", f"{limit}", "--fail-on", "none"))
        assert code == 3
        assert "the client does not end" in text

    with_time(act, (1.0, 5.0, 30.0))


def test_the_command_may_be_one_text(sides: tuple[Path, Path]) -> None:
    program = sides[0].parent / "client.py"
    assert drift(*sides, f"--consumer={sys.executable} {program} /jobs image_url")[0] == 0


def test_variables_are_filled_in(sides: tuple[Path, Path]) -> None:
    program = sides[0].parent / "client.py"
    program.write_text(PROGRAM.replace('"BASE_URL"', '"MY_URL"').replace('"API_KEY"', '"MY_KEY"'))
    options = ("--env", "MY_URL={base_url}", "--env", "MY_KEY={api_key}")
    assert run(sides, "/jobs", "image_url", options=options)[0] == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--consumer",),
        ("--consumer", "--"),
        ("--consumer", "'x"),
        ("--env", "A=b"),
        ("--env", "A", "--consumer", "x"),
    ],
)
def test_what_cannot_be_understood_is_usage(sides: tuple[Path, Path], options: tuple[str, ...]) -> None:
    code, text = drift(*sides, *options)
    assert code == 2
    assert "Traceback" not in text


def test_what_cannot_be_played_could_not_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document({"/things": getting("n", "query", record(size=TEXT))})))
    code, text = drift(path, path, "--consumer", sys.executable, "-c", "pass")
    assert code == 3
    assert "NEW cannot be played: nothing in " in text
    assert "\\u000a" not in text


def test_the_reference_client_finds_the_double_and_survives_what_it_does_not_send(tmp_path: Path) -> None:
    described = json.loads(bundled_text(SOURCES[0]))
    ((_, item),) = described["paths"].items()
    properties = item["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    properties["picture"] = properties.pop("image_url")
    new = tmp_path / "new.json"
    new.write_text(json.dumps(described))
    client = (COMMAND, "generate", "a boat", "--interval", "0.05", "-o", tmp_path / "boat.mp4")
    code, text = drift(new, "--format", "json", "--consumer", *client)
    assert survivals(text) == {"request-property-renamed": True}
    assert code == 0


def test_the_plain_life_comes_first_and_what_is_left_open_after_it() -> None:
    assert behaviours()[0].scenario is PLAIN
    assert {each.scenario.name for each in behaviours()} == {PLAIN.name, *PLAYED}


def told_with(size: dict[str, Any], *statuses: str) -> dict[str, Any]:
    status = words("queued", "running", *statuses, "done", "failed")
    return record(["id", "status"], id=TEXT, status=status, size=size)


def test_a_client_is_told_what_is_new_among_values_and_survives_it_or_not(sides: tuple[Path, Path]) -> None:
    old, new = sides
    old.write_text(json.dumps(api("image", told_with(words("s", "m")))))
    new.write_text(json.dumps(api("image", told_with(words("s", "m", "l"), "reviewing"))))
    code, text = run(sides, "/jobs", "image", options=("--format", "json"))
    assert survivals(text) == {"job-status-added": True, "reply-enum-widened": True}
    assert code == 0
    assert "6 of 6 runs" in json.loads(text)["notices"][0]
    program = old.parent / "client.py"
    program.write_text(
        PROGRAM.replace("    time.sleep", "    assert reply['status'] != 'reviewing'\n    time.sleep")
    )
    code, text = run(sides, "/jobs", "image", options=("--format", "json"))
    assert survivals(text) == {"job-status-added": False, "reply-enum-widened": True}
    assert code == 1
    assert 'breaks where /status is "reviewing"' in json.loads(text)["notices"][1]


def test_a_word_for_an_end_is_another_life_and_not_told() -> None:
    place = Place(operation="GET /jobs", old_source="a", new_source="b")
    words = ("reviewing", "succeeded")
    change = Change(rule="job-status-added", impact=Impact.BREAKING, subject="job status", message="m",
                    places=(place,), new=[*words])  # fmt: skip
    (told,) = behaviours([change], BUNDLED)[1 + len(PLAYED) :]
    assert told.scenario.words == ((Stage.RUNNING, "reviewing"),)
    many = replace(change, new=[f"word-{n}" for n in range(100)])
    assert len(behaviours([many], BUNDLED)) == 1 + len(PLAYED) + MOST


def test_an_entry_is_an_exchange_unless_the_client_never_heard_it() -> None:
    entry = Entry(
        number=1, at=0.0, took=0.1, method="POST", path="/jobs", operation=Purpose.SUBMIT, status=200,
        body=b'{"a": 1}', body_size=900, reply=b'{"b": 2}', reply_size=8,
    )  # fmt: skip
    exchange = exchange_of(entry)
    assert exchange.succeeded
    assert (exchange.request.json_or_none(), exchange.reply.json_or_none()) == ({"a": 1}, {"b": 2})
    lost = Entry(
        number=1, at=0.0, took=0.1, method="POST", path="/", operation=Purpose.SUBMIT, status=200, gone=True
    )
    assert not exchange_of(lost).succeeded


def test_a_variable_needs_a_name_and_a_client() -> None:
    assert client_of((), (), 1.0) is None
    client = client_of(("x",), ("A=b=c",), 1.0)
    assert client is not None
    assert client.variables == {"A": "b=c"}
    with pytest.raises(click.UsageError):
        client_of(("x",), ("=b",), 1.0)


@pytest.fixture(autouse=True)
def _real_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may depend on, or send, what is set outside."""
    for name in ("BASE_URL", "API_KEY"):
        monkeypatch.delenv(name, raising=False)
