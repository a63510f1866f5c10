"""Hypothesis at work: bodies and lives are drawn, and what breaks a rule is made as small as it can be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, Verbosity, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from bodydouble.contracts.pointers import JSON

from .ledger import Kind
from .player import Player
from .settings import STEPS, Settings
from .stopping import Enough, Spent

SHRINKING = 300
"""Requests that one search may send after its first failure."""
ROUNDS = 3
"""Searches that follow one another, each blind to what the ones before have found."""


class Breach(Exception):
    """A rule is broken. Each kind has a subclass of its own, by which Hypothesis tells failures apart."""


class Search:
    """Draws, plays and shrinks against one server.

    Args:
        player: Plays.
        settings: Of the run.
    """

    def __init__(self, player: Player, settings: Settings) -> None:
        self.player = player
        self._settings = settings
        self._kinds: dict[Kind, type[Breach]] = {}
        self._until: int | None = None

    def begin(self) -> None:
        """Start an example.

        Raises:
            Spent: One more job is not allowed: without jobs there is nothing to play.
            Enough: Failures are as small as they may become.
        """
        if self._until is not None and self.player.sender.count > self._until:
            raise Enough("failures are small enough")
        if not self.player.spending.may_submit():
            raise Spent("the budget is spent")
        self.player.fresh.clear()

    def wait(self, seconds: float) -> None:
        """Let seconds pass: all of them where the clock can be moved, no more than an interval where it cannot."""
        moves = self.player.sender.time.moves
        self.player.sender.pause(seconds if moves else min(seconds, self.player.pace.interval))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Raise a breach of a new kind that the block shows."""
        yield
        if self.player.fresh:
            kind = self.player.fresh[0]
            self.player.fresh.clear()
            if self._until is None:
                self._until = self.player.sender.count + SHRINKING
            raise self._kinds.setdefault(kind, type("Breach", (Breach,), {}))(kind)

    def bodies(self, bodies: st.SearchStrategy[JSON], examples: int) -> None:
        """Submit drawn bodies."""

        def submits(body: JSON) -> None:
            self.begin()
            with self.watching():
                life = self.player.create(body)
                if life is not None:
                    self.player.poll(life)

        self._rounds(
            lambda configured: seed(self._settings.seed)(configured(given(bodies)(submits)))(), examples
        )

    def lives(self, machine: type[RuleBasedStateMachine], examples: int) -> None:
        """Play lives."""
        seeded = seed(self._settings.seed)(machine)
        self._rounds(lambda configured: run_state_machine_as_test(seeded, settings=configured), examples)

    def _rounds(self, run: Callable[[hypothesis_settings], None], examples: int) -> None:
        """Search, and search again for what the first failures have hidden.

        Failures are in the ledger, each in its smallest form. What Hypothesis raises about them says nothing new, and
        a server that fails now and then only makes it say so.
        """
        if not examples:
            return
        for _ in range(ROUNDS):
            self.player.ledger.settle()
            self._until = None
            try:
                run(self._configured(examples))
            except (Breach, BaseExceptionGroup, HypothesisException):
                pass
            except Enough:
                if self.player.first_only:
                    raise
            if not self.player.ledger.settle():
                return

    def _configured(self, examples: int) -> hypothesis_settings:
        phases = (Phase.generate, Phase.shrink) if self._settings.shrink else (Phase.generate,)
        return hypothesis_settings(
            max_examples=examples,
            phases=phases,
            database=None,
            deadline=None,
            derandomize=False,
            print_blob=False,
            report_multiple_bugs=True,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
