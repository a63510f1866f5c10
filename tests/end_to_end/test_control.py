"""Control over a real socket, against the server as users start it."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.control.client import Control, ControlError
from tests.end_to_end.doubles import BODY, COMMAND, VIDEO, OverSocket, Settings, over_socket

STEADY = {"name": "steady", "queued": 30, "running": 30}


@pytest.fixture(scope="module")
def double() -> Iterator[OverSocket]:
    with over_socket(Settings()) as running:
        yield running


@contextmanager
def caller(origin: str, namespace: str) -> Iterator[httpx2.Client]:
    """A client that knows nothing of namespaces: its key says which is meant."""
    headers = {"Authorization": f"Bearer test-{namespace}"}
    with httpx2.Client(base_url=origin, headers=headers, trust_env=False, timeout=60) as http:
        yield http


def created(http: httpx2.Client) -> str:
    return str(http.post(VIDEO, json=dict(BODY)).raise_for_status().json()["id"])


def status(http: httpx2.Client, job: str) -> str:
    return str(http.get(VIDEO, params={"generation_id": job}).raise_for_status().json()["status"])


def test_advancing_ninety_seconds_moves_every_job_of_one_world_and_of_no_other(double: OverSocket) -> None:
    with Control(double.origin, namespace="a1") as control, caller(double.origin, "a1") as http:
        other = control.within("a2")
        for each in (control, other):
            each.begin(speed=0, scenario=STEADY)
        jobs = [created(http) for _ in range(20)]
        with caller(double.origin, "a2") as elsewhere:
            theirs = created(elsewhere)
            before = control.clock.now
            assert control.clock.advance(90).now == before + 90
            assert {status(http, job) for job in jobs} == {"completed"}
            assert status(elsewhere, theirs) == "queued"
        assert {job.stage for job in control.jobs()} == {Stage.SUCCESS}


def test_a_run_is_directed_from_its_beginning_to_its_report(double: OverSocket) -> None:
    with Control(double.origin, namespace="run") as control, caller(double.origin, "run") as http:
        control.begin(seed=7, speed=0)
        control.cast()
        control.set_faults({"on": ["poll"], "nth": [1, 1], "answer": {"status": 503, "retry_after": 2}})
        job = created(http)
        refused = http.get(VIDEO, params={"generation_id": job})
        assert refused.status_code == 503
        told = control.explain(refused.headers["x-double-decision"])
        assert (told.rules[0].place, told.rules[0].won) == ("faults/0", True)
        control.clear_faults()
        control.scenario = "flaky"
        control.clock.advance(5)
        assert status(http, job) == "queued"
        control.force(job, "completed")
        control.clock.advance(60)
        assert [entry.operation for entry in control.journal()] == ["submit", "poll", "poll"]
        assert control.verify(
            [{"operation": "submit", "exactly": 1}, {"operation": "result", "exactly": 0}]
        ).ok
        assert "retry-after-ignored" in {finding.rule for finding in control.report().findings}
        kept = control.snapshot()
        control.reset()
        assert control.jobs() == ()
        assert control.restore(kept).jobs == 1
        control.end()
        with pytest.raises(ControlError, match="There is no namespace"):
            control.jobs()


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"X-Forwarded-For": "10.0.0.1"}]
)
def test_nobody_from_elsewhere_controls_through_a_browser_or_a_proxy(
    double: OverSocket, headers: dict[str, str]
) -> None:
    reply = double.http.post("/_double/namespaces/default/clock/freeze", headers=headers)
    assert (reply.status_code, "--control-token" in reply.json()["detail"]) == (403, True)
    with Control(double.origin) as control:
        assert control.clock.read().frozen is False


def test_a_server_that_others_can_reach_asks_for_the_token_that_it_printed(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    with errors.open("w") as sink:
        command = [COMMAND, "serve", "--host", "0.0.0.0", "--port", "0"]  # noqa: S104 - what is tested
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sink, text=True)
    try:
        assert process.stdout
        text = ""
        while "Ctrl-C" not in text:
            line = process.stdout.readline()
            assert line, errors.read_text()
            text += line
        (token,) = re.findall(r"X-Double-Token: (\S+)", text)
        (port,) = set(re.findall(r"http://0\.0\.0\.0:(\d+)", text))
        url = f"http://127.0.0.1:{port}"
        with Control(url) as stranger, pytest.raises(ControlError) as refused:
            stranger.clock.freeze()
        assert (refused.value.status, token in str(refused.value)) == (401, False)
        with Control(url, token=token) as control:
            assert control.clock.freeze().frozen
        assert httpx2.get(f"{url}/_double/control.json", trust_env=False, timeout=60).status_code == 200
    finally:
        process.kill()
        process.communicate()
