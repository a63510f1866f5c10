"""Further paths of an operation: ``x-bodydouble-aliases`` on a path item, where an overlay puts it.

::

    x-bodydouble-aliases:
      - path: /v1/old/way
        deprecated: true
      - /v1/another/way

In an exported document every alias is a path of its own, for the sake of other tools; ``x-bodydouble-alias-of`` on it
names the path that it repeats, so that it is not read as a second operation.
"""

from collections.abc import Iterator, Mapping

import msgspec

from .pointers import JSON
from .words import show

ALIASES = "x-bodydouble-aliases"
ALIAS_OF = "x-bodydouble-alias-of"


class AliasError(ValueError):
    """``x-bodydouble-aliases`` says something that cannot be understood."""


class Alias(msgspec.Struct, frozen=True):
    """Another path that answers as the operation does."""

    path: str
    deprecated: bool


def aliases_of(path: str, item: Mapping[str, JSON]) -> Iterator[Alias]:
    """Yield the aliases that the path item of ``path`` states.

    Raises:
        AliasError: They are no list, or one of them is no path.
    """
    stated = item.get(ALIASES, [])
    if not isinstance(stated, list):
        raise _misstated(path, stated)
    for entry in stated:
        node = entry if isinstance(entry, dict) else {"path": entry}
        alias, deprecated = node.get("path"), node.get("deprecated", False)
        if not isinstance(alias, str) or not alias.startswith("/") or not isinstance(deprecated, bool):
            raise _misstated(path, entry)
        if unknown := node.keys() - {"path", "deprecated"}:
            raise AliasError(
                f"{ALIASES} of {path} has the member {show(min(unknown))}; known are path, deprecated"
            )
        yield Alias(alias, deprecated)


def repeats(item: Mapping[str, JSON], paths: Mapping[str, JSON]) -> bool:
    """Whether a path item only repeats another one of ``paths``, which lists it as an alias."""
    return item.get(ALIAS_OF) in paths if isinstance(item.get(ALIAS_OF), str) else False


def _misstated(path: str, stated: JSON) -> AliasError:
    return AliasError(
        f"{ALIASES} of {path} must list paths that begin with '/', or objects with 'path' and 'deprecated'; "
        f"got {show(stated)}"
    )
