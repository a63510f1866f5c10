"""Overlays (Overlay Specification 1.0.0 and 1.1.0): read and checked, then applied without mutation.

Where 1.0.0 leaves a rule open, the wording that 1.1.0 gave it holds for both: objects merge recursively,
arrays are concatenated, primitives replace primitives, anything else is an error. Only 1.1.0 may ``copy``
and may update a primitive where it stands. Both may remove primitives, as the published compliant sets do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from bodydouble.contracts.pointers import JSON, pointer
from bodydouble.contracts.reading.documents import MAX_DEPTH, DocumentError, is_deeper, size
from bodydouble.contracts.reading.texts import decode, parse_text

from .merging import changed, kind, merged, node_at, removed
from .overlay_rules import OPTIONAL, problems_of
from .queries import Location, locations

MAX_INSERTED = 1_000_000
"""Values that one overlay may add to one document; copying a document into itself doubles it."""

SHOWN = 20
"""Problems that one error lists."""


class OverlayError(DocumentError):
    """An overlay that cannot be understood, cannot be applied, or has no effect where it must have one."""


@dataclass(frozen=True, slots=True)
class Action:
    """One change to every node that a query selects; exactly one of update, copy and remove is meant.

    Attributes:
        index: Its place in the overlay's list, from 0.
        target: JSONPath (RFC 9535) of the nodes.
        description: What its author says of it, or ``""``.
        update: What to merge into the nodes, unless ``copy`` or ``remove`` says otherwise.
        copy: JSONPath of the one node to merge into the nodes instead, or ``""``.
        remove: Whether the nodes go; this wins over the others.
        optional: Whether it may select nothing (``x-bodydouble-optional`` here or at the overlay's root).
    """

    index: int
    target: str
    description: str = ""
    update: JSON = None
    copy: str = ""
    remove: bool = False
    optional: bool = False

    def __str__(self) -> str:
        described = f" ({self.description.strip()})" if self.description.strip() else ""
        return f"actions[{self.index}]{described} with target {self.target}"


@dataclass(frozen=True, slots=True)
class Overlay:
    """A list of changes to API descriptions.

    Attributes:
        source: How the user named it.
        version: Of the Overlay Specification: ``"1.0.x"`` or ``"1.1.x"``.
        title: What its author calls it.
        actions: At least one, in the order they apply.
    """

    source: str
    version: str
    title: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """A description after an overlay.

    Attributes:
        document: The result; it shares with its origin what no action touched.
        matched: How many nodes each action selected.
    """

    document: dict[str, JSON]
    matched: tuple[int, ...]


def parse_overlay(text: str | bytes, source: str) -> Overlay:
    """Return the overlay that ``text`` writes in JSON or YAML.

    Raises:
        OverlayError: It cannot be read, or breaks the specification; every problem is named.
    """
    try:
        documents = parse_text(decode(text, source), source)
    except DocumentError as error:
        raise OverlayError.of(error) from None
    if len(documents) != 1:
        raise OverlayError(
            source, "not one document", expected="one overlay", got=f"{len(documents)} documents"
        )
    problems = problems_of(documents[0])
    if problems:
        raise _listed(source, "problems", problems)
    return _overlay(source, cast("dict[str, JSON]", documents[0].value))


def _overlay(source: str, root: dict[str, JSON]) -> Overlay:
    """An overlay from what the rules have found to be one; the types below rest on them."""
    info = cast("dict[str, str]", root["info"])
    listed = cast("list[dict[str, JSON]]", root["actions"])
    optional = root.get(OPTIONAL) is True
    actions = tuple(_action(index, node, optional=optional) for index, node in enumerate(listed))
    return Overlay(source, str(root["overlay"]), info["title"], actions)


def _action(index: int, node: dict[str, JSON], *, optional: bool) -> Action:
    return Action(
        index=index,
        target=str(node["target"]),
        description=str(node.get("description", "")),
        update=node.get("update"),
        copy=str(node.get("copy", "")),
        remove=node.get("remove") is True,
        optional=optional or node.get(OPTIONAL) is True,
    )


def apply(overlay: Overlay, document: dict[str, JSON]) -> Applied:
    """Return ``document`` after the overlay's actions, each applied to the result of the one before.

    An action that selects nothing succeeds; ``check_matched`` tells whether any document was meant.

    Raises:
        OverlayError: An action removes the root, merges values of different kinds, selects objects together
            with arrays, updates a primitive (1.0), copies other than exactly one node, or makes the document
            absurdly large or deep.
    """
    result: JSON = document
    matched: list[int] = []
    inserted = 0
    for action in overlay.actions:
        try:
            places = locations(action.target, result)
            result, growth = _step(overlay, action, result, places)
        except ValueError as error:
            raise OverlayError(overlay.source, f"{action}: {error}") from None
        matched.append(len(places))
        inserted += growth
        if inserted > MAX_INSERTED:
            raise OverlayError(overlay.source, f"{action}: more than {MAX_INSERTED:,} values would be added")
    # No action changes what kind of value the root is: it cannot be removed, and objects merge with objects.
    return Applied(cast("dict[str, JSON]", result), tuple(matched))


def _step(overlay: Overlay, action: Action, document: JSON, places: tuple[Location, ...]) -> tuple[JSON, int]:
    """The document after one action, and how many values it added."""
    if not places:
        return document, 0
    if action.remove:
        return removed(document, places), 0
    update = _only(action.copy, document) if action.copy else action.update
    growth = size(update, MAX_INSERTED) * len(places)
    if is_deeper(update, MAX_DEPTH - max(map(len, places))):
        raise ValueError(f"the document would be nested more than {MAX_DEPTH} levels deep")
    if growth > MAX_INSERTED:
        return document, growth
    _check_kinds(overlay, document, places)
    return changed(document, places, lambda node, place: _updated(node, update, place)), growth


def _only(query: str, document: JSON) -> JSON:
    places = locations(query, document)
    if len(places) != 1:
        raise ValueError(f"copy must select exactly one node; {query} selects {len(places)}")
    return node_at(document, places[0])


def _check_kinds(overlay: Overlay, document: JSON, places: tuple[Location, ...]) -> None:
    kinds = {kind(node_at(document, place)): place for place in places}
    if "primitive" in kinds and overlay.version.startswith("1.0"):
        raise ValueError(
            f"it selects the primitive at '{pointer(kinds['primitive'])}', and Overlay 1.0 updates only "
            "objects and arrays; select the object that contains it, or declare overlay: 1.1.0"
        )
    if len(kinds) > 1:
        listed = " and ".join(f"an {name} at '{pointer(place)}'" for name, place in sorted(kinds.items()))
        raise ValueError(f"one update cannot serve nodes of different kinds: {listed}")


def _updated(node: JSON, update: JSON, place: Location) -> JSON:
    if isinstance(node, list) and not isinstance(update, list):
        return [*node, update]
    return merged(node, update, place)


def unmatched(overlay: Overlay, applied: Iterable[Applied]) -> tuple[Action, ...]:
    """Return the actions that selected nothing in any of the documents the overlay was applied to."""
    counts = [each.matched for each in applied]
    return tuple(action for action in overlay.actions if not any(count[action.index] for count in counts))


def check_matched(overlay: Overlay, applied: Iterable[Applied]) -> None:
    """Check that every action which is not optional selected something in at least one document.

    Raises:
        OverlayError: Some selected nothing anywhere; each is named with its index, description and target.
    """
    idle = [action for action in unmatched(overlay, applied) if not action.optional]
    if idle:
        raise _listed(
            overlay.source,
            "actions select nothing in any document",
            tuple(f"{action} selects nothing" for action in idle),
            hint=f"correct the target, or set {OPTIONAL}: true on the action or the overlay",
        )


def _listed(source: str, summary: str, problems: tuple[str, ...], hint: str = "") -> OverlayError:
    """One error for all problems; a single one is its own headline."""
    if len(problems) == 1:
        return OverlayError(source, problems[0], hint=hint)
    lines = "\n  ".join(problems[:SHOWN])
    more = f"\n  and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    return OverlayError(source, f"{len(problems)} {summary}\n  {lines}{more}", hint=hint)
