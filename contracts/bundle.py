"""The bundled contract: built ahead and read from a file, so that a server starts without what builds contracts."""

from pathlib import Path

import msgspec

from .contract import Contract
from .prepared import contract_of

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


def bundled_contract() -> Contract:
    """Return the bundled contract."""
    return contract_of(msgspec.json.decode(bundled_text(PREPARED)))
