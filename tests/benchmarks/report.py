"""Tables, on the terminal and as Markdown."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("uvicorn", "uvloop", "httptools", "starlette", "msgspec", "jsonschema-rs")


@dataclass(frozen=True, slots=True)
class Table:
    """One result.

    Attributes:
        title: What was measured.
        notes: How, a sentence or two.
        head: The columns' names.
        rows: The cells, as text.
    """

    title: str
    notes: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """Return heading, table and notes; columns of numbers are aligned to the right."""
        columns = list(zip(self.head, *self.rows, strict=True))
        widths = [max(3, *map(len, column)) for column in columns]
        right = [all(is_number(cell) for cell in column[1:]) for column in columns]
        rule = [
            "-" * (width - 1) + (":" if to_right else "-")
            for width, to_right in zip(widths, right, strict=True)
        ]
        lines = [_line(cells, widths, right) for cells in (self.head, rule, *self.rows)]
        return "\n".join([f"## {self.title}", "", *lines, "", self.notes])


def is_number(cell: str) -> bool:
    """Return whether ``cell`` reads as a quantity, with or without a unit."""
    return not cell or re.match(r"[≤≥<>]?\s?[\d,.]+\s?\S{0,6}$", cell) is not None


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = zip(cells, widths, right, strict=True)
    return (
        "| "
        + " | ".join(cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in placed)
        + " |"
    )


def machine() -> str:
    """Return what the numbers depend on, and nothing that names the machine."""
    parts = [
        f"{processor()}, {os.cpu_count()} cores",
        platform.system(),
        f"CPython {platform.python_version()}",
    ]
    return ", ".join([*parts, *(f"{name} {found}" for name in LIBRARIES if (found := installed(name)))])


def processor() -> str:
    """Return the processor's model."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def installed(name: str) -> str | None:
    """Return the version of a distribution, or None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def document(tables: Sequence[Table]) -> str:
    """Return the Markdown file with all results."""
    intro = "Written by `python -m tests.benchmarks.run`; never edited by hand."
    return (
        "\n\n".join(["# Benchmarks", intro, f"{machine()}.", *(table.markdown() for table in tables)]) + "\n"
    )
