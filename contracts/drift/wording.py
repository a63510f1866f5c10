"""Differences between schemas in words: one sentence each, about the value, not about keywords."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from bodydouble.contracts.pointers import JSON, pointer
from bodydouble.contracts.words import one_of, place, show

from .changes import Direction
from .differences import Difference, Kind
from .views import ITEM


def sentence(difference: Difference, whole: str, direction: Direction) -> str:
    """Return what is the case.

    Args:
        difference: What differs.
        whole: What it is a part of, as in "the request", "the 200 reply".
        direction: Whether clients send or read it.
    """
    return _SENTENCES[difference.kind](_Said(difference, whole, direction))


class _Said(msgspec.Struct, frozen=True):
    difference: Difference
    whole: str
    direction: Direction

    @property
    def request(self) -> bool:
        return self.direction is Direction.REQUEST

    @property
    def name(self) -> str:
        return place(pointer(self.difference.old_tokens)).replace(f'["{ITEM}"]', "[]")

    @property
    def what(self) -> str:
        return f"{self.name} in {self.whole}" if self.difference.old_tokens else self.whole


def _removed(said: _Said) -> str:
    return f"{said.name} is gone from {said.whole}"


def _added(said: _Said) -> str:
    return f"{said.name} is new in {said.whole}"


def _demanded(said: _Said) -> str:
    return f"{said.name} is new in {said.whole} and must be sent"


def _became_required(said: _Said) -> str:
    return f"{said.name} {'must be sent' if said.request else 'is always'} in {said.whole}"


def _became_optional(said: _Said) -> str:
    may = "may be left out of" if said.request else "may be missing from"
    return f"{said.name} {may} {said.whole}"


def _renamed(said: _Said) -> str:
    return f"{said.name} is called {said.difference.new} now in {said.whole}"


def _types(said: _Said) -> str:
    return f"{said.what} is {_type_words(said.difference.new)}, was {_type_words(said.difference.old)}"


def _type_words(types: JSON) -> str:
    return " or ".join(str(word) for word in types) if isinstance(types, list) and types else "anything"


def _null(said: _Said) -> str:
    return f"{said.what} may be null"


def _no_null(said: _Said) -> str:
    return f"{said.what} may no longer be null" if said.request else f"{said.what} is never null any more"


def _values(said: _Said) -> str:
    old, new = said.difference.old, said.difference.new
    if not isinstance(old, list) or not isinstance(new, list):
        now = one_of(new) if isinstance(new, list) else "anything of its type"
        before = one_of(old) if isinstance(old, list) else "anything of its type"
        return f"{said.what} is {now}, was {before}"
    gone = _shown([value for value in old if value not in new])
    come = _shown([value for value in new if value not in old])
    if gone and come:
        return f"{said.what} is no longer {gone}, but {come}"
    return f"{said.what} is no longer {gone}" if gone else f"{said.what} may also be {come}"


def _shown(values: list[JSON]) -> str:
    return one_of(values).removeprefix("one of ") if values else ""


def _bounds(said: _Said) -> str:
    return f"{said.what} has {_bound_words(said.difference.new)}, had {_bound_words(said.difference.old)}"


def _bound_words(bounds: JSON) -> str:
    if not isinstance(bounds, dict) or not bounds:
        return "no such bound"
    return ", ".join(
        f"{word} {show(held)}" if held is not None else f"no {word}" for word, held in bounds.items()
    )


def _default(said: _Said) -> str:
    now, before = _assumed(said.difference.new), _assumed(said.difference.old, "had", "defaulted to")
    return f"{said.what} {now}, before it {before}"


def _assumed(value: JSON, had: str = "has", defaults: str = "defaults to") -> str:
    return f"{had} no default" if value is None else f"{defaults} {show(value)}"


def _format(said: _Said) -> str:
    now = f"the format {show(said.difference.new)}" if said.difference.new is not None else "no format"
    before = show(said.difference.old) if said.difference.old is not None else "none"
    return f"{said.what} has {now}, had {before}"


def _closed(said: _Said) -> str:
    return (
        f"{said.what} may no longer have properties of any name"
        if said.request
        else f"{said.what} promises what all its values are"
    )


def _open(said: _Said) -> str:
    return (
        f"{said.what} may have properties of any name"
        if said.request
        else f"{said.what} no longer promises what its values are"
    )


def _less(said: _Said) -> str:
    return (
        f"{said.what} accepts less than it did" if said.request else f"{said.what} promises more than it did"
    )


def _more(said: _Said) -> str:
    return (
        f"{said.what} accepts more than it did" if said.request else f"{said.what} promises less than it did"
    )


def _unclear(said: _Said) -> str:
    return f"{said.what} has other conditions, and whether they are stricter cannot be told"


_SENTENCES: Mapping[Kind, Callable[[_Said], str]] = MappingProxyType(
    {
        Kind.PROPERTY_REMOVED: _removed,
        Kind.PROPERTY_ADDED: _added,
        Kind.REQUIRED_PROPERTY_ADDED: _demanded,
        Kind.BECAME_REQUIRED: _became_required,
        Kind.BECAME_OPTIONAL: _became_optional,
        Kind.RENAMED: _renamed,
        Kind.TYPE_CHANGED: _types,
        Kind.TYPE_NARROWED: _types,
        Kind.TYPE_WIDENED: _types,
        Kind.NULLABLE_ADDED: _null,
        Kind.NULLABLE_REMOVED: _no_null,
        Kind.ENUM_NARROWED: _values,
        Kind.ENUM_WIDENED: _values,
        Kind.ENUM_REPLACED: _values,
        Kind.BOUND_TIGHTENED: _bounds,
        Kind.BOUND_LOOSENED: _bounds,
        Kind.DEFAULT_CHANGED: _default,
        Kind.FORMAT_CHANGED: _format,
        Kind.MAP_NARROWED: _closed,
        Kind.MAP_WIDENED: _open,
        Kind.NARROWED: _less,
        Kind.WIDENED: _more,
        Kind.UNCLEAR: _unclear,
    }
)
