"""Tracebacks: what a program prints when it dies of a mistake of its own, by language."""

import re
from collections.abc import Mapping

SHAPES: Mapping[str, str] = {
    "Python": r"^Traceback \(most recent call last\):",
    "Python, at exit": r"^Exception ignored in:|^Task exception was never retrieved",
    "Node": r"^\s+at .+ \((?:file://|node:|/|[A-Za-z]:\\).*:\d+:\d+\)\s*$|^\s+at (?:async )?(?:file://|node:|/)\S+:\d+:\d+\s*$",
    "Node, promise": r"UnhandledPromiseRejection|^Uncaught \w*(?:Error|Exception)",
    "Go": r"^panic: |^fatal error: |^goroutine \d+ \[",
    "Java": r"^Exception in thread \"|^\s+at [\w$.]+\([\w$]+\.(?:java|kt|scala):\d+\)",
    "Ruby": r"^.+\.rb:\d+:in [`'].*: .+ \(\w*(?:Error|Exception)\)|^\s+from .+\.rb:\d+:in [`']",
    "Rust": r"^thread '.*' panicked at ",
    "C#": r"^Unhandled exception\. |^\s+at [\w.`<>]+\(.*\) in .+:line \d+",
    "PHP": r"^PHP Fatal error: |^Fatal error: Uncaught ",
}
"""A line that only a crash prints."""

_SHAPES = tuple((language, re.compile(pattern, re.MULTILINE)) for language, pattern in SHAPES.items())


def traceback_in(output: str) -> tuple[str, str] | None:
    """Return whose traceback is in what a program printed, and the line that shows it; None if there is none."""
    for language, pattern in _SHAPES:
        found = pattern.search(output)
        if found is not None:
            return language, _line_of(output, found.start())
    return None


def last_line(output: str) -> str:
    """Return the last line that says something; after a Python traceback it is the exception."""
    return next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "")


def _line_of(output: str, place: int) -> str:
    start = output.rfind("\n", 0, place) + 1
    end = output.find("\n", place)
    return output[start : end if end >= 0 else len(output)].strip()
