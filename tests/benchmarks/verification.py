"""Requests per second of ``verify provider`` and of Schemathesis against the same server in the same run.

Both draw from the same contract, send over a socket, and check every reply with all of their checks.
"""

import time
from dataclasses import dataclass

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis.core.failures import FailureGroup

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.verify.pacing import LOCAL, Time
from bodydouble.contracts.verify.running import Run
from bodydouble.contracts.verify.settings import Settings
from bodydouble.contracts.verify.url_target import UrlTarget

from . import servers
from .report import Table

WANTED = 3.0
DOCUMENT = "/_double/openapi.json"
HEADERS = {"Authorization": f"Bearer {servers.KEY}"}


@dataclass(frozen=True, slots=True)
class Pace:
    """What one tester did.

    Attributes:
        requests: That it sent.
        seconds: That this took.
    """

    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def hurried(port: int) -> list[str]:
    """The double with jobs that end in a fraction of a second, so that nobody waits for them."""
    return [*servers.double(port), "--speed", "2000"]


def ours(origin: str, examples: int) -> Pace:
    """Run every phase of ``verify provider``.

    Raises:
        RuntimeError: It did not come to its end, or found something in the double.
    """
    contract = bundled_contract()
    target = UrlTarget(origin, time.monotonic, servers.KEY)
    run = Run(
        contract,
        contract.patterns[0],
        target,
        Time(time.monotonic, time.sleep),
        Settings(seed=1, examples=examples, pace=LOCAL),
    )
    started = time.perf_counter()
    outcome = run()
    seconds = time.perf_counter() - started
    target.close()
    if outcome.stopped or outcome.failures:
        raise RuntimeError(f"the run ended early: {outcome.stopped or outcome.findings}")
    return Pace(outcome.exchanges, seconds)


def theirs(origin: str, examples: int) -> Pace:
    """Fuzz every operation with Schemathesis, valid and invalid requests alike; what it complains about counts, too."""
    schema = schemathesis.openapi.from_url(f"{origin}{DOCUMENT}")
    sent = 0
    configured = settings(
        max_examples=examples,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    started = time.perf_counter()
    for operation in schema.get_all_operations():

        @seed(1)
        @configured
        @given(case=operation.ok().as_strategy())
        def sends(case: schemathesis.Case) -> None:
            nonlocal sent
            sent += 1
            reply = case.call(headers=HEADERS)
            try:
                case.validate_response(reply)
            except FailureGroup:
                return

        sends()
    return Pace(sent, time.perf_counter() - started)


def measure(examples: int) -> dict[str, Pace]:
    """Let both test the same running double, in turn.

    Raises:
        servers.StartError: The double did not come up.
    """
    with servers.running(hurried) as server:
        if examples > 1:
            ours(server.origin, 2)  # the first run compiles what was never imported
        return {
            "bodydouble verify provider": ours(server.origin, examples),
            "Schemathesis": theirs(server.origin, examples),
        }


def table(found: dict[str, Pace]) -> Table:
    """Return the result in rows."""
    base = found["Schemathesis"].rate
    rows = []
    for name, pace in found.items():
        target = f"≥ {WANTED:g}" if name != "Schemathesis" else ""
        times = (f"{pace.requests:,}", f"{pace.seconds:.1f} s", f"{pace.rate:,.0f}")
        rows.append((name, *times, f"{pace.rate / base:.1f}", target))
    notes = (
        "The same double over a socket, the same contract, every check on; waiting for jobs counts as time."
    )
    head = ("tester", "requests", "time", "per second", "ratio", "target")
    return Table("Verification", notes, head, tuple(rows))


if __name__ == "__main__":
    print(table(measure(200)).markdown())  # noqa: T201 - it is what the program is for
