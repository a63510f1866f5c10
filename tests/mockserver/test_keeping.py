"""What is written when: a server that is killed after any reply is recalled with all that was answered."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.control.client import Control
from bodydouble.mockserver.keeping import EVERY, Shelf
from bodydouble.mockserver.scenes.faults import Answer, Fault, Rule, Target
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.snapshots import snapshot_of
from bodydouble.mockserver.state_file import StateFile
from tests.apis import BUNDLED, world

VIDEO = "/v2/video/generations"
BODY = {"model": "video-01", "prompt": "a boat"}
SCENARIOS = (
    "succeeds",
    "flaky",
    "skips-generating",
    "fails-at-the-end",
    "expired-url",
    "stuck-queued",
    "out-of-credit",
)


class Server:
    """A double with a state file, in process, that can be killed."""

    def __init__(self, folder: Path, number: int = 0, clock: ManualClock | None = None) -> None:
        self.folder, self.number = folder, number
        self.clock = clock or ManualClock()
        self.double = create_app(
            BUNDLED, clock=self.clock, state=self.path, seed=7 if not number else None, max_jobs=6
        )
        self.http = TestClient(self.double)
        self.ids: list[str] = []

    @property
    def path(self) -> Path:
        return self.folder / f"state-{self.number}.db"

    def killed(self) -> "Server":
        """The server that is started anew after this one was killed: with what is in its files just now."""
        for end in ("", "-wal"):
            (self.folder / f"state-{self.number + 1}.db{end}").unlink(missing_ok=True)
            source = self.folder / f"state-{self.number}.db{end}"
            if source.exists():
                shutil.copy(source, self.folder / f"state-{self.number + 1}.db{end}")
        other = Server(self.folder, self.number + 1, ManualClock(self.clock.now))
        other.ids = list(self.ids)
        return other

    def create(self, scenario: str = "succeeds", key: str = "k") -> Any:
        reply = self.http.post(
            VIDEO, json=BODY, headers={"Authorization": f"Bearer {key}", "Prefer": f"scenario={scenario}"}
        )
        if reply.status_code == 200:
            self.ids.append(reply.json()["id"])
        return self.seen(reply)

    def poll(self, number: int, key: str = "k") -> Any:
        job = self.ids[number % len(self.ids)] if self.ids else "none"
        return self.seen(
            self.http.get(VIDEO, params={"generation_id": job}, headers={"Authorization": f"Bearer {key}"})
        )

    def create_elsewhere(self, scenario: str) -> Any:
        return self.create(scenario, "test-other")

    def poll_elsewhere(self, number: int) -> Any:
        return self.poll(number, "test-other")

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @staticmethod
    def seen(reply: Any) -> Any:
        headers = {name: value for name, value in reply.headers.items() if name != "x-double-decision"}
        return reply.status_code, headers, reply.content


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.double.close()


def snapshot(double: Double, name: str = "") -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(snapshot_of(double.service.worlds.named(name), BUNDLED))
    return loaded


STEPS = st.one_of(
    st.tuples(st.sampled_from(["create", "create", "create_elsewhere"]), st.sampled_from(SCENARIOS)),
    st.tuples(st.sampled_from(["poll", "poll", "poll_elsewhere"]), st.integers(0, 9)),
    st.tuples(st.just("advance"), st.floats(0, 60)),
)


@given(st.lists(STEPS, min_size=3, max_size=12), st.lists(STEPS, min_size=2, max_size=8))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_server_that_was_killed_answers_as_if_it_had_not_been(
    tmp_path_factory: pytest.TempPathFactory, before: list[tuple[str, Any]], after: list[tuple[str, Any]]
) -> None:
    first = Server(tmp_path_factory.mktemp("state"))
    for name, value in before:
        getattr(first, name)(value)
    other = first.killed()
    told = [getattr(first, name)(value) for name, value in after]
    assert [getattr(other, name)(value) for name, value in after] == told
    first.double.close()
    other.double.close()


def test_a_server_that_stopped_goes_on_with_all_it_had(tmp_path: Path) -> None:
    first = Server(tmp_path)
    for name in SCENARIOS:
        first.create(name)
        first.create_elsewhere(name)
        first.poll(0)
    first.create("nonsense")
    before = [snapshot(first.double, name) for name in ("", "other")]
    first.double.close()
    again = create_app(BUNDLED, clock=first.clock, state=first.path, max_jobs=6)
    assert [snapshot(again, name) for name in ("", "other")] == before
    again.close()


def test_limits_and_what_they_have_counted_are_kept(server: Server) -> None:
    world = server.double.service.world
    world.rate, world.credit = RateLimit(3, 0.001), 200_000
    server.http.get("/nowhere")
    assert [server.create()[0] for _ in range(2)] == [200, 403]
    server.http.get("/_double/openapi.json")
    other = server.killed()
    assert other.double.service.world.credit == world.credit
    other.double.close()


def test_polls_that_nothing_depends_on_are_written_at_leisure(server: Server) -> None:
    server.create()
    for _ in range(EVERY - 3):
        server.poll(0)
    job = server.ids[0]
    few = server.killed()
    assert few.double.service.world.jobs.get(job).polls == 0  # type: ignore[union-attr]  # it is there
    assert len(few.double.service.world.journal) < 10
    few.double.close()
    for _ in range(5):
        server.poll(0)
    server.number = 10
    shutil.copy(server.folder / "state-0.db", server.path)
    shutil.copy(server.folder / "state-0.db-wal", f"{server.path}-wal")
    many = server.killed()
    assert many.double.service.world.jobs.get(job).polls > 200  # type: ignore[union-attr]  # it is there
    assert len(many.double.service.world.journal) > 200
    many.double.close()


def test_polls_that_a_fault_depends_on_are_written_at_once(server: Server) -> None:
    server.create("flaky")
    server.create()
    for _ in range(5):
        server.poll(0)
        server.poll(1)
    other = server.killed()
    polls = [other.double.service.world.jobs.get(job).polls for job in server.ids]  # type: ignore[union-attr]  # they are there
    assert polls == [5, 0]
    server.double.service.world.faults = (Rule((Target.POLL,), Fault(answer=Answer(500)), probability=0.1),)
    server.poll(1)
    other.double.close()


def test_a_world_that_began_anew_is_written_anew(server: Server) -> None:
    server.create()
    server.create_elsewhere("succeeds")
    server.double.service.world.reset()
    server.double.service.worlds.end("other")
    server.create()
    other = server.killed()
    assert [job.id for job in other.double.service.world.jobs] == [
        job.id for job in server.double.service.world.jobs
    ]
    assert [each.name for each in other.double.service.worlds] == [""]
    other.double.close()


def test_jobs_that_had_to_leave_leave_the_file(server: Server) -> None:
    for _ in range(10):
        server.create()
    other = server.killed()
    assert len(other.double.service.world.jobs) == 6
    assert other.double.service.world.jobs.evicted == 4
    other.double.close()


def test_a_reply_that_cannot_be_written_down_is_not_given(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.create()
    with monkeypatch.context() as patch:
        patch.setattr(StateFile, "write", _full)
        status, _, body = server.create()
        assert (status, b"cannot use" in body) == (503, True)
    assert server.create()[0] == 200
    other = server.killed()
    assert len(other.double.service.world.jobs) == 3
    other.double.close()


def _full(self: StateFile, _statements: object) -> None:
    raise self._told(OSError(28, "No space left on device"))


def test_what_is_changed_over_control_is_written_at_once(server: Server) -> None:
    with Control.of(server.double) as control:
        for _ in range(3):
            server.create()
        control.scenario = "flaky"
        control.clock.freeze()
        control.limit_credit(7)
        control.force(server.ids[0], "completed")
        control.delete(server.ids[1])
        other = server.killed()
        assert snapshot(other.double)["setup"] == snapshot(server.double)["setup"]
        assert snapshot(other.double)["jobs"] == snapshot(server.double)["jobs"]
        assert other.double.service.world.credit == 7
        assert len(other.double.service.world.journal) == 3
        other.double.close()
        control.clear_journal()
        emptied = server.killed()
        assert len(emptied.double.service.world.journal) == 0
        emptied.double.close()


def test_a_snapshot_that_is_put_back_is_written_at_once(server: Server) -> None:
    with Control.of(server.double) as control:
        server.create()
        taken = control.snapshot()
        server.create()
        control.restore(taken)
        other = server.killed()
        assert [job.id for job in other.double.service.world.jobs] == server.ids[:1]
        assert other.create() == server.create()
        other.double.close()


def test_only_worlds_whose_stores_tell_of_changes_can_be_kept() -> None:
    with pytest.raises(TypeError, match="JobStore"):
        Shelf(world())
