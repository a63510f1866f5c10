"""The command."""

import subprocess
import sys
from pathlib import Path

import pytest

from .run import RESULTS, main

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_smoke_run_passes_through_everything_and_writes_nothing() -> None:
    results = Path(__file__).with_name("RESULTS.md")
    before = results.read_bytes() if results.exists() else None
    command = [sys.executable, "-m", "tests.benchmarks.run", "--smoke"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=280)
    assert run.returncode == 0, run.stdout + run.stderr
    titles = (
        "Throughput",
        "A million jobs",
        "Start",
        "Imports for serving",
        "Clients in process",
        "Verification",
    )
    for title in titles:
        assert f"## {title}" in run.stdout
    assert (results.read_bytes() if results.exists() else None) == before


def test_the_readme_quotes_the_tables_as_they_were_measured() -> None:
    _, _, section = (ROOT / "README.md").read_text("utf-8").partition("\n## How fast it is\n")
    quoted = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("|")]
    measured = RESULTS.read_text("utf-8").splitlines()
    assert len(quoted) > 20
    assert [line for line in quoted if line not in measured] == []


def test_without_wrk_measuring_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--only", "throughput"]) == 2
    assert "apt-get install wrk" in capsys.readouterr().err


def test_a_part_can_be_measured_alone_and_is_left_out_without_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.benchmarks.drift.UPSTREAM", tmp_path / "nowhere")
    assert main(["--only", "drift", "--smoke"]) == 0
    said = capsys.readouterr()
    assert "not at hand" in said.err
    assert "##" not in said.out
