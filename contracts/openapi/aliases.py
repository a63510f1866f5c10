"""Further paths of an operation: ``x-bodydouble-aliases`` on it or on its path item, where an overlay puts it.

::

    x-bodydouble-aliases:
      - path: /v1/old/way
        deprecated: true
      - /v1/another/way

In an exported document every alias is a path of its own, for the sake of other tools; ``x-bodydouble-alias-of`` on
its operation names the path that it repeats, so that it is not read as a second operation.
"""

from collections.abc import Iterator, Mapping

import msgspec

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.words import show

ALIASES = "x-bodydouble-aliases"
ALIAS_OF = "x-bodydouble-alias-of"


class AliasError(ValueError):
    """``x-bodydouble-aliases`` says something that cannot be understood."""


class Alias(msgspec.Struct, frozen=True):
    """Another path that answers as the operation does."""

    path: str
    deprecated: bool


def aliases_of(path: str, node: Mapping[str, JSON]) -> Iterator[Alias]:
    """Yield the aliases of ``path`` that a path item or an operation states.

    Raises:
        AliasError: They are no list, or one of them is no path.
    """
    stated = node.get(ALIASES, [])
    if not isinstance(stated, list):
        raise _misstated(path, stated)
    for entry in stated:
        said = entry if isinstance(entry, dict) else {"path": entry}
        alias, deprecated = said.get("path"), said.get("deprecated", False)
        if not isinstance(alias, str) or not alias.startswith("/") or not isinstance(deprecated, bool):
            raise _misstated(path, entry)
        if unknown := said.keys() - {"path", "deprecated"}:
            raise AliasError(
                f"{ALIASES} of {path} has the member {show(min(unknown))}; known are path, deprecated"
            )
        yield Alias(alias, deprecated)


def repeats(operation: Mapping[str, JSON], paths: Mapping[str, JSON]) -> bool:
    """Whether an operation only repeats that of another one of ``paths``, which lists it as an alias."""
    repeated = operation.get(ALIAS_OF)
    return isinstance(repeated, str) and repeated in paths


def _misstated(path: str, stated: JSON) -> AliasError:
    return AliasError(
        f"{ALIASES} of {path} must list paths that begin with '/', or objects with 'path' and 'deprecated'; "
        f"got {show(stated)}"
    )
