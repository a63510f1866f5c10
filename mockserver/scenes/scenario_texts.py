"""Scenarios in files of the user's own, JSON or YAML."""

from pathlib import Path

from bodydouble.contracts.reading.sources import contents
from bodydouble.contracts.reading.texts import parse_text

from .scenario_files import ScenarioError, read
from .scenarios import Scenario


def read_file(path: Path) -> tuple[Scenario, ...]:
    """Return the scenarios in a file, in its order.

    Raises:
        DocumentError: It cannot be read, or is neither JSON nor YAML.
        ScenarioError: There is no scenario in it, or something in it is none.
    """
    documents = parse_text(contents(path).decode("utf-8", "surrogateescape"), str(path))
    found = tuple(scenario for document in documents for scenario in read(document.value, str(path)))
    if not found:
        raise ScenarioError(f"{path} holds no scenario; expected an object with a name, or a list of them")
    return found
