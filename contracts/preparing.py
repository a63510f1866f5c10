"""Prepares the bundled contract: ``python -m bodydouble.contracts.preparing > contracts/bundled/prepared.json``.

Run after a change of the bundled fragments or their overlay; a test fails until it has been.
"""

import json
import sys

from .loading import gather


def prepared() -> str:
    """Return the bundled fragments with their overlay applied, as the text of the prepared file."""
    documents = {fragment.source: fragment.document for fragment in gather(()).fragments}
    return json.dumps(documents, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(prepared())
