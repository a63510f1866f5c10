"""A request that shows a change, as a curl command to try it with."""

import json
import shlex
from urllib.parse import quote

from bodydouble.contracts.drift.changes import Direction, Witness
from bodydouble.contracts.pointers import JSON

BASE_URL = "$BASE_URL"
KEY = "$API_KEY"


def curl(witness: Witness) -> str:
    """Return a command for a POSIX shell, or ``""`` for a reply or where no request could be built.

    ``$BASE_URL`` and ``$API_KEY`` are the reader's to set; everything else is quoted, whatever it holds.
    """
    if witness.direction is not Direction.REQUEST or witness.problem:
        return ""
    path, query = witness.path, ""
    value = witness.value
    if witness.location == "path":
        path = path.replace(f"{{{witness.name}}}", quote(_text(value), safe=""))
    if witness.location == "query":
        query = f"?{quote(witness.name, safe='')}={quote(_text(value), safe='')}"
    words = ["curl"]
    if witness.method != "get":
        words += ["-X", shlex.quote(witness.method.upper())]
    words += [f'"{BASE_URL}"{shlex.quote(path + query)}', "-H", f'"Authorization: Bearer {KEY}"']
    if witness.location == "header":
        words += ["-H", shlex.quote(f"{witness.name}: {_text(value)}")]
    if witness.location == "cookie":
        words += ["-b", shlex.quote(f"{witness.name}={_text(value)}")]
    if witness.location == "body":
        words += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(json.dumps(value))]
    return " ".join(words)


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else json.dumps(value)
