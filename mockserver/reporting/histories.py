"""Histories: what rules about a client look at. All of it is data; a rule takes one of them and nothing else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from bodydouble.mockserver.journals.journal import Entry, Purpose

from .request_shapes import RequestShape

_ROUND = 100
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on something is a fault; seconds are the world's, unless said otherwise.

    Attributes:
        interval: Fewest seconds between two polls of a job by one client, on average over a burst. Jobs take minutes;
            whoever asks more often than this learns nothing sooner and is slowed down by real servers.
        burst: Polls that are averaged over, so that a few quick ones are no fault.
        strays: Polls after the end that are a fault; one more look is none.
        grace: Seconds that a client has to come back before its absence counts, while the run goes on; whoever knows
            that a job takes minutes may not look before.
        own_grace: The same in seconds of its own, however fast the world's clock runs or is set forward.
        patience: The same, as a multiple of the client's own longest pause.
        resend: Seconds, the client's own, within which an equal create is the same one sent again.
        early: Share of a pause asked for by ``Retry-After`` that may be missing, for clocks and dates are coarse.
    """

    interval: float = 1.0
    burst: int = 6
    strays: int = 2
    grace: float = 600.0
    own_grace: float = 60.0
    patience: float = 3.0
    resend: float = 600.0
    early: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """What the double knows of a job and its journal does not.

    Attributes:
        ended: When it reached, or will reach, its end; None if it never does.
        success: Whether that is a success.
        credits: What it costs then.
        usd: The same in US dollars.
    """

    ended: float | None = None
    success: bool = False
    credits: int = 0
    usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Everything that rules may know.

    Attributes:
        entries: The journal, oldest first.
        jobs: Every job that was issued, by id; those that had to leave included.
        now: The world's time.
        base: The time of the clock that the world's own follows, which clients live by; None where it is unknown.
        dropped: How many entries had to leave the journal before these.
        over: Whether the run is over, so that nobody will come back.
        results_here: Whether results are fetched from this server; if not, nothing can be said about that.
        legacy: Deprecated routes, and what replaces each.
        shapes: What creates may hold.
        source: How the journal is called in findings.
        thresholds: From where on something is a fault.
    """

    entries: tuple[Entry, ...]
    jobs: Mapping[str, JobFacts]
    now: float
    base: float | None = None
    dropped: int = 0
    over: bool = False
    results_here: bool = True
    legacy: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    shapes: tuple[RequestShape, ...] = ()
    source: str = "journal"
    thresholds: Thresholds = Thresholds()

    def of(self, *purposes: Purpose) -> Iterator[Entry]:
        """Yield the entries that were for one of ``purposes``."""
        return (entry for entry in self.entries if entry.operation in purposes)

    def by_job(self, *purposes: Purpose) -> dict[str, list[Entry]]:
        """Return the entries about jobs that were for one of ``purposes``, by job."""
        jobs: dict[str, list[Entry]] = {}
        for entry in self.of(*purposes):
            if entry.job:
                jobs.setdefault(entry.job, []).append(entry)
        return jobs

    def is_late(self, since: float, seen: Sequence[Entry] = ()) -> bool:
        """Return whether a client that had a reason to come at ``since`` is not coming any more.

        A clock that was set forward is no evidence: the client needs time of its own, too.

        Args:
            since: In the world's seconds since the epoch.
            seen: When it came before, oldest first.
        """
        if self.over:
            return self.now >= since
        limits = self.thresholds
        wait = max(limits.grace, limits.patience * max(pauses(seen), default=0.0))
        return self.now - since >= wait and self.now > since and self._had_time(seen)

    def _had_time(self, seen: Sequence[Entry]) -> bool:
        left = seen[-1].left if seen else None
        if left is None or self.base is None:
            return True
        limits = self.thresholds
        own = max((own_pause(*pair) for pair in pairwise(seen)), default=0.0)
        return self.base - left >= max(limits.own_grace, limits.patience * own)


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a rule has found; the fields are those of a ``Finding``.

    Attributes:
        message: What is the case.
        evidence: The entries that show it.
        expected: What should have been.
        got: What was.
        hint: Advice that fits better than the rule's; ``""`` for that.
    """

    message: str
    evidence: tuple[Entry, ...]
    expected: str = ""
    got: str = ""
    hint: str = ""


def pauses(entries: Iterable[Entry]) -> list[float]:
    """Return the seconds between one request and the next."""
    times = [entry.at for entry in entries]
    return [after - before for before, after in pairwise(times)]


def own_pause(before: Entry, after: Entry) -> float:
    """Return the seconds that a client spent from one reply to the next request; the world's where that is unknown."""
    if before.left is None or after.came is None:
        return after.at - before.until
    return after.came - before.left


def costs(jobs: Iterable[JobFacts]) -> str:
    """Return what jobs cost together, in words; ``""`` if that is nothing."""
    listed = list(jobs)
    usd, credit = sum(job.usd for job in listed), sum(job.credits for job in listed)
    parts = [f"{usd:.6g} USD" if usd else "", f"{credit} credits" if credit else ""]
    return " or ".join(part for part in parts if part)


def seconds(number: float) -> str:
    """Return a duration in words: ``"0.25 s"``, ``"3600 s"``."""
    return f"{number:.0f} s" if abs(number) >= _ROUND else f"{number:.3g} s"
