import pytest

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.control.answers import JobFacts, JobInfo, JobPlan, JournalEntry, Moment
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.testing.telling import MOST_JOBS, MOST_LINES, WIDTH, shortened, told


def entry(at: float, operation: Purpose = Purpose.POLL, status: int = 200, **facts: object) -> JournalEntry:
    usual = {"number": 1, "time": "", "took": 0.0, "method": "GET", "path": "/jobs"}
    return JournalEntry(**{**usual, "at": at, "operation": operation, "status": status, **facts})  # type: ignore[arg-type]


def job(name: str = "j1", *timeline: Moment) -> JobInfo:
    plan = JobPlan(1.0, 1.0, Stage.SUCCESS, None, 6.0, None)
    facts = JobFacts(2, 0, None)
    return JobInfo(name, "m", "flaky", "done", Stage.SUCCESS, 100.0, 102.0, plan, facts, timeline)


def moment(status: str, at: float | None, *, poll: int | None = None, forced: bool = False) -> Moment:
    return Moment(Stage.RUNNING, status, at, poll, reached=True, forced=forced)


def test_requests_are_told_by_the_clock_of_their_world() -> None:
    lines = told(
        [entry(100.0, Purpose.SUBMIT, job="j1", stage="initial"), entry(112.5, job="j1", stage="running")], []
    )
    assert lines[0].split() == ["0.0", "s", "GET", "/jobs", "200", "(submit,", "job", "j1", "is", "initial)"]
    assert lines[1].split()[0] == "12.5"


def test_what_was_wrong_is_told() -> None:
    lines = told(
        [
            entry(0.0, status=400, violations=("a", "b", "c", "d")),
            entry(0.0, status=0),
            entry(0.0, whole=False),
        ],
        [],
    )
    assert [line.strip() for line in lines[1:4]] == ["a", "b", "c"]
    assert lines[4].endswith("no reply (poll)")
    assert lines[5].endswith("200 (poll), reply broken off")


def test_a_job_is_told_with_its_life() -> None:
    life = (
        moment("queued", 100.0),
        moment("running", None, poll=2),
        moment("done", None),
        moment("error", 101.0, forced=True),
    )
    (line, _) = told([], [job("j1", *life)])
    assert line == (
        "job j1, scenario flaky, is done after 2 polls: "
        "queued at 0.0 s, running from poll 2, done never, error at 1.0 s, forced"
    )


def test_nothing_happened_is_said() -> None:
    assert told([], []) == ("no request came",)


def test_the_story_is_bounded() -> None:
    lines = told([entry(float(number)) for number in range(1000)], [job(str(number)) for number in range(50)])
    assert len(lines) == MOST_LINES + MOST_JOBS + 1
    assert lines[MOST_JOBS] == f"and {50 - MOST_JOBS} more jobs"
    assert any("... 961 more ..." in line for line in lines)


@pytest.mark.parametrize("count", [0, 1, 39, 40])
def test_what_is_short_stays_whole(count: int) -> None:
    assert len(shortened(["x"] * count)) == count


def test_what_clients_send_moves_no_cursor_and_fills_no_screen() -> None:
    (line,) = told([entry(0.0, path="/\x1b[2J\n" + "x" * 1000)], [])
    assert line.isprintable()
    assert len(line) == WIDTH
