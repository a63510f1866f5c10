"""What stands behind each path and method of an exported document: one operation, or several to choose from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bodydouble.contracts.jobs.job_pattern import JobPattern, ReplyShape
from bodydouble.contracts.openapi.operations import Operation, Reply


@dataclass(frozen=True, slots=True)
class Part:
    """One operation with the shape of its success, and the pattern that it submits by, if it does."""

    operation: Operation
    shape: ReplyShape
    pattern: JobPattern | None = None

    @property
    def label(self) -> str:
        """A name for its schemas: what it is chosen by, else what it is called."""
        models = self.pattern.models if self.pattern else ()
        return next(iter(models), self.operation.operation_id or str(self.operation))

    @property
    def key(self) -> tuple[object, ...]:
        """What it is: many patterns may share one poll; one operation may submit by several patterns."""
        reply = self.shape.reply
        answered = reply.schema.pointer if reply.schema else ""
        return id(self.operation), id(self.pattern), reply.status, answered


@dataclass(frozen=True, slots=True)
class Group:
    """The parts behind one method on one path; at least one."""

    path: str
    method: str
    parts: tuple[Part, ...]

    @property
    def chooses(self) -> bool:
        """Whether there are several parts, told apart by what they take or answer."""
        return len(self.parts) > 1

    def answers(self) -> dict[str, list[tuple[Part, Reply]]]:
        """Return what each part answers, by status; its success is the reply that its job has."""
        found: dict[str, list[tuple[Part, Reply]]] = {}
        for part in self.parts:
            replies = {reply.status: reply for reply in part.operation.replies}
            for status, reply in {**replies, part.shape.reply.status: part.shape.reply}.items():
                found.setdefault(status, []).append((part, reply))
        return found


def groups_of(patterns: Iterable[JobPattern]) -> tuple[Group, ...]:
    """Return what takes part in a job: the creates in the order of the patterns, then their polls."""
    listed = tuple(patterns)
    creates = [(path, Part(p.submit, p.submitted, p)) for p in listed for path in p.submit.paths]
    polls = [(path, Part(p.poll, p.polled)) for p in listed for path in p.poll.paths]
    gathered: dict[tuple[str, str], dict[tuple[object, ...], Part]] = {}
    for path, part in (*creates, *polls):
        held = gathered.setdefault((path, part.operation.method), {})
        held.setdefault(part.key, part)
    return tuple(Group(path, method, tuple(parts.values())) for (path, method), parts in gathered.items())


def repeated_by(groups: Iterable[Group]) -> Mapping[tuple[str, str], str]:
    """Return path and method of every group that only repeats another path's, with that other path."""
    by_place = {(group.path, group.method): group for group in groups}
    found: dict[tuple[str, str], str] = {}
    for place, group in by_place.items():
        for own in {part.operation.path for part in group.parts} - {group.path}:
            main = by_place.get((own, group.method))
            if main is not None and [part.key for part in main.parts] == [part.key for part in group.parts]:
                found[place] = own
    return found
