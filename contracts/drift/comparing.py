"""Two versions of a contract compared: every change, one for each cause."""

from collections.abc import Iterator

from bodydouble.contracts.openapi.operations import Operation

from .answers import reply_changes
from .bodies import body_changes, swapped_model
from .calls import call_changes
from .causes import one_for_each_cause
from .changes import Change, Place
from .counterparts import counterparts
from .defect_changes import defect_changes
from .described import Both
from .job_changes import explained, poll_changes
from .parameters import parameter_changes
from .rules import BY_ID
from .security import security_changes
from .versions import Version


def compare(old: Version, new: Version) -> tuple[Change, ...]:
    """Return what changed between two versions, worst first, else in the order of the old document.

    Only what operations reach is compared, after references are resolved and schemas converted. Total: whatever the
    documents hold, nothing is raised but what `Version.operations` raises.
    """
    return one_for_each_cause(_changes(old, new))


def _changes(old: Version, new: Version) -> Iterator[Change]:
    matching = counterparts(old, new)
    for before, after in matching.both:
        yield from _operation(Both(old, new, before, after))
    yield from (_gone(operation) for operation in matching.gone)
    yield from (_come(operation) for operation in matching.come)
    yield from defect_changes(old, new)


def _operation(both: Both) -> Iterator[Change]:
    swapped = swapped_model(both)
    if swapped is not None:
        yield swapped
        return
    yield from call_changes(both)
    yield from security_changes(both)
    yield from poll_changes(both, tuple(parameter_changes(both)))
    yield from body_changes(both)
    replies = explained(both, tuple(reply_changes(both)))
    yield from replies.changes
    yield from (change for _, change in replies.others)


def _gone(operation: Operation) -> Change:
    place = Place(operation=str(operation), old_source=operation.source, old_pointer=operation.pointer)
    return Change(
        rule="operation-removed",
        impact=BY_ID["operation-removed"].impact,
        subject="operation",
        message=f"{operation} is gone",
        places=(place,),
        old=str(operation),
    )


def _come(operation: Operation) -> Change:
    place = Place(operation=str(operation), new_source=operation.source, new_pointer=operation.pointer)
    return Change(
        rule="operation-added",
        impact=BY_ID["operation-added"].impact,
        subject="operation",
        message=f"{operation} is new",
        places=(place,),
        new=str(operation),
    )
