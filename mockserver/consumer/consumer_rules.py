"""Everything that is held against a client under test, in one table, beside the double's own rules for clients."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.journals.journal import Entry, Purpose
from bodydouble.mockserver.reporting.report_rules import RULES as NOTICED

from .behaviours import Behaviour
from .endings import End, Life
from .expectations import expected
from .tracebacks import last_line, traceback_in

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Broken:
    """What a rule has found; the fields are those of a ``Finding``."""

    message: str
    expected: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a client may not do.

    Attributes:
        id: Stable, in kebab-case.
        severity: How much it matters.
        advice: What to do.
        check: Yields what it finds in one run.
    """

    id: str
    severity: Severity
    advice: str
    check: Callable[[Behaviour, Life], Iterator[Broken]]


def judge(behaviour: Behaviour, life: Life) -> tuple[Finding, ...]:
    """Return everything that is wrong with one run of a client, the gravest first."""
    source = behaviour.scenario.name
    own = tuple(
        Finding(
            rule=rule.id,
            severity=rule.severity,
            source=source,
            pointer="",
            message=broken.message,
            expected=broken.expected,
            got=broken.got,
            hint=rule.advice,
        )
        for rule in CONSUMER_RULES
        for broken in rule.check(behaviour, life)
    )
    return (*own, *(finding for finding in life.noticed if not _is_waived(finding.rule, behaviour, life)))


def _crashed(_behaviour: Behaviour, life: Life) -> Iterator[Broken]:
    found = traceback_in(life.output)
    if life.end is End.CRASHED or found is not None:
        got = f"a {found[0]} traceback, last: {last_line(life.output)}" if found else life.told
        yield Broken("the client dies of a mistake of its own", "an error in its own words", got[:_SHOWN])


def _hung(_behaviour: Behaviour, life: Life) -> Iterator[Broken]:
    if life.end is End.HUNG:
        yield Broken(
            "the client does not end", "an end, good or bad, within the deadline", life.told[:_SHOWN]
        )


def _key_shown(_behaviour: Behaviour, life: Life) -> Iterator[Broken]:
    if life.key and (life.key in life.output or life.key in life.told):
        line = next((line for line in life.output.splitlines() if life.key in line), life.told)
        shown = line.replace(life.key, "***").strip()
        yield Broken("the client prints its API key", "no key in any output", shown[:_SHOWN])


def _failure_hidden(behaviour: Behaviour, life: Life) -> Iterator[Broken]:
    row = expected(behaviour)
    if life.end is End.DONE and End.DONE not in row.allowed:
        yield Broken(f"the client reports success, though {row.name}", "a failure", life.told[:_SHOWN])


def _success_untold(behaviour: Behaviour, life: Life) -> Iterator[Broken]:
    told = any(entry.stage == Stage.SUCCESS and entry.heard for entry in life.entries)
    if life.end is End.DONE and not told and End.DONE in expected(behaviour).allowed:
        got = _last_stage(life.entries)
        yield Broken(
            "the client reports success before it was told of any", "polls until success is told", got
        )


def _last_stage(entries: tuple[Entry, ...]) -> str:
    if not any(entry.operation is Purpose.SUBMIT for entry in entries):
        return "no create was sent"
    stages = [entry.stage for entry in entries if entry.stage and entry.heard]
    return f"the last that it was told was {stages[-1]!r}" if stages else "it was told nothing about a job"


def _success_missed(behaviour: Behaviour, life: Life) -> Iterator[Broken]:
    row = expected(behaviour)
    if life.end is End.FAILED and End.FAILED not in row.allowed:
        yield Broken("the client gives up a job that succeeds", "the result; " + row.why, life.told[:_SHOWN])


def _unclear(_behaviour: Behaviour, life: Life) -> Iterator[Broken]:
    if life.end is End.UNCLEAR:
        yield Broken(
            "the client's end means neither success nor failure",
            "one of the declared endings",
            life.told[:_SHOWN],
        )


ERROR = Severity.ERROR
CONSUMER_RULES: tuple[Rule, ...] = (
    Rule("client-crashed", ERROR, "check what a reply holds before it is used; see the scenario", _crashed),
    Rule("client-hung", ERROR, "give each request and the whole wait a time limit", _hung),
    Rule("key-printed", ERROR, "keep the key out of messages and logs; print a placeholder", _key_shown),
    Rule(
        "failure-taken-for-success",
        ERROR,
        "end with an error whenever the job failed or there is none; return nothing that looks like a result",
        _failure_hidden,
    ),
    Rule(
        "success-untold",
        ERROR,
        "compare the status with the words for success; any other word means to go on polling",
        _success_untold,
    ),
    Rule(
        "success-missed",
        ERROR,
        "poll again after whatever passes by itself: 404 right after the create, 408, 429, 5xx, replies that broke",
        _success_missed,
    ),
    Rule("ending-unclear", ERROR, "declare the ending with --ok-exit or --fail-exit", _unclear),
)
"""Every rule of ours."""
RULE_IDS = (*(rule.id for rule in CONSUMER_RULES), *(rule.id for rule in NOTICED))
"""These and the double's own, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """When one of the double's rules is not held against a client.

    Attributes:
        rules: Their ids.
        holds: Whether it applies to a run.
        why: The reason.
    """

    rules: frozenset[str]
    holds: Callable[[Behaviour, Life], bool]
    why: str


def _is_waived(rule: str, behaviour: Behaviour, life: Life) -> bool:
    return any(rule in waiver.rules and waiver.holds(behaviour, life) for waiver in WAIVERS)


def _gave_up(behaviour: Behaviour, life: Life) -> bool:
    return life.end is End.FAILED and End.FAILED in expected(behaviour).allowed


WAIVERS: tuple[Waiver, ...] = (
    Waiver(
        frozenset({"result-never-fetched", "legacy-path-used"}),
        lambda _behaviour, _life: True,
        "whether results are fetched, and by which path jobs are submitted, is the client's affair",
    ),
    Waiver(
        frozenset({"result-incomplete", "job-orphaned"}),
        _gave_up,
        "a client that says that it gave up has hidden nothing",
    ),
    Waiver(
        frozenset({"polls-after-end", "job-orphaned"}),
        lambda behaviour, _life: behaviour.scenario.breaks_contract,
        "an end that is told in unknown words or shapes need not be understood",
    ),
    Waiver(
        frozenset({"job-orphaned", "polls-after-end", "result-incomplete"}),
        lambda _behaviour, life: life.end in (End.HUNG, End.CRASHED),
        "what was left undone follows from the crash or the hang",
    ),
)
"""Every exception, with its reason."""
