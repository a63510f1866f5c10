import pytest

from bodydouble.contracts.verify.asking import Meant
from bodydouble.contracts.verify.lives import Life
from bodydouble.contracts.verify.pacing import LONGEST_WAIT, Pace, Time
from bodydouble.contracts.verify.player import Player
from bodydouble.contracts.verify.steps import Deed
from bodydouble.contracts.verify.stopping import Enough, Spent
from tests.end_to_end.provider_zoo import Endless, Forgetful, Job, NoVideo, PollCounting, Said, SameId, Sound
from tests.verifying import BODY, found, player


def created(playing: Player) -> Life:
    life = playing.create(dict(BODY))
    assert life
    return life


def test_a_job_is_followed_from_its_create_to_its_result() -> None:
    playing = player()
    life = created(playing)
    playing.drain([life])
    playing.look_back([life])
    assert life.ended
    assert life.succeeded
    assert life.fetched == 1
    assert life.lasted
    assert life.lasted >= 40
    assert not found(playing)
    assert [step.deed for step in life.steps[:2]] == [Deed.CREATE, Deed.POLL]


def test_jobs_are_polled_in_turn() -> None:
    playing = player()
    lives = [created(playing) for _ in range(3)]
    playing.drain(lives)
    order = [exchange.query for life in lives for exchange in life.exchanges[1:3]]
    numbers = sorted(exchange.number for life in lives for exchange in life.exchanges[1:])
    assert len(set(order)) == 3
    assert numbers == list(range(4, 4 + len(numbers)))


def test_no_job_is_submitted_beyond_the_budget() -> None:
    playing = player()
    playing.spending.most = 1
    created(playing)
    with pytest.raises(Spent):
        playing.create(dict(BODY))
    assert playing.sender.count == 1


def test_a_create_that_is_refused_costs_nothing() -> None:
    playing = player()
    assert playing.create({"model": "video-01"}) is None
    assert playing.spending.jobs == 0
    assert not playing.lives


def test_an_id_that_is_given_twice_is_shown_with_both_creates() -> None:
    playing = player(SameId)
    created(playing)
    created(playing)
    (failure,) = playing.ledger
    assert failure.finding.rule == "job-id-reused"
    assert [step.deed for step in failure.steps] == [Deed.CREATE, Deed.CREATE]


def test_a_job_that_never_ends_is_given_up_after_its_time() -> None:
    playing = player(Endless)
    life = created(playing)
    playing.drain([life])
    assert found(playing) == {"job-unending"}
    (failure,) = playing.ledger
    assert [step.deed for step in failure.steps] == [Deed.CREATE, Deed.POLL]
    assert failure.steps[1].after > playing.pace.job_timeout


def test_a_server_that_counts_polls_is_given_enough_of_them() -> None:
    playing = player(PollCounting)
    life = created(playing)
    playing.sender.pause(5000)
    playing.drain([life])
    assert life.ended
    assert not found(playing)


def test_a_job_that_is_gone_is_not_waited_for() -> None:
    playing = player(Forgetful)
    life = created(playing)
    playing.sender.pause(100)
    playing.drain([life])
    assert found(playing) == {"job-lost"}
    assert life.polls == 1


def test_two_at_once_are_judged_each() -> None:
    playing = player()
    life = created(playing)
    playing.poll_twice(life)
    assert life.polls == 2
    assert len(life.exchanges) == 3


def test_an_id_of_this_run_is_not_polled_as_unknown() -> None:
    playing = player()
    life = created(playing)
    playing.unknown(life.id)
    assert playing.sender.count == 1
    playing.unknown("other")
    assert playing.sender.count == 2
    assert not found(playing)


def test_a_result_elsewhere_is_not_called_sound() -> None:
    class Elsewhere(Sound):
        def url(self, job: object) -> str:  # noqa: ARG002 - whatever the job
            return "https://cdn.example/video.mp4"

    playing = player(Elsewhere)
    life = created(playing)
    playing.drain([life])
    playing.look_back([life])
    assert "cannot be reached" in playing.unseen["result"]


def test_the_first_failure_can_be_enough() -> None:
    playing = player(NoVideo, first_only=True)
    life = created(playing)
    with pytest.raises(Enough):
        playing.drain([life])


def test_a_keyless_create_that_is_taken_is_counted() -> None:
    class Open(Sound):
        def knows(self, authorization: str) -> bool:  # noqa: ARG002 - whatever the key
            return True

    playing = player(Open)
    playing.ask(playing.sender.requests.create_raw(b'{"model":"video-01","prompt":""}', keyed=False))
    assert playing.spending.jobs == 1
    assert found(playing) == {"keyless-accepted"}
    assert Meant.KEYLESS


def test_a_job_is_not_polled_before_its_turn() -> None:
    class Patient(Sound):
        def tell(self, job: Job, body: object) -> Said:
            said = super().tell(job, body)
            said.headers = {**(said.headers or {}), "retry-after": "9"}
            return said

    playing = player(Patient)
    life = created(playing)
    moments = []
    for _ in range(3):
        playing.take_turn(life)
        playing.poll(life)
        moments.append(playing.sender.time.clock() - life.begun)
    assert moments == [9, 18, 27]


def test_a_server_that_asks_for_years_is_not_waited_for_that_long() -> None:
    class Sleepy(Sound):
        def tell(self, job: Job, body: object) -> Said:
            said = super().tell(job, body)
            said.headers = {**(said.headers or {}), "retry-after": "999999999999"}
            return said

    playing = player(Sleepy)
    life = created(playing)
    playing.drain([life])
    assert life.ended
    assert playing.sender.time.clock() - life.begun <= 2 * LONGEST_WAIT


def test_where_time_is_real_an_interval_passes_between_polls() -> None:
    playing = player()
    time = playing.sender.time
    playing.sender.time = Time(time.clock, time.sleep)
    playing.pace = Pace(interval=10)
    life = created(playing)
    for _ in range(3):
        playing.take_turn(life)
        playing.poll(life)
    assert time.clock() - life.begun == 20
