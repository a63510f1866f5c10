"""Looking into a converted schema: what a value may have, by which names, of which types. Nothing is decided here."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from bodydouble.contracts.pointers import JSON, join

from .folding import fold, members_of

MAX_PLACES = 2_000
"""Places looked at in one value; a schema that recurses has no end of them."""

MAX_ALTERNATIVES = 200
"""Alternatives looked at in one schema; nested ones multiply."""


def outline(root: Mapping[str, JSON], schema: JSON) -> dict[str, JSON]:
    """Return what there is to see of a value: one node with ``$ref``, ``allOf`` and alternatives folded in.

    Of ``anyOf`` and ``oneOf`` the types, the enumerated values and the properties of all alternatives are seen
    together, and ``required`` as far as all of them agree; else the first alternative that says something is heard.
    """
    own = fold(root, schema).node
    alternatives = list(islice(_alternatives(root, own), MAX_ALTERNATIVES))
    if not alternatives:
        return own
    seen: dict[str, JSON] = {}
    for node in (own, *alternatives):
        seen = {**node, **seen}
    seen.pop("const", None)
    leaves = [node for node in alternatives if not _options(node) and types_of(node) != {"null"}]
    seen["required"] = [*required_of(own), *_agreed(leaves)]
    seen["properties"] = _all_properties(own, alternatives)
    seen["type"] = [*sorted(types_of(own) or frozenset[str]().union(*map(types_of, alternatives)))]
    seen["enum"] = [*(strings_of(own) or _words_of_all(leaves))]
    return {keyword: held for keyword, held in seen.items() if held not in ([], {})}


def _agreed(alternatives: Iterable[Mapping[str, JSON]]) -> list[str]:
    required = [required_of(node) for node in alternatives]
    return [name for name in dict.fromkeys(chain(*required)) if all(name in names for names in required)]


def _all_properties(own: Mapping[str, JSON], alternatives: list[dict[str, JSON]]) -> dict[str, JSON]:
    """The properties of all alternatives, each as its own alternatives, beside what holds for all."""
    declared: dict[str, list[JSON]] = {}
    for node in alternatives:
        for name, member in _mapping(node.get("properties")).items():
            known = declared.setdefault(name, [])
            known += [member] if member not in known else []
    found: dict[str, JSON] = {name: {"anyOf": known} for name, known in declared.items()}
    common: dict[str, JSON] = {
        name: {"allOf": [member, found[name]]} if name in found else member
        for name, member in _mapping(own.get("properties")).items()
    }
    return {**common, **{name: member for name, member in found.items() if name not in common}}


def _alternatives(root: Mapping[str, JSON], node: Mapping[str, JSON]) -> Iterator[dict[str, JSON]]:
    """Yield every alternative to be chosen from, folded, with those inside it."""
    pending = deque(_options(node))
    followed: set[str] = set()
    while pending:
        option = pending.popleft()
        reference = option.get("$ref") if isinstance(option, dict) else None
        if isinstance(reference, str):
            if reference in followed:
                continue
            followed.add(reference)
        folded = fold(root, option).node
        yield folded
        pending.extend(_options(folded))


def _options(node: Mapping[str, JSON]) -> list[JSON]:
    left = [member for member in members_of(node, "allOf") if isinstance(member, dict)]
    return [
        option for held in (node, *left) for word in ("anyOf", "oneOf") for option in members_of(held, word)
    ]


def _words_of_all(alternatives: list[dict[str, JSON]]) -> tuple[str, ...]:
    """The words of all alternatives; none where one of them takes any text."""
    words = [strings_of(node) for node in alternatives]
    return tuple(dict.fromkeys(chain(*words))) if all(words) else ()


def properties_of(root: Mapping[str, JSON], schema: JSON) -> dict[str, JSON]:
    """Return the properties an object of this schema may have: its own and those of its compositions."""
    return dict(_mapping(outline(root, schema).get("properties")))


def required_of(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the names that an object of this schema must have, as far as one node says it."""
    return tuple(name for name in members_of(schema, "required") if isinstance(name, str))


def walk_properties(
    root: Mapping[str, JSON], schema: JSON, depth: int = 3
) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Yield (pointer into an instance, outline) of every property, breadth first, ``depth`` levels down."""
    return islice(_walk(root, schema, depth), MAX_PLACES)


def _walk(root: Mapping[str, JSON], schema: JSON, depth: int) -> Iterator[tuple[str, dict[str, JSON]]]:
    pending = deque([("", outline(root, schema), depth)])
    while pending:
        base, node, levels = pending.popleft()
        for name, member in _mapping(node.get("properties")).items() if levels else ():
            found = (join(base, name), outline(root, member), levels - 1)
            yield found[:2]
            pending.append(found)


def types_of(schema: Mapping[str, JSON]) -> frozenset[str]:
    """Return the type words of a schema; empty if it names none."""
    named = schema.get("type")
    words = named if isinstance(named, list) else [named]
    return frozenset(word for word in words if isinstance(word, str))


def strings_of(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the strings an ``enum`` or ``const`` allows, in order; empty if the schema names none."""
    listed = members_of(schema, "enum") or ([schema["const"]] if "const" in schema else [])
    return tuple(value for value in listed if isinstance(value, str))


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}
