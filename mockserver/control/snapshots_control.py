"""Control over snapshots: a namespace written down whole, and put back, here or on another server."""

from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.notes import Unwritable, resolving
from bodydouble.mockserver.problems import Problem
from bodydouble.mockserver.snapshots import SnapshotError, restore, snapshot_of

from .asking import JSON_KIND, Asked, Told, told
from .inputs import wrong_body
from .namespaces_control import namespace_data


def get_snapshot(asked: Asked) -> Told:
    """Return the namespace, written down.

    Raises:
        Refused: With a 409: something in it cannot be written down.
    """
    try:
        return Told(snapshot_of(asked.world, asked.service.contract), JSON_KIND)
    except Unwritable as problem:
        raise Refused(Problem(409, f"This namespace cannot be written down: {problem}")) from None


def put_snapshot(asked: Asked) -> Told:
    """Have the namespace be the one that was written down.

    Raises:
        Refused: With a 400: it is no snapshot, or none of this server's contract.
    """
    try:
        restore(asked.request.body, asked.world, resolving(asked.service))
    except SnapshotError as problem:
        raise wrong_body("", str(problem), "a snapshot that fits this server", "another object") from None
    return told(namespace_data(asked.world))
