"""The job pattern: what ties an operation that submits to the one that polls."""

import msgspec

from bodydouble.contracts.openapi.operations import Operation, Parameter, Reply

from .stages import Stage, rarity


class Promise(msgspec.Struct, frozen=True):
    """What one status says.

    Attributes:
        status: The word on the wire.
        stage: What it means.
        present: Pointers that a reply with this status has, not null.
        absent: Pointers that it lacks, or has as null.
    """

    status: str
    stage: Stage
    present: tuple[str, ...]
    absent: tuple[str, ...]


class ReplyShape(msgspec.Struct, frozen=True):
    """Where the job stands in one operation's reply: pointers into the body.

    Attributes:
        reply: The success reply.
        ids: Every place that holds the job's id; a poll's reply may have none.
        status: The place of the status word; where a create's reply tells none, the place beside the id where it
            would be, which its schema does not declare.
        promises: What each status says, in the order of the enum.
    """

    reply: Reply
    ids: tuple[str, ...]
    status: str
    promises: tuple[Promise, ...]

    def promise(self, stage: Stage) -> Promise | None:
        """Return the promise of the commonest word for a stage, or None where no status means it."""
        meaning = [promise for promise in self.promises if promise.stage is stage]
        return min(meaning, key=lambda promise: rarity(promise.status), default=None)


class JobPattern(msgspec.Struct, frozen=True):
    """One way to submit a job and to poll it.

    Attributes:
        submit: The operation that creates the job.
        poll: The operation that tells its status.
        parameter: The poll's parameter that takes the id.
        model: The body's property that chooses among patterns on one path; ``""`` where none does.
        models: The values of that property which choose this pattern.
        submitted: Shape of the create's reply.
        polled: Shape of the poll's reply.
    """

    submit: Operation
    poll: Operation
    parameter: Parameter
    model: str
    models: tuple[str, ...]
    submitted: ReplyShape
    polled: ReplyShape
