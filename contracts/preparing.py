"""Prepares the bundled contract: ``python -m bodydouble.contracts.preparing > contracts/bundled/prepared.json``.

Run after a change of the bundled fragments, of their overlay, or of how contracts are built; a test fails until it has
been.
"""

import json
import sys

from .contract import Contract
from .loading import load
from .prepared import written


def prepared(contract: Contract) -> str:
    """Return ``contract`` as the text of a prepared file."""
    return json.dumps(written(contract), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(prepared(load(())))
