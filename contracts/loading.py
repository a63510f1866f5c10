"""From files to a contract: what the user names is read, overlays are applied, and everything is resolved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .bundle import OVERLAY, SOURCES, bundled_text
from .contract import Contract, build
from .findings import Finding
from .fragments import Fragment, parse
from .overlays import Overlay, apply, check_matched, parse_overlay
from .sources import contents, read

BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class Gathered:
    """Fragments with overlays applied, and what was passed over on the way."""

    fragments: tuple[Fragment, ...]
    findings: tuple[Finding, ...]


def load(paths: Sequence[str], overlays: Sequence[str] = ()) -> Contract:
    """Return the contract of the fragments in ``paths`` with ``overlays`` applied in order.

    Args:
        paths: Files, folders or documentation pages; none stands for the bundled fragments, ``bundled`` names them
            among others.
        overlays: Overlay files; ``bundled`` is the bundled one, which belongs to the bundled fragments anyway.

    Raises:
        DocumentError: Something cannot be read; says what and where.
        OverlayError: An overlay is malformed or an action of it matches nothing.
        ContractError: Nothing servable is left.
    """
    gathered = gather(paths, overlays)
    contract = build(gathered.fragments)
    return replace(contract, findings=(*gathered.findings, *contract.findings))


def gather(paths: Sequence[str], overlays: Sequence[str] = ()) -> Gathered:
    """Return the fragments in ``paths`` with ``overlays`` applied, not yet resolved; see :func:`load`."""
    given = published(paths)
    implied = [BUNDLED] if BUNDLED in (paths or (BUNDLED,)) else []
    names = dict.fromkeys((*implied, *overlays))
    return replace(given, fragments=overlaid(given.fragments, map(overlay_named, names)))


def published(paths: Sequence[str]) -> Gathered:
    """Return the fragments in ``paths`` as they are published, no overlay applied; see :func:`load`."""
    findings: list[Finding] = []
    fragments: list[Fragment] = []
    for path in paths or (BUNDLED,):
        loaded = Gathered(bundled(), ()) if path == BUNDLED else read(Path(path))
        fragments += loaded.fragments
        findings += loaded.findings
    return Gathered(tuple(fragments), tuple(findings))


def bundled() -> tuple[Fragment, ...]:
    """Return the bundled fragments as published, no overlay applied."""
    return tuple(fragment for name in SOURCES for fragment in parse(bundled_text(name), name))


def overlaid(fragments: Iterable[Fragment], overlays: Iterable[Overlay]) -> tuple[Fragment, ...]:
    """Return ``fragments`` with each overlay applied to each of them.

    Raises:
        OverlayError: An action that is not optional matches nothing in any fragment.
    """
    current = tuple(fragments)
    for overlay in overlays:
        applied = [apply(overlay, fragment.document) for fragment in current]
        check_matched(overlay, applied)
        current = tuple(
            replace(fragment, document=result.document)
            for fragment, result in zip(current, applied, strict=True)
        )
    return current


def overlay_named(name: str) -> Overlay:
    """Return the overlay in a file, or the bundled one for ``bundled``.

    Raises:
        DocumentError: The file cannot be read.
        OverlayError: It is no overlay.
    """
    if name == BUNDLED:
        return parse_overlay(bundled_text(OVERLAY), OVERLAY)
    return parse_overlay(contents(Path(name)), name)
