"""Interleaved lives of jobs as a rule-based state machine: Hypothesis decides who is asked what, and when."""

from typing import Any
from weakref import proxy

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bodydouble.contracts.pointers import JSON

from .lives import Life
from .player import Player
from .searching import Search
from .settings import JOBS_AT_ONCE

ODD_ID_LENGTH = 40
WAITS = (1.0, 7.0, 30.0, 120.0, 600.0)
"""Seconds that may pass between two steps, where the clock can be moved."""


def machine(  # noqa: C901 - the rules of a machine are methods, and the class stands around them
    played: Search, bodies: st.SearchStrategy[JSON]
) -> type[RuleBasedStateMachine]:
    """Return a machine that plays lives through ``search``.

    Args:
        played: Plays the steps, and tells new failures apart.
        bodies: What is submitted.
    """
    # Hypothesis remembers every machine for good; what was played need not stay for that.
    search: Search = proxy(played)
    ids = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=ODD_ID_LENGTH)
    which = st.integers(0, JOBS_AT_ONCE - 1)

    class Lives(RuleBasedStateMachine):
        """Jobs side by side."""

        def __init__(self) -> None:
            super().__init__()
            self.lives: list[Life] = []
            search.begin()

        @property
        def player(self) -> Player:
            return search.player

        def may_create(self) -> bool:
            return len(self.lives) < JOBS_AT_ONCE and search.player.spending.may_submit()

        def has_jobs(self) -> bool:
            return bool(self.lives)

        def has_ended(self) -> bool:
            return any(life.ended for life in self.lives)

        def life(self, number: int) -> Life:
            return self.lives[number % len(self.lives)]

        @precondition(may_create)
        @rule(body=bodies)
        def create(self, body: JSON) -> None:
            with search.watching():
                life = self.player.create(body)
                if life is not None:
                    self.lives.append(life)

        @precondition(has_jobs)
        @rule(number=which)
        def poll(self, number: int) -> None:
            with search.watching():
                self.player.take_turn(self.life(number))
                self.player.poll(self.life(number))

        @precondition(has_jobs)
        @rule(number=which)
        def poll_by_two(self, number: int) -> None:
            with search.watching():
                self.player.take_turn(self.life(number))
                self.player.poll_twice(self.life(number))

        @precondition(has_ended)
        @rule(number=which)
        def poll_late(self, number: int) -> None:
            ended = [life for life in self.lives if life.ended]
            with search.watching():
                search.wait(WAITS[-1])
                self.player.take_turn(ended[number % len(ended)])
                self.player.poll(ended[number % len(ended)])

        @rule(job=ids)
        def poll_unknown(self, job: str) -> None:
            with search.watching():
                self.player.unknown(job)

        @precondition(has_ended)
        @rule(number=which)
        def fetch(self, number: int) -> None:
            ended = [life for life in self.lives if life.ended]
            with search.watching():
                self.player.take_turn(ended[number % len(ended)])
                self.player.fetch(ended[number % len(ended)])

        @precondition(has_jobs)
        @rule(seconds=st.sampled_from(WAITS))
        def wait(self, seconds: float) -> None:
            search.wait(seconds)

        def teardown(self) -> None:
            if search.player.sender.time.moves:
                with search.watching():
                    self.player.drain(self.lives)
                    self.player.look_back(self.lives, fetches=0)

    found: Any = Lives
    return found  # type: ignore[no-any-return]  # Hypothesis' decorators lose the class
