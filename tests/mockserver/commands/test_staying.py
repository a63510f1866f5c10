"""Options of ``serve`` for runs that outlive their process."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.commands.serve import serve
from bodydouble.mockserver.commands.staying import closed_at_the_end
from bodydouble.mockserver.state_file import StateError
from tests.apis import BUNDLED

TOKEN = create_app(BUNDLED, seed=7, scenario="flaky").replay_token


def test_a_state_that_cannot_be_used_is_told_before_the_port_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("something else entirely\n" * 100)
    result = CliRunner().invoke(serve, ["--port", "1", "--state", str(path)])
    assert (result.exit_code, "no state file" in result.output) == (1, True)
    missing = CliRunner().invoke(serve, ["--port", "1", "--state", str(tmp_path / "no" / "state.db")])
    assert (missing.exit_code, "No such file or directory" in missing.output) == (1, True)
    folder = CliRunner().invoke(serve, ["--state", str(tmp_path)])
    assert folder.exit_code == 2


def test_a_port_that_is_taken_leaves_the_state_free(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    result = CliRunner().invoke(serve, ["--host", "no.such.host.invalid", "--state", str(path)])
    assert (result.exit_code, "cannot listen" in result.output) == (1, True)
    create_app(BUNDLED, state=path).close()


def test_a_state_that_cannot_be_written_at_the_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = create_app(BUNDLED, state=tmp_path / "state.db")
    close = double.close

    def fail() -> None:
        close()
        raise StateError("the disk is full")

    monkeypatch.setattr(double, "close", fail)
    with pytest.raises(click.ClickException, match="the disk is full"), closed_at_the_end(double):
        pass


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--replay-token", "nonsense"), "is no replay token"),
        (("--replay-token", f"{TOKEN[:-2]}"), "mistyped or cut off"),
        (("--replay-token", TOKEN, "--seed", "3"), "--seed is decided"),
        (("--speed", "2", "--replay-token", TOKEN), "--speed is decided"),
        (("--scenario", "slow", "--replay-token", TOKEN), "--scenario is decided"),
    ],
)
def test_a_wrong_token_is_a_usage_error(arguments: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(serve, ["--port", "0", *arguments])
    assert (result.exit_code, told in result.output, "Usage: " in result.output) == (2, True, True), (
        result.output
    )
