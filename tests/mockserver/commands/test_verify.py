import builtins
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from bodydouble.mockserver.commands.verify import SUBCOMMANDS, verify


def test_help_lists_every_subcommand_without_importing_one() -> None:
    told = CliRunner().invoke(verify, ["--help"])
    assert told.exit_code == 0
    assert all(name in told.output for name in SUBCOMMANDS)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_help_that_tells_its_exit_codes(name: str) -> None:
    told = CliRunner().invoke(verify, [name, "--help"])
    assert told.exit_code == 0
    assert "Exit codes:" in told.output


def test_an_unknown_subcommand_is_usage() -> None:
    assert CliRunner().invoke(verify, ["dance"]).exit_code == 2


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "hypothesis":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest, **more)

    drawing = (
        "bodydouble.contracts.verify",
        "bodydouble.contracts.generating",
        "bodydouble.mockserver.commands.verify_",
    )
    for name in [name for name in sys.modules if name.startswith(drawing)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    told = CliRunner().invoke(verify, ["provider", "bundled"])
    assert told.exit_code == 1
    assert "bodydouble[verify]" in told.output
