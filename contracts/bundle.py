"""The bundled contract: read from a file prepared ahead, so that a server starts without the overlay's libraries."""

import json
from pathlib import Path

from bodydouble.contracts.reading.fragments import Fragment

from .contract import Contract, build

FOLDER = Path(__file__).parent
PREPARED = "bundled/prepared.json"
SOURCES = ("bundled/create.json", "bundled/poll.json")
OVERLAY = "bundled/overlay.yaml"


def bundled_text(name: str) -> str:
    """Return one of the bundled files; its name is what messages call it.

    Raises:
        FileNotFoundError: The installation is incomplete.
    """
    return (FOLDER / name).read_text("utf-8")


def bundled_fragments() -> tuple[Fragment, ...]:
    """Return the bundled fragments with their overlay applied."""
    documents = json.loads(bundled_text(PREPARED))
    return tuple(Fragment(source, document) for source, document in documents.items())


def bundled_contract() -> Contract:
    """Return the bundled contract."""
    return build(bundled_fragments())
