from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.control.client import Control, ControlError
from bodydouble.mockserver.control.transports import Answer
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.distributions import Fixed
from bodydouble.mockserver.scenes.faults import Answer as FaultAnswer
from bodydouble.mockserver.scenes.faults import Fault, Rule, Span, Target
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS

VIDEO = "/v2/video/generations"
BODY = {"model": "video-01", "prompt": "a boat"}
START = ManualClock()()
BROKEN = Rule((Target.POLL,), Fault(answer=FaultAnswer(503)))


class Played:
    """A double, somebody who calls it, and somebody who controls it."""

    def __init__(self) -> None:
        self.app: Double = create_app(clock=ManualClock(), seed=1)
        self.http = TestClient(self.app, headers={"Authorization": "Bearer test-w1"})
        self.control = Control.of(self.app, namespace="w1")

    def create(self) -> str:
        return str(self.http.post(VIDEO, json=BODY).json()["id"])

    def poll(self, job: str) -> Any:
        return self.http.get(VIDEO, params={"generation_id": job})


@pytest.fixture
def played() -> Iterator[Played]:
    made = Played()
    with made.control:
        yield made


def test_advancing_moves_every_job_at_once(played: Played) -> None:
    jobs = [played.create() for _ in range(3)]
    assert played.control.clock.advance(200).now == START + 200
    assert {played.poll(job).json()["status"] for job in jobs} == {"completed"}


def test_the_clock_freezes_runs_and_jumps(played: Played) -> None:
    clock = played.control.clock
    assert clock.freeze().frozen
    assert clock.jump(datetime(2026, 1, 2, tzinfo=UTC)).now == START + 86_400
    assert clock.jump(START + 86_401).time == "2026-01-02T00:00:01.000Z"
    assert clock.scale(2).speed == 2
    assert clock.now == clock.read().now == START + 86_401
    with pytest.raises(ControlError, match="never runs backwards"):
        clock.jump(START)


def test_jobs_are_typed_through_and_through(played: Played) -> None:
    job = played.create()
    played.poll(job)
    (found,) = played.control.jobs()
    assert found == played.control.job(job)
    assert (found.stage, found.status, found.facts.polls, found.plan.outcome) == (
        Stage.INITIAL,
        "queued",
        1,
        Stage.SUCCESS,
    )
    assert [moment.stage for moment in found.timeline] == [Stage.INITIAL, Stage.RUNNING, Stage.SUCCESS]
    assert played.control.jobs(stage="running") == played.control.jobs(model="x") == ()
    assert played.control.jobs(status="queued", scenario="succeeds") == (found,)


def test_every_page_of_jobs_is_read(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bodydouble.mockserver.control.client.MOST_JOBS", 2)
    jobs = [played.create() for _ in range(5)]
    assert [job.id for job in played.control.jobs()] == jobs


def test_a_job_is_forced_failed_and_deleted(played: Played) -> None:
    job = played.create()
    assert played.control.force(job, "completed").stage is Stage.SUCCESS
    assert played.control.force(job, "running").status == "generating"
    failed = played.control.fail(job, "Boom", "It broke.")
    assert failed.facts.forced
    assert failed.facts.forced.failure
    assert failed.facts.forced.failure.message == "It broke."
    assert played.poll(job).json()["error"] == {"name": "Boom", "message": "It broke."}
    played.control.delete(job)
    with pytest.raises(ControlError) as refused:
        played.control.job(job)
    assert (refused.value.status, played.poll(job).status_code) == (404, 404)


def test_a_scenario_is_set_by_name_as_an_object_and_as_data(played: Played) -> None:
    control = played.control
    control.scenario = "flaky"
    assert control.scenario == shipped()["flaky"]
    mine = replace(SUCCEEDS, name="mine", queued=Fixed(3))
    control.set_scenario(mine)
    assert control.scenario == mine
    control.set_scenario({"name": "other", "running": 7})
    assert control.scenario.running == Fixed(7)
    with pytest.raises(ControlError, match="did you mean 'slow'") as refused:
        control.set_scenario("slov")
    assert refused.value.violations[0]["pointer"] == "/scenario"
    assert "instant" in {each.name for each in control.scenarios()}


def test_castings_and_faults_come_back_as_they_were_given(played: Played) -> None:
    control = played.control
    first, second = Casting("slow", ("video-01",), "cat", Span(1, 2)), Casting("instant")
    control.cast(first)
    control.add_casting(second)
    assert control.castings() == (first, second)
    control.clear_castings()
    control.set_faults(BROKEN)
    control.add_fault({"on": ["submit"], "answer": {"status": 500}})
    assert control.faults()[0] == BROKEN
    assert played.http.post(VIDEO, json=BODY).status_code == 500
    control.clear_faults()
    assert (control.castings(), control.faults()) == ((), ())


def test_limits_are_typed(played: Played) -> None:
    control = played.control
    assert control.limit_rate(RateLimit(1, 2.5)).rate == RateLimit(1, 2.5)
    assert control.limit_credit(7).credit == 7
    assert control.limits() == control.limit_credit(7)
    assert control.limit_rate(None).rate is None
    control.clear_limits()
    assert control.limits().credit is None


def test_namespaces_begin_reset_and_end(played: Played) -> None:
    other = played.control.within("w2")
    begun = other.begin(
        seed=5,
        speed=0,
        scenario=shipped()["slow"],
        castings=[Casting("instant")],
        faults=[BROKEN, {"on": ["result"], "wire": "lost"}],
        rate=RateLimit(9, 9),
        credit=3,
    )
    assert (begun.name, begun.seed, begun.clock.frozen, begun.scenario) == ("w2", 5, True, "slow")
    assert (other.limits().credit, len(other.faults()), len(other.castings())) == (3, 2, 1)
    other.clear_limits()
    assert other.reset() == begun
    assert other.limits().credit == 3
    assert [each.name for each in other.namespaces()] == ["default", "w2"]
    other.end()
    with pytest.raises(ControlError, match="There is no namespace 'w2'"):
        other.show()


def test_the_journal_is_typed_and_exported(played: Played) -> None:
    job = played.create()
    played.poll(job)
    created, polled = played.control.journal()
    assert (created.operation, created.body, polled.job) == ("submit", BODY, job)
    assert played.control.journal(operation="poll") == played.control.journal(after=1) == (polled,)
    har: Any = played.control.har(job=job)
    assert len(har["log"]["entries"]) == 2
    played.control.clear_journal()
    assert played.control.journal() == ()


def test_what_was_expected_is_verified(played: Played) -> None:
    job = played.create()
    assert played.control.verify({"operation": "submit", "exactly": 1}).ok
    verdict = played.control.verify([{"operation": "poll", "at_least": 2, "job": job}])
    assert not verdict.ok
    assert verdict.findings[0].evidence == ()
    assert "at least 2 polls" in str(verdict)
    with pytest.raises(ControlError, match="names no number"):
        played.control.verify({"operation": "poll"})


def test_the_report_is_that_of_the_double(played: Played) -> None:
    ends = played.control.job(played.create()).ends
    assert ends is not None
    played.control.clock.jump(ends + 5)
    told = played.control.report()
    assert (told.failed, told.findings) == (True, played.app.report("w1").findings)
    assert not played.control.report(over=False).failed
    assert "job-orphaned" in played.control.report_as("text")


def test_a_decision_is_explained(played: Played) -> None:
    played.control.set_faults(replace(BROKEN, probability=0.5))
    job = played.create()
    for _ in range(8):
        reply = played.poll(job)
        told = played.control.explain(reply.headers["x-double-decision"])
        (asked,) = told.rules
        assert asked.drawn is not None
        assert asked.won is (asked.drawn < 0.5) is (reply.status_code == 503)
        assert f"{asked.drawn:.6f}" in str(told)
    with pytest.raises(ControlError, match="knows no decision"):
        played.control.explain("a/b/c/0/d")


def test_namespaces_do_not_see_each_other(played: Played) -> None:
    job = played.create()
    other = played.control.within("w2")
    other.clock.advance(1000)
    other.set_scenario("instant")
    assert played.control.job(job).stage is Stage.INITIAL
    assert played.control.scenario.name == "succeeds"


def test_what_control_changes_outlives_the_process_where_a_state_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state"
    app = create_app(clock=ManualClock(), state=path)
    control = Control.of(app, namespace="w1")
    control.begin(seed=7, speed=0, scenario="slow", credit=3)
    control.set_faults(BROKEN)
    control.clock.advance(90)
    before = (control.show(), control.faults(), control.limits())
    app.close()
    again = create_app(clock=ManualClock(), state=path)
    control = Control.of(again, namespace="w1")
    assert (control.show(), control.faults(), control.limits()) == before
    again.close()


def test_what_answers_otherwise_is_no_double() -> None:
    class Elsewhere:
        def send(self, _method: str, _target: str, _body: bytes | None) -> Answer:
            return Answer(404, b"<html>not here</html>")

        def close(self) -> None:
            raise AssertionError("closed by nobody")

    with pytest.raises(ControlError, match="no double's control API: it answered 404") as refused:
        Control(transport=Elsewhere()).show()
    assert refused.value.status == 404


def test_numbers_that_are_no_json_are_refused_by_the_server(played: Played) -> None:
    with pytest.raises(ControlError, match="NaN is no JSON"):
        played.control.clock.advance(float("nan"))


def test_a_namespace_is_put_back_as_it_was(played: Played) -> None:
    job = played.create()
    played.control.clock.advance(7)
    kept = played.control.snapshot()
    before = (played.control.show(), played.control.jobs(), played.control.journal())
    played.control.clock.advance(1000)
    played.control.delete(job)
    assert played.control.restore(kept) == before[0]
    assert (played.control.show(), played.control.jobs(), played.control.journal()) == before
    assert played.control.within("w2").restore(kept).jobs == 1
    with pytest.raises(ControlError, match="this is no snapshot"):
        played.control.restore(b'{"format": "something else"}')
