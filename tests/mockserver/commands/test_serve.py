import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bodydouble.mockserver.app import Double
from bodydouble.mockserver.clocks import system_clock
from bodydouble.mockserver.commands import serve as command
from bodydouble.mockserver.control.transports import InProcess
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS
from tests.apis import FAILS_WHILE_GENERATING, jobs


class Stage:
    """Runs the command without serving; what would be served is kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.apps: list[Double] = []
        monkeypatch.setattr(command, "run", self._run)

    def _run(self, app: Double, listener: socket.socket, announce: Callable[[], None]) -> None:
        announce()
        listener.close()
        self.apps.append(app)

    def serve(self, *arguments: str, env: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(command.serve, ["--port", "0", *arguments], env=env)

    def control_status(self, token: str | None) -> int:
        """The status of a control request with this token."""
        (app,) = self.apps
        return InProcess(app, token).send("GET", "/_double/namespaces", None).status

    @property
    def service(self) -> Any:
        (app,) = self.apps
        return app.service


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_without_options_the_bundled_contract_is_served_in_real_time(stage: Stage) -> None:
    result = stage.serve()
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "stopped")
    world = stage.service.world
    assert (world.clock.speed, world.scenario) == (1, SUCCEEDS)
    assert world.clock() == pytest.approx(system_clock(), abs=60)
    assert "Authorization: Bearer test" in result.output


def test_every_option_reaches_the_double(stage: Stage) -> None:
    options = ("--speed", "60", "--scenario", "fails-while-generating", "--max-jobs", "5", "--url-ttl", "9")
    assert stage.serve(*options, "--seed", "3", "--api-key", "a", "--api-key", "b").exit_code == 0
    world = stage.service.world
    assert world.clock.speed == 60
    assert (world.scenario, world.jobs.limit, world.url_ttl) == (FAILS_WHILE_GENERATING, 5, 9)
    assert stage.service.worlds._keys == (b"a", b"b")


def overlay(path: Path, **update: str) -> str:
    actions = [{"target": "$.info", "update": update}]
    path.write_text(
        json.dumps({"overlay": "1.0.0", "info": {"title": path.stem, "version": "1"}, "actions": actions})
    )
    return str(path)


def test_every_contract_and_every_overlay_that_is_named_is_played(stage: Stage, tmp_path: Path) -> None:
    named = []
    for model in ("alpha", "beta"):
        path = tmp_path / f"{model}.json"
        path.write_text(json.dumps(jobs(model)))
        named += ["--contract", str(path)]
    named += ["--overlay", overlay(tmp_path / "one.json", title="Mended", version="8")]
    named += ["--overlay", overlay(tmp_path / "two.json", version="9")]
    result = stage.serve(*named)
    assert result.exit_code == 0, result.output
    assert "bodydouble plays Mended 9 on http://127.0.0.1:" in result.output
    assert "  POST  /jobs  (alpha, beta)" in result.output
    assert "video-01" not in result.output


def test_the_bundled_contract_stands_beside_ones_own(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "alpha.json"
    path.write_text(json.dumps(jobs("alpha")))
    output = stage.serve("--contract", "bundled", "--contract", str(path)).output
    assert "  POST  /v2/video/generations  (video-01)" in output
    assert "  POST  /jobs  (alpha)" in output


def test_where_keys_are_named_none_is_printed(stage: Stage) -> None:
    result = stage.serve("--api-key", "sesame")
    assert "sesame" not in result.output
    assert "Bearer YOUR_KEY" in result.output


def test_a_key_may_stand_in_the_environment(stage: Stage) -> None:
    stage.serve(env={"BODYDOUBLE_API_KEY": "one two"})
    assert stage.service.worlds._keys == (b"one", b"two")


def test_an_empty_variable_names_no_key(stage: Stage) -> None:
    stage.serve(env={"BODYDOUBLE_API_KEY": ""})
    assert stage.service.worlds._keys == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "65536"),
        ("--port", "-1"),
        ("--speed", "0"),
        ("--speed", "nan"),
        ("--speed", "-1"),
        ("--speed", "inf"),
        ("--max-jobs", "0"),
        ("--url-ttl", "0"),
        ("--url-ttl", "nan"),
        ("--url-ttl", "inf"),
        ("--scenario", "unknown"),
        ("--seed", "x"),
        ("--api-key", ""),
        ("--api-key", "two words"),
        ("surplus",),
    ],
)
def test_an_option_that_makes_no_sense_is_a_usage_error(stage: Stage, arguments: tuple[str, ...]) -> None:
    result = stage.serve(*arguments)
    assert (result.exit_code, stage.apps) == (2, [])
    assert "Usage: " in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_scenario_may_be_a_file_of_the_users_own(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("- {name: mine, queued: 1, running: 2}\n- {name: other, queued: forever}\n")
    assert stage.serve("--scenario", str(path)).exit_code == 0
    assert stage.service.world.scenario.name == "mine"
    assert stage.service.repertoire.find("other").name == "other"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "holds no scenario"),
        ("[]", "holds no scenario"),
        ("{name: x, queued: soon}", "queued"),
        ("\0", "not YAML"),
        ("{", "cut off"),
    ],
)
def test_a_file_that_holds_no_scenario_is_a_usage_error(
    stage: Stage, tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    result = stage.serve("--scenario", str(path))
    assert (result.exit_code, told in result.output) == (2, True), result.output
    assert stage.serve("--scenario", str(tmp_path / "none.json")).exit_code == 2


def test_a_report_of_a_run_without_requests_finds_nothing(stage: Stage, tmp_path: Path) -> None:
    assert "no findings in 0 requests" in stage.serve("--report", "text").output
    path = tmp_path / "report.xml"
    assert stage.serve("--report", "junit", "--report-file", str(path)).exit_code == 0
    assert path.read_text().startswith("<?xml")
