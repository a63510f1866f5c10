"""Comparing published documents."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .drift import LIMITS, UPSTREAM, Taken, Work, main, seconds, table, works


def test_the_table_has_medians_beside_what_is_wanted() -> None:
    rows = table({name: [Taken(0.3, 0.1), Taken(0.1, 0.1), Taken(0.2, 0.3)] for name in LIMITS}).rows
    assert rows[0] == ("drift: two small fragments", "0.20 s", "0.10 s", "≤ 0.5 s")


def test_everything_that_has_a_limit_is_measured() -> None:
    if not UPSTREAM.is_dir():
        pytest.skip("the published documents are not at hand")
    small, history, pairs = works(UPSTREAM).values()
    assert len(json.loads(pairs.stdin)[1]) == 200
    assert all(Path(path).is_file() for path in json.loads(pairs.stdin)[0])
    assert len(list(Path(history.command[3]).glob("*.json"))) == 11
    assert seconds(small).wall > 0


def test_a_process_that_fails_is_no_result() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        seconds(Work([sys.executable, "-c", "raise SystemExit(3)"]))


def test_without_documents_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.benchmarks.drift.UPSTREAM", tmp_path / "nowhere")
    assert main([]) == 1
    assert "not at hand" in capsys.readouterr().err
