"""Operations that may poll: which GET takes a job's id and tells its status, and which of several is meant."""

import re
from collections.abc import Iterable
from itertools import takewhile

import msgspec

from bodydouble.contracts.openapi.operations import JSON_MEDIA_TYPE, Operation, Parameter, Reply
from bodydouble.contracts.words import show

from .job_statement import PatternError, Statement, one_of
from .reply_shapes import Places, places_of, status_in


class Poll(msgspec.Struct, frozen=True):
    """A GET, as far as it can poll.

    Attributes:
        operation: The GET.
        parameters: Those that may take an id, the likeliest first.
        places: What its reply may hold.
        status: Where its reply tells a status, or ``""``.
    """

    operation: Operation
    parameters: tuple[Parameter, ...]
    places: Places
    status: str

    @property
    def lack(self) -> str:
        """What keeps it from polling, in words; ``""`` if nothing does."""
        if not self.parameters:
            return "takes no id"
        return "" if self.status else "tells no status"


def polls_of(operations: Iterable[Operation]) -> tuple[Poll, ...]:
    """Return every GET with what it needs in order to poll, whether it has that or not."""
    gets = [operation for operation in operations if operation.method == "get"]
    seen = [(get, places_of(success_of(get))) for get in gets]
    return tuple(Poll(get, _id_parameters(get), places, status_in(places)) for get, places in seen)


def success_of(operation: Operation) -> Reply:
    """Return the reply of a call that went well; an empty one if none is documented."""
    return operation.success or Reply("200", JSON_MEDIA_TYPE, None)


def _id_parameters(operation: Operation) -> tuple[Parameter, ...]:
    """Parameters in the path or query that may take an id: those named so first, of a path the last first."""

    def likeness(parameter: Parameter) -> tuple[bool, bool, int]:
        in_path = parameter.location == "path"
        place = operation.path.find(f"{{{parameter.name}}}") if in_path else -1
        return (not _is_id_name(parameter.name), not parameter.required, -place)

    placed = (p for p in operation.parameters if p.location in ("query", "path"))
    return tuple(sorted((p for p in placed if p.required or _is_id_name(p.name)), key=likeness))


def _is_id_name(name: str) -> bool:
    return name.lower().endswith("id")


def nearest_poll(submit: Operation, polls: Iterable[Poll]) -> Poll | None:
    """Return the poll whose path is likeliest to go with the submit's, or None if there is no poll at all.

    The same path comes first, then one below it, then the one that shares the most words (an old path and the one
    that replaced it), then the longest common beginning; among equals one from the same file.
    """
    return max(polls, key=lambda poll: _kinship(submit, poll.operation), default=None)


def _kinship(submit: Operation, poll: Operation) -> tuple[bool, bool, int, int, bool]:
    ours, theirs = _segments(submit.path), _segments(poll.path)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False)))
    in_common = _words(ours) & _words(theirs)
    return ours == theirs, shared == len(ours), len(in_common), shared, _file(submit) == _file(poll)


def _segments(path: str) -> list[str]:
    """Parts of a path; what a parameter is called does not matter."""
    return [re.sub(r"\{[^}]*\}", "{}", part) for part in path.strip("/").split("/")]


def _words(segments: Iterable[str]) -> set[str]:
    return {word.removesuffix("s") for part in segments for word in re.findall(r"[^\W_]+", part.lower())}


def _file(operation: Operation) -> str:
    """A page holds several fragments, which are numbered behind its name."""
    return operation.source.rpartition("#")[0] or operation.source


def stated_poll(submit: Operation, statement: Statement, polls: Iterable[Poll]) -> Poll:
    """Return the poll that a statement names.

    Raises:
        PatternError: No GET is called so.
    """
    method, _, path = statement.poll.partition(" ")
    listed = tuple(polls)
    named = [poll for poll in listed if method.upper() == "GET" and path.strip() in poll.operation.paths]
    found = nearest_poll(submit, named)
    if found is None:
        known = [f"GET {path}" for poll in listed for path in poll.operation.paths]
        instead = one_of(statement.poll, known) if known else "no fragment has a GET: add the one that polls"
        raise PatternError(
            f"{statement.place}: the poll {show(statement.poll)} is no operation here; {instead}"
        )
    return found


def parameter_of(poll: Poll, statement: Statement) -> Parameter:
    """Return the poll's parameter that takes the id.

    Raises:
        PatternError: The poll does not have the one that is stated, or none that could be it.
    """
    usable = [p for p in poll.operation.parameters if p.location in ("query", "path")]
    named = [parameter for parameter in usable if parameter.name == statement.parameter]
    found = next(iter(named if statement.parameter else poll.parameters), None)
    if found is None:
        known = one_of(statement.parameter, [p.name for p in usable]) if usable else "it has none"
        missing = (
            f"no parameter {show(statement.parameter)}" if statement.parameter else "no parameter for an id"
        )
        raise PatternError(
            f"{statement.place}: the poll {poll.operation} has {missing} in its path or query; {known}"
        )
    return found
