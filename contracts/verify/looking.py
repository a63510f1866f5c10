"""A look at a server at the smallest cost: polls of no job, which are free, then one job followed to its end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.generating.corners import corners
from bodydouble.contracts.generating.drafts import readings_of
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Unsampleable

from .asking import Asked, Meant, Requests
from .budgets import Limits, Spending
from .judging import Referee
from .ledger import Ledger
from .pacing import TOO_MANY, Pace, Time
from .planning import Unplannable
from .player import Player
from .progress import Listener, Progress
from .sending import NEVER_ISSUED, Sender
from .stopping import FORBIDDEN, PAYMENT, UNAUTHORIZED, Stopped
from .targets import Target

HIDDEN = b"[key]"
DENIED = frozenset({0, UNAUTHORIZED, PAYMENT, FORBIDDEN, TOO_MANY})
"""Statuses that end a look, and say nothing but that; 0 is no reply at all."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What a look will send, known before anything is sent.

    Attributes:
        pattern: Of the job.
        probes: Polls of no job.
        body: What is submitted.
        jobs: How many are submitted: one, or none where the budget allows none.
        usd: What they cost by the contract's price; 0 where it states none.
    """

    pattern: JobPattern
    probes: tuple[Asked, ...]
    body: JSON
    jobs: int
    usd: float


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to.

    Attributes:
        exchanges: What was asked and answered, the key nowhere in it; not what only said that nobody is let in.
        unseen: Why something could not be seen, in words; empty where everything was.
        breaches: Rules of verification that were broken, each once.
        jobs: That were submitted.
        interrupted: Whether somebody interrupted it.
    """

    exchanges: tuple[Exchange, ...] = ()
    unseen: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    jobs: int = 0
    interrupted: bool = False


def glance(contract: Contract, pattern: JobPattern, limits: Limits) -> Glance:
    """Return what a look will send.

    Three polls only: of an id that was never issued, of it without a key, and without an id. Odd ids would tell more
    about the door of the server than about the contract.

    Raises:
        Unplannable: No valid create can be made.
    """
    requests = Requests(pattern, contract.conventions)
    incomplete = requests.incomplete_poll()
    probes = (
        requests.poll(NEVER_ISSUED, Meant.UNKNOWN),
        requests.poll(NEVER_ISSUED, Meant.KEYLESS),
        *([incomplete] if incomplete is not None else []),
    )
    most = limits.jobs_at(contract.conventions.price)
    jobs = 1 if most is None else min(most, 1)
    return Glance(pattern, probes, _plainest(pattern), jobs, jobs * contract.conventions.price.usd)


def _plainest(pattern: JobPattern) -> JSON:
    """The body with as little in it as can be."""
    readings = readings_of(pattern.submit)
    try:
        found = [corner.value for corner in islice(corners(*readings), 2)] if readings else [{}]
    except Unsampleable as problem:
        raise Unplannable(f"{pattern.submit}: {problem}") from None
    if not found:
        raise Unplannable(f"{pattern.submit}: no valid body was found for its schema")
    return min(found, key=lambda value: len(str(value)))


class _Overheard:
    """A target of which every exchange is kept: those, too, after which a request was sent once more."""

    def __init__(self, target: Target, key: bytes) -> None:
        self.origin, self.exchanges = target.origin, list[Exchange]()
        self._target, self._key = target, key

    def ask(self, asked: Asked) -> Exchange:
        return self._kept(self._target.ask(asked))

    def ask_together(self, asked: Sequence[Asked]) -> tuple[Exchange, ...]:
        return tuple(map(self._kept, self._target.ask_together(asked)))

    def reaches(self, url: str) -> bool:
        return self._target.reaches(url)

    def close(self) -> None:
        self._target.close()

    def _kept(self, exchange: Exchange) -> Exchange:
        self.exchanges.append(without(self._key, exchange))
        return exchange


class Look:
    """One look at one server.

    Args:
        contract: What is promised.
        planned: What is sent.
        target: The server.
        time: Of the look.
        pace: Of the polls.
        seconds: How long it may take; None for as long as the job does.
        key: Never shown.
        listener: Told how far it is.
    """

    def __init__(
        self,
        contract: Contract,
        planned: Glance,
        target: Target,
        time: Time,
        *,
        pace: Pace,
        seconds: float | None = None,
        key: str = "",
        listener: Listener | None = None,
    ) -> None:
        self._planned, self._listener = planned, listener
        self._heard = _Overheard(target, key.encode())
        pattern = planned.pattern
        deadline = None if seconds is None else time.real() + seconds
        requests = Requests(pattern, contract.conventions)
        sender = Sender(self._heard, time, Referee(contract, pattern), pattern, requests, deadline)
        sender.on_exchange = self._tell
        self._player = Player(sender, pace, Ledger(), Spending(planned.jobs), key)
        self._phase = ""

    def __call__(self) -> Looked:
        """Look; whatever ends it, what was seen until then is returned."""
        unseen: list[str] = []
        interrupted = False
        try:
            self._phase = "free probes"
            for asked in self._planned.probes:
                self._player.ask(asked)
            self._phase = "the life of one job"
            unseen += self._follow()
        except Stopped as reason:
            self._forget_denials()
            unseen.append(f"{reason} (while looking at {self._phase})")
        except KeyboardInterrupt:
            interrupted = True
            unseen.append(f"interrupted (while looking at {self._phase})")
        broken = dict.fromkeys(failure.finding.rule for failure in self._player.ledger)
        return Looked(
            tuple(self._heard.exchanges),
            tuple(unseen),
            tuple(broken),
            self._player.spending.jobs,
            interrupted,
        )

    def _follow(self) -> Iterator[str]:
        if not self._planned.jobs:
            yield "the budget allows no job, so that no life of one was seen"
            return
        life = self._player.create(self._planned.body)
        if life is None:
            yield f"the create was answered {self._heard.exchanges[-1].status} and told no id, so that no poll was seen"
            return
        self._player.drain([life])
        self._player.look_back([life], fetches=0)
        if not life.ended:
            yield "the job came to no end, so that no end was seen"

    def _forget_denials(self) -> None:
        exchanges = self._heard.exchanges
        while exchanges and exchanges[-1].status in DENIED:
            exchanges.pop()

    def _tell(self) -> None:
        if self._listener is not None:
            player = self._player
            open_jobs = sum(life.open for life in player.lives)
            counts = (player.sender.count, player.ledger.checked, open_jobs, player.spending.jobs)
            self._listener(Progress(self._phase, *counts, len(player.ledger)))


def without(key: bytes, exchange: Exchange) -> Exchange:
    """Return an exchange whose reply does not hold the key, which a server may send back."""
    content = exchange.reply.body.content
    if not key or content is None or key not in content:
        return exchange
    clean = content.replace(key, HIDDEN)
    return replace(exchange, reply=Message(exchange.reply.fields, Body(clean, len(clean))))


def lines(planned: Glance, spoken: Sequence[str] = ()) -> Iterator[str]:
    """Yield what would be sent and what it may cost, as lines for a person.

    Args:
        planned: What is sent.
        spoken: The body as text, in lines.
    """
    yield f"{planned.pattern.submit} and {planned.pattern.poll}"
    yield from (
        f"  {asked.method} {asked.url}{'' if asked.keyed else ', without a key'}" for asked in planned.probes
    )
    if not planned.jobs:
        yield "  no job: the budget allows none"
        return
    yield "  one job, polled to its end:"
    yield from (f"    {line}" for line in spoken)
    price = f"{planned.usd:g} USD by the contract's price" if planned.usd else "the contract states no price"
    yield f"at most one job: {price}"
