import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bodydouble.mockserver.cli import main
from bodydouble.mockserver.commands.drift import COMMANDS
from tests.apis import jobs


def drift(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["drift", *map(str, arguments)])
    return result.exit_code, result.output


def test_help_lists_the_options_of_the_comparison_and_every_command() -> None:
    code, text = drift("--help")
    assert code == 0
    assert "--watch-dir" in text
    assert all(re.search(rf"^  {name} ", text, re.MULTILINE) for name in COMMANDS)
    assert "3 could" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    code, text = drift(name, "--help")
    assert code == 0
    assert "Usage: " in text


def test_without_a_command_it_compares(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(jobs()))
    assert drift(path, path) == drift("compare", path, path) == (0, f"{path} → {path}: no changes\n")


def test_options_may_come_first(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(jobs()))
    code, text = drift("--format", "json", path, path)
    assert code == 0
    assert json.loads(text)["outcome"] == "clean"


def test_nothing_at_all_is_a_mistake() -> None:
    code, text = drift()
    assert code == 2
    assert "expected OLD and NEW" in text


def test_a_command_of_a_wrong_name_is_taken_for_a_file_and_not_found() -> None:
    code, text = drift("historie")
    assert code == 3
    assert "no such file or folder" in text
