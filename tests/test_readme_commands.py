"""The README gives two commands, and the script that runs them reads exactly what a person reads."""

import re
import runpy
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / ".ci" / "readme_commands.py"))
commands: Callable[[str], dict[str, str]] = SCRIPT["commands"]
main: Callable[[str, str], int] = SCRIPT["main"]

FENCE = "```"


def test_the_readme_gives_the_two_commands() -> None:
    found = commands((ROOT / "README.md").read_text("utf-8"))
    assert found.keys() >= {"demo", "test"}
    assert found["demo"].rstrip().endswith("bodydouble demo")
    assert found["test"].rstrip().endswith("pytest -n auto")


def test_the_readme_opens_with_what_it_is_and_the_two_commands() -> None:
    opening, *_ = (ROOT / "README.md").read_text("utf-8").partition("\n## ")
    title, what, *_ = opening.split("\n\n")
    assert title == "# bodydouble"
    assert "stands in for a job API" in what
    assert list(commands(opening)) == ["demo", "test"]


def test_each_command_sets_up_all_it_needs_but_python() -> None:
    for command in commands((ROOT / "README.md").read_text("utf-8")).values():
        made, installed, ran = command.strip().split(" && ")
        assert made == "python3 -m venv .venv"
        assert installed.startswith(".venv/bin/pip install ")
        assert ran.startswith(".venv/bin/")


@pytest.mark.parametrize(
    "step",
    [
        "run_readme_command demo$",
        'PYTEST_ADDOPTS="--cov .*" run_readme_command test$',
        r'"\$bin/ruff" check ',
        r'"\$bin/ruff" format .*--check ',
        r'"\$bin/mypy" --strict ',
        r'BODYDOUBLE_DIST="\$work/dist" "\$bin/pytest" .* tests/test_packaging\.py',
    ],
)
def test_ci_takes_every_step(step: str) -> None:
    assert re.search(f"^{step}", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)


def test_coverage_is_that_of_branches_of_all_three_folders() -> None:
    measured = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]["run"]
    assert measured["branch"] is True
    assert measured["source_pkgs"] == [f"bodydouble.{name}" for name in ("contracts", "client", "mockserver")]
    assert measured.keys() == {"branch", "source_pkgs"}, "nothing is left out"


def test_a_block_is_taken_to_the_letter() -> None:
    text = f"a\n<!-- command: demo -->\n\n{FENCE}sh\none &&\n  two 'x  y'\n{FENCE}\nb\n"
    assert commands(text) == {"demo": "one &&\n  two 'x  y'\n"}


def test_other_blocks_are_no_commands() -> None:
    assert commands(f"{FENCE}sh\nrm -r build\n{FENCE}\n") == {}


@pytest.mark.parametrize(
    "text",
    [
        f"<!-- command: demo -->\nprose\n{FENCE}sh\none\n{FENCE}\n",
        f"<!-- command: demo -->\n{FENCE}python\none\n{FENCE}\n",
        f"<!-- command: demo -->\n{FENCE}sh\none\n",
        f"<!-- command: demo -->\n{FENCE}sh\n\n{FENCE}\n",
        f"<!-- command: demo -->\n{FENCE}sh\none\n{FENCE}\n" * 2,
        f"<!--command: demo-->\n{FENCE}sh\none\n{FENCE}\n",
    ],
    ids=["prose between", "not sh", "not closed", "empty", "twice", "tag misspelt"],
)
def test_a_tag_without_its_block_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"command|block"):
        commands(text)


def test_an_unknown_name_is_answered_with_the_known_ones(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"<!-- command: demo -->\n{FENCE}sh\none\n{FENCE}\n", "utf-8")
    assert main(str(readme), "demo") == 0
    assert main(str(readme), "dmeo") == 1
    assert main(str(tmp_path / "absent"), "demo") == 1
    captured = capsys.readouterr()
    assert captured.out == "one\n"
    assert "there are: demo" in captured.err
