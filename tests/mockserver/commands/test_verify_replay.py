import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bodydouble.contracts.verify.failures import render
from bodydouble.mockserver.commands.verify_replay import replay
from tests.end_to_end.provider_zoo import Gullible
from tests.verifying import verified


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    outcome = verified(Gullible, seed=1, first_only=True)
    file = tmp_path / "failure.json"
    file.write_text(
        render(outcome.failures[0], target="bundled", pattern="POST /v2/video/generations", seed=1)
    )
    return file


def run(*options: object) -> Result:
    return CliRunner().invoke(replay, [str(option) for option in options])


def test_what_is_mended_exits_with_0(saved: Path) -> None:
    told = run(saved)
    assert told.exit_code == 0, told.output
    assert "invalid-accepted is kept now" in told.output


def test_what_is_still_broken_exits_with_1(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(saved.parent)
    Path("still_broken.py").write_text(
        "import time\nfrom tests.end_to_end.provider_zoo import Gullible\napp = Gullible(time.time)\n"
    )
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    monkeypatch.syspath_prepend(str(saved.parent))
    told = run(saved, "still_broken:app")
    assert told.exit_code == 1, told.output
    assert "invalid-accepted is broken again" in told.output


def test_a_file_does_not_choose_where_the_key_goes(saved: Path) -> None:
    told = json.loads(saved.read_text()) | {"target": "https://evil.example"}
    saved.write_text(json.dumps(told))
    answered = run(saved)
    assert answered.exit_code == 2
    assert "name the server" in answered.output


def test_a_file_does_not_choose_what_is_imported(saved: Path) -> None:
    told = json.loads(saved.read_text()) | {"target": "antigravity:app"}
    saved.write_text(json.dumps(told))
    assert run(saved).exit_code == 2


@pytest.mark.parametrize("text", ["", "{}", "[1", '{"bodydouble-failure": 1, "steps": 7}', "\udcff"])
def test_what_is_no_failure_is_usage(tmp_path: Path, text: str) -> None:
    file = tmp_path / "f.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    told = run(file)
    assert told.exit_code == 2
    assert "Traceback" not in told.output


def test_a_budget_that_is_spent_could_not_look(saved: Path) -> None:
    assert run(saved, "--max-jobs", "0").exit_code == 3
