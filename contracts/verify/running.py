"""One run: the phases in their order, each within what it may spend."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.generating.library import st
from bodydouble.contracts.generating.strategies import values
from bodydouble.contracts.jobs.job_pattern import JobPattern

from .answer_rules import Answer
from .asking import Meant, Requests, encoded
from .budgets import Spending
from .judging import Referee
from .ledger import Ledger
from .lives import Life
from .machine import machine
from .outcomes import Looked, Outcome
from .pacing import Time
from .planning import planned
from .player import Player
from .probes import risky_probes
from .progress import Listener, Progress
from .reducing import LEAST_STEPS, MOST, reduced
from .searching import Search
from .sending import Sender
from .settings import JOBS_AT_ONCE, Settings
from .stopping import Spent, Stopped
from .targets import Target

FETCHES = 3
"""Results that are fetched of the jobs that were left to the end."""


Watcher: TypeAlias = Callable[[Answer], None]
"""Given every answer."""


def player_for(
    contract: Contract, pattern: JobPattern, target: Target, time: Time, settings: Settings, key: str = ""
) -> Player:
    """Return what plays steps against ``target`` as ``settings`` say."""
    deadline = None if settings.limits.seconds is None else time.real() + settings.limits.seconds
    requests = Requests(pattern, contract.conventions)
    sender = Sender(target, time, Referee(contract, pattern), pattern, requests, deadline)
    spending = Spending(settings.limits.jobs_at(contract.conventions.price))
    player = Player(sender, settings.pace, Ledger(), spending, key)
    player.first_only = settings.first_only
    return player


class Run:
    """Everything about one run against one server.

    Args:
        contract: What is promised.
        pattern: Of the jobs.
        target: The server.
        time: Of the run.
        settings: What it is told.
        listener: Told how far it is, after every exchange.
        watcher: Given every answer.
        key: Never shown.
    """

    def __init__(
        self,
        contract: Contract,
        pattern: JobPattern,
        target: Target,
        time: Time,
        settings: Settings,
        *,
        listener: Listener | None = None,
        watcher: Watcher | None = None,
        key: str = "",
    ) -> None:
        self._settings, self._contract, self._pattern = settings, contract, pattern
        self._plan = planned(contract, pattern, settings)
        self._player = player_for(contract, pattern, target, time, settings, key)
        self._player.sender.watchers += [watcher] if watcher else []
        self._player.sender.on_exchange = self._tell
        self._ledger = self._player.ledger
        self._listener = listener
        self._looked: list[Looked] = []

    @property
    def lives(self) -> tuple[Life, ...]:
        """Every job so far."""
        return tuple(self._player.lives)

    def __call__(self) -> Outcome:
        """Play every phase; return what came of it, however it ended."""
        stopped, interrupted = "", False
        try:
            for phase, play in self._phases():
                self._ledger.phase = phase
                play()
        except Stopped as reason:
            stopped = f"{reason} (while looking at {self._ledger.phase})"
        except KeyboardInterrupt:
            interrupted = True
        return self._outcome(stopped, interrupted=interrupted)

    def _phases(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("free probes", self._probe),
            ("lives", self._live),
            ("corners", self._corner),
            ("invalid requests", self._break),
            ("drawn bodies", self._draw),
            ("interleaved lives", self._interleave),
            ("the jobs' ends", self._finish),
            *((("the failures again", self._reduce),) if self._reduces else ()),
        )

    def _probe(self) -> None:
        for asked in self._plan.probes:
            self._player.ask(asked)
        self._saw("free probes", len(self._plan.probes), len(self._plan.probes))

    def _live(self) -> None:
        """The plainest jobs, from the beginning to what they made: whatever is wrong everywhere is wrong here."""
        wanted = self._plan.allotted.lives
        if not wanted:
            raise Spent("the budget allows no job at all, so that no life of one could be seen")
        lives = [self._player.create(self._plan.plainest) for _ in range(wanted)]
        known = [life for life in lives if life is not None]
        self._player.drain(known)
        self._player.look_back(known)
        self._saw("lives", wanted, self._plan.wanted.lives)

    def _corner(self) -> None:
        count = self._plan.allotted.corners
        for corner in self._plan.corners[:count]:
            life = self._player.create(corner.value)
            if life is not None:
                self._player.poll(life)
        self._saw("corners", count, len(self._plan.corners))

    def _break(self) -> None:
        listed = self._plan.broken
        why = (
            ""
            if self._settings.negative
            else "a server that takes one may charge for it; --negative sends them"
        )
        if why or not self._player.spending.may_submit():
            self._player.unseen["invalid-accepted"] = why or "the budget is spent"
            self._saw("invalid requests", 0, len(listed), why or "the budget is spent")
            return
        for asked in risky_probes(self._player.sender.requests, encoded(self._plan.plainest)):
            if asked.meant is Meant.CREATE:
                self._player.submit(asked)
            else:
                self._player.ask(asked)
        for broken in listed:
            self._player.submit(self._player.sender.requests.create(broken.value))
        self._saw("invalid requests", len(listed), len(listed))

    def _draw(self) -> None:
        count = self._plan.allotted.drawn
        if count and self._plan.readings:
            with self._within(count):
                search = Search(self._player, self._settings)
                search.bodies(values(*self._plan.readings), count)
        self._saw("drawn bodies", count, self._plan.wanted.drawn)

    def _interleave(self) -> None:
        jobs = self._plan.allotted.stateful
        if jobs:
            with self._within(jobs):
                search = Search(self._player, self._settings)
                examples = -(-jobs // JOBS_AT_ONCE)
                bodies = st.sampled_from([corner.value for corner in self._plan.corners])
                search.lives(machine(search, bodies), examples)
        self._saw("interleaved lives", jobs, self._plan.wanted.stateful)

    def _finish(self) -> None:
        """Jobs of which nobody has seen the end yet."""
        lives = [life for life in self._player.lives if life.open]
        self._player.drain(lives)
        self._player.look_back(lives, FETCHES)
        ended = sum(life.ended for life in self._player.lives)
        self._saw(
            "the jobs' ends", ended, len(self._player.lives), "the others have none, as the findings tell"
        )

    @property
    def _reduces(self) -> bool:
        """Only where pauses cost nothing are failures repeated to see which of their steps they need."""
        return self._settings.shrink and self._player.sender.time.moves

    def _reduce(self) -> None:
        for failure in tuple(self._ledger)[:MOST]:
            if len(failure.steps) > LEAST_STEPS:
                self._ledger.replace(reduced(failure, self._again))

    def _again(self) -> Player:
        sender = self._player.sender
        return Player(sender, self._player.pace, Ledger(), self._player.spending)

    @contextmanager
    def _within(self, jobs: int) -> Iterator[None]:
        """Let a search submit its share of the budget and no more; that it ends there is no reason to stop the run."""
        spending = self._player.spending
        most = spending.most
        spending.most = None if most is None else min(spending.jobs + jobs, most)
        try:
            yield
        except Spent:
            if most is None:
                raise
        finally:
            spending.most = most

    def _saw(self, phase: str, done: int, wanted: int, why: str = "") -> None:
        cut = why or ("the budget allows no more" if done < wanted else "")
        self._looked.append(Looked(phase, done, wanted, cut if done < wanted else ""))

    def _tell(self) -> None:
        if self._listener is not None:
            player = self._player
            open_jobs = sum(life.open for life in player.lives)
            told = (
                self._ledger.phase,
                player.sender.count,
                self._ledger.checked,
                open_jobs,
                player.spending.jobs,
            )
            self._listener(Progress(*told, len(self._ledger)))

    def _outcome(self, stopped: str, *, interrupted: bool) -> Outcome:
        player = self._player
        return Outcome(
            target=player.sender.target.origin,
            seed=self._settings.seed,
            failures=tuple(self._ledger),
            looked=tuple(self._looked),
            stopped=stopped,
            interrupted=interrupted,
            exchanges=player.sender.count,
            checked=self._ledger.checked,
            jobs=player.spending.jobs,
            usd=player.spending.jobs * self._contract.conventions.price.usd,
            unseen=dict(player.unseen),
            counts=tuple(self._ledger.count(failure) for failure in self._ledger),
        )
