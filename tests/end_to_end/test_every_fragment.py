"""Every published fragment plays its whole life, alone and among all others, without a line of code about any."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.loading import load
from bodydouble.contracts.pointers import look_up
from bodydouble.mockserver.announcing import sample_body
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.http.messages import Response
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.worlds import WorldSettings
from tests.apis import FAILS_WHILE_GENERATING, breaches, id_in, polled, service, submitted, worlds

from .doubles import KEY, LONG

FRAGMENTS = Path(__file__).parents[3] / "shared" / "upstream" / "fragments"
UNIVERSAL = FRAGMENTS / "universal-video-fetch.json"
CREATES = sorted(path for path in FRAGMENTS.rglob("*.json") if path != UNIVERSAL)
OVERLAYS = {"as published": (), "with the bundled overlay": ("bundled",)}
ORDER = {Stage.INITIAL: 0, Stage.RUNNING: 1, Stage.SUCCESS: 2, Stage.FAILURE: 2}


@pytest.fixture(params=OVERLAYS)
def overlays(request: pytest.FixtureRequest, upstream: Path) -> tuple[str, ...]:  # noqa: ARG001 - skips without it
    return OVERLAYS[request.param]


@cache
def all_of_them(overlays: tuple[str, ...]) -> Contract:
    return load([str(FRAGMENTS)], overlays)


@cache
def playing(overlays: tuple[str, ...]) -> Service:
    return service(all_of_them(overlays))


# The walk


class Walk:
    """A client that walks through the life of jobs and looks at every reply."""

    def __init__(self, contract: Contract) -> None:
        self.clock = ManualClock()
        self.http = TestClient(create_app(contract, clock=self.clock, seed=1))

    def __enter__(self) -> Self:
        self.http.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.__exit__()

    def whole_life(self, pattern: JobPattern) -> None:
        self._succeed(pattern)
        self._fail(pattern)

    def _succeed(self, pattern: JobPattern) -> None:
        job = self._submit(pattern, SUCCEEDS)
        seen = [self._poll(pattern, job)]
        for _ in range(13):
            self.clock.advance(14)  # less than any job runs
            seen.append(self._poll(pattern, job))
        stages = list(dict.fromkeys(self._stage(pattern, reply) for reply in seen))
        assert stages == [Stage.INITIAL, Stage.RUNNING, Stage.SUCCESS]
        links = set(_links(seen[-1].json()))
        assert links, "a job that is completed has a result"
        for link in links:
            result = self.http.get(link)
            assert (result.status_code, result.headers["content-type"]) == (200, "video/mp4")
            assert result.content[4:8] == b"ftyp"

    def _fail(self, pattern: JobPattern) -> None:
        job = self._submit(pattern, FAILS_WHILE_GENERATING)
        self.clock.advance(LONG)
        reply = self._poll(pattern, job)
        assert self._stage(pattern, reply) is Stage.FAILURE
        assert not list(_links(reply.json()))

    def _submit(self, pattern: JobPattern, scenario: Scenario) -> str:
        headers = KEY | {"Prefer": f"scenario={scenario.name}"}
        reply = self.http.post(pattern.submit.path, json=sample_body(pattern), headers=headers)
        kept = Response(reply.status_code, [], reply.content)
        assert reply.is_success, reply.text
        assert breaches(pattern.submitted, kept) == []
        return id_in(pattern.submitted, kept)

    def _poll(self, pattern: JobPattern, job: str) -> httpx2.Response:
        reply = self.http.get(pattern.poll.path, params={pattern.parameter.name: job}, headers=KEY)
        assert breaches(pattern.polled, Response(reply.status_code, [], reply.content)) == []
        return reply

    def _stage(self, pattern: JobPattern, reply: httpx2.Response) -> Stage:
        status = look_up(reply.json(), pattern.polled.status)
        return next(promise.stage for promise in pattern.polled.promises if promise.status == status)


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _links(member)
    elif isinstance(value, str) and "/_double/media/" in value:
        yield value


@pytest.mark.usefixtures("upstream")
def test_there_are_as_many_as_upstream_published() -> None:
    assert len(CREATES) == 67


def test_all_of_them_live_in_one_server(overlays: tuple[str, ...]) -> None:
    contract = all_of_them(overlays)
    assert len(contract.patterns) >= len(CREATES)
    with Walk(contract) as walk:
        for pattern in contract.patterns:
            walk.whole_life(pattern)


@pytest.mark.parametrize("fragment", CREATES, ids=lambda path: path.stem)
def test_each_of_them_lives_alone_with_the_universal_poll(fragment: Path) -> None:
    contract = load([str(fragment), str(UNIVERSAL)])
    with Walk(contract) as walk:
        for pattern in contract.patterns:
            walk.whole_life(pattern)


@pytest.mark.usefixtures("upstream")
def test_every_model_of_every_fragment_is_taken(overlays: tuple[str, ...]) -> None:
    served = playing(overlays)
    for pattern in all_of_them(overlays).patterns:
        for model in pattern.models:
            body: Any = sample_body(pattern)
            reply = submitted(served, pattern, {**body, pattern.model: model})
            assert reply.status in (200, 201), reply.body


@pytest.mark.usefixtures("upstream")
def test_a_model_that_none_of_them_knows_is_refused_with_the_nearest(overlays: tuple[str, ...]) -> None:
    served = playing(overlays)
    pattern = next(p for p in served.contract.patterns if "video-01" in p.models)
    reply = submitted(served, pattern, {"model": "video-1", "prompt": "x"})
    assert reply.status == 400
    assert b"did you mean 'video-01'" in reply.body


# Whenever they are polled

seeds, scenarios = st.integers(0, 2**64), st.sampled_from([SUCCEEDS, FAILS_WHILE_GENERATING])
moments = st.lists(st.floats(-10, 400) | st.floats(0, 1e9), min_size=1, max_size=3).map(sorted)


def lived(served: Service, seed: int, scenario: Scenario, at: list[float]) -> list[bytes]:
    """Submit a job of every pattern, poll all of them at every moment, look at every reply, and return them all."""
    clock = ManualClock()
    served.worlds = worlds(WorldSettings(clock, scenario, seed))
    made, told = [], []
    for pattern in served.routes.patterns:
        created = submitted(served, pattern)
        assert breaches(pattern.submitted, created) == [], pattern.submit.source
        made.append((pattern, id_in(pattern.submitted, created)))
        told.append(created.body)
    reached = dict.fromkeys((job for _, job in made), 0)
    for moment in at:
        clock.now = ManualClock().now + moment
        for pattern, job in made:
            reply = polled(served, pattern, job)
            assert breaches(pattern.polled, reply) == [], pattern.submit.source
            status = look_up(json.loads(reply.body), pattern.polled.status)
            stage = next(promise.stage for promise in pattern.polled.promises if promise.status == status)
            assert ORDER[stage] >= reached[job]
            reached[job] = ORDER[stage]
            told.append(reply.body)
    return told


@given(seeds, scenarios, moments)
def test_the_bundled_contract_is_never_broken(seed: int, scenario: Scenario, at: list[float]) -> None:
    lived(BUNDLED_SERVICE, seed, scenario, at)


BUNDLED_SERVICE = service()


@pytest.mark.usefixtures("upstream")
@pytest.mark.parametrize("overlay", OVERLAYS)
@settings(max_examples=8)
@given(seed=seeds, scenario=scenarios, at=moments)
def test_no_fragment_is_ever_broken_and_any_worker_answers_the_same(
    overlay: str, seed: int, scenario: Scenario, at: list[float]
) -> None:
    served = playing(OVERLAYS[overlay])
    assert lived(served, seed, scenario, at) == lived(served, seed, scenario, at)
