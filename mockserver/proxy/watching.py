"""What the proxy makes of what it sees: findings as they occur, recordings as they grow, a report at the end."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from bodydouble.contracts.checks.check_rules import Observation
from bodydouble.contracts.checks.checks import Checker, check_observation
from bodydouble.contracts.checks.exchanges import Ending, Exchange, Message, Unread
from bodydouble.contracts.checks.history_checks import observe
from bodydouble.contracts.checks.matching import Match, Matcher, Role
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.reports import tally
from bodydouble.mockserver.recordings.recorder import Change, Recorder, job_of
from bodydouble.mockserver.recordings.seen_keys import SeenKeys

MAX_JOBS = 10_000
MAX_KINDS = 1_000
"""Kinds of findings that are told apart in the report."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one exchange brought.

    Attributes:
        findings: What is wrong, without what was said before.
        change: The recording that it changed, if any is made.
    """

    findings: tuple[Finding, ...]
    change: Change | None


@dataclass(slots=True)
class _Known:
    """What is remembered of one job: its pattern, and of each run of equal statuses the first observation."""

    pattern: JobPattern
    observations: list[Observation] = field(default_factory=list)


class Watch:
    """Judges exchanges in the order in which they ended.

    Attributes:
        exchanges: How many there were.
        unknown: How many were of no operation of the contract.
        unread: How many had a body that could not be looked at.
        lost: How many got no reply from upstream.
        left: How many the client broke off.
    """

    def __init__(self, contract: Contract, recorder: Recorder | None = None) -> None:
        self.exchanges = self.unknown = self.unread = self.lost = self.left = 0
        self._matcher = Matcher(contract)
        self._checker = Checker(contract)
        self._recorder = recorder
        self._keys = SeenKeys()
        self._jobs: OrderedDict[str, _Known] = OrderedDict()
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._first: dict[tuple[str, str, str], Finding] = {}

    def saw(self, exchange: Exchange) -> Sighting:
        """Take an exchange in."""
        self.exchanges += 1
        self._keys.learn(exchange)
        self.lost += exchange.ending is Ending.LOST
        self.left += exchange.ending is Ending.LEFT
        match = self._match(exchange)
        change = self._recorder.saw(exchange, match) if self._recorder else None
        if match is None:
            self.unknown += 1
            return Sighting((), change)
        self.unread += _unreadable(exchange.request) or _unreadable(exchange.reply)
        found = (*self._checker.exchange(exchange, match), *self._history(exchange, match))
        return Sighting(tuple(f for f in map(self._without_keys, found) if self._is_news(f)), change)

    def _without_keys(self, finding: Finding) -> Finding:
        """A value that is shown because it is wrong may be a key in the wrong place."""
        message, got = self._keys.without(finding.message), self._keys.without(finding.got)
        return msgspec.structs.replace(finding, message=message, got=got)

    def _match(self, exchange: Exchange) -> Match | None:
        match = self._matcher.match(exchange)
        if match is None or match.role is not Role.POLL:
            return match
        if match.asked_id in self._jobs:
            return self._matcher.match(exchange, self._jobs[match.asked_id].pattern)
        # A job of which nothing is known may be any of those that are polled here; it gets the benefit of the doubt.
        return min(
            self._matcher.polls(exchange), key=lambda each: len(self._checker.exchange(exchange, each))
        )

    def _history(self, exchange: Exchange, match: Match) -> Iterator[Finding]:
        job_id = job_of(exchange, match)
        if not job_id or match.pattern is None or (job_id not in self._jobs and not exchange.succeeded):
            return
        known = self._jobs.setdefault(job_id, _Known(match.pattern))
        self._jobs.move_to_end(job_id)
        if len(self._jobs) > MAX_JOBS:
            self._jobs.popitem(last=False)
        now = observe(exchange, match)
        yield from check_observation(str(match.operation), tuple(known.observations), now)
        if not any(seen.status == now.status and seen.result == now.result for seen in known.observations):
            known.observations.append(now)

    def _is_news(self, finding: Finding) -> bool:
        """Whether this has not been said before; the same breach at every poll is said once and counted."""
        operation = finding.source.partition(", ")[2]
        key = (finding.rule, operation, finding.pointer)
        if key not in self._first and len(self._first) >= MAX_KINDS:
            return False
        self._counts[key] += 1
        return self._first.setdefault(key, finding) is finding

    def report(self) -> Iterator[str]:
        """Yield the lines of the report, without line ends."""
        yield f"{self.exchanges} exchanges, {self.exchanges - self.unknown} checked: {tally(self._first.values())}"
        for key, finding in self._first.items():
            yield f"  {self._counts[key]:>5} times {as_line(finding)}"
        for count, what in (
            (self.unknown, "were of no operation of the contract and were not checked"),
            (self.unread, "had a body that could not be looked at: too large, or coded in an unknown way"),
            (self.lost, "got no reply from upstream"),
            (self.left, "were broken off by the client"),
        ):
            if count:
                yield f"  {count:>5} {what}"


def as_line(finding: Finding) -> str:
    """Return a finding as one line."""
    place = f" {finding.pointer}" if finding.pointer else ""
    parts = [
        f"expected {finding.expected}" if finding.expected else "",
        f"got {finding.got}" if finding.got else "",
    ]
    details = ", ".join(part for part in parts if part)
    text = f"{finding.severity}: {finding.source}{place}: {finding.message}"
    return "".join(_printable(f"{text}{f'; {details}' if details else ''} [{finding.rule}]"))


def _printable(text: str) -> Iterator[str]:
    """What comes from outside must neither end the line nor move the cursor."""
    yield from (character if character.isprintable() else "\ufffd" for character in text)


def _unreadable(message: Message) -> bool:
    if not message.is_json or not message.body.size:
        return False
    try:
        _ = message.decoded
    except Unread:
        return True
    return False
