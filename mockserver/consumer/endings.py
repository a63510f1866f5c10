"""Endings: how one run of a client ended, and what was seen of it."""

from dataclasses import dataclass
from enum import StrEnum

from bodydouble.contracts.findings import Finding
from bodydouble.mockserver.journals.journal import Entry


class End(StrEnum):
    """How a client ended, as it tells itself; the last four are no way to end."""

    DONE = "done"
    FAILED = "failed"
    UNCLEAR = "unclear"
    CRASHED = "crashed"
    HUNG = "hung"
    NOT_STARTED = "not started"


class Hung(BaseException):
    """A client does not end; raised inside of it, past every ``except Exception``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One run of a client, from outside.

    Attributes:
        end: How it ended.
        told: The exit code, the result or the exception, in words.
        output: What it printed, as far as that is kept.
        entries: What it asked, and what it was answered.
        noticed: What the double's rules for clients say about that.
        key: The key that it was given.
    """

    end: End
    told: str
    output: str = ""
    entries: tuple[Entry, ...] = ()
    noticed: tuple[Finding, ...] = ()
    key: str = ""
