"""How many whole lives a minute a trivial client lives in process, on one core.

python -m tests.benchmarks.consumers          # half a minute
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bodydouble.mockserver.consumer.calling import Caller
from bodydouble.mockserver.consumer.consumer_rules import judge
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.searching import Settings, drawn
from tests.consuming import trusting, trusting_async

from .report import Table

TARGET = 6000
CLIENTS: Mapping[str, Callable[..., Any]] = {"blocking": trusting, "asynchronous": trusting_async}
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Lived:
    """What one client did.

    Attributes:
        lives: How many runs, each with a world, a report and a judgement of its own.
        requests: How many requests they made.
        processor: Seconds of processor time, which other programs change less.
        wall: Seconds that passed.
    """

    lives: int
    requests: int
    processor: float
    wall: float

    def rate(self, seconds: float) -> float:
        """Lives a minute."""
        return self.lives / seconds * MINUTE


def measure(client: Callable[..., Any], lives: int) -> Lived:
    """Have ``client`` live through drawn behaviours within the contract."""
    caller = Caller()
    behaviours = drawn(caller.staging.play, Settings(level=Level.CONTRACT), min(lives, 300))
    for behaviour in behaviours:  # replies are prepared once
        caller.run(client, behaviour)
    wall, processor, requests = time.perf_counter(), time.process_time(), 0
    for number in range(lives):
        behaviour = behaviours[number % len(behaviours)]
        life = caller.run(client, behaviour)
        judge(behaviour, life)
        requests += len(life.entries)
    found = Lived(lives, requests, time.process_time() - processor, time.perf_counter() - wall)
    caller.close()
    return found


def table(found: Mapping[str, Lived]) -> Table:
    """Return the result, a row for each client."""
    rows = tuple(
        (
            name,
            f"{lived.lives:,}",
            f"{lived.requests / lived.lives:.1f}",
            f"{lived.rate(lived.processor):,.0f}",
            f"{lived.rate(lived.wall):,.0f}",
            f"≥ {TARGET:,}",
        )
        for name, lived in found.items()
    )
    head = (
        "client",
        "lives",
        "requests a life",
        "lives a minute, processor",
        "lives a minute, clock",
        "target",
    )
    notes = (
        "A client that submits, polls and returns, through drawn lives on virtual time, each of them judged."
    )
    return Table("Clients in process", notes, head, rows)


def main(given: Sequence[str]) -> int:
    """Measure both clients and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.consumers", description=__doc__)
    parser.add_argument("--lives", type=int, default=2000)
    lives = parser.parse_args(given).lives
    found = {name: measure(client, lives) for name, client in CLIENTS.items()}
    sys.stdout.write(table(found).markdown() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
