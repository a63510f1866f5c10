"""A difference between two schemas at one place, before it is named as a change of a request or a reply."""

from enum import StrEnum

import msgspec

from bodydouble.contracts.pointers import JSON, pointer

from .changes import Direction
from .views import View


class Kind(StrEnum):
    """What happened; with the direction before it, the id of a rule."""

    PROPERTY_REMOVED = "property-removed"
    PROPERTY_ADDED = "property-added"
    REQUIRED_PROPERTY_ADDED = "required-property-added"
    BECAME_REQUIRED = "property-became-required"
    BECAME_OPTIONAL = "property-became-optional"
    RENAMED = "property-renamed"
    TYPE_CHANGED = "type-changed"
    TYPE_NARROWED = "type-narrowed"
    TYPE_WIDENED = "type-widened"
    NULLABLE_ADDED = "nullable-added"
    NULLABLE_REMOVED = "nullable-removed"
    ENUM_NARROWED = "enum-narrowed"
    ENUM_WIDENED = "enum-widened"
    ENUM_REPLACED = "enum-replaced"
    BOUND_TIGHTENED = "bound-tightened"
    BOUND_LOOSENED = "bound-loosened"
    DEFAULT_CHANGED = "default-changed"
    FORMAT_CHANGED = "format-changed"
    MAP_NARROWED = "map-narrowed"
    MAP_WIDENED = "map-widened"
    NARROWED = "narrowed"
    WIDENED = "widened"
    UNCLEAR = "unclear"


NARROWING = frozenset(
    {
        Kind.PROPERTY_REMOVED,
        Kind.REQUIRED_PROPERTY_ADDED,
        Kind.BECAME_REQUIRED,
        Kind.RENAMED,
        Kind.TYPE_CHANGED,
        Kind.TYPE_NARROWED,
        Kind.NULLABLE_REMOVED,
        Kind.ENUM_NARROWED,
        Kind.ENUM_REPLACED,
        Kind.BOUND_TIGHTENED,
        Kind.MAP_NARROWED,
        Kind.NARROWED,
    }
)
"""What breaks a request."""
WIDENING = frozenset(
    {
        Kind.PROPERTY_REMOVED,
        Kind.BECAME_OPTIONAL,
        Kind.RENAMED,
        Kind.TYPE_CHANGED,
        Kind.TYPE_WIDENED,
        Kind.NULLABLE_ADDED,
        Kind.ENUM_WIDENED,
        Kind.ENUM_REPLACED,
        Kind.BOUND_LOOSENED,
        Kind.MAP_WIDENED,
        Kind.WIDENED,
    }
)
"""What breaks a reply."""
ABOUT_NAMES = frozenset(
    {
        Kind.PROPERTY_REMOVED,
        Kind.PROPERTY_ADDED,
        Kind.REQUIRED_PROPERTY_ADDED,
        Kind.BECAME_REQUIRED,
        Kind.BECAME_OPTIONAL,
        Kind.RENAMED,
    }
)
"""What became of a property; it shows in the object around it."""
REMARKS = frozenset({Kind.DEFAULT_CHANGED, Kind.FORMAT_CHANGED, Kind.UNCLEAR})
"""What no schema has a say in."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference.

    Attributes:
        kind: What happened.
        old_tokens: Where in the old value: names and `ITEM`.
        new_tokens: Where in the new value.
        old: What was there; None where nothing was.
        new: What is there; None where nothing is.
        probes: Schemas of values that show it, the plainest first: what of them the one version accepts at ``at``, the
            other does not.
        at: Where the probes apply, in the version that accepts them.
        name: Of the property that it is about, in the version that shows it; ``""`` where it is about none.
        shows_by_presence: Whether a property shows it by being there, or by being something else.
        shows_by_absence: Whether a property shows it by not being there.
    """

    kind: Kind
    old_tokens: tuple[str, ...]
    new_tokens: tuple[str, ...]
    old: JSON = None
    new: JSON = None
    probes: tuple[JSON, ...] = ()
    at: tuple[str, ...] = ()
    name: str = ""
    shows_by_presence: bool = False
    shows_by_absence: bool = False

    @property
    def pointer(self) -> str:
        """Where it is, by the old names."""
        return pointer(self.old_tokens)

    def breaks(self, direction: Direction) -> bool:
        """Whether clients may fail on it."""
        return self.kind in (NARROWING if direction is Direction.REQUEST else WIDENING)


class Pair(msgspec.Struct, frozen=True):
    """The same place in both versions.

    Attributes:
        old: As the old version has it.
        new: As the new version has it.
        direction: Of what stands there.
        old_tokens: Where it is in the old value.
        new_tokens: Where it is in the new value.
    """

    old: View
    new: View
    direction: Direction
    old_tokens: tuple[str, ...] = ()
    new_tokens: tuple[str, ...] = ()

    @property
    def inner(self) -> View:
        """The version whose values the other must accept: what was sent, what is replied."""
        return self.old if self.direction is Direction.REQUEST else self.new

    @property
    def outer(self) -> View:
        """The version that must accept them."""
        return self.new if self.direction is Direction.REQUEST else self.old

    @property
    def inner_tokens(self) -> tuple[str, ...]:
        """Where the place is in the inner version's value."""
        return self.old_tokens if self.direction is Direction.REQUEST else self.new_tokens

    def below(self, token: str, old: View, new: View, new_token: str | None = None) -> "Pair":
        """Return the pair of a part of the place; ``new_token`` is its new name if that is another."""
        return Pair(
            old,
            new,
            self.direction,
            (*self.old_tokens, token),
            (*self.new_tokens, token if new_token is None else new_token),
        )

    def difference(
        self, kind: Kind, old: JSON = None, new: JSON = None, probes: tuple[JSON, ...] = ()
    ) -> Difference:
        """Return a difference at this place."""
        return Difference(
            kind=kind,
            old_tokens=self.old_tokens,
            new_tokens=self.new_tokens,
            old=old,
            new=new,
            probes=probes,
            at=self.inner_tokens,
        )
