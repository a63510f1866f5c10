"""Faults by rule, over a real socket: every kind, every condition and combinations of them; limits that count."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.http.wire import LIE
from bodydouble.mockserver.scenes.distributions import Fixed, LogLogistic, Uniform
from bodydouble.mockserver.scenes.faults import Answer, Fault, Form, Retry, Rule, Span, Target, Wire
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.states import state_at
from bodydouble.mockserver.worlds import World

from .doubles import BODY, KEY, VIDEO, Hosted, Received, hosted, request

PRICE = bundled_contract().conventions.price.credits
DOWN = Fault(answer=Answer(599, "down"))


@pytest.fixture(scope="module")
def playing() -> Iterator[Hosted]:
    with hosted() as double:
        yield double
    assert [record.getMessage() for record in double.records] == []


@pytest.fixture
def world(playing: Hosted) -> Iterator[World]:
    """A new world whose clock is moved by hand, in the namespace ``f``."""
    made = playing.worlds.named("f")
    made.clock.scale(0)
    yield made
    playing.worlds.end("f")


def create(playing: Hosted, **body: Any) -> Received:
    return playing.raw(request("POST", VIDEO, {**BODY, **body}, "test-f"))


def poll(playing: Hosted, job: str) -> Received:
    return playing.raw(request("GET", f"{VIDEO}?generation_id={job}", None, "test-f"))


def fetch(playing: Hosted, url: str, **headers: str) -> Received:
    parts = urlsplit(url)
    return playing.raw(request("GET", f"{parts.path}?{parts.query}", None, "", **headers))


def reached(playing: Hosted, world: World, target: Target) -> Received:
    """The first reply of a kind that meets the world's faults; what leads there does not."""
    faults, world.faults = world.faults, ()
    job = json.loads(create(playing).body)["id"]
    world.clock.advance(1000)
    url = json.loads(poll(playing, job).body)["video"]["url"]
    world.faults = faults
    match target:
        case Target.SUBMIT:
            return create(playing)
        case Target.POLL:
            return poll(playing, job)
        case Target.RESULT:
            return fetch(playing, url)


# Every kind on every operation


@pytest.mark.parametrize(("target", "wire"), tuple(product(Target, Wire)))
def test_every_way_to_break_a_reply_does_so_to_every_kind_of_call(
    playing: Hosted, world: World, target: Target, wire: Wire
) -> None:
    plain = reached(playing, world, target)
    assert plain.status == 200
    world.faults = (Rule((target,), Fault(wire=wire, rate=1e5)),)
    got = reached(playing, world, target)
    length = len(plain.body)
    match wire:
        case Wire.RESET_BEFORE:
            assert (got.whole, got.reset) == (b"", True)
        case Wire.LOST:
            assert (got.whole, got.reset) == (b"", False)
        case Wire.RESET_DURING:
            assert got.reset
            assert len(got.body) < length
        case Wire.TRUNCATED:
            assert (got.reset, int(got.fields["content-length"])) == (False, length)
            assert 0 < len(got.body) < length
        case Wire.EMPTY:
            assert (got.status, got.fields["content-length"], got.body) == (200, "0", b"")
        case Wire.GARBLED:
            assert (got.status, len(got.body)) == (200, length)
            assert (
                got.body[: length // 2 - 100] == plain.body[: length // 2 - 100]
                or target is not Target.RESULT
            )
            with pytest.raises(UnicodeDecodeError):
                got.body.decode()
        case Wire.WRONG_LENGTH:
            assert (int(got.fields["content-length"]), len(got.body)) == (length + LIE, length)
        case Wire.DRIP:
            assert (got.status, len(got.body)) == (200, length)
    kept = playing.journal("f", 6)[-1]
    assert (kept.whole, kept.gone) == (wire is Wire.DRIP, False)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("target", Target)
def test_every_form_of_an_answer_is_said_instead_of_the_real_one(
    playing: Hosted, world: World, target: Target, form: Form
) -> None:
    world.faults = (Rule((target,), Fault(answer=Answer(418, "short and stout", form))),)
    got = reached(playing, world, target)
    assert got.status == 418
    types = {Form.ERROR: "application/json", Form.HTML: "text/html", Form.EMPTY: "text/html"}
    kind = types.get(form, "application/xml")
    if target is Target.RESULT and form is Form.ERROR:
        kind = "video/mp4"
    assert got.fields["content-type"].partition(";")[0] == kind
    assert got.fields["access-control-allow-origin"] == "*"
    if form is Form.ERROR and target is not Target.RESULT:
        assert json.loads(got.body)["message"] == "short and stout"
    assert len(world.jobs) == 1, "what is answered instead of a create creates nothing"


@pytest.mark.parametrize("retry", Retry)
@pytest.mark.parametrize("target", Target)
def test_a_pause_is_asked_for_in_seconds_or_as_a_date(
    playing: Hosted, world: World, target: Target, retry: Retry
) -> None:
    world.clock.advance(1e8)
    world.faults = (Rule((target,), Fault(answer=Answer(429, "later", retry_after=90, retry_form=retry))),)
    before = time.time()
    got = reached(playing, world, target)
    after = time.time()
    if retry is Retry.SECONDS:
        assert got.fields["retry-after"] == "90"
    else:
        until = parsedate_to_datetime(got.fields["retry-after"]).timestamp()
        assert before + 89 <= until <= after + 91, "by the wall clock, whatever the world's shows"
    if target is not Target.RESULT:
        assert (got.fields["x-ratelimit-remaining"], got.fields["x-ratelimit-reset"]) == ("0", "90")
    asked = playing.journal("f", 3)[-1].retry_after
    assert asked is not None
    assert 88 <= asked <= 90


# Delays


@pytest.mark.parametrize("delay", [Fixed(0.05), Uniform(0.01, 0.1), LogLogistic(0.05, 3, 0.01, 0.1)])
@pytest.mark.parametrize("target", Target)
def test_a_delayed_reply_comes_after_one_that_was_asked_for_later(
    playing: Hosted, world: World, target: Target, delay: Any
) -> None:
    async def both() -> list[str]:
        came: list[str] = []

        async def late() -> None:
            await asyncio.to_thread(reached, playing, world, target)
            came.append("late")

        async def prompt() -> None:
            async with httpx2.AsyncClient(base_url=playing.origin, trust_env=False, timeout=60) as http:
                await http.get(VIDEO, params={"generation_id": "x"}, headers=KEY)
            came.append("prompt")

        world.faults = (Rule((target,), Fault(delay=delay)),)
        await asyncio.gather(late(), prompt())
        return came

    assert sorted(asyncio.run(both())) == ["late", "prompt"]
    kept = playing.journal("f", 3)[-1]
    assert kept.came is not None
    assert kept.left is not None
    assert kept.left > kept.came
    assert (kept.whole, kept.status) == (True, 200)


# Conditions


def told(playing: Hosted, world: World, jobs: int = 3, polls: int = 4) -> list[tuple[str, int, int, int]]:
    """(kind, job, number, status) of every call of a walk of several jobs through their lives."""
    seen: list[tuple[str, int, int, int]] = []
    ids: list[str] = []
    with playing.calling("f") as caller:
        for number in range(1, jobs + 1):
            reply = caller.post(VIDEO, json=dict(BODY))
            seen.append(("submit", number, number, reply.status_code))
            ids += [reply.json()["id"]] if reply.status_code == 200 else []
        for number in range(1, polls + 1):
            world.clock.advance((0, 4, 1, 1000)[number - 1])
            for job, name in enumerate(ids, start=1):
                reply = caller.get(VIDEO, params={"generation_id": name})
                seen.append(("poll", job, number, reply.status_code))
    return seen


def hit(playing: Hosted, world: World, rule: Rule) -> set[tuple[str, int, int]]:
    """Which calls of that walk meet a rule."""
    world.faults = (rule,)
    return {(kind, job, number) for kind, job, number, status in told(playing, world) if status == 599}


def polls(*numbers: int) -> set[tuple[str, int, int]]:
    return {("poll", job, number) for job in (1, 2, 3) for number in numbers}


@pytest.mark.parametrize(
    ("rule", "calls"),
    [
        (Rule((Target.SUBMIT,), DOWN), {("submit", n, n) for n in (1, 2, 3)}),
        (Rule((Target.SUBMIT,), DOWN, nth=Span(2, 2)), {("submit", 2, 2)}),
        (Rule((Target.POLL,), DOWN, nth=Span(3)), polls(3, 4)),
        (Rule((Target.POLL,), DOWN, nth=Span(2, 3)), polls(2, 3)),
        (Rule((Target.POLL,), DOWN, every=2), polls(1, 3)),
        (Rule((Target.POLL,), DOWN, nth=Span(2), every=2), polls(2, 4)),
        (Rule((Target.POLL,), DOWN, elapsed=Span(0, 0)), polls(1)),
        (Rule((Target.POLL,), DOWN, elapsed=Span(4, 5)), polls(2, 3)),
        (Rule((Target.POLL,), DOWN, elapsed=Span(4.5)), polls(3, 4)),
        (Rule((Target.POLL,), DOWN, statuses=("initial",)), polls(1, 2, 3)),
        (Rule((Target.POLL,), DOWN, statuses=("success", "failure")), polls(4)),
        (Rule((Target.POLL,), DOWN, models=("video-01",)), polls(1, 2, 3, 4)),
        (Rule((Target.POLL,), DOWN, models=("other",)), set()),
        (Rule((Target.SUBMIT, Target.POLL), DOWN, models=("other",)), set()),
        (Rule((Target.SUBMIT,), DOWN, models=("video-01",), nth=Span(3)), {("submit", 3, 3)}),
        (Rule((Target.POLL,), DOWN, probability=0.0), set()),
        (Rule((Target.POLL,), DOWN, probability=1.0, nth=Span(2, 4), every=2, elapsed=Span(300)), polls(4)),
        (Rule((Target.POLL,), DOWN, statuses=("initial",), elapsed=Span(1)), polls(2, 3)),
        (Rule((Target.RESULT,), DOWN), set()),
    ],
)
def test_a_rule_is_about_the_calls_that_meet_all_of_its_conditions(
    playing: Hosted, world: World, rule: Rule, calls: set[tuple[str, int, int]]
) -> None:
    assert hit(playing, world, rule) == calls


CONDITIONS = st.builds(
    Rule,
    on=st.sets(st.sampled_from([Target.SUBMIT, Target.POLL]), min_size=1).map(tuple),
    fault=st.just(DOWN),
    nth=st.builds(Span, st.integers(1, 3), st.none() | st.integers(3, 4)),
    every=st.integers(1, 3),
    elapsed=st.builds(Span, st.sampled_from([0.0, 4.0, 104.0]), st.none() | st.just(110.0)),
    statuses=st.sets(st.sampled_from(["initial", "running", "success"])).map(tuple),
    models=st.sampled_from([(), ("video-01",), ("other",)]),
    probability=st.sampled_from([0.0, 0.5, 1.0]),
)


@settings(max_examples=25)
@given(CONDITIONS)
def test_any_combination_of_conditions_is_met_by_those_calls_alone_and_again_by_the_same(rule: Rule) -> None:
    both = [_met(rule), _met(rule)]
    assert both[0] == both[1]
    for kind, number, elapsed, word, status in both[0]:
        fits = (
            kind in rule.on
            and number in rule.nth
            and (number - int(rule.nth.first)) % rule.every == 0
            and elapsed in rule.elapsed
            and (not rule.statuses or word in rule.statuses)
            and rule.models != ("other",)
        )
        assert status == 200 or fits
        assert status == 599 or not fits or rule.probability < 1


def _met(rule: Rule) -> list[tuple[str, int, float, str, int]]:
    """(kind, number, elapsed, stage, status) of every call of a short walk in a new double."""
    app = create_app(seed=7, speed=1e-9)
    world = app.service.world
    world.faults = (rule,)
    calls: list[tuple[str, int, float, str, int]] = []
    with TestClient(app, headers=KEY) as caller:
        for number in range(1, 5):
            created = caller.post(VIDEO, json=dict(BODY))
            calls.append(("submit", number, 0.0, "", created.status_code))
        jobs = list(world.jobs)
        for number, seconds in enumerate((0, 4, 100, 300), start=1):
            world.clock.advance(seconds)
            for job in jobs:
                elapsed = round(world.clock() - job.submitted, 3)
                reply = caller.get(VIDEO, params={"generation_id": job.id})
                calls.append(("poll", number, elapsed, _stage(world, job.id), reply.status_code))
    return calls


def _stage(world: World, job: str) -> str:
    kept = world.jobs.get(job)
    assert kept
    return str(state_at(kept.plan, kept, world.clock()))


# Chance


def test_chance_is_drawn_once_and_the_same_again() -> None:
    def run(seed: int) -> list[tuple[str, str]]:
        app = create_app(seed=seed, scenario="flaky", clock=lambda: 1e9)
        with TestClient(app, headers=KEY, raise_server_exceptions=False) as caller:
            job = caller.post(VIDEO, json=dict(BODY)).json()["id"]
            for _ in range(100):
                try:
                    caller.get(VIDEO, params={"generation_id": job})
                except ConnectionResetError:
                    continue
        return [(entry.decision, f"{entry.status} {entry.whole}") for entry in app.service.world.journal]

    assert run(5) == run(5) != run(6)
    statuses = [status for _, status in run(5)[1:]]
    assert 50 <= statuses.count("200 True") <= 90
    assert {"500 True", "502 True", "200 False"} < set(statuses)


def test_every_reply_names_its_decision_and_the_world_can_explain_it(playing: Hosted, world: World) -> None:
    world.faults = (Rule((Target.POLL,), DOWN, nth=Span(2, 2)),)
    job = json.loads(create(playing).body)["id"]
    names = [poll(playing, job).fields["x-double-decision"] for _ in range(3)]
    assert names == [f"succeeds/poll/{n}/{rule}/{job[:8]}" for n, rule in ((1, "-"), (2, "0"), (3, "-"))]
    explained = [world.decision(name) for name in names]
    assert [made.rule if made else "?" for made in explained] == [None, 0, None]


# Limits that count


def test_a_bucket_of_a_key_lets_through_what_it_holds_and_refuses_the_rest(playing: Hosted) -> None:
    world = playing.worlds.default
    world.rate = RateLimit(3, 0.5)
    world.clock.scale(0)
    try:
        for key in ("one", "two"):
            got = [playing.raw(request("POST", VIDEO, dict(BODY), key)) for _ in range(5)]
            assert [each.status for each in got] == [200, 200, 200, 429, 429]
            assert [each.fields["x-ratelimit-remaining"] for each in got] == ["2", "1", "0", "0", "0"]
            assert [each.fields["x-ratelimit-limit"] for each in got] == ["3"] * 5
            assert [each.fields["x-ratelimit-reset"] for each in got] == ["2", "4", "6", "6", "6"]
            assert [each.fields.get("retry-after") for each in got] == [None] * 3 + ["2"] * 2
            assert json.loads(got[4].body)["message"] == "Too Many Requests"
        world.clock.advance(2)
        assert [playing.raw(request("POST", VIDEO, dict(BODY), "one")).status for _ in range(2)] == [200, 429]
        assert playing.raw(request("GET", f"{VIDEO}?generation_id=x", None, "one")).status == 429, (
            "polls count, too"
        )
    finally:
        playing.worlds.end("default")


def test_buckets_and_balances_of_namespaces_are_their_own(playing: Hosted) -> None:
    for name in ("rich", "poor"):
        playing.worlds.named(name).credit = PRICE * (2 if name == "rich" else 1)
        playing.worlds.named(name).rate = RateLimit(3, 1e-6)

    def statuses(name: str) -> list[int]:
        return [playing.raw(request("POST", VIDEO, dict(BODY), f"test-{name}")).status for _ in range(4)]

    assert (statuses("rich"), statuses("poor")) == ([200, 200, 403, 429], [200, 403, 403, 429])
    assert (playing.worlds.named("rich").credit, playing.worlds.named("poor").credit) == (0, 0)


def test_a_job_that_fails_costs_nothing_and_what_is_refused_neither(playing: Hosted, world: World) -> None:
    world.credit = PRICE
    failing = request("POST", VIDEO, dict(BODY), "test-f", Prefer="scenario=fails-at-the-end")
    assert [playing.raw(failing).status for _ in range(3)] == [200] * 3
    assert playing.raw(request("POST", VIDEO, {"model": "video-01"}, "test-f")).status == 400
    assert (
        playing.raw(request("POST", VIDEO, dict(BODY), "test-f", Prefer="scenario=out-of-credit")).status
        == 403
    )
    assert world.credit == PRICE
    got = [create(playing) for _ in range(2)]
    assert [each.status for each in got] == [200, 403]
    assert "0 are left" in json.loads(got[1].body)["message"]


# In process there is no socket to break


@pytest.mark.parametrize(
    "wire", [Wire.RESET_BEFORE, Wire.RESET_DURING, Wire.LOST, Wire.TRUNCATED, Wire.WRONG_LENGTH]
)
@pytest.mark.parametrize("target", [Target.SUBMIT, Target.POLL, Target.RESULT])
def test_in_process_a_broken_connection_is_an_error_at_the_caller(wire: Wire, target: Target) -> None:
    app = create_app(seed=1, scenario="instant")
    world = app.service.world

    def broken(ask: Callable[[], object]) -> None:
        world.faults = (Rule((target,), Fault(wire=wire)),)
        with pytest.raises(ConnectionResetError, match="the double broke the connection here"):
            ask()
        world.faults = ()

    with TestClient(app, headers=KEY) as caller:
        job = caller.post(VIDEO, json=dict(BODY)).json()
        url = caller.get(VIDEO, params={"generation_id": job["id"]}).json()["video"]["url"]
        asking: dict[Target, Callable[[], object]] = {
            Target.SUBMIT: lambda: caller.post(VIDEO, json=dict(BODY)),
            Target.POLL: lambda: caller.get(VIDEO, params={"generation_id": job["id"]}),
            Target.RESULT: lambda: TestClient(app).get(url),
        }
        broken(asking[target])
        entries = list(world.journal)
        assert (entries[-1].operation, entries[-1].whole) == (target, False)
        assert len(world.jobs) == (2 if target is Target.SUBMIT else 1), "the work was done"


def test_what_breaks_no_connection_arrives_in_process_as_over_a_socket() -> None:
    app = create_app(seed=1, scenario="instant")
    with TestClient(app, headers=KEY) as caller:
        for wire, length in ((Wire.EMPTY, 0), (Wire.GARBLED, None), (Wire.DRIP, None)):
            app.service.world.faults = (Rule((Target.SUBMIT,), Fault(wire=wire, rate=1e6)),)
            reply = caller.post(VIDEO, json=dict(BODY))
            assert reply.status_code == 200
            assert len(reply.content) == (int(reply.headers["content-length"]) if length is None else length)
