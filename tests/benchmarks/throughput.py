"""Creates and polls per second, as shares of what uvicorn can do at all.

All servers run at once on one core and are loaded one at a time, in turn, for many short rounds: whatever slows
the machine down for a while slows all of them. A share is taken within each round, and the median counts.
"""

import http.client
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from . import servers
from .load import CONNECTIONS, LoadError, Request, Sample, answer
from .report import Table

TARGET = "/v2/video/generations"
HEADERS = {
    "Authorization": f"Bearer {servers.KEY}",
    "Origin": "https://app.example",
    "X-Client-Request-Id": "bench-0001",
}
BODY = json.dumps(
    {
        "model": "video-01",
        "prompt": "A paper boat sails down a rain-filled gutter, the camera following low over the water.",
        "enhance_prompt": False,
        "image_url": "https://images.example/boat.png",
    },
).encode()
CREATE = Request("POST", TARGET, {"Content-Type": "application/json", **HEADERS}, BODY)
JOBS = 1000
LIMIT = "bare ASGI constant"
WANTED = {"create": 0.50, "poll": 0.55}

Sender = Callable[[str, Sequence[Request], float], Sample]
"""Sends requests to an origin for some seconds."""
Slices = Mapping[tuple[str, str], Sequence[Sample]]
"""One for each round, by contender and kind of request."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A server under load.

    Attributes:
        name: What the table calls it.
        command: How it is started.
        kinds: What is asked of it: ``create``, ``poll`` or both.
        has_jobs: Whether only ids that it has issued may be polled.
    """

    name: str
    command: servers.Command
    kinds: tuple[str, ...] = ("create", "poll")
    has_jobs: bool = False


CONTENDERS = (
    Contender(LIMIT, servers.bare),
    Contender("bare Starlette constant", servers.framework),
    Contender("bodydouble", servers.double, has_jobs=True),
    Contender("bodydouble, jobs completed", servers.finished, ("poll",), has_jobs=True),
)


def with_prism(contenders: Sequence[Contender], folder: Path) -> tuple[Contender, ...]:
    """Return ``contenders``, and Prism on the same contract if it is installed."""
    document = folder / "openapi.json"
    command = servers.prism(document)
    if command is None:
        return tuple(contenders)
    program = [str(Path(sys.executable).with_name("bodydouble")), "contract", "export"]
    document.write_bytes(subprocess.run(program, capture_output=True, check=True).stdout)
    return (*contenders, Contender("Prism", command))


def poll(job_id: str) -> Request:
    """Return the request that polls one job."""
    return Request("GET", f"{TARGET}?generation_id={quote(job_id, safe='')}", HEADERS)


def issued(origin: str, count: int) -> list[str]:
    """Create ``count`` jobs and return their ids.

    Raises:
        LoadError: One was refused.
    """
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
    found = []
    for _ in range(count):
        status, body = answer(connection, CREATE)
        if status >= http.HTTPStatus.BAD_REQUEST:
            raise LoadError(f"a create was answered {status}: {body[:500]!r}")
        found.append(json.loads(body)["id"])
    connection.close()
    return found


def requests_for(contender: Contender, kind: str, origin: str) -> Sequence[Request]:
    """Return what is sent in one slice.

    Jobs to poll are new in each slice: creates go on between the polls, and the oldest jobs have to leave.
    """
    if kind == "create":
        return (CREATE,)
    if contender.has_jobs:
        return tuple(map(poll, issued(origin, JOBS)))
    return tuple(poll(f"{number:08}-0000-4000-8000-000000000000") for number in range(JOBS))


def measure(contenders: Sequence[Contender], send: Sender, seconds: float, rounds: int) -> Slices:
    """Return the samples of each contender and kind of request, one for each round."""
    samples = defaultdict[tuple[str, str], list[Sample]](list)
    with ExitStack() as stack:
        running = [(each, stack.enter_context(servers.running(each.command))) for each in contenders]
        turns = [(kind, *one) for kind in WANTED for one in running if kind in one[0].kinds] * rounds
        for kind, contender, server in turns:
            requests = requests_for(contender, kind, server.origin)
            before = server.busy()
            sample = send(server.origin, requests, seconds)
            samples[contender.name, kind].append(replace(sample, busy=server.busy() - before))
    return samples


def share(slices: Sequence[Sample], limit: Sequence[Sample]) -> float:
    """Return which part of the limit's rate was reached, each slice beside the one of the same round."""
    return statistics.median(one.rate / other.rate for one, other in zip(slices, limit, strict=True))


def median(samples: Sequence[Sample]) -> Sample:
    """Return a sample with the median rate, cost and latencies of ``samples``."""
    middle = sorted(samples, key=lambda sample: sample.rate)[len(samples) // 2]
    return replace(
        middle,
        p50=statistics.median(sample.p50 for sample in samples),
        p99=statistics.median(sample.p99 for sample in samples),
        busy=statistics.median(sample.cost for sample in samples) * middle.requests,
    )


def table(found: Slices, seconds: float, rounds: int) -> Table:
    """Return the result in rows, one for each contender and kind of request."""
    rows = []
    for (name, kind), slices in sorted(found.items(), key=lambda item: item[0][1]):
        sample, part = median(slices), share(slices, found[LIMIT, kind])
        target = f"≥ {WANTED[kind]:.2f}" if name == "bodydouble" else ""
        times = (f"{sample.cost * 1e6:.0f} µs", f"{sample.p50 * 1e3:.2f} ms", f"{sample.p99 * 1e3:.2f} ms")
        rows.append((kind, name, f"{sample.rate:,.0f}", f"{part:.2f}", target, *times))
    notes = (
        f"One core for the servers, one for the load: {CONNECTIONS} connections, slices of {seconds:g} s in "
        f"turn, medians of {rounds} rounds; a share is taken within its round. The constants decide nothing; "
        "bodydouble validates, checks the key, traces and answers CORS."
    )
    head = ("request", "server", "per second", "share", "target", "CPU each", "p50", "p99")
    return Table("Throughput", notes, head, tuple(rows))
