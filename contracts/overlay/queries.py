"""JSONPath queries (RFC 9535) with errors that show where a query goes wrong."""

from itertools import islice
from typing import TypeAlias

import jsonpath_rfc9535
from jsonpath_rfc9535.exceptions import JSONPathError

from bodydouble.contracts.pointers import JSON

Location: TypeAlias = "tuple[str | int, ...]"
"""Names and indexes from the root of a value down to one node in it."""

MAX_NODES = 1_000_000
"""Nodes one query may yield; a few descendant segments in a row yield the same ones again and again."""


class QueryError(ValueError):
    """A query that is no JSONPath, or that asks for too much of a value."""


def compiled(query: str) -> jsonpath_rfc9535.JSONPathQuery:
    """Return the query ready for use.

    Raises:
        QueryError: It does not follow RFC 9535; the message has the library's reason and the place.
    """
    try:
        return jsonpath_rfc9535.compile(query)
    except JSONPathError as error:
        raise QueryError(_explained(query, error)) from None
    except RecursionError:
        raise QueryError("its filter is nested too deep") from None


def _explained(query: str, error: JSONPathError) -> str:
    reason = str(error.args[0])
    if error.token is None:
        return reason
    place = error.token.index
    return f"{reason} at character {place + 1}, after {query[max(0, place - 30) : place]!r}"


def locations(query: str, value: JSON) -> tuple[Location, ...]:
    """Return where ``query`` finds nodes in ``value``, in document order, each once.

    Raises:
        QueryError: ``query`` is no JSONPath, finds more than a million nodes, or meets nesting of more than
            100 levels.
    """
    try:
        found = [node.location for node in islice(compiled(query).finditer(value), MAX_NODES + 1)]
    except JSONPathError as error:
        raise QueryError(_explained(query, error)) from None
    if len(found) > MAX_NODES:
        raise QueryError(f"it selects more than {MAX_NODES:,} nodes")
    return tuple(dict.fromkeys(found))
