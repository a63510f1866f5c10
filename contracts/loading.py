"""From files to a contract: what the user names is read, overlays are applied, and everything is resolved."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.overlay.overlays import Overlay, apply, check_matched, parse_overlay
from bodydouble.contracts.reading.fragments import Fragment, parse
from bodydouble.contracts.reading.sources import Loaded, contents, read

from .building import build
from .bundle import OVERLAY, SOURCES, bundled_text
from .contract import Contract
from .findings import Finding

BUNDLED = "bundled"


class Gathered(msgspec.Struct, frozen=True):
    """Fragments with overlays applied, and what was passed over on the way."""

    fragments: tuple[Fragment, ...]
    findings: tuple[Finding, ...]


def load(paths: Sequence[str], overlays: Sequence[str] = ()) -> Contract:
    """Return the contract of the fragments in ``paths`` with ``overlays`` applied in order.

    Args:
        paths: Files, folders or documentation pages; none stands for the bundled fragments, ``bundled`` names them
            among others.
        overlays: Overlay files. The bundled overlay belongs to the bundled fragments anyway; ``bundled`` applies it to
            the others, too.

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
    read_from = [(path, _read(path)) for path in paths or (BUNDLED,)]
    fragments = tuple(fragment for _, each in read_from for fragment in each.fragments)
    ours = [path == BUNDLED for path, each in read_from for _ in each.fragments]
    current = _overlaid_where(ours, fragments, BUNDLED)
    for name in dict.fromkeys(overlays):
        meant = [name != BUNDLED or not our for our in ours]
        current = _overlaid_where(meant, current, name)
    return Gathered(current, tuple(finding for _, each in read_from for finding in each.findings))


def _overlaid_where(
    meant: Sequence[bool], fragments: tuple[Fragment, ...], name: str
) -> tuple[Fragment, ...]:
    chosen = [fragment for fragment, is_meant in zip(fragments, meant, strict=True) if is_meant]
    if not chosen:
        return fragments
    changed = iter(overlaid(chosen, [overlay_named(name)]))
    return tuple(
        next(changed) if is_meant else fragment for fragment, is_meant in zip(fragments, meant, strict=True)
    )


def published(paths: Sequence[str]) -> Gathered:
    """Return the fragments in ``paths`` as they are published, no overlay applied; see :func:`load`."""
    each = [_read(path) for path in paths or (BUNDLED,)]
    return Gathered(
        fragments=tuple(fragment for loaded in each for fragment in loaded.fragments),
        findings=tuple(finding for loaded in each for finding in loaded.findings),
    )


def _read(path: str) -> Loaded:
    return Loaded(bundled(), ()) if path == BUNDLED else read(Path(path))


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
