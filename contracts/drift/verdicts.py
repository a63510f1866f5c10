"""Which differences between two schemas matter: the sets of values decide, and the validators where those cannot."""

from collections.abc import Iterator
from functools import cached_property

import msgspec

from bodydouble.contracts.pointers import JSON

from .changes import Direction, Impact
from .differences import REMARKS, Difference, Kind, Pair
from .meaning import Verdict
from .views import View
from .walking import differences
from .witnesses import IMPOSSIBLE, Found, any_witness, witness

NEVER_PROMISED = "it could be left out, and be anything, before as well"
"""Of a property that no reply was promised to have, nor to have in any shape."""
STILL_TAKEN = "a property of any name is taken, this one as well"
"""Of a property that is no longer declared in a request whose new schema lets everything in."""

_MEMBERS = frozenset({Kind.PROPERTY_ADDED, Kind.PROPERTY_REMOVED, Kind.RENAMED, Kind.REQUIRED_PROPERTY_ADDED})
"""What became of names: it is told even where no set of values changes."""
_OPAQUE = frozenset(
    {
        *("not", "if", "then", "else", "contains", "prefixItems", "patternProperties", "propertyNames"),
        *("dependentRequired", "dependentSchemas", "unevaluatedItems", "oneOf", "pattern", "multipleOf"),
    }
)
"""Keywords whose effect is not laid out place by place."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A difference and what it means.

    Attributes:
        difference: What differs.
        impact: To clients.
        found: A value that shows it; None where there is none or none is needed.
        problem: Why there is none where one is needed.
    """

    difference: Difference
    impact: Impact
    found: Found | None = None
    problem: str = ""


def judged(old: View, new: View, direction: Direction) -> tuple[Judged, ...]:
    """Return what changed between two schemas, with the impact of each change.

    Where the new schema provably keeps what clients rely on, nothing can break, however much is written differently;
    where it provably does not, something is found that says so, even if no keyword can be named.
    """
    if old.is_same(new):
        return ()
    return tuple(_Judge(Pair(old, new, direction)).all())


class _Judge:
    """One pair of schemas, and whether each holds the other."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.inner = pair.inner.meaning
        self.outer = pair.outer.meaning

    @cached_property
    def kept(self) -> Verdict:
        return self.inner.within(self.outer)

    @cached_property
    def regained(self) -> Verdict:
        return self.outer.within(self.inner)

    def all(self) -> Iterator[Judged]:
        found = differences(self.pair.old, self.pair.new, self.pair.direction)
        told = [each for each in map(self.judge, found) if each is not None]
        yield from told
        if not any(each.difference.breaks(self.pair.direction) for each in told):
            yield from self.unnamed(told)

    def judge(self, difference: Difference) -> Judged | None:
        if difference.kind in REMARKS:
            return Judged(difference=difference, impact=Impact.RISKY)
        if difference.breaks(self.pair.direction):
            return self.breaking(difference)
        if difference.kind not in _MEMBERS and self.regained is Verdict.CONTAINED:
            return None
        return Judged(difference=difference, impact=Impact.SAFE)

    def breaking(self, difference: Difference) -> Judged | None:
        named = difference.kind in _MEMBERS
        no_say = STILL_TAKEN if self.pair.direction is Direction.REQUEST else NEVER_PROMISED
        if self.kept is Verdict.CONTAINED:
            told = Judged(difference=difference, impact=Impact.RISKY, problem=no_say)
            return told if named else None
        found = witness(self.pair.inner, self.outer, difference)
        if found is not None:
            return Judged(difference=difference, impact=Impact.BREAKING, found=found)
        sure = self.kept is Verdict.EXCEEDS and not named
        problem = no_say if named else IMPOSSIBLE
        return Judged(
            difference=difference, impact=Impact.BREAKING if sure else Impact.RISKY, problem=problem
        )

    def unnamed(self, told: list[Judged]) -> Iterator[Judged]:
        """What the sets of values say and no difference does."""
        request = self.pair.direction is Direction.REQUEST
        if self.kept is not Verdict.CONTAINED:
            found = any_witness(self.inner, self.outer)
            if found is not None or self.kept is Verdict.EXCEEDS:
                kind = Kind.NARROWED if request else Kind.WIDENED
                problem = "" if found else IMPOSSIBLE
                place = self.pair.difference(kind)
                yield Judged(difference=place, impact=Impact.BREAKING, found=found, problem=problem)
                return
            if _opaque(self.pair.old) != _opaque(self.pair.new):
                yield Judged(difference=self.pair.difference(Kind.UNCLEAR), impact=Impact.RISKY)
                return
        safe = any(each.impact is Impact.SAFE for each in told)
        if not safe and self.regained is Verdict.EXCEEDS:
            kind = Kind.WIDENED if request else Kind.NARROWED
            yield Judged(difference=self.pair.difference(kind), impact=Impact.SAFE)


def _opaque(view: View) -> list[str]:
    """Everything in a schema that its outline does not lay out, as texts in any order."""
    found: list[str] = []
    pending: list[JSON] = [dict(view.root), view.schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            found += [f"{word}: {node[word]!r}" for word in _OPAQUE & node.keys()]
            pending += node.values()
        elif isinstance(node, list):
            pending += node
    return sorted(found)
