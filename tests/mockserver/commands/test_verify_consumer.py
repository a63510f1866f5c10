import json
import subprocess
import sys
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
    return json.load(urllib.request.urlopen(request, timeout=10))
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


@pytest.mark.timeout(110)
def test_a_client_that_bears_it_ends_with_0_and_reports_go_where_they_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    found = run("--examples", "3", "--save", str(tmp_path / "f"), "--json", str(path), "--junit", "-", "--",
                sys.executable, "-c", GOOD)  # fmt: skip
    assert found.exit_code == 0, found.output
    assert json.loads(path.read_text())["verdict"] == "kept"
    assert "<testsuites" in found.stdout
    assert "your client met" in found.stderr
    assert not (tmp_path / "f").exists()


@pytest.mark.timeout(110)
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
        ("--ok-output", "(", "true"),
        ("--deadline", "nan", "true"),
        ("--speed", "inf", "true"),
        ("--level", "none", "true"),
        ("--contract", "/no/such/file", "true"),
    ],
)
def test_what_is_not_understood_ends_with_2(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


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
