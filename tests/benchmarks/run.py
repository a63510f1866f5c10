"""Measures the double beside what limits it, prints the tables and writes them to RESULTS.md.

    python -m tests.benchmarks.run            # about seven minutes on two idle cores; needs wrk
    python -m tests.benchmarks.run --smoke    # a few requests: proves that everything here runs

Prism takes part if it is on PATH or BODYDOUBLE_PRISM names it.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import consumers, drift, growth, startup, throughput
from .load import NO_WRK, LoadError, Request, Sample, has_wrk, send, send_few
from .report import Table, document
from .servers import StartError

RESULTS = Path(__file__).with_name("RESULTS.md")
SERVED = "bodydouble.mockserver.app"
COMPARED = 5
"""Rounds of comparing documents."""
PARTS = ("throughput", "growth", "start", "imports", "drift", "consumers", "verification")


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.run", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="few requests, no wrk needed, nothing written")
    parser.add_argument(
        "--only", choices=PARTS, action="append", help="one part; may be given more than once"
    )
    parser.add_argument("--seconds", type=float, default=1, help="length of a slice")
    parser.add_argument("--rounds", type=int, default=15, help="how often the servers take turns")
    parser.add_argument("--jobs", type=int, default=1_000_000, help="how many jobs the double is filled with")
    parser.add_argument("--launches", type=int, default=15, help="how often each server is started")
    parser.add_argument("--lives", type=int, default=2000, help="how many jobs each client sees through")
    parser.add_argument("--examples", type=int, default=200, help="how many requests of a kind are drawn")
    return parser.parse_args(given)


def measured(options: argparse.Namespace, parts: Sequence[str]) -> Iterator[Table]:
    """Yield one table after the other."""
    if "throughput" in parts:
        with tempfile.TemporaryDirectory() as folder:
            contenders = throughput.with_prism(throughput.CONTENDERS, Path(folder))
            found = throughput.measure(contenders, send, options.seconds, options.rounds)
        yield throughput.table(found, options.seconds, options.rounds)
    if "growth" in parts:
        yield growth.table(growth.measure(send, options.jobs, growth.SLICE))
    if "start" in parts:
        yield startup.table(startup.measure(options.launches), options.launches)
    if "imports" in parts:
        yield startup.import_table(SERVED)
    if "drift" in parts:
        yield from compared(COMPARED)
    if "consumers" in parts:
        yield lived(options.lives)
    if "verification" in parts:
        yield verified(options.examples)


def lived(lives: int) -> Table:
    """Return how many lives a minute clients live in process."""
    return consumers.table({name: consumers.measure(each, lives) for name, each in consumers.CLIENTS.items()})


def verified(examples: int) -> Table:
    """Return how fast a server is verified, beside Schemathesis."""
    from . import verification  # noqa: PLC0415 - Schemathesis takes seconds to import, and other parts need none

    return verification.table(verification.measure(examples))


def compared(rounds: int) -> Iterator[Table]:
    """Yield how long comparing takes, where the published documents are at hand."""
    if drift.UPSTREAM.is_dir():
        yield drift.table(drift.measure(drift.works(drift.UPSTREAM), rounds))
    else:
        sys.stderr.write(f"{drift.ABSENT}\n")


def few(origin: str, requests: Sequence[Request], _seconds: float) -> Sample:
    """Send twenty requests, without wrk."""
    return send_few(origin, requests, 20)


def tried(parts: Sequence[str]) -> Iterator[Table]:
    """Yield the same tables from few requests; their numbers mean nothing. wrk is tried where it is."""
    senders: tuple[throughput.Sender, ...] = (few, send) if has_wrk() else (few,)
    if "throughput" in parts:
        for sender in senders:
            yield throughput.table(throughput.measure(throughput.CONTENDERS, sender, 1, 1), 1, 1)
    if "growth" in parts:
        yield growth.table(growth.measure(few, 40, 1))
    if "start" in parts:
        yield startup.table(startup.measure(1), 1)
    if "imports" in parts:
        yield startup.import_table(SERVED)
    if "drift" in parts:
        yield from compared(1)
    if "consumers" in parts:
        yield lived(5)
    if "verification" in parts:
        yield verified(1)


def main(given: Sequence[str]) -> int:
    """Measure, print and write; return the exit code."""
    options = arguments(given)
    parts = options.only or PARTS
    if not options.smoke and not has_wrk() and {"throughput", "growth"} & set(parts):
        sys.stderr.write(f"{NO_WRK}\n")
        return 2
    tables = []
    try:
        for table in tried(parts) if options.smoke else measured(options, parts):
            tables.append(table)
            sys.stdout.write(f"{table.markdown()}\n\n")
            sys.stdout.flush()
    except (LoadError, StartError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not options.smoke and set(parts) == set(PARTS):
        RESULTS.write_text(document(tables), "utf-8")
        sys.stdout.write(f"wrote {RESULTS.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
