"""``serve --state``: killed in the middle of its work, started again, nothing that was answered is lost."""

import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx2
import pytest

from .doubles import BODY, COMMAND, KEY, VIDEO

pytestmark = pytest.mark.timeout(300)
WORKERS = 4


@contextmanager
def server(path: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", httpx2.Client]]:
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", "--state", str(path), *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            origin = announced(process)
            with httpx2.Client(base_url=origin, trust_env=False, timeout=60) as http:
                yield process, http
        finally:
            process.kill()
            process.communicate()


def announced(process: "subprocess.Popen[str]") -> str:
    """The origin, once the server listens."""
    assert process.stdout
    lines = []
    while not (lines and lines[-1].startswith("Ctrl-C")):
        lines.append(process.stdout.readline())
        assert lines[-1], "the server did not start"
    return next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))


def create(http: httpx2.Client, namespace: str) -> tuple[str, str]:
    reply = http.post(VIDEO, json=dict(BODY), headers={"Authorization": f"Bearer test-{namespace}"})
    reply.raise_for_status()
    return namespace, reply.json()["id"]


def poll(http: httpx2.Client, namespace: str, job: str) -> httpx2.Response:
    return http.get(
        VIDEO, params={"generation_id": job}, headers={"Authorization": f"Bearer test-{namespace}"}
    )


def test_a_kill_in_a_stream_of_creates_loses_no_job_that_was_answered(tmp_path: Path) -> None:
    path, enough = tmp_path / "state.db", Event()
    with server(path) as (process, http):
        answered: list[tuple[str, str]] = []

        def stream(worker: int) -> None:
            while True:
                try:
                    answered.append(create(http, f"w{worker % 2}"))
                except httpx2.HTTPError:
                    return
                if len(answered) >= 150:
                    enough.set()

        with ThreadPoolExecutor(WORKERS) as pool:
            for worker in range(WORKERS):
                pool.submit(stream, worker)
            assert enough.wait(120)
            process.kill()
        process.wait(60)
    assert Path(f"{path}-wal").stat().st_size > 0, "the log was left behind"
    with server(path) as (_, http):
        known = [poll(http, *each) for each in answered]
        assert {reply.status_code for reply in known} == {200}
        assert [reply.json()["id"] for reply in known] == [job for _, job in answered]
        more = [create(http, f"w{number % 2}") for number in range(50)]
    ids = [job for _, job in (*answered, *more)]
    assert len(set(ids)) == len(ids)


def test_a_job_has_the_same_life_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with server(path, "--scenario", "stuck-generating", "--speed", "1000") as (process, http):
        namespace, job = create(http, "one")
        while poll(http, namespace, job).json()["status"] != "generating":
            pass
        process.kill()
        process.wait(60)
    with server(path, "--speed", "1000") as (_, http):
        assert poll(http, namespace, job).json()["status"] == "generating"


def test_a_server_that_is_stopped_leaves_one_file_and_goes_on_from_it(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with server(path) as (process, http):
        kept = create(http, "one")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["state.db"]
    with server(path) as (_, http):
        assert poll(http, *kept).status_code == 200


def test_two_servers_on_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with server(path) as (_, http):
        second = subprocess.run(
            [COMMAND, "serve", "--port", "0", "--state", str(path)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (second.returncode, second.stdout) == (1, "")
        assert "in use by another server" in second.stderr
        assert http.post(VIDEO, json=dict(BODY), headers=KEY).status_code == 200
