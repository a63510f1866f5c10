"""Headers that every reply carries, as the API's conventions name them."""

from collections.abc import Callable, Mapping

import msgspec

from bodydouble.contracts.conventions import REQUEST_HEADER, Conventions

from .messages import Headers


class Traced(msgspec.Struct, frozen=True):
    """What a reply's headers may tell.

    Attributes:
        id: The job's id, or an id of the reply.
        credits: What the job has cost so far, in credits.
        usd: The same in US dollars.
        request: The request's headers, names in lower case.
    """

    id: bytes
    credits: bytes
    usd: bytes
    request: Mapping[bytes, bytes]


Teller = Callable[[Traced], bytes | None]
"""Gives a header's value, or None where there is none."""

TELLERS: Mapping[str, Teller] = {
    "$reply.id": lambda traced: traced.id,
    "$job.credits": lambda traced: traced.credits,
    "$job.usd": lambda traced: traced.usd,
}


class Tracing:
    """Makes the headers of a reply; what does not change per request is prepared once.

    Attributes:
        names: Every header it may send, for ``Access-Control-Expose-Headers``.
    """

    def __init__(self, conventions: Conventions) -> None:
        self._patterns = {name.encode("latin-1"): pattern for name, pattern in conventions.request_headers}
        self._tellers = [(name.encode("latin-1"), self._teller(value)) for name, value in conventions.headers]
        self.names = tuple(name for name, _ in conventions.headers)

    def headers(self, traced: Traced) -> Headers:
        """Return the headers; one whose value is absent is not sent."""
        told = [(name, teller(traced)) for name, teller in self._tellers]
        return [(name, value) for name, value in told if value is not None]

    def _teller(self, value: str) -> Teller:
        if value.startswith(REQUEST_HEADER):
            return self._echo(value.removeprefix(REQUEST_HEADER).lower().encode("latin-1"))
        if value in TELLERS:
            return TELLERS[value]
        constant = value.encode("latin-1")
        return lambda _traced: constant

    def _echo(self, name: bytes) -> Teller:
        """A request header sent back, if its whole value matches its pattern."""
        pattern = self._patterns.get(name)

        def echo(traced: Traced) -> bytes | None:
            value = traced.request.get(name)
            if value is None or (pattern and not pattern.fullmatch(value.decode("latin-1"))):
                return None
            return value

        return echo
