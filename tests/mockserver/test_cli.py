import subprocess
import sys
from importlib import import_module
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from bodydouble.mockserver.cli import COMMANDS, main


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_exists_under_its_name(name: str) -> None:
    module, attribute, summary = COMMANDS[name]
    command = getattr(import_module(f"bodydouble.mockserver.commands.{module}"), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert summary.endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_itself(name: str) -> None:
    code, output = run(name, "--help")
    assert code == 0
    assert f"Usage: main {name}" in output
    assert len(output.splitlines()) > 6


def test_the_help_lists_every_command_and_the_exit_codes() -> None:
    code, output = run("--help")
    assert code == 0
    for name, (_, _, summary) in COMMANDS.items():
        assert f"{name} " in output
        assert summary in output
    assert "Exit codes" in output


def test_the_help_loads_no_command() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from bodydouble.mockserver.cli import main;"
        "CliRunner().invoke(main, ['--help']); print([m for m in sys.modules if 'mockserver.commands.' in m])"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"


def test_the_version_is_the_installed_one() -> None:
    assert run("--version") == (0, f"bodydouble {version('bodydouble')}\n")


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("serve", "--port", "70000"), ("serve", "--speed", "0")]
)
def test_what_is_not_understood_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    code, output = run(*arguments)
    assert code == 2
    assert "Error:" in output
