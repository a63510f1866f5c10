"""What a double of the new side plays."""

from collections.abc import Iterable

from bodydouble.contracts.building import build
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.loading import overlaid, overlay_named
from bodydouble.contracts.openapi.operations import operations_of
from bodydouble.contracts.overlay.overlays import OverlayError
from bodydouble.contracts.reading.fragments import Fragment

from .sides import BUNDLED, Side


def playable(old: Side, new: Side) -> Contract:
    """Return what a double of the new side plays.

    What the new side does not speak of is the old one's: a create is of no use without its poll. The bundled overlay
    belongs to the bundled contract, and to its successor if it fits.

    Raises:
        ValueError: Nothing can be played.
    """
    methods = _methods(new.fragments)
    kept = tuple(each for each in old.fragments if not _methods([each]) & methods)
    fragments = (*new.fragments, *kept)
    if BUNDLED in (old.name, new.name):
        try:
            fragments = overlaid(fragments, [overlay_named(BUNDLED)])
        except OverlayError:
            return build(fragments)
    return build(fragments)


def _methods(fragments: Iterable[Fragment]) -> frozenset[str]:
    return frozenset(operation.method for fragment in fragments for operation in operations_of(fragment))
