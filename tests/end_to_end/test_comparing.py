"""The row of this client in the README's table of SDKs, measured as the others were."""

import re
import sys
from pathlib import Path

import pytest

from tests.limits import with_time

from . import comparing
from .comparing import COLUMNS, PROMISED, SDKS

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("title", COLUMNS)
def test_the_client_does_what_the_table_says(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "PATIENCE", 75.0)

    def act(
        _: float,
    ) -> None:  # again if the machine stalls for most of the two seconds in which polls are counted
        assert COLUMNS[title](sys.executable, SDKS["bodydouble"]) == PROMISED[title]

    with_time(act)


@pytest.mark.parametrize("title", COLUMNS)
def test_the_readme_says_what_is_measured(title: str) -> None:
    text = README.read_text("utf-8")
    if "| bodydouble |" not in text:
        pytest.skip("the README has no table of SDKs")
    (row,) = re.findall(rf"^\| {re.escape(title)} \| ([^|]+) \|", text, re.MULTILINE)
    assert row == PROMISED[title]
