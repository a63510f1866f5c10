import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bodydouble.mockserver.commands.verify_compare import compare


def run(*options: str) -> Result:
    return CliRunner().invoke(compare, [*options, "--examples", "2", "--seed", "1"])


def test_the_double_agrees_with_itself() -> None:
    told = run("bundled", "bundled")
    assert told.exit_code == 0, told.output
    assert "the two agree: no findings" in told.output


def test_a_difference_exits_with_1_and_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    imports = "import time\nfrom tests.end_to_end.provider_zoo import LongPrompts\n"
    Path("lenient.py").write_text(f"{imports}app = LongPrompts(lambda: time.monotonic() * 1000)\n")
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    monkeypatch.syspath_prepend(str(tmp_path))
    told = run("bundled", "lenient:app", "--json", "r.json", "--markdown", "r.md", "--junit", "r.xml")
    assert told.exit_code == 1, told.output
    report = json.loads(Path("r.json").read_text())
    assert report["verdict"] == "differ"
    assert "compare-acceptance" in {each["rule"] for each in report["differences"]}
    assert "overlay" in Path("r.md").read_text()


def test_a_dry_run_asks_neither() -> None:
    told = run("bundled", "http://192.0.2.1:9", "--dry-run")
    assert told.exit_code == 0
    assert told.output.count("nothing is sent") == 2
    assert "at most 5 jobs" in told.output


def test_one_that_cannot_be_reached_is_no_agreement() -> None:
    assert run("bundled", "http://127.0.0.1:1").exit_code == 3


def test_what_is_no_server_is_usage() -> None:
    assert run("bundled", "nowhere").exit_code == 2


def test_somebody_elses_server_without_a_key_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    told = run("bundled", "https://api.example", "--key-env", "MY_KEY")
    assert told.exit_code == 3
    assert "set MY_KEY" in told.output
