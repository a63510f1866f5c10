import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bodydouble.client import default_api
from bodydouble.mockserver.commands.verify_provider import provider
from tests.mockserver.upstreams import answering, upstream

APP = """
import time
from tests.end_to_end.provider_zoo import {kind}
app = {kind}(lambda: time.monotonic() * 1000)
"""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (*default_api().key_variables, "API_KEY"):
        monkeypatch.delenv(name, raising=False)


def verify(*options: str, **more: Any) -> Result:
    return CliRunner().invoke(provider, [*options], **more)


def zoo(monkeypatch: pytest.MonkeyPatch, kind: str) -> str:
    """An application of the zoo as a module of its own, whose jobs end within a twentieth of a second."""
    name = f"animal_{kind.lower()}"
    Path(f"{name}.py").write_text(APP.format(kind=kind))
    monkeypatch.syspath_prepend(str(Path.cwd()))
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    return f"{name}:app"


def test_the_double_in_process_keeps_the_contract() -> None:
    told = verify("bundled", "--seed", "7", "--examples", "5")
    assert told.exit_code == 0, told.output
    assert "the contract is kept: no findings" in told.output
    assert "--seed 7 repeats it" in told.output
    assert not Path("bodydouble-failures").exists()


def test_a_dry_run_sends_nothing_and_tells_the_cost() -> None:
    with upstream(answering()) as server:
        told = verify(server.url, "--dry-run", "--max-jobs", "5")
        assert not server.heads
    assert told.exit_code == 0
    assert "nothing is sent" in told.output
    assert "0.3 USD" in told.output


def test_a_broken_server_exits_with_1_and_its_failures_are_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    told = verify(zoo(monkeypatch, "LongPrompts"), "--seed", "1", "--examples", "4", "--first")
    assert told.exit_code == 1, told.output
    saved = json.loads(Path("bodydouble-failures/invalid-accepted.json").read_text())
    assert saved["finding"]["rule"] == "invalid-accepted"
    assert "repeat with: bodydouble verify replay bodydouble-failures/invalid-accepted.json" in told.output


def test_reports_are_written_as_asked() -> None:
    options = ("--json", "r.json", "--junit", "r.xml", "--markdown", "r.md")
    assert verify("bundled", "--seed", "1", "--examples", "2", *options).exit_code == 0
    assert json.loads(Path("r.json").read_text())["verdict"] == "kept"
    assert ET.fromstring(Path("r.xml").read_text().partition("?>")[2]).get("failures") == "0"  # noqa: S314 - ours
    assert Path("r.md").read_text().startswith("## The contract is kept")


def test_json_on_stdout_is_nothing_but_json() -> None:
    told = verify("bundled", "--seed", "1", "--examples", "0", "--json", "-")
    assert json.loads(told.stdout)["seed"] == 1


def test_a_remote_server_without_a_key_is_not_asked_and_not_green() -> None:
    told = verify("http://192.0.2.1:9", "--key-env", "MY_KEY")
    assert told.exit_code == 3
    assert "set MY_KEY" in told.output


def test_nobody_who_listens_could_not_be_looked_at() -> None:
    with upstream(answering()) as server:
        url = server.url
    told = verify(url)
    assert told.exit_code == 3
    assert "cannot be reached" in told.output


def test_a_key_that_is_refused_could_not_look_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    reply = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 14\r\nConnection: close\r\n\r\nsk-very-secret"
    with upstream(answering(reply)) as server:
        told = verify(server.url, "--key-env", "MY_KEY")
        assert b"sk-very-secret" in server.heads[0]
    assert told.exit_code in (1, 3)
    assert "401" in told.output
    assert "sk-very-secret" not in told.output


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("ftp://a.example",),
        ("http://u:p@a.example",),
        ("nowhere",),
        ("nowhere:app",),
        ("json:dumps.x",),
        ("json:__name__",),
        ("bundled", "--max-jobs", "-1"),
        *(("bundled", option, "nan") for option in ("--max-cost", "--interval", "--max-time", "--timeout")),
        ("bundled", "--model", "unknown"),
        ("bundled", "--contract", "missing.json"),
    ],
)
def test_what_cannot_be_understood_is_usage_and_no_traceback(options: tuple[str, ...]) -> None:
    told = verify(*options)
    assert told.exit_code == 2, told.output
    assert "Traceback" not in told.output


def test_a_report_that_cannot_be_written_is_told() -> None:
    told = verify("bundled", "--examples", "0", "--seed", "1", "--json", "missing/folder/r.json")
    assert told.exit_code == 1
    assert "cannot be written" in told.output


def test_failures_that_cannot_be_saved_do_not_hide_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_text("")
    told = verify(zoo(monkeypatch, "KnowsEverything"), "--seed", "1", "--first", "--save", "file/below")
    assert told.exit_code == 1
    assert "cannot be saved" in told.output
