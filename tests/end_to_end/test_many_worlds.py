"""Eight workers at once, each in a namespace of its own, against one server: nothing of one is seen by another."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.namespaces import Namespaces
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.serving import address_of, listen, server_for
from bodydouble.mockserver.worlds import World

from .doubles import BODY, VIDEO, Hosted, hosted, request

JOBS = 250
"""Of each worker: 2,000 together."""
LANES = 4
"""Connections of each worker."""
FINAL = ("completed", "error")
WORKERS = {
    "w0": ("succeeds", 500.0),
    "w1": ("fails-at-the-end", 1e3),
    "w2": ("instant", 1.0),
    "w3": ("succeeds", 0.0),
    "w4": ("flaky", 2e3),
    "w5": ("nulls", 1e4),
    "w6": ("fails-in-queue", 5e3),
    "w7": ("extra-fields", 0.0),
}
"""Scenario and speed by name; a frozen world is set forward by its worker."""


class Connection:
    """The least of an HTTP client: 14,000 requests must not take longer than the server does."""

    def __init__(self, port: int, headers: str) -> None:
        self._port, self._headers = port, headers
        self._reader: asyncio.StreamReader | None = None

    async def ask(
        self, method: str, target: str, body: bytes = b"", *, bare: bool = False
    ) -> tuple[int, bytes]:
        """Status and body; 0 where the connection broke."""
        if self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        headers = "" if bare else self._headers
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        self._writer.write(f"{method} {target} HTTP/1.1\r\nHost: d\r\n{headers}{kind}\r\n".encode() + body)
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return int(head[9:12]), await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            self.close()
            return 0, b""

    def close(self) -> None:
        if self._reader is not None:
            self._writer.close()
            self._reader = None


@dataclass
class Worker:
    """A client of one namespace."""

    name: str
    world: World
    scenario: str
    by_header: bool
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    fetched: int = 0
    refused: Counter[int] = field(default_factory=Counter)

    @property
    def headers(self) -> str:
        if self.by_header:
            return f"Authorization: Bearer sk-any\r\nX-Double-Namespace: {self.name}\r\n"
        return f"Authorization: Bearer test-{self.name}\r\n"

    async def work(self, port: int) -> None:
        await asyncio.gather(*(self._lane(Connection(port, self.headers), lane) for lane in range(LANES)))

    async def _lane(self, connection: Connection, lane: int) -> None:
        for number in range(lane, JOBS, LANES):
            await self._job(connection, number)
        connection.close()

    async def _job(self, connection: Connection, number: int) -> None:
        body = json.dumps({**BODY, "prompt": f"{self.name} {number}"}).encode()
        status, raw = await connection.ask("POST", VIDEO, body)
        assert status == 200, raw
        job = json.loads(raw)
        assert job["id"] not in self.told
        self.told[job["id"]] = job
        while job["status"] not in FINAL:
            if self.world.clock.speed == 0:
                self.world.clock.advance(40)
            await asyncio.sleep(0.002)
            status, raw = await connection.ask("GET", f"{VIDEO}?generation_id={job['id']}")
            if status == 200:
                job = self.told[job["id"]] = json.loads(raw)
            else:
                self.refused[status] += 1
        if job["status"] == "completed":
            parts = urlsplit(job["video"]["url"])
            assert parts.path.startswith(f"/_double/media/{self.name}/")
            status, raw = await connection.ask("GET", f"{parts.path}?{parts.query}", bare=True)
            self.fetched += status == 200


@asynccontextmanager
async def one_server() -> AsyncIterator[tuple[Namespaces, int]]:
    """A server in the same event loop, so that clocks are moved between requests and never within one."""
    app = create_app(seed=3)
    listener = listen("127.0.0.1", 0)
    server = server_for(app)
    server.config.timeout_keep_alive = 3600  # a machine that stalls closes no idle connection
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield app.service.worlds, int(urlsplit(address_of(listener)).port or 0)
    finally:
        server.should_exit = True
        await serving
        listener.close()


def named(worlds: Namespaces, name: str, number: int) -> Worker:
    scenario, speed = WORKERS[name]
    world = worlds.named(name)
    world.scenario = shipped()[scenario]
    world.clock.scale(speed)
    world.clock.advance(number * 1e5)
    # What is looked at here is whose a result and an entry are, not how long they are kept. At 10,000 times the
    # speed of time a link of an hour is good for a third of a second, which a busy machine may need between two
    # requests; and a fast machine polls often enough to fill a journal of the usual size.
    world.url_ttl = 1e9
    world.journal.limit = 1_000_000
    return Worker(name, world, scenario, by_header=number % 2 == 1)


async def _stress() -> list[Worker]:
    async with one_server() as (worlds, port):
        workers = [named(worlds, name, number) for number, name in enumerate(WORKERS)]
        await asyncio.gather(*(worker.work(port) for worker in workers))
        assert not list(worlds.default.jobs)
        assert not list(worlds.default.journal)
    return workers


@pytest.fixture(scope="module")
def workers() -> list[Worker]:
    return asyncio.run(_stress())


@pytest.mark.timeout(300)
def test_two_thousand_jobs_of_eight_workers_all_end_as_their_scenario_says(workers: list[Worker]) -> None:
    assert sum(len(worker.told) for worker in workers) == 2000
    for worker in workers:
        ends = "error" if worker.scenario.startswith("fails") else "completed"
        assert {job["status"] for job in worker.told.values()} == {ends}, worker.name
        assert ("x_double_extra" in next(iter(worker.told.values()))) is (worker.scenario == "extra-fields")
        if worker.scenario == "flaky":
            assert worker.refused.keys() == {0, 500, 502}
            assert 0 < worker.fetched < JOBS
        else:
            assert worker.refused == {}
            assert worker.fetched == (JOBS if ends == "completed" else 0)


def test_every_world_holds_the_jobs_of_its_own_worker_and_no_other(workers: list[Worker]) -> None:
    for worker in workers:
        assert {job.id for job in worker.world.jobs} == worker.told.keys()
    for one, other in combinations(workers, 2):
        assert not one.told.keys() & other.told.keys()
        assert one.world.secret != other.world.secret


def test_every_journal_holds_what_its_own_worker_asked_and_nothing_else(workers: list[Worker]) -> None:
    for worker in workers:
        entries = list(worker.world.journal)
        assert worker.world.journal.dropped == 0
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        assert {entry.job for entry in entries} == worker.told.keys()
        creates = [entry for entry in entries if entry.operation is Purpose.SUBMIT]
        assert len(creates) == JOBS
        assert all(json.loads(entry.body)["prompt"].startswith(f"{worker.name} ") for entry in creates)


def test_every_decision_is_about_a_job_of_its_own_world(workers: list[Worker]) -> None:
    for worker in workers:
        begun = {job[:8] for job in worker.told}
        for entry in worker.world.journal:
            scenario, kind, _, _, subject = entry.decision.split("/")
            assert (scenario, kind) == (worker.scenario, entry.operation)
            assert kind == "submit" or subject in begun


def test_every_clock_shows_its_own_time(workers: list[Worker]) -> None:
    for number, worker in enumerate(workers):
        first = next(iter(worker.world.journal)).at - worker.world.clock.base
        assert (number - 0.01) * 1e5 <= first + 1e3, worker.name
    frozen = [worker.world for worker in workers if worker.world.clock.speed == 0]
    assert all(world.clock() == world.clock() for world in frozen)


# One namespace and another


@pytest.fixture(scope="module")
def playing() -> Iterator[Hosted]:
    with hosted() as double:
        yield double


@pytest.mark.parametrize("key", ["test-a1", "test-a.b_c-d", "test-" + "x" * 64])
def test_a_key_names_a_namespace_and_a_header_does_so_for_any_key(playing: Hosted, key: str) -> None:
    name = key.removeprefix("test-")
    created = playing.raw(request("POST", VIDEO, dict(BODY), key))
    job = json.loads(created.body)["id"]
    poll = f"{VIDEO}?generation_id={job}"
    for asked in (
        request("GET", poll, None, key),
        request("GET", poll, None, "sk-other", X_Double_Namespace=name),
        request("GET", poll, None, "", Authorization=f"bearer  {key}"),
    ):
        assert playing.raw(asked).status == 200
    for asked in (request("GET", poll), request("GET", poll, None, "test-other")):
        assert playing.raw(asked).status == 404


def test_a_name_that_cannot_be_is_refused_in_words(playing: Hosted) -> None:
    received = playing.raw(request("POST", VIDEO, dict(BODY), X_Double_Namespace="a/b"))
    assert received.status == 400
    assert "names no namespace; expected 1 to 64 letters" in json.loads(received.body)["message"]


def test_a_results_url_of_one_namespace_is_of_no_use_in_another(playing: Hosted) -> None:
    def url(name: str) -> str:
        with playing.calling(name) as caller:
            job = caller.post(VIDEO, json=dict(BODY), headers={"Prefer": "scenario=instant"}).json()["id"]
            link = caller.get(VIDEO, params={"generation_id": job}).json()["video"]["url"]
        return str(link).removeprefix(playing.origin)

    one, other = url("one"), url("other")
    path, _, query = one.partition("?")
    other_path, _, other_query = other.partition("?")
    for target, status in (
        (one, 200),
        (path.replace("/one/", "/other/") + f"?{query}", 403),
        (path.replace("/one/", "/nobody/") + f"?{query}", 404),
        (path.replace("/one/", "/") + f"?{query}", 403),
        (f"{path}?{other_query}", 403),
        (f"{other_path}?{query}", 403),
    ):
        assert playing.raw(request("GET", target, None, "")).status == status, target


def test_what_is_done_to_one_namespace_touches_no_other(playing: Hosted) -> None:
    for name in ("left", "right"):
        with playing.calling(name) as caller:
            caller.post(VIDEO, json=dict(BODY))
    right = playing.worlds.named("right")
    before = right.clock.speed, len(right.jobs), len(right.journal), right.scenario
    left = playing.worlds.named("left")
    left.clock.scale(0)
    left.credit = 0
    left.reset()
    playing.worlds.end("left")
    assert before == (right.clock.speed, len(right.jobs), len(right.journal), right.scenario)
    assert playing.worlds.get("left") is None
