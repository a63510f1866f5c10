from bodydouble.contracts.conventions import Price
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.noticing import Noticing, together
from bodydouble.mockserver.reporting.outcome import Report
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.worlds import World
from tests.apis import BUNDLED, id_in, polled, posted, service, submitted

PATTERN = BUNDLED.patterns[0]
PRICE = Price(100, 0.5)


class Run:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.playing: Service = service(clock=self.clock)

    def noted(self, reply: object, request: object) -> None:
        self.world.register.put(request, reply, self.clock(), whole=True, gone=False)  # type: ignore[arg-type]

    @property
    def world(self) -> World:
        return self.playing.world

    def create(self) -> str:
        reply = submitted(self.playing, PATTERN)
        self.noted(reply, posted(b'{"model":"video-01","prompt":"x"}', PATTERN.submit.path))
        return id_in(PATTERN.submitted, reply)

    def poll(self, job: str) -> None:
        reply = polled(self.playing, PATTERN, job)
        self.noted(reply, posted(b""))

    def rules(self) -> set[str]:
        told = Noticing(self.playing.routes, PRICE).report(self.world, over=True)
        return {finding.rule for finding in told.findings}


def test_a_job_that_nobody_came_back_for_is_noticed_with_its_price() -> None:
    run = Run()
    run.create()
    run.clock.advance(1000)
    told = Noticing(run.playing.routes, PRICE).report(run.world, over=True)
    assert told.failed
    (finding,) = (each for each in told.findings if each.rule == "job-orphaned")
    assert "0.5 USD" in f"{finding.message} {finding.got} {finding.expected}"


def test_a_job_that_was_followed_to_its_end_is_not() -> None:
    run = Run()
    job = run.create()
    for _ in range(30):
        run.clock.advance(10)
        run.poll(job)
        if run.world.jobs.get(job).ends < run.clock():  # type: ignore[union-attr]
            break
    assert "job-orphaned" not in run.rules()


def test_several_reports_are_one() -> None:
    one, other = Report((), {"a": "why", "b": "why"}, 2), Report((), {"b": "why"}, 3)
    assert together([one, other]) == Report((), {"b": "why"}, 5)


def test_a_job_that_had_to_leave_is_no_stranger() -> None:
    run = Run()
    run.world.jobs.limit = 2
    made = [run.create() for _ in range(3)]
    run.world.journal.clear()
    for job in made:
        run.poll(job)
    assert "unknown-id-polled" not in run.rules()
