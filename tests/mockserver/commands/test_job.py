"""``bodydouble job``: wait, show and download by an id that may begin with a dash."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from bodydouble.client import Client, Job, default_api
from bodydouble.mockserver.commands.job import job as command
from bodydouble.mockserver.commands.job import wait, with_id_last
from tests.client.faults import (
    VIDEO,
    Act,
    FaultServer,
    Seen,
    drop,
    error_body,
    job,
    ranged,
    reply,
    serving,
)

IDS = ["job-1", "-abc", "--abc", "-o8x", "-", "0e1f:vendor/model", "-h", "--json-but-longer"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in default_api().key_variables:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    def script(seen: Seen) -> Act:
        if seen.path == "/v.mp4":
            return ranged(VIDEO, seen)
        return reply(job("completed", video={"url": f"http://{seen.headers['host']}/v.mp4"}))

    with serving(script) as running:
        yield running


def call(server: FaultServer, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments[:1], "--base-url", server.url, *arguments[1:]])


def asked(server: FaultServer) -> list[str]:
    return parse_qs(urlsplit(server.requests[0].target).query)["generation_id"]


@pytest.mark.parametrize("job_id", IDS)
def test_any_id_is_taken_after_two_dashes(server: FaultServer, job_id: str) -> None:
    assert call(server, "show", "--", job_id).exit_code == 0
    assert asked(server) == [job_id]


@pytest.mark.parametrize("job_id", [one for one in IDS if one != "-h"])
@pytest.mark.parametrize("place", ["before", "after"])
def test_an_id_that_is_no_option_needs_no_dashes(server: FaultServer, job_id: str, place: str) -> None:
    words = [job_id, "--timeout", "5"] if place == "before" else ["--timeout", "5", job_id]
    assert call(server, "wait", *words).exit_code == 0
    assert asked(server) == [job_id]


def test_options_are_still_options() -> None:
    parameters = wait.params
    assert with_id_last(["-x", "--json", "-o", "-f", "--timeout=5"], parameters) == [
        "--json",
        "-o",
        "-f",
        "--timeout=5",
        "--",
        "-x",
    ]
    assert with_id_last(["--timeout"], parameters) == ["--timeout", "--"]


def test_a_second_id_is_a_usage_error(server: FaultServer) -> None:
    assert call(server, "show", "-a", "-b").exit_code == 2
    assert call(server, "show").exit_code == 2


def test_wait_tells_the_result_and_saves_it_if_asked(server: FaultServer) -> None:
    assert call(server, "wait", "job-1").stdout == f"job-1: completed\nvideo: {server.url}/v.mp4\n"
    assert call(server, "wait", "job-1", "-o", "boat.mp4").stdout == "saved boat.mp4\n"
    assert Path("boat.mp4").read_bytes() == VIDEO


@pytest.mark.parametrize("words", ["wait", "download"])
def test_a_file_that_could_not_be_saved_is_found_out_before_anything_is_asked(
    words: str, server: FaultServer
) -> None:
    result = call(server, words, "job-1", "-o", "missing/boat.mp4")
    assert result.exit_code == 2
    assert "cannot save" in result.stderr
    assert not server.requests


def test_a_wait_tells_each_change(server: FaultServer) -> None:
    assert call(server, "wait", "job-1", "-o", "boat.mp4").stderr.splitlines()[-2:] == [
        "completed",
        "downloading",
    ]


@pytest.mark.parametrize(
    "words", [["wait", "job-1"], ["wait", "job-1", "-o", "a.mp4"], ["download", "job-1"]]
)
def test_the_time_limit_holds_for_the_wait_and_for_the_download(
    words: list[str], server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = limits_of(monkeypatch)
    assert call(server, *words, "--timeout", "77").exit_code == 0
    assert limits
    assert set(limits) == {77}


def limits_of(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list that every time limit is added to that a wait or a download is given."""
    limits: list[float] = []
    real_wait, real_download = Client.wait, Client.download

    def wait_noted(self: Client, found: Job | str, timeout: float = 0, **more: Any) -> Job:
        limits.append(timeout)
        return real_wait(self, found, timeout, **more)

    def download_noted(self: Client, found: Job | str, path: str, *, timeout: float = 0) -> Path:
        limits.append(timeout)
        return real_download(self, found, path, timeout=timeout)

    monkeypatch.setattr(Client, "wait", wait_noted)
    monkeypatch.setattr(Client, "download", download_noted)
    return limits


def test_show_asks_once_whatever_the_status() -> None:
    with serving(lambda _: reply(job("generating"))) as server:
        result = call(server, "show", "job-1", "--json")
        assert result.exit_code == 0
        assert json.loads(result.stdout)["job"]["status"] == "generating"
        assert len(server.requests) == 1


def test_a_terminal_is_not_obeyed_by_what_a_server_says() -> None:
    bad = "\x1b]0;owned\x07\x9b2J\r"
    video = {"url": f"http://x/{bad}?a=\u202eb"}
    seen = job(bad, video=video, error={"name": bad, "message": bad})
    with serving(lambda _: reply(seen)) as server:
        result = call(server, "show", "job-1")
        assert result.exit_code == 0
        assert all(line.isprintable() for line in result.stdout.split("\n"))
        assert "http://x/" in result.stdout


@pytest.mark.parametrize(("words", "method"), [("download", "look"), ("wait", "wait")])
def test_ctrl_c_before_anything_was_told_prints_the_line_that_goes_on(
    words: str, method: str, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> Job:
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, method, stop)
    result = call(server, words, "-abc", "-o", "boat.mp4")
    assert result.exit_code == 130
    assert f"bodydouble job wait --base-url {server.url} --output boat.mp4 -- -abc" in result.stderr


def test_show_of_what_cannot_be_seen_is_exit_3() -> None:
    for act in (drop, reply(error_body(404, "no such job"), 404), reply(error_body(401), 401)):
        with serving(lambda _, act=act: act) as server:  # type: ignore[misc]  # bound per turn
            result = call(server, "show", "job-1")
            assert result.exit_code == 3
            assert "job-1" in result.stderr


def test_download_saves_and_goes_on_with_what_was_cut(server: FaultServer) -> None:
    note = {"source": "-abc 0", "validator": '"v1"', "total": len(VIDEO)}
    Path("abc.mp4.part").write_bytes(VIDEO[:1000])
    Path("abc.mp4.part.json").write_text(json.dumps(note))
    assert call(server, "download", "-abc").stdout == "saved abc.mp4\n"
    assert Path("abc.mp4").read_bytes() == VIDEO
    assert server.requests[-1].headers["range"] == "bytes=1000-"


def test_download_of_a_running_job_is_exit_6_with_the_line_that_waits() -> None:
    with serving(lambda _: reply(job("generating"))) as server:
        result = call(server, "download", "job-1", "-o", "boat.mp4")
        assert result.exit_code == 6
        assert f"bodydouble job wait --base-url {server.url} --output boat.mp4 -- job-1" in result.stderr


def test_exit_codes_are_documented() -> None:
    for words in (["--help"], ["wait", "--help"], ["show", "--help"], ["download", "--help"]):
        assert "130  Ctrl-C" in CliRunner().invoke(command, words).output
