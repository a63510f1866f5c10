r"""Measure what SDKs do where the client makes its promises; keep it, and print the README's table.

::

    python -m venv sdks
    sdks/bin/pip install aimlapi-sdk-python openai replicate lumaai fal-client
    python -m tests.end_to_end.comparing sdks/bin/python

Every cell is one process of that interpreter, talking to servers of raw sockets on the loopback, with the SDK's own
settings but for the interval between polls; a cell says what the servers saw and how the process ended. What came of
it is kept, with the versions, in ``sdks.json``. The column of this client is measured the same way by
``test_comparing.py``, which also holds the README to what was measured.
"""

import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..client.faults import (  # noqa: TID252 - the tests' own server
    VIDEO,
    Act,
    Script,
    Seen,
    dribble,
    drop,
    html,
    ranged,
    reply,
    serving,
    truncated,
    whole,
)

KEY = "sk-0123456789abcdef"
PATIENCE = 30.0
ATTEMPTS = 3
NONE = "n/a"
MEASURED = Path(__file__).with_name("sdks.json")


@dataclass(frozen=True, kw_only=True)
class Sdk:
    """How one SDK is told to do what is measured; empty where it offers nothing of the kind.

    Attributes:
        setup: Makes the client ``c`` for the API at ``URL``.
        create: Creates a job.
        wait: Creates a job and waits for it, ``LIMIT`` seconds at the most if a limit is offered.
        fetch: Fetches the video that is at ``STORE``, or that the API redirects there for.
        running: The word that this SDK polls on.
        failed: Its word for a failed job; empty if it has none.
        limited: Whether a wait can be limited.
    """

    setup: str
    create: str
    wait: str = ""
    fetch: str = ""
    running: str = "generating"
    failed: str = "failed"
    limited: bool = False


SDKS: Mapping[str, Sdk] = {
    "bodydouble": Sdk(
        setup="from bodydouble.client import Client, Job, Pace, Video\n"
        "c = Client(KEY, base_url=URL, pace=Pace(first_poll=.2, interval=.2, longest=.2, poll_timeout=5))",
        create="r = c.create('x')",
        wait="r = c.generate('x', timeout=LIMIT)",
        fetch="r = c.download(Job(id='job-1', videos=(Video(url=STORE),)), sys.argv[3])",
        failed="error",
        limited=True,
    ),
    "aimlapi-sdk-python": Sdk(
        setup="from aimlapi import AIMLAPI\nc = AIMLAPI(api_key=KEY, base_url=URL + '/v1')\n"
        "make = lambda **k: c.videos.generate_with_polling(model='m', prompt='x', poll_interval=.2, **k)",
        create="r = make()",
        wait="r = make(poll_timeout=LIMIT)",
        fetch="r = make(return_bytes=True)",
        failed="error",
        limited=True,
    ),
    "openai": Sdk(
        setup="from openai import OpenAI\nc = OpenAI(api_key=KEY, base_url=URL + '/v1')",
        create="r = c.videos.create(prompt='x')",
        wait="r = c.videos.create_and_poll(prompt='x', poll_interval_ms=200)",
        fetch="r = c.videos.download_content('job-1').read()",
        running="in_progress",
    ),
    "replicate": Sdk(
        setup="import os; os.environ['REPLICATE_POLL_INTERVAL'] = '0.2'\n"
        "import replicate; from replicate.helpers import FileOutput\n"
        "c = replicate.Client(api_token=KEY, base_url=URL)",
        create="r = c.predictions.create(version='a' * 64, input={})",
        wait="r = c.predictions.create(version='a' * 64, input={}); r.wait()",
        fetch="r = FileOutput(STORE, c).read()",
        running="processing",
    ),
    "lumaai": Sdk(
        setup="from lumaai import LumaAI\nc = LumaAI(auth_token=KEY, base_url=URL)",
        create="r = c.generations.create(model='ray-2', prompt='x')",
    ),
    "fal-client": Sdk(
        setup="import fal_client.client as m; m.QUEUE_URL_FORMAT = URL + '/'\nc = m.SyncClient(key=KEY)",
        create="r = c.submit('vendor/model', {})",
        wait="r = c.subscribe('vendor/model', {}, interval=.2, client_timeout=LIMIT)",
        running="IN_QUEUE",
        failed="",
        limited=True,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one process did.

    Attributes:
        api: What the API saw.
        store: What the host of the video saw.
        output: What the process printed, errors included.
        code: How it ended; None if it had to be killed.
    """

    api: list[Seen]
    store: list[Seen]
    output: str
    code: int | None

    @property
    def posts(self) -> list[Seen]:
        return [seen for seen in self.api if seen.method == "POST"]


def run(python: str, sdk: Sdk, action: str, api: Callable[[str], Script], *, interrupt: bool = False) -> Run:
    """Let an SDK do something against an API made by ``api`` (from the store's URL).

    A wait lasts two seconds, and so long that it cannot end by itself if it is to be interrupted.
    """
    limit = 600 if interrupt else 2
    program = (
        # Where the measuring runs in the background, programs would ignore the signal.
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"URL, STORE, KEY, LIMIT = *sys.argv[1:3], {KEY!r}, {limit}\n{sdk.setup}\n{action}\n"
        "print('RESULT', getattr(r, 'status', None) or (r.get('status') if isinstance(r, dict) else 'bytes'))"
    )
    with (
        TemporaryDirectory() as folder,
        serving(breaking_store()) as store,
        serving(api(f"{store.url}/v.mp4")) as server,
    ):
        process = subprocess.Popen(
            [python, "-W", "ignore", "-c", program, server.url, f"{store.url}/v.mp4", f"{folder}/v.mp4"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            if interrupt:
                interrupt_when_polling(process, server.requests)
            output, _ = process.communicate(timeout=150 if action == sdk.create else PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            return Run(api=server.requests, store=store.requests, output=output, code=None)
        return Run(api=server.requests, store=store.requests, output=output, code=process.returncode)


def interrupt_when_polling(process: subprocess.Popen[str], requests: list[Seen]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not any(seen.method == "GET" for seen in requests):
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)


def breaking_store() -> Script:
    """Return a host that breaks off once in the middle, and can resume."""
    first = itertools.chain([True], itertools.repeat(False))
    broken = truncated(whole(VIDEO, 200, {"Content-Type": "video/mp4", "ETag": '"v1"'}), 100_000)
    return lambda seen: broken if next(first) else ranged(VIDEO, seen)


def body(status: str, here: str, video: str = "http://127.0.0.1:9/v.mp4") -> dict[str, object]:
    """Return a reply in which every SDK finds its fields."""
    ids = dict.fromkeys(("id", "generation_id", "request_id"), "job-1")
    links = dict.fromkeys(("status_url", "response_url", "cancel_url"), f"{here}/poll")
    more = {"urls": {"get": f"{here}/poll", "cancel": f"{here}/poll"}, "video": {"url": video}}
    rest = {
        "object": "video",
        "model": "m",
        "version": "v",
        "input": {},
        "created_at": 1,
        "queue_position": 1,
    }
    return {**ids, **links, **more, **rest, "state": "queued", "status": status}


def polled(sdk: Sdk, act: Callable[[str], Act]) -> Callable[[str], Script]:
    """Return an API that accepts every create and answers polls with ``act`` (from its own URL)."""

    def api(_: str) -> Script:
        def script(seen: Seen) -> Act:
            here = f"http://{seen.headers['host']}"
            return reply(body(sdk.running, here)) if seen.method == "POST" else act(here)

        return script

    return api


def creates(act: Act) -> Callable[[str, Sdk], str]:
    return lambda python, sdk: str(len(run(python, sdk, sdk.create, lambda _: lambda _: act).posts))


def retry_after(form: str) -> Callable[[str, Sdk], str]:
    """Return a cell that says whether a create refused with 429 keeps the pause of 3 seconds."""

    def cell(python: str, sdk: Sdk) -> str:
        first = iter([True])

        def script(seen: Seen) -> Act:
            if not next(first, False):
                return reply(body(sdk.running, f"http://{seen.headers['host']}"))
            later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 4))
            return reply({}, 429, {"Retry-After": "3" if form == "seconds" else later})

        times = [seen.at for seen in run(python, sdk, sdk.create, lambda _: script).posts]
        if len(times) == 1:
            return "not sent again"
        pause = times[1] - times[0]
        return "kept" if pause >= 3 else f"no, {pause:.1f} s"

    return cell


def ends_in_time(python: str, sdk: Sdk) -> str:
    if not sdk.limited:
        return NONE if not sdk.wait else "no limit offered"
    act = dribble(raw_reply(b" " * 4000), 0.1)
    ended = run(python, sdk, sdk.wait, polled(sdk, lambda _: act)).code is not None
    # This client ends at its limit plus one poll, which is 5 seconds at the most; what comes takes minutes.
    return "yes" if ended else f"no, still there after {PATIENCE:.0f} s"


def raw_reply(data: bytes) -> bytes:
    return whole(data)


def of_status(word: Callable[[Sdk], str]) -> Callable[[str, Sdk], str]:
    def cell(python: str, sdk: Sdk) -> str:
        if not sdk.wait or not word(sdk):
            return NONE
        made = run(python, sdk, sdk.wait, polled(sdk, lambda here: reply(body(word(sdk), here))))
        if "RESULT" in made.output:
            return "returned as a result"
        return "polling goes on" if len(made.api) > 4 else "raised"

    return cell


def failed_poll(python: str, sdk: Sdk) -> str:
    if not sdk.wait:
        return NONE
    made = run(python, sdk, sdk.wait, polled(sdk, lambda _: html(502)))
    polls = len(made.api) - len(made.posts)
    return (
        "polling goes on"
        if "job-1" in made.output and polls > 4
        else f"wait ends after {polls}, id not named"
    )


def names_job(python: str, sdk: Sdk) -> str:
    if not sdk.wait:
        return NONE
    api = polled(sdk, lambda here: reply(body(sdk.running, here)))
    for _ in range(ATTEMPTS):
        made = run(python, sdk, sdk.wait, api, interrupt=True)
        if "KeyboardInterrupt" in made.output:
            return "yes" if "job-1" in made.output else "no"
    raise RuntimeError(f"it was not interrupted while it waited: {made.output!r}")


def fetches(python: str, sdk: Sdk) -> list[Seen]:
    """Return what the host of the video saw of a download, which is something."""

    def api(video: str) -> Script:
        def script(seen: Seen) -> Act:
            if seen.path.endswith("/content"):
                return reply({}, 302, {"Location": video})
            return reply(body("completed", f"http://{seen.headers['host']}", video))

        return script

    made = run(python, sdk, sdk.fetch, api)
    if not made.store:
        raise RuntimeError(f"nothing was downloaded: {made.output!r}")
    return made.store


def foreign_key(python: str, sdk: Sdk) -> str:
    if not sdk.fetch:
        return NONE
    return "yes" if any(KEY in str(seen.headers) for seen in fetches(python, sdk)) else "no"


def resumed(python: str, sdk: Sdk) -> str:
    if not sdk.fetch:
        return NONE
    return "yes" if any("range" in seen.headers for seen in fetches(python, sdk)) else "no"


COLUMNS: Mapping[str, Callable[[str, Sdk], str]] = {
    "creates sent when the answer is lost": creates(drop),
    "creates sent on a gateway's 500": creates(html(500)),
    "limit of a wait kept under dribbled bytes": ends_in_time,
    "`Retry-After` in seconds": retry_after("seconds"),
    "`Retry-After` as a date": retry_after("date"),
    "unknown status": of_status(lambda _: "dreaming"),
    "failed job": of_status(lambda sdk: sdk.failed),
    "polls answered with 502": failed_poll,
    "key sent to the video's host": foreign_key,
    "id named on Ctrl-C": names_job,
    "broken download resumed": resumed,
}
"""The table's rows (an SDK is a column there): what is measured, and how."""

PROMISED: Mapping[str, str] = {
    "creates sent when the answer is lost": "1",
    "creates sent on a gateway's 500": "1",
    "limit of a wait kept under dribbled bytes": "yes",
    "`Retry-After` in seconds": "kept",
    "`Retry-After` as a date": "kept",
    "unknown status": "polling goes on",
    "failed job": "raised",
    "polls answered with 502": "polling goes on",
    "key sent to the video's host": "no",
    "id named on Ctrl-C": "yes",
    "broken download resumed": "yes",
}
"""What the README says of this client."""


def version_of(python: str, sdk: str) -> str:
    code = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    return subprocess.run(
        [python, "-c", code, sdk], capture_output=True, text=True, check=True
    ).stdout.strip()


def rendered(versions: Mapping[str, str], cells: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table as Markdown: a row per cell's title, a column per SDK, this client's first."""
    heads = ["bodydouble", *(f"{name} {version}" for name, version in versions.items())]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for title, of in cells.items():
        lines.append(f"| {title} | {' | '.join([PROMISED[title], *(of[name] for name in versions)])} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure all SDKs but this client; keep what came of it, and print the table."""
    python = sys.argv[1]
    others = [name for name in SDKS if name != "bodydouble"]
    cells: dict[str, dict[str, str]] = {}
    for title, cell in COLUMNS.items():
        cells[title] = {name: cell(python, SDKS[name]) for name in others}
        sys.stderr.write(f"{title}: {cells[title]}\n")
    measured = {"versions": {name: version_of(python, name) for name in others}, "cells": cells}
    MEASURED.write_text(json.dumps(measured, indent=2) + "\n", "utf-8")
    sys.stdout.write(rendered(measured["versions"], cells))


if __name__ == "__main__":
    main()
