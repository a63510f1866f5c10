import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bodydouble.mockserver.commands.verify_consumer import consumer
from bodydouble.mockserver.scenes.scenario_texts import read_file

CLIENT = """
import json, os, sys, time, urllib.request
def call(path, body=None):
    headers = {"Authorization": "Bearer " + os.environ["API_KEY"], "Content-Type": "application/json"}
    request = urllib.request.Request(os.environ["BASE_URL"] + path, body, headers)
    return json.load(urllib.request.urlopen(request, timeout=60))
job = call("/v2/video/generations", json.dumps({"model": "video-01", "prompt": "a boat"}).encode())["id"]
while True:
    time.sleep(0.05)
    status = call("/v2/video/generations?generation_id=" + job)["status"]
    if status == "completed":
        sys.exit(0)
    if status == "error":
        sys.exit(FAILS)
"""
GOOD, LIAR = CLIENT.replace("FAILS", "4"), CLIENT.replace("FAILS", "0")


def run(*words: str) -> Result:
    return CliRunner().invoke(consumer, list(words))


@pytest.mark.timeout(300)
def test_a_client_that_bears_it_ends_with_0_and_reports_go_where_they_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    found = run("--examples", "3", "--save", str(tmp_path / "f"), "--json", str(path), "--junit", "-", "--",
                sys.executable, "-c", GOOD)  # fmt: skip
    assert found.exit_code == 0, found.output
    assert json.loads(path.read_text())["verdict"] == "kept"
    assert "<testsuites" in found.stdout
    assert "your client met" in found.stderr
    assert not (tmp_path / "f").exists()


@pytest.mark.timeout(300)
def test_a_client_that_breaks_ends_with_1_and_leaves_a_scenario_to_play(tmp_path: Path) -> None:
    folder = tmp_path / "failures"
    found = run("--examples", "2", "--jobs", "2", "--save", str(folder), sys.executable, "-c", LIAR)
    assert found.exit_code == 1, found.output
    (scenario,) = read_file(folder / "failure-taken-for-success.json")
    assert scenario.outcome.stage == "failure"
    assert f"bodydouble serve --scenario {folder / 'failure-taken-for-success.json'}" in found.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("/no/such/program",), "cannot be started"),
        ((sys.executable, "-c", "pass"), "does it read BASE_URL?"),
    ],
)
def test_what_cannot_be_looked_at_ends_with_3(words: tuple[str, ...], told: str) -> None:
    found = run("--examples", "2", "--", *words)
    assert found.exit_code == 3, found.output
    assert told in found.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--env", "NOVALUE", "true"),
        ("--env", "=x", "true"),
        ("--env", "URL={base_uri}/v2", "true"),
        ("--ok-exit", "1", "--fail-exit", "1", "true"),
        ("--ok-output", "(", "true"),
        ("--deadline", "nan", "true"),
        ("--speed", "inf", "true"),
        ("--level", "none", "true"),
        ("--contract", "/no/such/file", "true"),
    ],
)
def test_what_is_not_understood_ends_with_2(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_braces_of_ones_own_are_left_alone() -> None:
    found = run("--env", 'MINE={"a": 1} {prompt}', "--", sys.executable, "-c", "pass")
    assert "does it read BASE_URL?" in found.stderr


@pytest.mark.timeout(250)
def test_breaking_off_ends_what_runs_and_tells_what_was_found_so_far(tmp_path: Path) -> None:
    note = tmp_path / "second"
    client = tmp_path / "client.py"
    waits = f"import pathlib, time\nif pathlib.Path({str(note)!r}).exists():\n    time.sleep(600)\n"
    client.write_text(waits + LIAR.replace("sys.exit(0)", f"open({str(note)!r}, 'w'); sys.exit(9)"))
    program = "from bodydouble.mockserver.cli import main; main()"
    words = (
        "verify",
        "consumer",
        "--jobs",
        "2",
        "--deadline",
        "600",
        "--save",
        "f",
        sys.executable,
        str(client),
    )
    command = [sys.executable, "-c", program, *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        while not note.exists():
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(1)  # for the second run to begin, and if it has not, nothing changes
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=120)
    assert process.returncode == 130, told
    assert "success-missed" in told
    assert "stopped: interrupted; 1 of 100 runs were made" in told
    assert "Traceback" not in told


def test_without_hypothesis_the_extra_is_named() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from bodydouble.mockserver.cli import main\n"
        "main(['verify', 'consumer', 'true'])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "bodydouble[verify]" in found.stderr
    assert "Traceback" not in found.stderr
