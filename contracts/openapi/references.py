"""Local references (``"$ref": "#/…"``) of an OpenAPI document: where they lead and what they reach.

A reference is a JSON Pointer in a URI fragment, so its characters may be percent-encoded (RFC 6901
section 6). Whether ``$ref`` *is* a reference depends on where it stands: among the names of ``properties``
it is a property, inside ``example`` or ``enum`` it is data.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import unquote

from bodydouble.contracts.pointers import JSON, look_up, pointer, tokens_of
from bodydouble.contracts.words import show

_NAMES = frozenset(
    {
        *("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"),
        *("schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes"),
        *("links", "callbacks", "pathItems", "paths", "webhooks", "content", "encoding", "variables"),
    }
)
"""Keywords whose object maps names to things; the names are nobody's keywords."""

_DATA = frozenset({"enum", "default", "const", "example", "value"})
"""Keywords that hold data, where nothing is a reference. So do ``x-`` keywords and a list of examples."""


class UnresolvableReference(LookupError):
    """A ``$ref`` that leads nowhere in its document; the text says what it was and what was expected."""


def resolve(document: JSON, reference: JSON) -> tuple[str, JSON]:
    """Follow ``reference`` to the value that is no reference itself.

    Args:
        document: The document that holds it.
        reference: The value of a ``$ref``, such as ``"#/components/schemas/Video"``.

    Returns:
        The JSON Pointer of the value (``"/components/schemas/Video"``) and the value.

    Raises:
        UnresolvableReference: It is no string, leads out of the document or to nothing, or goes in circles.
    """
    passed: set[str] = set()
    onward = reference
    while True:
        place, value = locate(document, onward)
        if place in passed:
            raise UnresolvableReference(
                f"{show(reference)} goes round in circles: it comes back to '#{place}'"
            )
        if not isinstance(value, dict) or "$ref" not in value or isinstance(value["$ref"], dict):
            return place, value
        passed.add(place)
        onward = value["$ref"]


def locate(document: JSON, reference: JSON) -> tuple[str, JSON]:
    """Follow ``reference`` one step.

    Returns:
        The JSON Pointer of the target and the target, which may be a reference itself.

    Raises:
        UnresolvableReference: It is no string, leads out of the document or to nothing.
    """
    if not isinstance(reference, str):
        raise UnresolvableReference(f"a reference is a string like '#/components/…', got {show(reference)}")
    if not reference.startswith("#"):
        raise UnresolvableReference(
            f"only references within the document ('#/…') are followed, got {show(reference)}"
        )
    for spelling in _spellings(reference[1:]):
        try:
            return pointer(tokens_of(spelling)), look_up(document, spelling)
        except (LookupError, ValueError):
            continue
    raise UnresolvableReference(f"the document has nothing at {show(reference)}")


def _spellings(fragment: str) -> Iterator[str]:
    """Decoded as the RFC demands, then as written: authors forget to encode the percent signs of a name."""
    with suppress(UnicodeDecodeError):
        yield unquote(fragment, errors="strict")
    yield fragment


def reachable(document: JSON, pointers: Iterable[str]) -> frozenset[str]:
    """Return the JSON Pointers of everything that is referenced, directly or not, from the given places.

    References that lead nowhere are passed over. The work is linear in the size of what is reached, and no
    stack grows with its depth.

    Raises:
        LookupError: Nothing is at one of the given places.
    """
    reached: set[str] = set()
    walked: set[tuple[int, bool]] = set()
    pending = [(look_up(document, place), False) for place in pointers]
    while pending:
        node, names = pending.pop()
        if not isinstance(node, dict | list) or (id(node), names) in walked:
            continue
        walked.add((id(node), names))
        for reference in () if names else _references(node):
            try:
                place, target = locate(document, reference)
            except UnresolvableReference:
                continue
            reached.add(place)
            pending.append((target, False))
        pending.extend(_children(node, names=names))
    return frozenset(reached)


def _references(node: JSON) -> Iterator[JSON]:
    """A discriminator's ``mapping`` refers to schemas by plain strings."""
    if isinstance(node, dict):
        yield node.get("$ref")
        yield node.get("$dynamicRef")
        mapping = node.get("mapping") if "propertyName" in node else None
        yield from mapping.values() if isinstance(mapping, dict) else ()


def _children(node: "dict[str, JSON] | list[JSON]", *, names: bool) -> Iterator[tuple[JSON, bool]]:
    if isinstance(node, list):
        yield from ((child, False) for child in node)
    elif names:
        yield from ((child, False) for child in node.values())
    else:
        for keyword, child in node.items():
            if keyword in _NAMES and isinstance(child, dict):
                yield child, True
            elif not (keyword in _DATA or keyword == "examples" or keyword.startswith("x-")):
                yield child, False
