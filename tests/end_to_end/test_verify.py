"""The double keeps its own contract: in process, over a socket, under its scenarios, and as the command sees it."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.verify.asgi_target import AppTarget
from bodydouble.contracts.verify.outcomes import Verdict
from bodydouble.contracts.verify.pacing import MOVED
from bodydouble.contracts.verify.running import Run
from bodydouble.contracts.verify.settings import Settings
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock
from tests.apis import BUNDLED, contract, jobs, speech
from tests.mockserver.upstreams import Link, upstream
from tests.verifying import PATTERN, time_of

from .doubles import COMMAND, over_socket
from .doubles import Settings as Started

SEED = "20261122"
ALL = frozenset({Severity.ERROR, Severity.WARNING})


def verify(*options: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    plain = {name: value for name, value in os.environ.items() if not name.endswith(("KEY", "_URL"))}
    command = [COMMAND, "verify", *options]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=110, cwd=folder, env=plain | environment, check=False
    )


@pytest.mark.parametrize("scenario", ["succeeds", "fails-in-queue"])
def test_the_double_keeps_its_contract_in_process(scenario: str) -> None:
    clock = ManualClock()
    target = AppTarget(create_app(clock=clock, seed=1, scenario=scenario), clock)
    outcome = Run(BUNDLED, PATTERN, target, time_of(clock), Settings(seed=int(SEED), pace=MOVED))()
    target.close()
    assert not outcome.findings
    assert outcome.verdict(ALL) is Verdict.KEPT


@pytest.mark.parametrize("made", [contract(jobs("alpha")), contract(speech())], ids=["by query", "by path"])
def test_the_double_keeps_other_contracts(made: object) -> None:
    clock = ManualClock()
    target = AppTarget(create_app(made, clock=clock, seed=1), clock)  # type: ignore[arg-type]  # a contract
    outcome = Run(made, made.patterns[0], target, time_of(clock), Settings(seed=1, examples=10, pace=MOVED))()  # type: ignore[arg-type,attr-defined]  # same
    target.close()
    assert not outcome.findings


def test_the_double_keeps_its_contract_over_a_socket(tmp_path: Path) -> None:
    with over_socket(Started(api_keys=("good-key",))) as double:
        told = verify(
            *(
                "provider",
                double.origin,
                "--seed",
                SEED,
                "--examples",
                "10",
                "--key-env",
                "MY_KEY",
                "--json",
                "r.json",
            ),
            folder=tmp_path,
            MY_KEY="good-key",
        )
    assert told.returncode == 0, told.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["verdict"] == "kept"
    assert report["jobs"] > 20
    assert "good-key" not in f"{told.stdout}{told.stderr}{report}"


def test_a_wrong_key_could_not_look(tmp_path: Path) -> None:
    with over_socket(Started(api_keys=("good-key",))) as double:
        told = verify("provider", double.origin, "--key-env", "MY_KEY", folder=tmp_path, MY_KEY="bad-key")
    assert told.returncode == 3
    assert "401" in told.stderr
    assert "bad-key" not in told.stdout + told.stderr


def test_in_process_and_over_a_socket_the_double_is_the_same(tmp_path: Path) -> None:
    with over_socket(Started()) as double:
        told = verify("compare", "bundled", double.origin, "--seed", "5", "--examples", "2", folder=tmp_path)
    assert told.returncode == 0, told.stderr


REFUSAL = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def test_breaking_off_tells_what_was_seen_so_far_and_exits_with_130(tmp_path: Path) -> None:
    reached = threading.Event()

    def script(link: Link) -> None:
        link.head()
        if len(link.upstream.heads) < 3:
            link.say(REFUSAL)
        else:
            reached.set()
            link.rest()

    with upstream(script) as server:
        command = [COMMAND, "verify", "provider", server.url, "--seed", "1"]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
        assert reached.wait(60)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "interrupted: this is what was found so far" in told
    assert "Traceback" not in told
