"""Submit, wait, result: the conversation that follows a job to its end, on one budget."""

from .addresses import poll_url
from .asking import Asking
from .errors import JobFailed, JobNotFound, NoAnswer, PollRefused, ResultMissing, TrackingError, WaitTimeout
from .models import Job, Kind, Progress
from .parsing import object_in, refusal_in, shown, updated
from .retry import Verdict, poll_pause, retry_after, verdict_of_poll
from .steps import Conversation, Failed, Reply, Report, Request, Send, Sleep, Tick, Warn
from .submission import REPLY_LIMIT


def poll_request(job: Job, asking: Asking) -> Request:
    """Return the request that asks for ``job``."""
    api = asking.api
    url = poll_url(asking.root, api.poll_path, api.poll_parameter, job.id)
    return Request(method="GET", url=url, authorized=True)


def waiting(job: Job, asking: Asking, *, timeout: float, start: Tick) -> Conversation[Job]:
    """Follow ``job`` until it is complete; return it with its video.

    The budget is spent on everything: pauses and polls are clipped to it, and a last poll is made at its end.
    So the conversation ends at ``timeout`` plus one ``pace.poll_timeout`` at the latest.

    Args:
        job: The job as last seen. If that was its end already, nothing is sent.
        asking: Whom to ask, and how fast.
        timeout: Seconds.
        start: What time it is.

    Raises:
        JobFailed: It ended in failure.
        ResultMissing: It is complete without a video, also when asked once more.
        WaitTimeout: The time is over, or the server asked for a pause beyond it.
        PollRefused: The server does not want to tell; JobNotFound if it knows no such job.
    """
    try:
        return (yield from _following(_Wait(job, asking, timeout=timeout, start=start), start))
    except BaseException as error:
        if not isinstance(error, TrackingError | GeneratorExit):
            error.add_note(f"job {shown(job.id)} goes on without this wait; to resume, attach to that id")
        raise


def looking(job: Job, asking: Asking) -> Conversation[Job]:
    """Ask for ``job`` once; return it as it is now, whatever that is.

    Raises:
        NoAnswer: No reply came, or none that could be read.
        PollRefused: The server does not want to tell; JobNotFound if it knows no such job.
    """
    answer: Reply | Failed = yield Send(
        request=poll_request(job, asking), timeout=asking.pace.poll_timeout, limit=REPLY_LIMIT
    )
    return told_by(answer, job, asking)


def told_by(answer: Reply | Failed, job: Job, asking: Asking, *, young: bool = False) -> Job:
    """Return ``job`` as the answer to a poll tells it.

    Raises:
        NoAnswer: It tells nothing.
        PollRefused: Asking again would not help.
    """
    verdict = verdict_of_poll(answer, young=young)
    if isinstance(answer, Failed) or verdict is Verdict.AGAIN:
        told = answer.reason if isinstance(answer, Failed) else _unreadable(answer)
        raise NoAnswer(f"no answer about job {shown(job.id)}: {told}", job=job, problem=told)
    if verdict is Verdict.TOLD:
        return updated(job, object_in(answer.body) or {}, answer.body, asking.api)
    kind = JobNotFound if verdict is Verdict.NOT_FOUND else PollRefused
    message = refusal_in(answer.body, asking.api)[0] or "no reason given"
    raise kind(
        f"the server does not tell about job {shown(job.id)}: HTTP {answer.status}, {message}",
        job=job,
        status=answer.status,
        body=answer.body,
    )


class _Wait:
    """The state of one wait; its methods move it forward and ask for nothing."""

    def __init__(self, job: Job, asking: Asking, *, timeout: float, start: Tick) -> None:
        self.job = job
        self.asking = asking
        self.started = start.now
        self.deadline = start.now + timeout
        self.request = poll_request(job, asking)
        self.polls = 0 if job.looked_at else -1  # a job never looked at is polled at once
        self.floor = start.now + _left_of_pause(job, start.wall)
        self.problem = ""
        self.completions = 1 if job.kind is Kind.SUCCESS else 0
        self.warned: set[str] = set()

    def pause(self, now: float) -> float:
        """Return the seconds to the next poll, which may end at the deadline but not before the floor."""
        usual = poll_pause(self.polls, self.asking.pace, self.asking.rng) if self.polls >= 0 else 0.0
        if self.must_not_poll_again(now):
            raise self.timed_out(now)
        return max(min(usual, self.deadline - now), self.floor - now, 0.0)

    def must_not_poll_again(self, now: float) -> bool:
        """Return whether the server asked for a pause that is not over yet and ends beyond the budget."""
        return self.floor > max(self.deadline, now)

    def poll(self, now: float, *, last: bool) -> Send:
        """Return the next poll, clipped to the budget; the last one has a whole poll's time."""
        whole = self.asking.pace.poll_timeout
        self.polls += 1
        timeout = whole if last else min(whole, self.deadline - now)
        return Send(request=self.request, timeout=timeout, limit=REPLY_LIMIT)

    def settled(self) -> Job | None:
        """Return the job if it is complete with its video, None if the wait goes on.

        Raises:
            JobFailed: It ended in failure.
            ResultMissing: It was complete without a video twice.
        """
        if self.job.kind is Kind.FAILURE:
            raise JobFailed(
                f"job {shown(self.job.id)} failed: {self.job.error or 'no reason given'}", job=self.job
            )
        if self.job.kind is Kind.SUCCESS and self.job.videos:
            return self.job
        if self.completions > 1:
            raise ResultMissing(
                f"job {shown(self.job.id)} is {shown(self.job.status)} but has no video, asked twice",
                job=self.job,
            )
        return None

    def hear(self, answer: Reply | Failed) -> bool:
        """Take in the answer to a poll; return whether it brought news.

        Raises:
            PollRefused: Asking again would not help.
        """
        before = self.job
        self.floor = answer.now + (retry_after(answer) or 0.0)
        try:
            self.job = told_by(answer, before, self.asking, young=self._is_young(answer))
        except NoAnswer as nothing:
            self.problem = nothing.problem
            return False
        self.problem = ""
        self.completions += self.job.kind is Kind.SUCCESS
        return _face(before) != _face(self.job)

    def strange_word(self) -> str:
        """Return the job's status if it is unknown and was not warned of before, else an empty string."""
        word = self.job.status or "(none)"
        if not self.job.looked_at or self.job.kind is not Kind.UNKNOWN or word in self.warned:
            return ""
        self.warned.add(word)
        return word

    def progress(self, now: float, *, changed: bool, next_poll: float | None) -> Report:
        return Report(
            Progress(
                job=self.job,
                changed=changed,
                elapsed=now - self.started,
                next_poll=next_poll,
                problem=self.problem,
            )
        )

    def timed_out(self, now: float) -> WaitTimeout:
        status = f"last seen {shown(self.job.status)!r}" if self.job.looked_at else "never seen"
        told = f"; the last poll told nothing: {self.problem}" if self.problem else ""
        early = (
            f"; the server asked not to be polled for another {self.floor - now:.0f} s"
            if self.must_not_poll_again(now)
            else ""
        )
        return WaitTimeout(
            f"job {shown(self.job.id)} has no result after {now - self.started:.1f} s "
            f"({status}{told}{early}); "
            f"it goes on, and can be waited for again by its id",
            job=self.job,
            problem=self.problem,
        )

    def _is_young(self, answer: Reply | Failed) -> bool:
        created = self.job.created_at
        return created is not None and answer.wall - created < self.asking.pace.settle


def _following(wait: _Wait, start: Tick) -> Conversation[Job]:
    tick, changed, over = start, wait.job.kind.terminal, False
    while True:
        if word := wait.strange_word():
            tick = yield Warn(
                f"job {shown(wait.job.id)} has the unknown status {shown(word)!r}; polling goes on"
            )
        if changed:
            tick = yield wait.progress(tick.now, changed=True, next_poll=None)
        finished = wait.settled()
        if finished is not None:
            return finished
        if over:
            raise wait.timed_out(tick.now)
        wake = tick.now + wait.pause(tick.now)
        tick = yield wait.progress(tick.now, changed=False, next_poll=wake - tick.now)
        tick = yield Sleep(max(wake - tick.now, 0.0))
        # By plan or by the clock: a sleep that ends a hair early must not make a poll with no time left, and
        # a listener that dawdles must not make two polls after the deadline.
        last = max(wake, tick.now) >= wait.deadline
        answer: Reply | Failed = yield wait.poll(tick.now, last=last)
        changed, tick = wait.hear(answer), answer
        over = last or (not wait.problem and tick.now >= wait.deadline)


def _left_of_pause(job: Job, wall: float) -> float:
    """Return what is left of the pause that the create's reply asked for; a wrong clock makes it no longer."""
    if job.created_at is None:
        return 0.0
    return min(max(job.created_at + job.retry_after - wall, 0.0), job.retry_after)


def _unreadable(answer: Reply) -> str:
    if answer.successful:
        return f"HTTP {answer.status}, but {answer.cut or 'the body is not a JSON object'}"
    return f"HTTP {answer.status}"


def _face(job: Job) -> tuple[object, ...]:
    """Return what makes two sightings of a job differ for whoever watches it."""
    return job.status, job.videos, job.error
