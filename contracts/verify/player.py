"""One run's jobs: what is asked about each, waited for, judged and remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bodydouble.contracts.checks.check_rules import History, Observation
from bodydouble.contracts.checks.checks import check_life
from bodydouble.contracts.checks.exchanges import Ending, Exchange
from bodydouble.contracts.checks.history_checks import NOT_FOUND, observe
from bodydouble.contracts.checks.matching import Match, told_ids
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON

from .answer_rules import Answer
from .asking import Asked, Meant, result
from .budgets import Spending
from .judging import without_keys
from .ledger import Kind, Ledger
from .lives import Life
from .pacing import Pace, asked_wait
from .results import judged, named, slim
from .sending import Sender
from .steps import Deed, Step
from .stopping import Enough, Spent

LATE = (0.0, 60.0)
"""Seconds after a job's end at which it is polled once more."""
LEAST_POLLS = 30
"""Polls before a job is given up: some servers count them instead of seconds."""


class Player:
    """Plays steps against one server.

    Args:
        sender: Speaks to the server.
        pace: Of the polls.
        ledger: What is found goes there.
        spending: What is spent.
        key: Never shown.

    Attributes:
        lives: Every job so far.
        fresh: Kinds found since somebody last emptied this that no search has settled.
        unseen: Rules that could not look, with the reason.
        first_only: Whether the first failure ends the run.
    """

    def __init__(self, sender: Sender, pace: Pace, ledger: Ledger, spending: Spending, key: str = "") -> None:
        self.sender, self.pace, self.ledger, self.spending = sender, pace, ledger, spending
        self.lives: list[Life] = []
        self.fresh: list[Kind] = []
        self.unseen: dict[str, str] = {}
        self.first_only = False
        self._key = key
        self._by_id: dict[str, Life] = {}

    def create(self, body: JSON) -> Life | None:
        """Submit ``body``; return the job, if there is one now."""
        return self.submit(self.sender.requests.create(body))

    def submit(self, asked: Asked) -> Life | None:
        """Send a create; return the job, if there is one now.

        Raises:
            Spent: One more job is not allowed.
        """
        if not self.spending.may_submit():
            raise Spent(f"the budget of {self.spending.most} jobs is spent")
        answer = self.sender.answer(asked, self.sender.referee.verdict(asked.body))
        if answer.accepted or answer.exchange.ending is Ending.LOST:
            self.spending.submitted()
        match = self.sender.referee.match(asked)
        life = Life(_told_id(match, answer.exchange) if answer.accepted else "", self._now())
        life.stepped = life.polled = life.begun
        life.wait = asked_wait(answer.exchange)
        # A create that is given an id twice is shown with the create that was given it first.
        known = self._by_id.get(life.id) if life.id else None
        if known is not None:
            life.steps, life.exchanges = known.steps[:1], known.exchanges[:1]
        self._take(
            life, Step(Deed.CREATE, 0.0, asked), answer, match, known.observations[:1] if known else ()
        )
        if not life.id:
            return None
        self.lives.append(life)
        self._by_id[life.id] = life
        return life

    def take_turn(self, life: Life) -> None:
        """Wait until a job may be polled: as long as the server has asked, and where time is real, an interval.

        Raises:
            Stopped: The run's time would be over.
        """
        least = 0.0 if self.sender.time.moves or not life.polls else self.pace.least
        self.sender.pause(life.polled + max(life.wait, least) - self._now())

    def poll(self, life: Life) -> None:
        """Ask how a job stands."""
        self._poll(life, Deed.POLL)

    def poll_twice(self, life: Life) -> None:
        """Ask twice at once."""
        asked = self.sender.requests.poll(life.id)
        step = self._step(life, Deed.POLL_TWICE)
        for answer in self.sender.twice((asked, self.sender.requests.poll(life.id))):
            self._polled(life, step, answer)
            step = replace(step, after=0.0)

    def fetch(self, life: Life) -> None:
        """Poll a job, and fetch the results that the reply names."""
        exchange, step = self._poll(life, Deed.FETCH)
        for pointer, url in named(self.sender.pattern, exchange.reply.json_or_none()):
            if not self.sender.target.reaches(url):
                self.unseen["result"] = f"{pointer}: what it names cannot be reached from here"
                continue
            answer = self.sender.answer(result(url))
            life.fetched += 1
            found = (*self.sender.referee.of_answer(answer, None), *judged(pointer, answer.exchange))
            self._judge((*life.steps[:1], step), (*life.exchanges[-1:], slim(answer.exchange)), found)

    def ask(self, asked: Asked) -> Answer:
        """Send a request that is about no job of this run."""
        answer = self.sender.answer(asked)
        if answer.accepted and asked.body:
            self.spending.submitted()
        found = self.sender.referee.of_answer(answer, self.sender.referee.match(asked))
        self._judge((Step(Deed.ASK, 0.0, asked),), (answer.exchange,), found)
        return answer

    def unknown(self, job: str) -> None:
        """Poll an id that was never issued."""
        if job not in self._by_id:
            self.ask(self.sender.requests.poll(job, Meant.UNKNOWN))

    def drain(self, lives: Iterable[Life]) -> None:
        """Poll jobs in turn, each when it is due, until every one has ended or is given up."""
        listed = list(lives)
        while pending := [life for life in listed if life.open]:
            life = min(pending, key=self._due)
            self.sender.pause(self._due(life) - self._now())
            self.poll(life)
            self._give_up(life)

    def look_back(self, lives: Iterable[Life], fetches: int = 1) -> None:
        """Poll jobs that have ended again, at once and later, and fetch the results of some."""
        ended = [life for life in lives if life.ended]
        for life in ended:
            if life.succeeded and not life.fetched and fetches > 0:
                fetches -= 1
                self.fetch(life)
        for seconds in LATE if ended else ():
            self.sender.pause(seconds if self.sender.time.moves else min(seconds, self.pace.interval))
            for life in ended:
                self.poll(life)

    def _now(self) -> float:
        return self.sender.time.clock()

    def _due(self, life: Life) -> float:
        return life.polled + max(self.pace.after(life.polls) if life.polls else 0.0, life.wait)

    def _give_up(self, life: Life) -> None:
        waited = self._now() - life.begun
        if not life.open or waited <= self.pace.job_timeout or life.polls < LEAST_POLLS:
            return
        life.endless = True
        seen = (*life.observations, *([life.latest] if life.latest else []))
        poll = str(self.sender.pattern.poll)
        history = History(poll, self.sender.pattern.polled.promises, seen, self.pace.job_timeout)
        found = tuple(check_life(history))
        last = Step(Deed.POLL, waited)
        self._judge((*life.steps[:1], last), life.exchanges[-1:], found)
        self.fresh.clear()  # waiting that long again would show nothing smaller

    def _poll(self, life: Life, deed: Deed) -> tuple[Exchange, Step]:
        answer = self.sender.answer(self.sender.requests.poll(life.id))
        step = self._step(life, deed)
        self._polled(life, step, answer)
        return answer.exchange, step

    def _polled(self, life: Life, step: Step, answer: Answer) -> None:
        life.polls += 1
        life.polled = self._now()
        life.wait = asked_wait(answer.exchange)
        life.endless = life.endless or answer.exchange.status in NOT_FOUND
        self._take(life, step, answer, self.sender.referee.match(answer.asked, life.id), life.observations)

    def _step(self, life: Life, deed: Deed) -> Step:
        now = self._now()
        after, life.stepped = now - life.stepped, now
        return Step(deed, after)

    def _take(
        self, life: Life, step: Step, answer: Answer, match: Match | None, before: Sequence[Observation]
    ) -> None:
        exchange = answer.exchange
        life.steps.append(step)
        life.exchanges.append(exchange)
        found = list(self.sender.referee.of_answer(answer, match))
        if match is not None and life.id:
            now = life.latest = observe(exchange, match)
            found += self.sender.referee.of_history(match, before, now)
            if not any(seen.status == now.status and seen.result == now.result for seen in life.observations):
                life.observations.append(now)
            if now.stage is not None and now.stage.is_final:
                life.ended, life.succeeded = True, now.stage is Stage.SUCCESS
                life.lasted = self._now() - life.begun if life.lasted is None else life.lasted
        self._judge(life.steps, life.exchanges, found)

    def _judge(self, steps: Sequence[Step], exchanges: Sequence[Exchange], found: Iterable[Finding]) -> None:
        self.ledger.checked += 1
        for finding in found:
            kind = self.ledger.add(without_keys(finding, self._key), steps, exchanges)
            if kind is not None:
                self.fresh.append(kind)
        if self.first_only and len(self.ledger):
            raise Enough("the first failure was enough")


def _told_id(match: Match | None, exchange: Exchange) -> str:
    told = told_ids(match.shape, exchange.reply.json_or_none()) if match and match.shape else ()
    return next(iter(told), "")
