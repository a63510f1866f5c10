"""What was seen of an API, read from files: recordings, journals in JSON lines, HAR."""

import json
from collections.abc import Iterable
from pathlib import Path

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.sources import contents
from bodydouble.contracts.reading.texts import decode
from bodydouble.mockserver.journals.har_reading import exchanges_in_har, exchanges_in_lines

from .exchanged import exchanges_of, exchanges_of_misc
from .recordings import FORMAT, MISC_FORMAT, parse

ENDINGS = (".json", ".jsonl", ".ndjson", ".har")
"""Files that are looked at in a folder."""


class SeenError(ValueError):
    """Nothing seen can be read from a file or folder; the message says why."""


def read_seen(named: str, contract: Contract) -> tuple[tuple[str, Exchange], ...]:
    """Return the exchanges in a file, or in the files of a folder, each with the file's name.

    Raises:
        SeenError: There is nothing there, or no file that could hold exchanges.
        DocumentError: A file cannot be read.
        RecordingError: A recording is damaged.
        JournalError: A journal is.
    """
    path = Path(named)
    files = _files(path) if path.is_dir() else [path]
    return tuple((str(file), exchange) for file in files for exchange in _exchanges(file, contract))


def _files(folder: Path) -> list[Path]:
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()
    )
    if not found:
        raise SeenError(f"{folder}: nothing recorded; expected files that end in {', '.join(ENDINGS)}")
    return found


def _exchanges(path: Path, contract: Contract) -> Iterable[Exchange]:
    text = decode(contents(path), str(path))
    document = _object(text)
    if document is None:
        return exchanges_in_lines(text, str(path))
    if document.get("format") == FORMAT:
        recording = parse(text, str(path))
        return exchanges_of(recording, _pattern(contract, recording.model))
    if document.get("format") == MISC_FORMAT:
        return exchanges_of_misc(document, str(path))
    if "log" in document:
        return exchanges_in_har(document, str(path))
    return exchanges_in_lines(json.dumps(document), str(path))


def _object(text: str) -> dict[str, JSON] | None:
    """The object that the whole text is; None where it is something else, such as lines."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _pattern(contract: Contract, model: str) -> JobPattern:
    """The pattern of a model, else the first one; every contract has at least one."""
    return next((each for each in contract.patterns if model in each.models), contract.patterns[0])
