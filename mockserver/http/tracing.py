"""Headers that every reply carries, as the API's conventions name them."""

import re
from collections.abc import Mapping

from bodydouble.contracts.conventions import REQUEST_HEADER, Conventions

from .messages import Headers

TOLD: Mapping[str, int] = {"$reply.id": 0, "$job.credits": 1, "$job.usd": 2}
"""What a reply's headers may tell, and where it stands among the values that are told."""


class Tracing:
    """Makes the headers of a reply; what does not change per request is prepared once."""

    def __init__(self, conventions: Conventions) -> None:
        patterns = {name.encode("latin-1"): pattern for name, pattern in conventions.request_headers}
        self._constants: Headers = []
        self._told: list[tuple[bytes, int]] = []
        self._echoes: list[tuple[bytes, bytes, re.Pattern[str] | None]] = []
        for name, value in conventions.headers:
            field = name.encode("latin-1")
            if value in TOLD:
                self._told.append((field, TOLD[value]))
            elif value.startswith(REQUEST_HEADER):
                asked = value.removeprefix(REQUEST_HEADER).lower().encode("latin-1")
                self._echoes.append((field, asked, patterns.get(asked)))
            else:
                self._constants.append((field, value.encode("latin-1")))

    def headers(self, told: tuple[bytes, bytes, bytes], request: Mapping[bytes, bytes]) -> Headers:
        """Return the headers; one whose value is absent is not sent.

        Args:
            told: The job's id, or an id of the reply; what the job has cost so far in credits, and in US dollars.
            request: The request's headers, names in lower case; one is sent back if its whole value matches its
                pattern.
        """
        made = self._constants.copy()
        for name, place in self._told:
            made.append((name, told[place]))
        for name, asked, pattern in self._echoes:
            value = request.get(asked)
            if value is not None and (pattern is None or pattern.fullmatch(value.decode("latin-1"))):
                made.append((name, value))
        return made
