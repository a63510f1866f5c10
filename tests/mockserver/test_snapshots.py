"""A world that was written down and read back answers as the first one would have."""

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.notes import Unwritable, resolving
from bodydouble.mockserver.results import PREFIX, Results
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.faults import Answer, Fault, Rule, Span, Target
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.snapshots import FORMAT, SnapshotError, restore, restored, snapshot_of
from bodydouble.mockserver.states import Forced
from tests.apis import BUNDLED, PATH, contract, id_in, jobs, polled, posted, route, service, submitted

PATTERN = BUNDLED.patterns[0]
SCENARIOS = sorted(shipped())


class Life:
    """A service with a clock, to which things happen."""

    def __init__(
        self, seed: int = 1, playing: Service | None = None, clock: ManualClock | None = None
    ) -> None:
        self.clock = clock or ManualClock()
        self.service = playing or service(clock=self.clock, seed=seed)
        self.results = Results(self.service.worlds, self.service.clips, lambda: 0.0)
        self.ids: list[str] = []

    @property
    def world(self) -> Any:
        return self.service.world

    def snapshot(self) -> bytes:
        return snapshot_of(self.world, self.service.contract)

    def twin(self) -> "Life":
        """Another server, of another seed, to which a snapshot of this one is brought."""
        other = fresh(OTHER, self.clock.now)
        restore(self.snapshot(), other.world, resolving(other.service))
        other.ids = list(self.ids)
        return other

    def happens(self, step: tuple[str, Any]) -> object:
        return getattr(self, step[0])(step[1])

    def create(self, scenario: str) -> object:
        reply = submitted(self.service, PATTERN, prefer=f"scenario={scenario}")
        if reply.status == 200:
            self.ids.append(id_in(PATTERN.submitted, reply))
        return self.seen(reply)

    def poll(self, number: int) -> object:
        return self.seen(polled(self.service, PATTERN, self.some(number)))

    def fetch(self, number: int) -> object:
        reply = polled(self.service, PATTERN, self.some(number))
        video = json.loads(reply.body).get("video") if reply.body.startswith(b"{") else None
        link = video.get("url", "") if isinstance(video, dict) else ""
        if PREFIX not in link:
            return None
        path, _, query = link[link.index(PREFIX) :].partition("?")
        return self.seen(self.results.answer(Request("GET", path, query.encode())))

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def scale(self, speed: float) -> None:
        self.world.clock.scale(speed)

    def jump(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    def force(self, number: int) -> None:
        job = self.world.jobs.get(self.some(number))
        if job is not None:
            self.world.jobs.force(job, Forced(Stage.FAILURE, self.world.clock()))

    def remove(self, number: int) -> None:
        self.world.jobs.remove(self.some(number))

    def limit(self, tokens: int) -> None:
        self.world.rate = RateLimit(tokens, 0.1)

    def pay(self, credit: int) -> None:
        self.world.credit = credit

    def break_down(self, share: float) -> None:
        self.world.faults = (
            Rule((Target.POLL, Target.SUBMIT), Fault(answer=Answer(500)), probability=share),
        )

    def cast(self, scenario: str) -> None:
        self.world.castings = (Casting(scenario, prompt="boat|cat"), Casting("flaky", nth=Span(2, 3)))

    def play(self, scenario: str) -> None:
        self.world.scenario = shipped()[scenario]

    def some(self, number: int) -> str:
        return self.ids[number % len(self.ids)] if self.ids else "none"

    def seen(self, reply: Response) -> object:
        return reply.status, reply.headers, reply.body


ONE, OTHER = Life(seed=1), Life(seed=99)


def fresh(life: Life, now: float = ManualClock().now) -> Life:
    """The same server anew: to prepare one takes long."""
    life.clock.now = now
    life.world.reset()
    return Life(playing=life.service, clock=life.clock)


scenarios, numbers = st.sampled_from(SCENARIOS), st.integers(0, 30)
STEPS = st.one_of(
    *(st.tuples(st.just(name), numbers) for name in ("poll", "poll", "fetch", "force", "remove")),
    *(st.tuples(st.just(name), scenarios) for name in ("create", "create", "create", "cast", "play")),
    *(st.tuples(st.just(name), st.floats(0, 200)) for name in ("advance", "jump")),
    st.tuples(st.just("scale"), st.sampled_from([0, 0.1, 1, 60])),
    st.tuples(st.just("limit"), st.integers(1, 20)),
    st.tuples(st.just("pay"), st.integers(0, 1_000_000)),
    st.tuples(st.just("break_down"), st.sampled_from([0.0, 0.3, 1.0])),
)


@given(st.lists(STEPS, max_size=25), st.lists(STEPS, max_size=25))
@settings(max_examples=80, deadline=None)
def test_a_restored_world_answers_every_later_request_as_the_first_would_have(
    before: list[tuple[str, Any]], after: list[tuple[str, Any]]
) -> None:
    first = fresh(ONE)
    for step in before:
        first.happens(step)
    other = first.twin()
    assert [other.happens(step) for step in after] == [first.happens(step) for step in after]
    assert json.loads(other.snapshot()) == json.loads(first.snapshot())


@given(st.lists(STEPS, max_size=25))
@settings(max_examples=40, deadline=None)
def test_no_id_is_issued_twice_after_a_restore(before: list[tuple[str, Any]]) -> None:
    first = fresh(ONE)
    for step in before:
        first.happens(step)
    known = {job.id for job in first.world.jobs} | {job for job, _ in first.world.jobs.gone} | set(first.ids)
    other = first.twin()
    made = {other.world.submit(PLAY, SUCCEEDS, 6.0, 0.0).id for _ in range(300)}
    assert len(made) == 300
    assert not made & known


SUBMISSIONS = ONE.service.routes.routes[0].submissions
assert SUBMISSIONS
assert SUBMISSIONS.only
PLAY = SUBMISSIONS.only.play


@pytest.mark.parametrize("count", [255, 256, 257, 1000])
def test_ids_go_on_where_they_stood_in_whatever_pool(count: int) -> None:
    first = fresh(ONE)
    for _ in range(count):
        first.world.submit(PLAY, SUCCEEDS, 6.0, 0.0)
        first.world.reply_id()
    other = first.twin()
    for world in (first.world, other.world):
        world.submit(PLAY, SUCCEEDS, 6.0, 0.0)
    assert [job.id for job in other.world.jobs] == [job.id for job in first.world.jobs]
    assert other.world.reply_id() == first.world.reply_id()


def test_time_stands_still_in_a_snapshot() -> None:
    first = fresh(ONE)
    first.create("succeeds")
    first.advance(3)
    raw, shown = first.snapshot(), first.world.clock()
    other = fresh(OTHER, first.clock.now + 86_400)
    restore(raw, other.world, resolving(other.service))
    assert other.world.clock() == shown
    other.advance(10)
    assert other.world.clock() == pytest.approx(shown + 10)


def test_the_journal_goes_on_with_its_numbers() -> None:
    first = fresh(ONE)
    pattern_route = route(first.service, PATTERN.submit.path)
    for number in range(3):
        request = posted(b"{}", PATTERN.submit.path)
        first.world.register.put(
            request, first.service.answer(pattern_route, request), number, whole=True, gone=False
        )
    other = first.twin()
    assert list(other.world.journal) == list(first.world.journal)
    assert (other.world.journal.last, len(other.world.journal)) == (3, 3)


def test_a_snapshot_holds_no_key() -> None:
    first = fresh(ONE)
    first.limit(5)
    body = b'{"model": "video-01", "prompt": "sk-planted-in-prompt-0123456789abcdef"}'
    for key in ("sk-planted-one-0123456789abcdef", "test-planted"):
        request = posted(body, PATTERN.submit.path, authorization=f"Bearer {key}")
        response = first.service.answer(route(first.service, PATTERN.submit.path), request)
        first.world.register.put(request, response, 0.0, whole=True, gone=False)
    raw = first.snapshot()
    assert b"buckets" in raw
    assert b"planted" not in raw


def snapshot() -> dict[str, Any]:
    first = fresh(ONE)
    for name in ("succeeds", "flaky", "stuck-queued"):
        first.create(name)
    loaded: dict[str, Any] = json.loads(first.snapshot())
    return loaded


def damaged(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = snapshot()
    change(value)
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "no snapshot"),
        (b"\xff\xfe", "no snapshot"),
        (b"[]", "no snapshot"),
        (b"{}", "got no format"),
        (b'{"format": "bodydouble recording 1"}', "got format"),
        (b'{"format": 7}', "no snapshot"),
        (b"[" * 100_000, "no snapshot"),
        (b'{"format": "bodydouble world 2"}', "this version reads"),
        (damaged(lambda s: s.pop("setup")), "setup"),
        (damaged(lambda s: s["setup"].update(seed="seven")), "seven"),
        (damaged(lambda s: s["setup"].update(seed="9" * 5000)), "restored"),
        (damaged(lambda s: s["setup"]["clock"].update(speed=-1)), "speed"),
        (damaged(lambda s: s["setup"]["scenario"].update(queued={"low": 1})), "distribution"),
        (damaged(lambda s: s["setup"].update(castings=[{"scenario": "nobody"}])), "nobody"),
        (damaged(lambda s: s["setup"].update(castings=[{"scenario": "slow", "prompt": "("}])), "regular"),
        (damaged(lambda s: s["setup"].update(rate={"burst": 0, "per_second": 1})), "lets something through"),
        (damaged(lambda s: s["counts"].update(plans=10**30)), "plans"),
        (damaged(lambda s: s["counts"].update(plans=10**15)), "plans"),
        (damaged(lambda s: s["counts"].update(replies=-1)), "replies"),
        (damaged(lambda s: s["counts"].update(plans=1)), "counts fewer jobs"),
        (damaged(lambda s: s["jobs"][1].update(scenario=7)), "has scenario 7; there are 3"),
        (damaged(lambda s: s["jobs"][1].update(id=s["jobs"][0]["id"])), "is there twice"),
        (damaged(lambda s: s["jobs"][1].update(play="POST /v1/other")), "'POST /v1/other'"),
        (damaged(lambda s: s["jobs"][1].update(submitted="now")), "jobs.*submitted"),
        (damaged(lambda s: s["jobs"][2].update(forced={"stage": "odd", "at": 1})), "odd"),
        (damaged(lambda s: s["journal"].update(entries=[{}])), "entries"),
        (damaged(lambda s: s["decisions"].append({})), "decisions"),
        (json.dumps(snapshot()).encode()[:-200], "no snapshot"),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(raw: bytes, told: str) -> None:
    life = fresh(OTHER)
    life.create("succeeds")
    before = life.snapshot()
    with pytest.raises(SnapshotError, match=told):
        restore(raw, life.world, resolving(life.service))
    assert life.snapshot() == before


def test_a_snapshot_of_another_contract_is_refused_and_both_are_named() -> None:
    first = fresh(ONE)
    first.create("succeeds")
    other = service(contract(jobs()))
    with pytest.raises(SnapshotError) as caught:
        restore(first.snapshot(), other.world, resolving(other))
    assert f"'POST {PATTERN.submit.path} video-01'" in str(caught.value)
    assert f"POST {PATH}" in str(caught.value)
    assert f"made while {BUNDLED.title} {BUNDLED.version} was played" in str(caught.value)


def test_a_world_that_keeps_fewer_jobs_keeps_those_that_end_last() -> None:
    first = fresh(ONE)
    for name in ("stuck-queued", "succeeds", "instant"):
        first.create(name)
    other = service(max_jobs=2)
    restore(first.snapshot(), other.world, resolving(other))
    assert [job.id for job in other.world.jobs] == first.ids[:2]
    assert other.world.jobs.evicted_end(first.ids[2]) is not None


def test_restoring_leaves_the_name_of_a_world_and_nothing_else() -> None:
    first = fresh(ONE)
    first.create("succeeds")
    named = first.service.worlds.named("copy")
    restore(first.snapshot(), named, resolving(first.service))
    assert (named.name, named.secret) == ("copy", first.world.secret)
    assert list(islice(named.jobs, 2)) == list(first.world.jobs)
    named.jobs.clear()
    assert len(first.world.jobs) == 1


def test_a_world_written_down_can_be_read_without_changing_any() -> None:
    first = fresh(ONE)
    first.create("succeeds")
    world = restored(first.snapshot(), OTHER.world, resolving(OTHER.service))
    assert len(world.jobs) == 1
    assert json.loads(first.snapshot())["format"] == FORMAT
    assert len(OTHER.world.jobs) == 0 or OTHER.world is not world


class Odd:
    """A distribution of the user's own."""

    def quantile(self, share: float) -> float:
        return share


def test_a_scenario_that_cannot_be_written_down_is_named() -> None:
    first = fresh(ONE)
    first.world.scenario = replace(SUCCEEDS, name="odd", queued=Odd())
    with pytest.raises(Unwritable, match=r"scenario 'odd' cannot be written down.*Odd"):
        first.snapshot()
