"""The tables of the two zoos: what found each broken server and client, and which sound ones pass.

A test leaves its row as a property of its report, which pytest-xdist carries out of its workers. Every run that
meets an animal writes the tables at its end, in the order of the zoos, to ``test-output/ZOO.md``. The tables of both
zoos are kept beside the zoos, too:

    pytest tests/end_to_end/test_provider_zoo.py tests/end_to_end/test_consumer_zoo.py
    cp test-output/ZOO.md tests/end_to_end/ZOO.md

``tests/end_to_end/test_zoos.py`` fails where the kept tables lack an animal or tell an old story of one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

OUTPUT = "test-output/ZOO.md"
PROPERTY = "zoo row"
INTRO = "Written by the tests of the zoos, see `tests/zoo_tables.py`; never edited by hand."


@dataclass(frozen=True, slots=True)
class Zoo:
    """One table.

    Attributes:
        title: Whose it is.
        head: The columns' names. Where a row has a cell less, the last column counts the tests that told the row.
        size: How many animals there are.
    """

    title: str
    head: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one test tells of an animal.

    Attributes:
        zoo: Where it lives.
        place: Its number there.
        cells: The text of the columns.
    """

    zoo: Zoo
    place: int
    cells: tuple[str, ...]


def note(record_property: Callable[[str, object], None], zoo: Zoo, place: int, *cells: object) -> None:
    """Leave a row with the report of the test that runs, as the plain data that can travel between processes."""
    row = Row(zoo, place, tuple(" ".join(str(cell).split()).replace("|", "\\|") for cell in cells))
    record_property(PROPERTY, asdict(row))


def rows_of(properties: Iterable[tuple[str, Any]]) -> Iterator[Row]:
    """Yield the rows among the properties of a report."""
    for name, told in properties:
        if name == PROPERTY:
            zoo = Zoo(told["zoo"]["title"], tuple(told["zoo"]["head"]), told["zoo"]["size"])
            yield Row(zoo, told["place"], tuple(told["cells"]))


def table(zoo: Zoo, rows: Sequence[Row]) -> str:
    """Return the rows of one zoo in its order, as Markdown."""
    order = sorted(set(rows), key=lambda row: (row.place, row.cells))
    met = f"{len({row.place for row in rows})} of {zoo.size}."
    lines = [(*row.cells, str(rows.count(row)))[: len(zoo.head)] for row in order]
    return "\n".join(
        [f"## {zoo.title}", "", met, "", _line(zoo.head), _line(["---"] * len(zoo.head)), *map(_line, lines)]
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def document(rows: Sequence[Row]) -> str:
    """Return the tables of all zoos that rows tell of, by their titles."""
    zoos = sorted({row.zoo for row in rows}, key=lambda zoo: zoo.title)
    tables = (table(zoo, [row for row in rows if row.zoo == zoo]) for zoo in zoos)
    return "\n\n".join(["# The zoos", INTRO, *tables]) + "\n"


def read(text: str) -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of each table of a document, by title; heads are left out."""
    found = {}
    for section in text.split("\n## ")[1:]:
        title, *lines = section.splitlines()
        rows = [
            tuple(line.removeprefix("| ").removesuffix(" |").split(" | "))
            for line in lines
            if line[:1] == "|"
        ]
        found[title] = rows[2:]
    return found


class Keeper:
    """A plugin of the process that hears of all tests: gathers rows, and writes them when the session ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[Row] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test that passed tells."""
        if report.when == "call" and report.passed:
            self.rows.extend(rows_of(report.user_properties))

    def pytest_sessionfinish(self) -> None:
        """Write the tables, if any animal was met."""
        if self.rows:
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_text(document(self.rows), "utf-8")
