"""A million jobs: what one of them weighs, and how long a create waits while there are more and more."""

import statistics
from dataclasses import dataclass

from . import servers
from .load import Sample
from .report import Table
from .throughput import CREATE, Sender

BYTES_PER_JOB = 400
P99_OVER_P50 = 6.0
SLICE = 4.0
"""Seconds; long enough for one request in a hundred to be many."""
MAX_SLICES = 120


@dataclass(frozen=True, slots=True)
class Growth:
    """A server that was filled.

    Attributes:
        jobs: How many jobs it was given.
        grown: Bytes of memory that it took for them.
        slices: The load, slice by slice.
    """

    jobs: int
    grown: int
    slices: tuple[Sample, ...]

    @property
    def per_job(self) -> float:
        """Bytes for each job."""
        return self.grown / self.jobs

    @property
    def ratios(self) -> tuple[float, ...]:
        """The p99 latency over the median, slice by slice."""
        return tuple(sample.p99 / sample.p50 for sample in self.slices)


def measure(send: Sender, jobs: int, seconds: float) -> Growth:
    """Fill a double with at least ``jobs`` jobs, in slices of ``seconds``."""
    with servers.running(servers.roomy) as server:
        send(server.origin, (CREATE,), 1)  # buffers and caches grow once, and are no job's weight
        before, slices = server.resident(), list[Sample]()
        while sum(each.requests for each in slices) < jobs and len(slices) < MAX_SLICES:
            slices.append(send(server.origin, (CREATE,), seconds))
        return Growth(sum(each.requests for each in slices), server.resident() - before, tuple(slices))


def table(found: Growth) -> Table:
    """Return the result in rows, one for each quantity."""
    rates = [sample.rate for sample in found.slices]
    rows = (
        ("jobs", f"{found.jobs:,}", ""),
        ("bytes per job", f"{found.per_job:,.0f}", f"≤ {BYTES_PER_JOB}"),
        ("p99 / p50, median slice", f"{statistics.median(found.ratios):.1f}", f"≤ {P99_OVER_P50:.0f}"),
        ("p99 / p50, worst slice", f"{max(found.ratios):.1f}", f"≤ {P99_OVER_P50:.0f}"),
        ("creates per second, first slice", f"{rates[0]:,.0f}", ""),
        ("creates per second, last slice", f"{rates[-1]:,.0f}", ""),
    )
    notes = (
        "Created over the socket as fast as they are answered; memory is what the process holds "
        f"resident, beyond what it held before. {len(found.slices)} slices."
    )
    return Table("A million jobs", notes, ("quantity", "value", "target"), rows)
