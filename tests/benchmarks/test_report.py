"""Tables as Markdown."""

import platform
import re

import pytest

from .report import Table, document, is_number, machine

TABLE = Table("Speed", "How.", ("server", "per second"), (("a", "1,000"), ("longer", "90")))


def test_a_table_is_aligned_text_with_numbers_to_the_right() -> None:
    assert TABLE.markdown().splitlines() == [
        "## Speed",
        "",
        "| server | per second |",
        "| ------ | ---------: |",
        "| a      |      1,000 |",
        "| longer |         90 |",
        "",
        "How.",
    ]


@pytest.mark.parametrize("cell", ["1", "1,234.5", "≥ 0.50", "2.1 ms", "0.135 s", ""])
def test_quantities_are_numbers(cell: str) -> None:
    assert is_number(cell)


@pytest.mark.parametrize("cell", ["bare", "uvicorn 1", "-"])
def test_words_are_not(cell: str) -> None:
    assert not is_number(cell)


def test_the_document_names_versions_and_not_the_machine() -> None:
    text = document([TABLE])
    assert TABLE.markdown() in text
    assert re.search(r"CPython 3\.\d+\.\d+.*, uvicorn \d", machine())
    assert platform.node() not in text or len(platform.node()) < 3
