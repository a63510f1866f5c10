"""What a run will send, known before anything is sent: the same for one server, for two, and for a dry run."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.conventions import Price
from bodydouble.contracts.generating.corners import Corner, corners
from bodydouble.contracts.generating.drafts import readings_of
from bodydouble.contracts.generating.near_invalid import Broken, near_invalid
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Unsampleable
from bodydouble.contracts.words import count

from .asking import Asked, Requests
from .budgets import Allotment, allot
from .probes import free_probes
from .settings import Settings

LISTED, WIDTH = 20, 110
"""Lines and characters of requests that a dry run prints."""


class Unplannable(ValueError):
    """No valid create can be made for a job pattern; the message says so."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent.

    Attributes:
        pattern: Of the jobs.
        probes: Requests that cost nothing.
        corners: Valid bodies at the edges of the schema, the plainest first.
        broken: Bodies that break one rule.
        readings: The schema of bodies, in both readings.
        wanted: Jobs that each phase would like to submit.
        allotted: Jobs that it may submit.
        most: Jobs in all; None for any number.
        negative: Whether the broken bodies are sent.
        price: Of one job.
    """

    pattern: JobPattern
    probes: tuple[Asked, ...]
    corners: tuple[Corner, ...]
    broken: tuple[Broken, ...]
    readings: tuple[Mapping[str, JSON], ...]
    wanted: Allotment
    allotted: Allotment
    most: int | None
    negative: bool
    price: Price

    @property
    def plainest(self) -> JSON:
        """The body with as little in it as can be."""
        return min((corner.value for corner in self.corners[:2]), key=lambda value: len(str(value)))

    def lines(self) -> Iterator[str]:
        """Yield what would be sent and what it may cost, as lines for a person."""
        allotted, wanted = self.allotted, self.wanted
        yield f"{self.pattern.submit} and {self.pattern.poll}"
        yield f"  {count(len(self.probes), 'poll')} of no job, which cost nothing"
        yield from _listed([f"{probe.method} {probe.url}" for probe in self.probes])
        plainest = [json.dumps(self.plainest, ensure_ascii=False)]
        edges = [corner.label for corner in self.corners[: allotted.corners]]
        for name, jobs, all_of_them, sent in (
            ("followed from the beginning to the result", allotted.lives, wanted.lives, plainest),
            ("at the edges of the schema", allotted.corners, len(self.corners), edges),
            ("drawn from the schema", allotted.drawn, wanted.drawn, []),
            ("interleaved", allotted.stateful, wanted.stateful, []),
        ):
            yield f"  {count(jobs, 'job')} {name}" + (f", of {all_of_them}" if jobs < all_of_them else "")
            yield from _listed(sent if jobs else [])
        if self.negative:
            yield f"  {count(len(self.broken), 'create')} that must be refused; a broken server may charge for them"
            yield from _listed([broken.label for broken in self.broken])
        else:
            yield f"  none of the {len(self.broken)} creates that must be refused; --negative sends them"
        yield self._cost()

    def _cost(self) -> str:
        jobs = self.allotted.total + (len(self.broken) if self.negative else 0)
        most = jobs if self.most is None else min(jobs, self.most)
        if not self.price.usd:
            return f"at most {count(most, 'job')}, as long as nothing fails; the contract states no price"
        more = "" if self.most is not None else ", more where failures are made smaller"
        return f"at most {count(most, 'job')} at {self.price.usd:g} USD: {most * self.price.usd:g} USD{more}"


def _listed(sent: Sequence[str]) -> Iterator[str]:
    """Requests in a line each, so many that a person still reads them."""
    for text in sent[:LISTED]:
        yield f"    {text if len(text) <= WIDTH else f'{text[:WIDTH]}…'}"
    if len(sent) > LISTED:
        yield f"    and {len(sent) - LISTED} more"


def planned(contract: Contract, pattern: JobPattern, settings: Settings) -> Plan:
    """Return what a run will send.

    Raises:
        Unplannable: No valid create can be made.
    """
    readings = readings_of(pattern.submit)
    sound, broken = _bodies(pattern, readings)
    wanted = settings.wanted(len(sound))
    most = settings.limits.jobs_at(contract.conventions.price)
    requests = Requests(pattern, contract.conventions)
    return Plan(
        pattern=pattern,
        probes=tuple(free_probes(requests, Random(settings.seed))),  # noqa: S311 - a seed repeats it
        corners=sound,
        broken=broken,
        readings=readings,
        wanted=wanted,
        allotted=allot(wanted, most),
        most=most,
        negative=settings.negative,
        price=contract.conventions.price,
    )


def _bodies(
    pattern: JobPattern, readings: tuple[Mapping[str, JSON], ...]
) -> tuple[tuple[Corner, ...], tuple[Broken, ...]]:
    if not readings:
        return (Corner("", "no body is described", {}),), ()
    try:
        sound, broken = tuple(corners(*readings)), tuple(near_invalid(*readings))
    except Unsampleable as problem:
        raise Unplannable(f"{pattern.submit}: {problem}") from None
    if not sound:
        raise Unplannable(f"{pattern.submit}: no valid body was found for its schema")
    return sound, broken
