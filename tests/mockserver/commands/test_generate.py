"""``bodydouble generate`` against a server of raw sockets: what is bought, saved, told and returned."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.client import default_api
from bodydouble.mockserver.commands.generate import default_output, generate
from tests.client.faults import (
    VIDEO,
    Act,
    FaultServer,
    Seen,
    drop,
    error_body,
    job,
    ranged,
    raw,
    reply,
    serving,
    truncated,
    whole,
)

from .test_job import limits_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    api = default_api()
    for name in (*api.key_variables, *api.base_url_variables):
        monkeypatch.delenv(name, raising=False)


class Api:
    """A server that plays the API; its replies can be changed."""

    def __init__(self) -> None:
        self.create: Act = reply(job("queued"))
        self.polls: list[Act] = [reply(job("generating"))]
        self.video: Act | None = None

    def __call__(self, seen: Seen) -> Act:
        if seen.path == "/v.mp4":
            return self.video or ranged(VIDEO, seen)
        if seen.method == "POST":
            return self.create
        if self.polls:
            return self.polls.pop(0)
        return reply(job("completed", video={"url": f"http://{seen.headers['host']}/v.mp4"}))


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def server(api: Api) -> Iterator[FaultServer]:
    with serving(api) as running:
        yield running


def call(server: FaultServer, *arguments: str) -> Result:
    return CliRunner().invoke(
        generate, ["a paper boat", "--base-url", server.url, "--interval", "0.02", *arguments]
    )


def sent(server: FaultServer) -> dict[str, Any]:
    (post,) = server.seen("POST")
    body: dict[str, Any] = json.loads(post.body)
    return body


def test_a_video_is_generated_and_saved(server: FaultServer) -> None:
    result = call(server, "-o", "boat.mp4")
    assert result.exit_code == 0, result.output
    assert Path("boat.mp4").read_bytes() == VIDEO
    assert result.stdout == "saved boat.mp4\n"
    assert result.stderr.splitlines() == ["queued", "generating", "completed", "downloading"]
    assert sent(server) == {"model": "video-01", "prompt": "a paper boat"}


def test_without_a_name_the_file_is_called_after_the_job(server: FaultServer) -> None:
    assert call(server).stdout == "saved job-1.mp4\n"
    assert Path("job-1.mp4").read_bytes() == VIDEO


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes there")
def test_a_file_may_have_any_name(server: FaultServer) -> None:
    for name in ("-o.mp4", "a\nb.mp4", os.fsdecode(b"\xff.mp4")):
        result = call(server, "-o", name)
        assert result.exit_code == 0, result.output
        assert Path(name).read_bytes() == VIDEO
        assert result.stdout.startswith("saved ")


@pytest.mark.parametrize(("flag", "value"), [("--enhance-prompt", True), ("--no-enhance-prompt", False)])
def test_the_prompt_is_enhanced_or_not(server: FaultServer, flag: str, *, value: bool) -> None:
    call(server, flag)
    assert sent(server)["enhance_prompt"] is value


def test_a_picture_is_a_link_or_a_file(server: FaultServer) -> None:
    Path("boat.png").write_bytes(PNG)
    call(server, "--image", "boat.png")
    assert sent(server)["image_url"].startswith("data:image/png;base64,")
    server.requests.clear()
    call(server, "--image", "https://x/y.png")
    assert sent(server)["image_url"] == "https://x/y.png"


def test_json_is_one_object_on_stdout(server: FaultServer) -> None:
    result = json.loads(call(server, "--json", "-o", "boat.mp4").stdout)
    assert (result["outcome"], result["file"], result["job"]["id"]) == ("done", "boat.mp4", "job-1")
    assert result["client_request_id"] == server.seen("POST")[0].headers["x-client-request-id"]


@pytest.mark.parametrize("output", [".", "missing/boat.mp4", "x" * 300])
def test_nothing_is_bought_that_could_not_be_saved(server: FaultServer, output: str) -> None:
    result = call(server, "-o", output, "--json")
    assert result.exit_code == 2
    assert "cannot save" in result.stderr
    assert json.loads(result.stdout)["outcome"] == "usage"
    assert not server.requests


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be removed there")
def test_nothing_is_bought_where_no_file_could_be_saved_under_any_name(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    result = call(server)
    assert result.exit_code == 2
    assert "cannot save" in result.stderr
    assert not server.requests


@pytest.mark.parametrize("option", ["--timeout", "--interval"])
def test_nothing_is_bought_for_a_wait_that_cannot_be_made(server: FaultServer, option: str) -> None:
    result = call(server, option, "nan")
    assert result.exit_code == 2
    assert option.strip("-") in result.stderr
    assert not server.requests


def test_nothing_is_bought_with_a_picture_that_would_be_refused(server: FaultServer) -> None:
    Path("boat.gif").write_bytes(b"GIF89a")
    result = call(server, "--image", "boat.gif")
    assert result.exit_code == 2
    assert "neither" in result.stderr
    assert not server.requests


def test_a_failed_job_is_exit_1(server: FaultServer, api: Api) -> None:
    api.polls = [reply(job("error", error={"name": "Nsfw", "message": "no"}))]
    result = call(server, "--json")
    assert result.exit_code == 1
    assert "Nsfw: no" in result.stderr
    assert json.loads(result.stdout)["job"]["error"] == {"name": "Nsfw", "message": "no"}


def test_an_unknown_submission_is_exit_3_and_tells_how_to_look(server: FaultServer, api: Api) -> None:
    api.create = drop
    result = call(server)
    assert result.exit_code == 3
    assert server.seen("POST")[0].headers["x-client-request-id"] in result.stderr
    assert "/v2/logs?period=24h" in result.stderr
    assert len(server.requests) == 1


def test_a_lost_answer_whose_head_named_the_job_ends_with_the_line_that_goes_on(
    server: FaultServer, api: Api
) -> None:
    accepted = whole(b'{"id": "job-1", "status": "queued"}', 200, {"X-Inference-Id": "job-1"})
    api.create = truncated(accepted, len(accepted) - 5)
    result = call(server, "-o", "boat.mp4", "--json")
    line = f"bodydouble job wait --base-url {server.url} --output boat.mp4 -- job-1"
    assert result.exit_code == 3
    assert line in result.stderr
    assert json.loads(result.stdout)["resume"] == line


def test_time_over_is_exit_4_with_the_line_that_resumes(server: FaultServer, api: Api) -> None:
    api.polls = [reply(job("generating"))] * 1000
    result = call(server, "--timeout", "0.2", "-o", "boat.mp4")
    assert result.exit_code == 4
    assert f"bodydouble job wait --base-url {server.url} --output boat.mp4 -- job-1" in result.stderr


def test_the_time_limit_holds_for_the_wait_and_for_the_download(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = limits_of(monkeypatch)
    assert call(server, "--timeout", "77").exit_code == 0
    assert limits == [77, 77]


def test_a_refusal_is_exit_5(server: FaultServer, api: Api) -> None:
    api.create = reply(error_body(403, "out of credit"), 403)
    result = call(server)
    assert result.exit_code == 5
    assert "out of credit" in result.stderr


def test_a_video_that_cannot_be_saved_is_exit_6_with_the_line_that_resumes(
    server: FaultServer, api: Api
) -> None:
    api.video = raw(whole(b"<html>", 200, {"Content-Type": "text/html"}))
    result = call(server, "-o", "boat.mp4")
    assert result.exit_code == 6
    assert "-- job-1" in result.stderr
    assert not Path("boat.mp4").exists()


def test_without_a_key_for_a_foreign_server_nothing_is_sent() -> None:
    result = CliRunner().invoke(generate, ["x", "--base-url", "https://api.example"])
    assert result.exit_code == 2
    assert default_api().key_variables[0] in result.stderr


@pytest.mark.parametrize("name", default_api().key_variables)
def test_a_key_in_the_environment_is_used_on_this_machine_too(
    server: FaultServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "sk-0123456789")
    assert call(server).exit_code == 0
    assert server.seen("POST")[0].headers["authorization"] == "Bearer sk-0123456789"


def test_exit_codes_are_documented() -> None:
    text = CliRunner().invoke(generate, ["--help"]).output
    for code in ("0  done", "1  the job failed", "3  could not look", "130  Ctrl-C"):
        assert code in text


@given(st.text())
def test_a_default_name_is_safe_on_every_file_system(job_id: str) -> None:
    name = default_output(job_id)
    assert name.endswith(".mp4")
    assert not name.startswith(("-", "."))
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
    assert 4 < len(name) <= 104
