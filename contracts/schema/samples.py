"""One valid value for a schema: the plainest there is, or one whose leaves the caller decides.

Nothing here is random: the same schema gives the same value, so that what is built from it can be prepared once.
The keywords only suggest candidates; whether one is valid is for the schema to say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.pointers import JSON, join, look_up
from bodydouble.contracts.words import show

from .folding import fold, members_of
from .hints import is_composite, likeliest_types, listed_values, member_schema, shown_values
from .plain_values import numbers, texts
from .schemas import required_of
from .validation import Validator

MAX_CANDIDATES = 5_000
"""Values tried for one sample; schemas that exclude each other would keep a search busy for ever."""

MAX_NESTING = 40
MAX_ITEMS = 100


class Unsampleable(ValueError):
    """No valid value could be made; the message names the place and the schema."""


def nothing(_pointer: str, _schema: Mapping[str, JSON]) -> Iterable[JSON]:
    """Decide no leaf."""
    return ()


def never(_pointer: str) -> bool:
    """Leave every optional property out."""
    return False


class Sampler(msgspec.Struct, frozen=True):
    """Makes values of one schema.

    Attributes:
        root: The self-contained schema; its ``$defs`` serve references.
        leaf: Given a pointer into the value and the schema there (``$ref`` and ``allOf`` folded in), the values to try
            before any others; the first that the schema accepts is used.
        wanted: Given the pointer of an optional property, whether to include it. What contains itself is left out.
        fixed: Pointers with the values that must stand there, if anything does: they choose among alternatives.
    """

    root: Mapping[str, JSON]
    leaf: Callable[[str, Mapping[str, JSON]], Iterable[JSON]] = nothing
    wanted: Callable[[str], bool] = never
    fixed: Mapping[str, JSON] = msgspec.field(default_factory=dict)

    def sample(self) -> JSON:
        """Return a valid value.

        Raises:
            Unsampleable: There is none, or none that can be found by looking at the keywords one by one.
        """
        search = _Search(self)
        for value in search.values(_Node("", dict(self.root))):
            if all(_value_at(value, pointer, held) == held for pointer, held in self.fixed.items()):
                return value
        raise Unsampleable(
            f"{search.stuck.pointer or 'the body'}: no valid value found for {show(search.stuck.schema)}"
        )


class _Node(msgspec.Struct, frozen=True):
    """A place in the value and its schema.

    Attributes:
        pointer: Where the value stands.
        schema: What it must keep.
        trail: The references that led here.
        depth: Schemas passed on the way.
    """

    pointer: str
    schema: JSON
    trail: frozenset[str] = frozenset()
    depth: int = 0


class _Search(msgspec.Struct):
    """One search for a value.

    Attributes:
        sampler: What is wanted.
        left: How many candidates may still be tried.
        stuck: The deepest node that had no value.
    """

    sampler: Sampler
    left: int = MAX_CANDIDATES
    stuck: _Node = _Node("", {})

    def values(self, node: _Node) -> Iterator[JSON]:
        """Yield the valid values that come to mind, the plainest first."""
        if node.depth > MAX_NESTING:
            return
        schema = node.schema if isinstance(node.schema, dict) else {}
        accepts = Validator({**schema, "$defs": self.sampler.root.get("$defs", {})}).verdict
        found = False
        for candidate in self._candidates(node):
            self.left -= 1
            if self.left < 0:
                raise Unsampleable(
                    f"{node.pointer or 'the body'}: gave up after {MAX_CANDIDATES:,} candidates"
                )
            if accepts(candidate):
                found = True
                yield candidate
        if not found and node.depth >= self.stuck.depth:
            self.stuck = node

    def _candidates(self, node: _Node) -> Iterator[JSON]:
        folded = fold(self.sampler.root, node.schema)
        view = folded.node
        here = _Node(node.pointer, view, node.trail | folded.references, node.depth + 1)
        composite = is_composite(view)
        if node.pointer in self.sampler.fixed:
            yield self.sampler.fixed[node.pointer]
            return
        yield from self.sampler.leaf(node.pointer, view)
        yield from listed_values(view)
        if not composite:
            yield from shown_values(view)
        if not folded.references.isdisjoint(node.trail):
            yield from (None, [], {})
        yield from self._chosen(here, view) if _CHOICES & view.keys() else self._typed(here, view)
        if composite:
            # After what is composed from its parts, whose leaves the caller may decide.
            yield from shown_values(view)
        yield None

    def _chosen(self, here: _Node, view: dict[str, JSON]) -> Iterator[JSON]:
        """Values of each alternative, together with everything that holds beside it."""
        keyword = next(word for word in ("anyOf", "oneOf", "if") if word in view)
        rest: JSON = {name: held for name, held in view.items() if name not in (keyword, "then", "else")}
        options = sorted(members_of(view, keyword), key=self._returns(here))
        if keyword == "if":
            options = [{"allOf": [view["if"], view.get("then", {})]}, view.get("else", {}), {}]
        for option in options:
            yield from self.values(replace(here, schema={"allOf": [rest, option]}))

    def _returns(self, here: _Node) -> Callable[[JSON], bool]:
        """Whether a schema leads back to where we come from; what does is tried last."""
        return lambda schema: not fold(self.sampler.root, schema).references.isdisjoint(here.trail)

    def _typed(self, here: _Node, view: dict[str, JSON]) -> Iterator[JSON]:
        for word in likeliest_types(view):
            match word:
                case "object":
                    yield from self._objects(here, view)
                case "array":
                    yield from self._arrays(here, view)
                case "string":
                    yield from texts(view)
                case "boolean":
                    yield from (True, False)
                case "integer" | "number":
                    yield from numbers(view)

    def _objects(self, here: _Node, view: dict[str, JSON]) -> Iterator[JSON]:
        """What is required or wanted, then everything, then more than is declared: others may need or demand it."""
        every = None
        for wanted in (self.sampler.wanted, lambda _pointer: True):
            every = self._object(here, view, wanted)
            if every is not None:
                yield every
        if every is not None:
            yield self._filled(here, view, every)

    def _object(
        self, here: _Node, view: dict[str, JSON], wanted: Callable[[str], bool]
    ) -> dict[str, JSON] | None:
        required = required_of(view)
        needed = (
            name for names in _mapping(view.get("dependentRequired")).values() for name in _names(names)
        )
        made: dict[str, JSON] = {}
        for name in dict.fromkeys((*_mapping(view.get("properties")), *required, *needed)):
            member = _member(here, view, name)
            if name not in required and (self._returns(here)(member.schema) or not wanted(member.pointer)):
                continue
            for value in islice(self.values(member), 1):
                made[name] = value
            if name in required and name not in made:
                return None
        return made

    def _filled(self, here: _Node, view: dict[str, JSON], made: dict[str, JSON]) -> dict[str, JSON]:
        """Properties that nobody has named, as many as ``minProperties`` demands more."""
        filled = dict(made)
        naming: JSON = {"allOf": [{"type": "string"}, view.get("propertyNames", {})]}
        for name in self.values(replace(here, schema=naming)):
            if len(filled) >= _whole(view.get("minProperties")):
                break
            for value in islice(self.values(_member(here, view, str(name))), 1):
                filled.setdefault(str(name), value)
        return filled

    def _arrays(self, here: _Node, view: dict[str, JSON]) -> Iterator[JSON]:
        wanted = self.sampler.wanted(join(here.pointer, 0)) and not self._returns(here)(view.get("items"))
        least = _whole(view.get("minItems"))
        contained = _whole(view.get("minContains", 1)) if "contains" in view else 0
        for length in dict.fromkeys((max(least, int(wanted)), least, max(least, contained))):
            made = list(islice(self._items(here, view, contained), min(length, MAX_ITEMS)))
            if len(made) == length:
                yield made

    def _items(self, here: _Node, view: dict[str, JSON], contained: int) -> Iterator[JSON]:
        taken: list[JSON] = []
        leading = members_of(view, "prefixItems")
        for index in range(MAX_ITEMS):
            item = leading[index] if index < len(leading) else view.get("items", {})
            schema: JSON = {"allOf": [item, view["contains"]]} if index < contained else item
            values = self.values(replace(here, pointer=join(here.pointer, index), schema=schema))
            fresh = (value for value in values if view.get("uniqueItems") is not True or value not in taken)
            for value in islice(fresh, 1):
                taken.append(value)
                yield value
            if len(taken) == index:
                return


_CHOICES = frozenset({"anyOf", "oneOf", "if"})


def _member(here: _Node, view: Mapping[str, JSON], name: str) -> _Node:
    return replace(here, pointer=join(here.pointer, name), schema=member_schema(view, name))


def _value_at(value: JSON, pointer: str, default: JSON) -> JSON:
    try:
        return look_up(value, pointer)
    except LookupError:
        return default


def _names(value: JSON) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _whole(value: JSON) -> int:
    return value if isinstance(value, int) else 0
