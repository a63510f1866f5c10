"""Rules about references: where they lead, which go in circles, and what none of them reaches."""

import json
from collections.abc import Iterator

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.openapi.references import UnresolvableReference, locate, reachable, resolve
from bodydouble.contracts.pointers import JSON, join, tokens_of
from bodydouble.contracts.words import count, show

from .defect_rules import Description, Flaw, Rule

_UNREFERENCED = ("securitySchemes",)
"""Sections of ``components`` that are used by name, never by reference."""


def ref_remote(_: Description, reference: Part) -> Iterator[Flaw]:
    """A reference out of the document."""
    target = reference.member("$ref")
    if _is_remote(target):
        yield Flaw(
            pointer=join(reference.pointer, "$ref"),
            message="the reference leads out of the document, and nothing is fetched",
            expected="a reference into the document, such as '#/components/schemas/Name'",
            got=show(target),
            hint="bundle the documents into one first",
        )


def ref_unresolvable(description: Description, reference: Part) -> Iterator[Flaw]:
    """A reference to nothing, or to itself by way of others."""
    target = reference.member("$ref")
    if _is_remote(target):
        return
    try:
        resolve(description.document, target)
    except UnresolvableReference as error:
        yield Flaw(
            pointer=join(reference.pointer, "$ref"),
            message="the reference cannot be resolved",
            expected="a reference to a part of this document",
            got=str(error),
        )


def _is_remote(target: JSON) -> bool:
    return isinstance(target, str) and not target.startswith("#")


def ref_recursive(description: Description, _: Part) -> Iterator[Flaw]:
    """References by which a part contains itself; of each circle the reference that closes it."""
    edges = _edges(description)
    under_way: dict[str, bool] = {}
    for start in edges:
        trail = [] if start in under_way else [(start, iter(edges[start]))]
        under_way.setdefault(start, True)
        while trail:
            name, onward = trail[-1]
            place, target = next(onward, ("", ""))
            if not place:
                under_way[name] = False
                trail.pop()
            elif target not in under_way:
                under_way[target] = True
                trail.append((target, iter(edges.get(target, ()))))
            elif under_way[target]:
                yield Flaw(
                    pointer=place,
                    message=f"the reference makes {target} contain itself",
                    hint="fine for trees and lists; examples and forms of it have to stop somewhere",
                )


def _edges(description: Description) -> dict[str, list[tuple[str, str]]]:
    """For every place that is referred to the references in it: where each stands and where it leads."""
    led: list[tuple[str, str]] = []
    for reference in description.parts[Role.REFERENCE]:
        try:
            target, _ = locate(description.document, reference.member("$ref"))
        except UnresolvableReference:
            continue
        led.append((join(reference.pointer, "$ref"), target))
    edges: dict[str, list[tuple[str, str]]] = {target: [] for _, target in led}
    for place, target in led:
        for holder in _ancestors(place):
            if holder in edges:
                edges[holder].append((place, target))
    return edges


def _ancestors(pointer: str) -> Iterator[str]:
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def unreachable_components(description: Description, _: Part) -> Iterator[Flaw]:
    """Components that no operation uses, in one statement: publishers leave hundreds of them behind."""
    document = description.document
    starts = [join("", name) for name in ("paths", "webhooks") if name in document]
    reached = {tokens_of(place)[:3] for place in reachable(document, starts)}
    unused = [node for place, node in _components(document) if place not in reached]
    if unused:
        size = sum(_bytes(node) for node in unused)
        share = f"{count(len(unused), 'component')} with {size:,} bytes of JSON"
        yield Flaw(
            pointer="/components",
            message=f"{share} {'is' if len(unused) == 1 else 'are'} used by no operation",
            hint="nothing is lost by removing them; they are neither played nor checked",
        )


def _bytes(node: JSON) -> int:
    return len(json.dumps(node, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"))


def _components(document: dict[str, JSON]) -> Iterator[tuple[tuple[str, ...], JSON]]:
    components = document.get("components")
    for section, members in components.items() if isinstance(components, dict) else ():
        if isinstance(members, dict) and section not in _UNREFERENCED and not section.startswith("x-"):
            yield from ((("components", section, name), node) for name, node in members.items())


REFERENCE_RULES = (
    Rule(
        "ref-remote",
        Severity.ERROR,
        (Role.REFERENCE,),
        "What another document says can change or vanish, so nothing is fetched and that part constrains nothing.",
        ref_remote,
    ),
    Rule(
        "ref-unresolvable",
        Severity.ERROR,
        (Role.REFERENCE,),
        "What was meant is lost, and that part of the contract constrains nothing.",
        ref_unresolvable,
    ),
    Rule(
        "ref-recursive",
        Severity.NOTE,
        (Role.DOCUMENT,),
        "It is allowed, and tools that expand references without bound never come back.",
        ref_recursive,
    ),
    Rule(
        "components-unreachable",
        Severity.NOTE,
        (Role.DOCUMENT,),
        "Dead weight is loaded and searched by everyone, and hides what changed.",
        unreachable_components,
    ),
)
