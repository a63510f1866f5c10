"""Hypothesis strategies for the valid values of a schema, built from its keywords from the leaves up.

The keywords decide what is drawn; the validator has the last word, and where the keywords lead astray too often
(schemas that exclude each other), a corner stands in for what was drawn.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice

import msgspec

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.folding import fold, members_of
from bodydouble.contracts.schema.hints import likeliest_types
from bodydouble.contracts.schema.samples import Unsampleable
from bodydouble.contracts.schema.schemas import types_of
from bodydouble.contracts.schema.validation import Validator

from .changes import Change
from .circularity import circular_references
from .containers import arrays, objects
from .corners import corners
from .judges import Judge
from .leaves import ANYTHING, integers, numbers, texts
from .library import DrawFn, SearchStrategy, st
from .near_invalid import Broken, breaking_changes, broken_by, near_invalid
from .places import options_of

MAX_RECURSION = 2
"""How often a schema that contains itself is entered again."""

MAX_SPARE = 50
"""Corners that stand in for what was drawn in vain."""

TRIES = 3

_LOOSE = frozenset(
    {
        *("not", "oneOf", "if", "then", "else", "contains", "propertyNames", "allOf", "pattern"),
        *("dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties"),
        *("patternProperties", "minProperties", "maxProperties", "uniqueItems"),
        *("exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    }
)
"""Keywords that what is drawn does not keep for certain."""


def values(*readings: Mapping[str, JSON], extras: bool = True) -> SearchStrategy[JSON]:
    """Return a strategy for valid values of a schema.

    Args:
        readings: A self-contained schema, or the same one in several readings: what is drawn from the first is valid
            in all of them.
        extras: Whether objects may have properties that the schema allows and does not name.

    Raises:
        Unsampleable: No valid value was found.
    """
    if next(corners(*readings), None) is None:
        raise Unsampleable("no valid value was found for the schema")
    drawn = unguarded(readings[0], extras=extras)
    return _guarded(drawn, Judge(*readings).is_valid, readings)


def unguarded(root: Mapping[str, JSON], *, extras: bool = True) -> SearchStrategy[JSON]:
    """Return what `values` draws from before the validator has its word; for measuring how often that is no."""
    return _Builder(root, extras, circular_references(root)).of(dict(root), MAX_RECURSION)


def near_invalid_values(*readings: Mapping[str, JSON]) -> SearchStrategy[Broken]:
    """Return a strategy for values that break exactly one rule: a valid one with one thing done to it.

    Raises:
        Unsampleable: No valid value was found, or nothing breaks exactly one rule.
    """
    judge = Judge(*readings)
    listed = list(near_invalid(*readings))
    if not listed:
        raise Unsampleable("nothing was found that breaks exactly one rule of the schema")
    changes = st.sampled_from(list(breaking_changes(readings[0])))
    return st.sampled_from(listed) | _broken(values(*readings), changes, judge, listed)


@st.composite
def _broken(
    draw: DrawFn,
    sound: SearchStrategy[JSON],
    changes: SearchStrategy[Change],
    judge: Judge,
    listed: list[Broken],
) -> Broken:
    base = draw(sound)
    for _ in range(TRIES):
        broken = broken_by(draw(changes), base, judge)
        if broken is not None:
            return broken
    return draw(st.sampled_from(listed))


def _guarded(
    drawn: SearchStrategy[JSON], accepts: Callable[[JSON], bool], readings: Sequence[Mapping[str, JSON]]
) -> SearchStrategy[JSON]:
    """Return what is drawn if it is accepted, else a corner: nothing is thrown away as long as there is one."""

    def spare() -> SearchStrategy[JSON]:
        found = [corner.value for corner in islice(corners(*readings), MAX_SPARE)]
        return st.sampled_from(found) if found else drawn.filter(accepts)

    return st.deferred(spare) if drawn.is_empty else _accepted(drawn, accepts, st.deferred(spare))


@st.composite
def _accepted(
    draw: DrawFn,
    drawn: SearchStrategy[JSON],
    accepts: Callable[[JSON], bool],
    spare: SearchStrategy[JSON],
) -> JSON:
    for _ in range(TRIES):
        value = draw(drawn)
        if accepts(value):
            return value
    return draw(spare)


class _Builder(msgspec.Struct):
    """Builds strategies for one self-contained schema; ``memo`` holds those of schemas that contain themselves."""

    root: Mapping[str, JSON]
    extras: bool
    circular: frozenset[str]
    memo: dict[tuple[str, int], SearchStrategy[JSON]] = msgspec.field(default_factory=dict)

    def of(self, schema: JSON, fuel: int) -> SearchStrategy[JSON]:
        """Return the strategy for a schema inside the root; ``fuel`` says how often circles may still be entered."""
        folded = fold(self.root, schema)
        if folded.references.isdisjoint(self.circular):
            return self.node(folded.node, fuel)
        if not fuel:
            return st.nothing()
        key = json.dumps(schema, sort_keys=True), fuel
        if key not in self.memo:
            self.memo[key] = self.node(folded.node, fuel - 1)
        return self.memo[key]

    def node(self, view: dict[str, JSON], fuel: int) -> SearchStrategy[JSON]:
        """Return the strategy for a folded node."""
        options = options_of(view)
        if "const" in view or "enum" in view:
            return self.listed(view)
        if options is not None:
            drawn = st.one_of(*(self.of(option, fuel) for option in options))
        else:
            drawn = st.one_of(*(self.typed(word, view, fuel) for word in self.types(view)))
        return drawn if _LOOSE.isdisjoint(view) or drawn.is_empty else self.kept(drawn, view)

    def types(self, view: Mapping[str, JSON]) -> list[str]:
        """The types to draw from; a schema that hints at none allows anything."""
        words = likeliest_types(view)
        return words if types_of(view) or _HINTS & view.keys() else ["anything"]

    def kept(self, drawn: SearchStrategy[JSON], view: Mapping[str, JSON]) -> SearchStrategy[JSON]:
        schema = self.standing_alone(view)
        return _guarded(drawn, Validator(schema).is_valid, [schema])

    def standing_alone(self, view: Mapping[str, JSON]) -> dict[str, JSON]:
        return {**view, "$defs": self.root.get("$defs", {})}

    def listed(self, view: Mapping[str, JSON]) -> SearchStrategy[JSON]:
        accepts = Validator(self.standing_alone(view)).is_valid
        held = [view["const"]] if "const" in view else members_of(view, "enum")
        fitting = [value for value in held if accepts(value)]
        return st.sampled_from(fitting) if fitting else st.nothing()

    def typed(self, word: str, view: dict[str, JSON], fuel: int) -> SearchStrategy[JSON]:
        """Return the strategy for the values of one type."""
        if word in _LEAVES:
            return _LEAVES[word](view)
        inner = partial(self.of, fuel=fuel)
        return objects(view, inner, extras=self.extras) if word == "object" else arrays(view, inner)


_LEAVES: Mapping[str, Callable[[Mapping[str, JSON]], SearchStrategy[JSON]]] = {
    "string": texts,
    "integer": integers,
    "number": numbers,
    "boolean": lambda _view: st.booleans(),
    "null": lambda _view: st.none(),
    "anything": lambda _view: ANYTHING,
}

_HINTS = frozenset(
    {
        *("properties", "required", "additionalProperties", "minProperties", "patternProperties", "items"),
        *("prefixItems", "minItems", "contains", "format", "pattern", "minLength", "maxLength", "minimum"),
        *("maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "maxItems", "propertyNames"),
        *("dependentRequired", "dependentSchemas", "uniqueItems", "maxProperties", "x-bodydouble-image"),
    }
)
"""Keywords that say something about the values of some type."""
