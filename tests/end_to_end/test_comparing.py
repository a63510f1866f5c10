"""The row of this client in the README's table of SDKs, measured as the others were."""

import re
import sys
from pathlib import Path

import pytest

from .comparing import COLUMNS, PROMISED, SDKS

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("title", COLUMNS)
def test_the_client_does_what_the_table_says(title: str) -> None:
    assert COLUMNS[title](sys.executable, SDKS["bodydouble"]) == PROMISED[title]


@pytest.mark.parametrize("title", COLUMNS)
def test_the_readme_says_what_is_measured(title: str) -> None:
    text = README.read_text("utf-8")
    if "| bodydouble |" not in text:
        pytest.skip("the README has no table of SDKs")
    (row,) = re.findall(rf"^\| {re.escape(title)} \| ([^|]+) \|", text, re.MULTILINE)
    assert row == PROMISED[title]
