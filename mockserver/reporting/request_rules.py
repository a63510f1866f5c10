"""Rules about single requests: keys where they are missing or do not belong, old paths, fields nobody reads."""

from collections.abc import Iterator

import msgspec

from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.pointers import JSON, tokens_of
from bodydouble.contracts.words import place
from bodydouble.mockserver.journals.journal import Entry, Purpose

from .histories import Noticed, Observed
from .request_shapes import RequestShape

_UNAUTHORIZED, _REFUSED = 401, 400


def key_missing(observed: Observed) -> Iterator[Noticed]:
    """Some calls were refused for want of a key, others had one: it is there, and not always sent."""
    calls = tuple(observed.of(Purpose.SUBMIT, Purpose.POLL))
    bare = tuple(entry for entry in calls if not entry.key and entry.status == _UNAUTHORIZED)
    keyed = next((entry for entry in calls if entry.key), None)
    for purpose in (Purpose.SUBMIT, Purpose.POLL):
        found = tuple(entry for entry in bare if entry.operation is purpose)
        if keyed is not None and found:
            yield Noticed(
                f"{len(found)} of {sum(entry.operation is purpose for entry in calls)} {purpose} calls had no key",
                (*found, keyed),
                expected="the key on every call",
                got=f"401 on those; entry {keyed.number} had a key",
            )


def key_sent_with_result(observed: Observed) -> Iterator[Noticed]:
    """Result URLs are signed; whose host they name gets to know the key."""
    found = tuple(entry for entry in observed.of(Purpose.RESULT) if entry.key)
    if found:
        yield Noticed(
            f"the key went to the result's host {len(found)} times" if len(found) > 1 else _ONCE,
            found,
            expected="no Authorization header on a signed URL",
            got=f"key {found[0].key}",
        )


_ONCE = "the key went to the result's host"


def legacy_paths(observed: Observed) -> Iterator[Noticed]:
    """A path was used that works still and is deprecated."""
    used: dict[tuple[str, str], list[Entry]] = {}
    for entry in observed.of(Purpose.SUBMIT, Purpose.POLL):
        if entry.route in observed.legacy:
            used.setdefault((entry.method, entry.route), []).append(entry)
    for (method, route), entries in used.items():
        yield Noticed(
            f"{method} {route} is deprecated",
            tuple(entries),
            expected=f"{method} {observed.legacy[route]}",
            got="one call" if len(entries) == 1 else f"{len(entries)} calls",
        )


def unknown_fields(observed: Observed) -> Iterator[Noticed]:
    """A create that was accepted had fields that the contract does not describe."""
    sent: dict[tuple[str, str], list[Entry]] = {}
    known: dict[str, frozenset[str]] = {}
    for entry in observed.of(Purpose.SUBMIT):
        body = _body(entry)
        shapes = [shape for shape in observed.shapes if shape.fits(entry.route, body)]
        for pointer in _unknown(shapes, body) if entry.job else ():
            sent.setdefault((entry.route, pointer), []).append(entry)
            known[entry.route] = frozenset[str]().union(*(shape.fields for shape in shapes))
    for (route, pointer), entries in sent.items():
        *_, name = tokens_of(pointer)
        names = sorted(tokens_of(field)[-1] for field in known[route] if field)
        yield Noticed(
            f"the field {place(pointer)} is sent to {route}, and the contract does not know it",
            tuple(entries),
            expected=f"one of {', '.join(names)}",
            got="one create" if len(entries) == 1 else f"{len(entries)} creates",
            hint=did_you_mean(name, names),
        )


def _body(entry: Entry) -> JSON:
    try:
        body: JSON = msgspec.json.decode(entry.body)
    except (msgspec.DecodeError, RecursionError):
        return None
    return body


def _unknown(shapes: list[RequestShape], body: JSON) -> frozenset[str]:
    """What none of the shapes knows; nothing, where no shape fits and so nothing can be said."""
    found = [frozenset(shape.unknown(body)) for shape in shapes]
    return frozenset.intersection(*found) if found else frozenset()
