"""How long it takes to compare published documents, the start of the process included.

python -m tests.benchmarks.drift            # needs the published documents beside the project
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .report import Table

UPSTREAM = Path(__file__).parents[3] / "shared" / "upstream"
COMMAND = str(Path(sys.executable).with_name("bodydouble"))
PAIRS = """
import json, sys
from bodydouble.contracts.drift.comparing import compare
from bodydouble.contracts.drift.versions import Version
from bodydouble.contracts.reading.fragments import parse

paths, pairs = json.load(sys.stdin)
versions = [Version(parse(open(path, "rb").read(), path), path) for path in paths]
print(sum(len(compare(versions[old], versions[new])) for old, new in pairs))
"""
LIMITS: Mapping[str, float] = {
    "drift: two small fragments": 0.5,
    "drift history: eleven versions, up to 2.2 MB each": 3.0,
    "200 pairs in one process": 2.0,
}
ABSENT = "the published documents are not at hand"


class Work(NamedTuple):
    """A process that is measured: its arguments, and what it reads from standard input."""

    command: Sequence[str]
    stdin: str = ""


def works(upstream: Path, pairs: int = 200) -> dict[str, Work]:
    """Return what is measured by name; the pairs are of neighbours, mostly of one vendor, and differ in detail.

    The two fragments are the small ones of a history, which differ in more than a word.
    """
    fragments = sorted(map(str, upstream.glob("fragments/*/*.json")))
    history = upstream / "history" / "video-01"
    small = [str(path) for path in sorted(history.glob("*.json"))[-3:-1]]
    count = len(fragments)
    chosen = [(n % count, (n + 1 + n // count) % count) for n in range(pairs)] if count else []
    quiet = ("--fail-on", "none")
    return dict(
        zip(
            LIMITS,
            (
                Work([COMMAND, "drift", *small, *quiet]),
                Work([COMMAND, "drift", "history", str(history), *quiet]),
                Work([sys.executable, "-c", PAIRS], json.dumps([fragments, chosen])),
            ),
            strict=True,
        )
    )


class Taken(NamedTuple):
    """Seconds from the launch of a process to its end, and of processor time, which other programs change less."""

    wall: float
    processor: float


def seconds(work: Work) -> Taken:
    """Return how long a process took that does the work.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        work.command,
        input=work.stdin,
        text=True,
        capture_output=True,
        check=True,
        timeout=300,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(time.perf_counter() - started, processor)


def measure(named: Mapping[str, Work], rounds: int) -> dict[str, list[Taken]]:
    """Return seconds by name; the works take turns, and a first round that compiles what is imported is left out."""
    found: dict[str, list[Taken]] = {name: [] for name in named}
    for number in range(rounds + 1):
        for name, work in named.items():
            taken = seconds(work)
            if number:
                found[name].append(taken)
    return found


def table(found: Mapping[str, Sequence[Taken]]) -> Table:
    """Return the result in rows, one for each work."""
    rows = tuple(
        (
            name,
            f"{statistics.median(taken.wall for taken in each):.2f} s",
            f"{statistics.median(taken.processor for taken in each):.2f} s",
            f"≤ {LIMITS[name]} s",
        )
        for name, each in found.items()
    )
    rounds = max(map(len, found.values()), default=0)
    notes = f"A process from launch to end, reading and parsing included; medians of {rounds} rounds in turn."
    return Table("Drift", notes, ("work", "median", "processor", "wanted"), rows)


def main(given: Sequence[str]) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.drift", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(given)
    if not UPSTREAM.is_dir():
        sys.stderr.write(f"{ABSENT}\n")
        return 1
    sys.stdout.write(f"{table(measure(works(UPSTREAM), options.rounds)).markdown()}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
