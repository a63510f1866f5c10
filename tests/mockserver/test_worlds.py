import pytest

from bodydouble.mockserver.jobs import Job
from bodydouble.mockserver.scenes.faults import Answer, Call, Fault, Rule, Target
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS
from bodydouble.mockserver.worlds import World
from tests.apis import FAILS_WHILE_GENERATING, service
from tests.apis import world as new_world

PLAYING = service()
SUBMISSIONS = PLAYING.routes.routes[0].submissions
assert SUBMISSIONS
assert SUBMISSIONS.only
PLAY = SUBMISSIONS.only.play


def world(seed: int, max_jobs: int = 100) -> World:
    return new_world(seed=seed, max_jobs=max_jobs)


def jobs_of(played: World, count: int = 5) -> list[Job]:
    return [played.submit(PLAY, SUCCEEDS, 6.0, played.clock()) for _ in range(count)]


def story(played: World) -> list[object]:
    told = [(job.id, job.plan.queued, job.plan.running) for job in jobs_of(played)]
    return [*told, played.secret, played.reply_id()]


@pytest.mark.parametrize("seed", [0, 1, -5, 2**80])
def test_a_seed_repeats_ids_plans_and_signatures(seed: int) -> None:
    assert story(world(seed)) == story(world(seed))


def test_another_seed_gives_another_world() -> None:
    told = [story(world(seed)) for seed in (1, 2, 3)]
    assert all(one != other for number, one in enumerate(told) for other in told[:number])


def test_what_is_refused_changes_no_job() -> None:
    """Replies draw their ids from a source of their own."""
    disturbed = world(1)
    refused = [disturbed.reply_id() for _ in range(1000)]
    assert [job.id for job in jobs_of(disturbed)] == [job.id for job in jobs_of(world(1))]
    assert len(set(refused)) == 1000


def test_the_scenario_of_one_job_changes_no_other() -> None:
    mixed = world(1)
    mixed.submit(PLAY, FAILS_WHILE_GENERATING, 6.0, 0)
    pure = jobs_of(world(1))
    assert [(job.id, job.plan) for job in jobs_of(mixed, 4)] == [(job.id, job.plan) for job in pure[1:]]


def test_a_job_is_kept_with_the_moment_of_its_submission() -> None:
    played = world(1)
    job = played.submit(PLAY, SUCCEEDS, 8.0, 17.0)
    assert played.jobs.get(job.id) is job
    assert (job.submitted, job.plan.seconds) == (17.0, 8.0)


def test_two_worlds_never_see_each_other() -> None:
    one, other = world(1), world(2)
    assert all(other.jobs.get(job.id) is None for job in jobs_of(one))


def test_a_world_keeps_as_many_jobs_as_it_may() -> None:
    played = world(1, max_jobs=3)
    jobs_of(played, 10)
    assert (len(played.jobs), played.jobs.evicted) == (3, 7)


def test_a_world_that_is_reset_runs_once_more() -> None:
    played = world(1)
    before = story(played)
    played.clock.advance(1000)
    played.reset()
    assert (len(played.jobs), played.creates, story(played)) == (0, 0, before)


def test_a_decision_can_be_looked_up_under_its_name() -> None:
    played = world(1)
    flaky = shipped()["flaky"]
    made = [played.decide(flaky, Call(Target.POLL, number, "job-1")) for number in range(1, 40)]
    assert [played.decision(each.id) for each in made] == made
    assert {each.rule for each in made} == {None, 0, 1, 2}
    assert played.decision("flaky/poll/1/0/nobody") is None


def test_what_goes_wrong_in_the_world_goes_wrong_in_every_scenario() -> None:
    down = Rule((Target.POLL,), Fault(answer=Answer(500)))
    played = world(1)
    played.faults = (down,)
    assert played.decide(SUCCEEDS, Call(Target.POLL, 1, "a")).fault == down.fault
    assert played.decide(SUCCEEDS, Call(Target.SUBMIT, 1, "1")).fault is None


@pytest.mark.parametrize("count", [0, 3, 300])
def test_a_world_goes_on_from_what_another_had_counted(count: int) -> None:
    first = world(1, max_jobs=5)
    jobs_of(first, count)
    for _ in range(count):
        first.count("flaky")
        first.reply_id()
    other = world(1, max_jobs=5)
    for job in first.jobs:
        other.jobs.add(job)
    other.recall(first.counts, first.jobs.gone, first.decisions)
    assert other.counts == first.counts
    assert (other.count("flaky"), other.reply_id()) == (first.count("flaky"), first.reply_id())
    assert [job.id for job in jobs_of(other)] == [job.id for job in jobs_of(first)]


def test_a_world_becomes_another_and_keeps_its_name() -> None:
    first, other = world(1), world(2)
    first.name, first.used = "first", 7.0
    jobs_of(other, 2)
    first.become(other)
    assert (first.name, first.used, first.secret) == ("first", 7.0, other.secret)
    assert [job.id for job in first.jobs] == [job.id for job in other.jobs]
    assert first.anew(5).settings.seed == 5


def test_of_keys_a_world_has_digests_only() -> None:
    limited = world(1)
    limit = RateLimit(2, 1.0)
    taken = [limited.admit(key, limit, 0.0).remaining for key in (b"one", b"two", b"one", b"one")]
    assert taken == [1, 1, 0, 0]
    assert len(limited.counts.buckets) == 2
    assert not any("one" in key or "two" in key for key in limited.counts.buckets)


def test_the_tally_differs_whenever_the_counts_do() -> None:
    counted = world(1, max_jobs=2)
    for change in (
        lambda: jobs_of(counted, 4),
        counted.reply_id,
        counted.jobs.clear,
        lambda: setattr(counted, "credit", 5),
        lambda: setattr(counted, "creates", 1),
        lambda: setattr(counted, "rate", RateLimit(2, 1.0)),
        lambda: counted.admit(b"key", RateLimit(2, 1.0), 0.0),
    ):
        tally, counts = counted.tally, counted.counts
        change()
        assert (counted.tally != tally) >= (counted.counts != counts)
    assert counted.tally == counted.tally
