from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bodydouble.contracts.checks.exchanges import Ending, Exchange
from bodydouble.contracts.verify.asking import Asked, Meant, Requests
from bodydouble.contracts.verify.judging import Referee
from bodydouble.contracts.verify.pacing import Time
from bodydouble.contracts.verify.sending import LIMITED_TRIES, TRIES, Sender
from bodydouble.contracts.verify.stopping import Stopped
from bodydouble.mockserver.clocks import ManualClock
from tests.apis import BUNDLED
from tests.verifying import PATTERN, exchange, time_of

REQUESTS = Requests(PATTERN, BUNDLED.conventions)
POLL = REQUESTS.poll("x")


@dataclass
class Scripted:
    """Answers with one status after the other, the last for ever; 0 is no reply."""

    statuses: Sequence[int]
    headers: dict[str, str] = field(default_factory=dict)
    origin: str = "scripted"
    asked: list[Asked] = field(default_factory=list)

    def ask(self, asked: Asked) -> Exchange:
        status = self.statuses[min(len(self.asked), len(self.statuses) - 1)]
        self.asked.append(asked)
        return exchange(status, number=len(self.asked), headers=self.headers)

    def ask_together(self, asked: Sequence[Asked]) -> tuple[Exchange, ...]:
        return tuple(map(self.ask, asked))

    def reaches(self, url: str) -> bool:
        return bool(url)

    def close(self) -> None:
        return


def sender(target: Scripted, clock: ManualClock | None = None, **told: object) -> Sender:
    time = time_of(clock or ManualClock())
    return Sender(target, time, Referee(BUNDLED, PATTERN), PATTERN, REQUESTS, **told)  # type: ignore[arg-type]  # same


def test_a_fault_of_the_moment_is_asked_again_and_kept_aside() -> None:
    answer = sender(Scripted([503, 200])).answer(POLL)
    assert answer.exchange.status == 200
    assert [each.status for each in answer.earlier] == [503]


def test_a_server_that_keeps_failing_is_believed() -> None:
    target = Scripted([500])
    answer = sender(target).answer(POLL)
    assert (answer.exchange.status, answer.tries, len(target.asked)) == (500, TRIES, TRIES)


def test_rate_limits_are_waited_for_as_long_as_the_server_asks() -> None:
    clock = ManualClock()
    start = clock.now
    answer = sender(Scripted([429, 429, 200], {"retry-after": "7"}), clock).answer(POLL)
    assert answer.exchange.status == 200
    assert clock.now - start == 14


def test_rate_limits_throughout_end_the_run() -> None:
    target = Scripted([429])
    with pytest.raises(Stopped, match="429"):
        sender(target).answer(POLL)
    assert len(target.asked) == LIMITED_TRIES + 1


def test_a_server_that_answers_nothing_at_all_ends_the_run() -> None:
    with pytest.raises(Stopped, match="cannot be reached"):
        sender(Scripted([0])).answer(POLL)


def test_a_request_that_gets_no_reply_while_others_do_is_told() -> None:
    answer = sender(Scripted([0, 0, 0, 404])).answer(REQUESTS.create({}))
    assert answer.exchange.ending is Ending.LOST


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_key_that_does_not_do_ends_the_run(status: int) -> None:
    with pytest.raises(Stopped, match=str(status)):
        sender(Scripted([status])).answer(POLL)


def test_a_request_without_a_key_may_be_refused() -> None:
    assert sender(Scripted([401])).answer(REQUESTS.poll("x", Meant.KEYLESS)).exchange.status == 401


def test_two_at_once_are_not_asked_again() -> None:
    target = Scripted([429, 200])
    answers = sender(target).twice((POLL, POLL))
    assert [answer.exchange.status for answer in answers] == [200]
    assert len(target.asked) == 2


def test_nothing_is_sent_and_no_pause_made_beyond_the_time_of_the_run() -> None:
    waited = ManualClock()
    real = Time(waited, waited.advance)
    target = Scripted([200])
    limited = Sender(target, real, Referee(BUNDLED, PATTERN), PATTERN, REQUESTS, deadline=waited.now + 10)
    limited.pause(9)
    with pytest.raises(Stopped, match="time"):
        limited.pause(9)
    waited.advance(5)
    with pytest.raises(Stopped, match="time"):
        limited.answer(POLL)
    assert not target.asked


def test_every_answer_is_shown_to_watchers_and_every_exchange_is_counted() -> None:
    seen: list[int] = []
    sending = sender(Scripted([503, 200]), watchers=[lambda answer: seen.append(answer.exchange.status)])
    sending.answer(POLL)
    assert seen == [200]
    assert sending.count == 2
