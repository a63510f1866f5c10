"""Requests sent until they have an answer that stays: again where a server fails for the moment, no more than that."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bodydouble.contracts.checks.exchanges import Ending, Exchange
from bodydouble.contracts.jobs.job_pattern import JobPattern

from .answer_rules import SERVER_ERROR, Answer
from .asking import Asked, Meant, Requests
from .judging import Referee
from .pacing import TOO_MANY, UNAVAILABLE, Time, backoff
from .stopping import Stopped, reason_to_stop
from .targets import Target

TRIES = 3
"""Times that a request is sent before a server that fails counts as failing."""
LIMITED_TRIES = 6
"""Times that it is sent again because there were too many."""
PAUSE = 0.1
"""Seconds before a request that got no reply, or an error, is sent again."""
NEVER_ISSUED = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class Sender:
    """Sends, and gives up where nothing is to be learned.

    Attributes:
        target: The server.
        time: Of the run.
        referee: It knows which creates are valid.
        pattern: Of the jobs.
        requests: Of that pattern.
        deadline: When the run is over, in real seconds; None for never.
        count: How many exchanges there were.
        watchers: Called with every answer.
        on_exchange: Called after every exchange.
    """

    target: Target
    time: Time
    referee: Referee
    pattern: JobPattern
    requests: Requests
    deadline: float | None = None
    count: int = 0
    watchers: list[Callable[[Answer], None]] = field(default_factory=list)
    on_exchange: Callable[[], None] = lambda: None

    def answer(self, asked: Asked, valid: bool | None = None) -> Answer:  # noqa: FBT001 - a verdict, no switch
        """Send a request.

        Raises:
            Stopped: Nothing is to be learned here any more, or the run's time is over.
        """
        exchange, tries, earlier = self._settled(asked)
        reason = reason_to_stop(asked, exchange, valid=valid)
        if reason and (exchange.status or not self._is_alive(asked)):
            raise Stopped(reason)
        return replace(self._told(asked, exchange, valid, tries), earlier=earlier)

    def twice(self, asked: tuple[Asked, Asked]) -> tuple[Answer, ...]:
        """Send two polls at once; return the answers that tell something, in the order in which they came.

        Two at once may be more than a server allows: what it refuses for the moment is not asked again.
        """
        self._guard()
        exchanges = self.target.ask_together(asked)
        pairs = sorted(zip(asked, exchanges, strict=True), key=lambda pair: pair[1].ended)
        self._counted(len(pairs))
        return tuple(
            self._told(each, exchange, None, 1)
            for each, exchange in pairs
            if exchange.status != TOO_MANY and not _failed(exchange)
        )

    def pause(self, seconds: float) -> None:
        """Let seconds pass.

        Raises:
            Stopped: The run's time would be over.
        """
        if seconds > 0:
            waiting = 0.0 if self.time.moves else seconds
            if self.deadline is not None and self.time.real() + waiting > self.deadline:
                raise Stopped("the time of the run is spent")
            self.time.sleep(seconds)

    def _settled(self, asked: Asked) -> tuple[Exchange, int, tuple[Exchange, ...]]:
        tries = limited = 0
        earlier: list[Exchange] = []
        while True:
            self._guard()
            exchange = self.target.ask(asked)
            self._counted(1)
            if exchange.status == TOO_MANY and limited < LIMITED_TRIES:
                limited += 1
                earlier.append(exchange)
                self.pause(backoff(exchange, limited))
                continue
            tries += 1
            if tries >= TRIES or not _failed(exchange) or asked.meant is Meant.METHOD:
                return exchange, tries, tuple(earlier)
            earlier.append(exchange)
            self.pause(backoff(exchange, tries) if exchange.status == UNAVAILABLE else PAUSE)

    def _told(self, asked: Asked, exchange: Exchange, valid: bool | None, tries: int) -> Answer:  # noqa: FBT001 - same
        match = self.referee.match(asked)
        accepted = exchange.status // 100 == 2  # noqa: PLR2004 - RFC 9110 section 15.3
        why = self.referee.why(asked.body) if valid is False and accepted else ""
        answer = Answer(asked, exchange, match.operation if match else None, valid, why, tries)
        for watch in self.watchers:
            watch(answer)
        return answer

    def _is_alive(self, lost: Asked) -> bool:
        """Whether the server answers anything at all."""
        question = self.requests.poll(NEVER_ISSUED, Meant.UNKNOWN)
        return lost.meant is not Meant.UNKNOWN and bool(self.target.ask(question).status)

    def _guard(self) -> None:
        if self.deadline is not None and self.time.real() > self.deadline:
            raise Stopped("the time of the run is spent")

    def _counted(self, exchanges: int) -> None:
        self.count += exchanges
        self.on_exchange()


def _failed(exchange: Exchange) -> bool:
    return exchange.status >= SERVER_ERROR or exchange.ending is Ending.LOST
