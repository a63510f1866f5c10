"""Comparing published documents."""

import subprocess
from pathlib import Path

import pytest

from .drift import LIMITS, UPSTREAM, Taken, main, seconds, table, works


def test_the_table_has_medians_beside_what_is_wanted() -> None:
    rows = table({name: [Taken(0.3, 0.1), Taken(0.1, 0.1), Taken(0.2, 0.3)] for name in LIMITS}).rows
    assert rows[0] == ("two small fragments", "0.20 s", "0.10 s", "≤ 0.5 s")


def test_everything_that_has_a_limit_is_measured() -> None:
    if not UPSTREAM.is_dir():
        pytest.skip("the published documents are not at hand")
    named = works(UPSTREAM)
    assert named.keys() == LIMITS.keys()
    assert len(named["200 pairs"][2]) == 200
    assert len(named["a history of eleven versions"][1]) == 11
    assert seconds(named["two small fragments"]).wall > 0


def test_a_process_that_fails_is_no_result() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        seconds(("pairs", ["/nowhere"], []))


def test_without_documents_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.benchmarks.drift.UPSTREAM", tmp_path / "nowhere")
    assert main([]) == 1
    assert "not at hand" in capsys.readouterr().err
