"""Witnesses: the smallest value that one version accepts and the other does not, with the validators as judges."""

from collections.abc import Iterator, Mapping, Sequence

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Sampler, Unsampleable

from .differences import ABOUT_NAMES, Difference
from .meaning import Meaning, apart, with_definitions
from .views import ITEM, View

ANY_NAME = "name"
"""Name of an undeclared property where any would do."""
IMPOSSIBLE = "no value was found that one version accepts and the other refuses"


_ANYTHING: Sequence[JSON] = ("", 0, True, None)
"""What may come under a name that nothing is promised about."""
_LIMITS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")


class Found:
    """What was looked for: a value."""

    __slots__ = ("value",)

    def __init__(self, value: JSON) -> None:
        self.value = value


def witness(inner: View, outer: Meaning, difference: Difference) -> Found | None:
    """Return a value that ``inner`` accepts and ``outer`` refuses and that shows a difference; None if none was found.

    Args:
        inner: Accepts it.
        outer: Refuses it.
        difference: What it is to show, with its place in the inner version and what should stand there.
    """
    for value in _edited(inner, difference):
        if inner.meaning.accepts(value) and not outer.accepts(value):
            return Found(value)
    for probe in difference.probes:
        said, definitions = apart(probe)
        root = with_definitions(inner.meaning.schema, definitions)
        schema = _narrowed(root, placed(said, difference.at))
        found = _sample(schema, inner.meaning, outer)
        if found is not None:
            return found
    return None


def _edited(view: View, difference: Difference) -> Iterator[JSON]:
    """Yield the plainest value with little changed: quicker to find than by solving for it, and as small."""
    for base in view.sample:
        if difference.kind in ABOUT_NAMES:
            yield from _with_and_without(view, base, difference)
        else:
            for probe in difference.probes:
                said, definitions = apart(probe)
                shown = View(with_definitions(definitions, view.root), said)
                for held in (*shown.sample, *_fractions(shown)):
                    yield from _put(view, base, difference.at, held)


def _fractions(view: View) -> Iterator[JSON]:
    """Yield numbers that are not whole, at either bound: generators of plain values prefer whole ones."""
    said = view.meaning.plain or {}
    bounds = [said[word] for word in _LIMITS if isinstance(said.get(word), int | float)]
    for bound in (0, *bounds):
        yield from (bound + step for step in (0.5, -0.5) if isinstance(bound, int | float))


def _with_and_without(view: View, base: JSON, difference: Difference) -> Iterator[JSON]:
    """The whole without the property that came or went, then with it as it is declared."""
    at = difference.at
    holder = view.at(at)
    parent = _value_at(view, base, at)
    if holder is None or not isinstance(parent, dict):
        return
    name = difference.name
    if difference.shows_by_absence and name not in parent:
        yield from _put(view, base, at, parent)
    if difference.shows_by_presence:
        for held in holder.member(name).sample if name in holder.properties else _ANYTHING:
            yield from _put(view, base, at, {**parent, name: held})


def _value_at(view: View, base: JSON, at: Sequence[str]) -> JSON:
    """What stands at a place, or the plainest that could; None if nothing can be told."""
    if not at:
        return base
    below = view.below(at[0])
    return None if below is None else _value_at(below, _part(below, base, at[0]), at[1:])


def _part(below: View, base: JSON, token: str) -> JSON:
    if isinstance(base, dict) and isinstance(base.get(token), dict | list):
        return base[token]
    if isinstance(base, list) and base and token == ITEM:
        return base[0]
    return next(iter(below.sample), None)


def _put(view: View, base: JSON, at: Sequence[str], value: JSON) -> Iterator[JSON]:
    """Yield ``base`` with ``value`` at a place, what is needed around it filled in."""
    if not at:
        yield value
        return
    token, below = at[0], view.below(at[0])
    if below is None:
        return
    for made in _put(below, _part(below, base, token), at[1:], value):
        if token == ITEM and "items" in view.node:
            yield [made, *(base[1:] if isinstance(base, list) else [])]
        else:
            held = base if isinstance(base, dict) else {}
            yield {**held, ANY_NAME if token == ITEM else token: made}


def any_witness(inner: Meaning, outer: Meaning) -> Found | None:
    """Return any value that ``inner`` accepts and ``outer`` refuses, or None if none was found."""
    rest = inner.without(outer)
    refused: JSON = {"not": {k: held for k, held in outer.schema.items() if k != "$defs"}}
    tried = [rest] if rest is not None else []
    if not outer.schema.get("$defs"):
        tried.append(_narrowed(inner.schema, refused))
    for schema in (*tried, inner.schema):
        found = _sample(schema, inner, outer)
        if found is not None:
            return found
    return None


def placed(probe: JSON, at: Sequence[str]) -> JSON:
    """Return a schema of values that have what ``probe`` says at a place."""
    schema = probe
    for token in reversed(at):
        if token == ITEM:
            schema = {
                "anyOf": [
                    {"type": "array", "minItems": 1, "items": schema},
                    {"type": "object", "required": [ANY_NAME], "properties": {ANY_NAME: schema}},
                ]
            }
        else:
            schema = {"type": "object", "required": [token], "properties": {token: schema}}
    return schema


def _narrowed(schema: Mapping[str, JSON], condition: JSON) -> dict[str, JSON]:
    rest = {keyword: held for keyword, held in schema.items() if keyword != "$defs"}
    return with_definitions({"allOf": [rest, condition]}, schema)


def _sample(schema: dict[str, JSON], inner: Meaning, outer: Meaning) -> Found | None:
    for form in (_simplified(schema), schema):
        try:
            value = Sampler(form).sample()
        except (Unsampleable, ValueError, RecursionError):
            continue
        if inner.accepts(value) and not outer.accepts(value):
            return Found(value)
    return None


def _simplified(schema: dict[str, JSON]) -> dict[str, JSON]:
    """The normal form, in which alternatives that exclude each other are gone; the schema itself if it has none."""
    return Meaning(schema).plain or schema
