"""The README's table of SDKs: the column of this client, measured as the others were, and all as it was measured."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.limits import with_time

from . import comparing
from .comparing import COLUMNS, MEASURED, PROMISED, SDKS, rendered

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("title", COLUMNS)
def test_the_client_does_what_the_table_says(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "PATIENCE", 75.0)

    def act(
        _: float,
    ) -> None:  # again if the machine stalls for most of the two seconds in which polls are counted
        assert COLUMNS[title](sys.executable, SDKS["bodydouble"]) == PROMISED[title]

    with_time(act)


def test_the_readme_says_what_was_measured() -> None:
    measured = json.loads(MEASURED.read_text("utf-8"))
    others = set(SDKS) - {"bodydouble"}
    assert list(measured["cells"]) == list(COLUMNS) == list(PROMISED)
    assert set(measured["versions"]) == others
    assert all(re.match("[0-9]", version) for version in measured["versions"].values())
    assert all(set(cells) == others for cells in measured["cells"].values())
    assert rendered(measured["versions"], measured["cells"]) in README.read_text("utf-8")
