"""What the double noticed about its clients: every world's journal, held against the rules for clients."""

from collections.abc import Iterable, Iterator

from bodydouble.contracts.conventions import Price
from bodydouble.contracts.jobs.stages import Stage

from .jobs import Job
from .namespaces import DEFAULT_NAME
from .reporting.histories import JobFacts, Observed
from .reporting.outcome import Report
from .reporting.report import report
from .reporting.request_shapes import RequestShape, legacy_routes, shapes_of
from .routes import RouteTable
from .states import state_at
from .worlds import World


class Noticing:
    """Reports on the clients of one contract; the shapes of its requests are looked at once."""

    def __init__(self, routes: RouteTable, price: Price) -> None:
        self._shapes: tuple[RequestShape, ...] = shapes_of(routes.patterns)
        self._legacy = legacy_routes(routes.patterns)
        self._price = price

    def report(self, world: World, *, over: bool) -> Report:
        """Return what was noticed about the clients of ``world``.

        Args:
            world: Whose journal is looked at.
            over: Whether the run is over, so that nobody will come back.
        """
        now = world.clock()
        return report(
            Observed(
                entries=tuple(world.journal),
                jobs=dict(_gone(world)) | {job.id: self._facts(job, now) for job in world.jobs},
                now=now,
                base=world.clock.base,
                dropped=world.journal.dropped,
                over=over,
                legacy=self._legacy,
                shapes=self._shapes,
                source=f"journal of {world.name or DEFAULT_NAME}",
            )
        )

    def _facts(self, job: Job, now: float) -> JobFacts:
        success = job.plan.outcome.stage is Stage.SUCCESS
        if job.forced is not None:
            success = job.forced.stage is Stage.SUCCESS
        ended = job.ends if job.ends < float("inf") and not _is_stuck(job, now) else None
        return JobFacts(
            ended=ended,
            success=success,
            credits=self._price.credits if success else 0,
            usd=self._price.usd if success else 0.0,
        )


def _gone(world: World) -> Iterator[tuple[str, JobFacts]]:
    """Jobs that had to leave were issued all the same; how they ended is forgotten."""
    for job_id, ended in world.jobs.gone:
        yield job_id, JobFacts(ended=ended if ended < float("inf") else None)


def _is_stuck(job: Job, now: float) -> bool:
    """Whether the job should have ended and has not: its polls are counted, or somebody forced it to go on."""
    return job.ends <= now and not state_at(job.plan, job, now).is_final


def together(reports: Iterable[Report]) -> Report:
    """Return the reports of several worlds as one; a rule could look if it could look anywhere."""
    listed = list(reports)
    unseen = {rule: reason for each in listed for rule, reason in each.unseen.items()}
    kept = {rule: reason for rule, reason in unseen.items() if all(rule in each.unseen for each in listed)}
    return Report(
        tuple(finding for each in listed for finding in each.findings),
        kept,
        sum(each.requests for each in listed),
    )
