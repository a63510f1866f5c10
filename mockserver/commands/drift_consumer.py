"""A client run against the new contract of a comparison, to see what it survives."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import click
from msgspec.structs import replace

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.conventions import Environment
from bodydouble.contracts.drift.changes import Change
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.playing import playable
from bodydouble.contracts.drift.sides import Side
from bodydouble.contracts.drift.surviving import Call, calls_in, place_of, survived
from bodydouble.contracts.drift.versions import Version
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.jobs.stages import Stage, stage_of
from bodydouble.contracts.words import count
from bodydouble.mockserver.consumer.behaviours import PLAIN, Behaviour
from bodydouble.mockserver.consumer.commanding import Command, Commander
from bodydouble.mockserver.consumer.consumer_rules import judge
from bodydouble.mockserver.consumer.endings import Life
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.loopback import Loopback
from bodydouble.mockserver.consumer.outcomes import blindness
from bodydouble.mockserver.consumer.sweeping import LIVES, SHAPES
from bodydouble.mockserver.journals.journal import Entry
from bodydouble.mockserver.scenes.scenarios import Edit, Scenario

SPEED = 60.0
"""Seconds that pass for jobs in one second; what lives there are is counted in polls."""
MOST = 8
"""Behaviours for values that are new; each is one more run of the client."""
VALUES = frozenset({"job-status-added", "job-status-replaced", "reply-enum-widened", "reply-enum-replaced"})
"""Rules about values that may come now."""
PLAYED = ("nulls", "absent", "fails")
"""Behaviours beside the plain one: what a contract leaves open, and a job that fails."""


@dataclass(frozen=True, slots=True)
class Client:
    """The command that is run.

    Attributes:
        words: The program and its arguments.
        variables: Environment variables for it, with ``{base_url}``, ``{origin}`` and ``{api_key}`` in their values.
        deadline: Seconds after which a run hangs.
    """

    words: Sequence[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 60.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of running the client.

    Attributes:
        calls: Those of runs that went well.
        notices: How the runs went, in words.
        unseen: Why nothing can be said of the client; ``""`` if something can.
    """

    calls: tuple[Call, ...] = ()
    notices: tuple[str, ...] = ()
    unseen: str = ""


def with_client(report: Report, old: Side, new: Side, client: Client) -> Report:
    """Return a report with what the client survives marked, and how it fared told.

    It is run against a double of the new side. What it survives is marked where a run went well and met the change;
    nothing is, where it does not get through a plain job. Warnings about its manners are told and stop nothing: they
    are older than the change.
    """
    try:
        contract = playable(old, new)
    except ValueError as problem:
        reason = str(problem).splitlines()[0]
        tried = Tried(unseen=f"NEW cannot be played: {reason}; a folder can hold a create and its poll")
    else:
        tried = _tried(contract, behaviours(report.changes, contract), client)
    unseen = [_unseen(tried.unseen, client)] if tried.unseen else []
    return replace(
        report,
        changes=_marked(report.changes, old, new, tried.calls),
        notices=(*report.notices, *tried.notices),
        unseen=(*report.unseen, *unseen),
    )


def _marked(changes: Sequence[Change], old: Side, new: Side, calls: Sequence[Call]) -> tuple[Change, ...]:
    return survived(changes, Version(old.fragments, old.name), Version(new.fragments, new.name), calls)


def behaviours(changes: Iterable[Change] = (), contract: Contract | None = None) -> tuple[Behaviour, ...]:
    """Return how the double behaves, the plain one first, then what is left open, then what is new among values.

    Args:
        changes: Values that they bring are told by replies, as far as the new contract allows.
        contract: It says where a job's status stands.
    """
    others = [each for each in (*LIVES, *SHAPES) if each.name in PLAYED]
    new = [each for change in changes for each in _telling(change, contract)] if contract else []
    return tuple(Behaviour(scenario, Level.CONTRACT) for scenario in (PLAIN, *others, *new[:MOST]))


def _telling(change: Change, contract: Contract) -> Iterator[Scenario]:
    """Lives in which each value that is new is told; a word for an end would be another life, and is left out."""
    if change.rule not in VALUES or not isinstance(change.new, list):
        return
    pattern = contract.patterns[0]
    place = place_of(change.subject) or pattern.polled.status
    old = change.old if isinstance(change.old, list) else []
    stages = (Stage.INITIAL, Stage.RUNNING) if len(change.places) > 1 else (Stage.RUNNING,)
    for value in (each for each in change.new if each not in old):
        told = replace(PLAIN, name="new-value", description=f"{place} is {json.dumps(value)}.")
        if place != pattern.polled.status:
            yield replace(told, edits=(Edit(place, json.dumps(value)),))
        elif isinstance(value, str) and not _is_final(value):
            yield replace(told, words=tuple((stage, value) for stage in stages))


def _is_final(word: str) -> bool:
    stage = stage_of(word)
    return stage is not None and stage.is_final


def _tried(contract: Contract, listed: Sequence[Behaviour], client: Client) -> Tried:
    command = Command(
        words=client.words,
        environment={**_usual(contract.conventions.environment), **client.variables},
        deadline=client.deadline,
    )
    calls: list[Call] = []
    broken: list[str] = []
    warned: dict[str, None] = {}
    with Loopback(contract, speed=SPEED, seed=0) as loopback:
        commander = Commander(command, loopback)
        for behaviour in listed:
            life = commander.run(behaviour)
            found = judge(behaviour, life)
            wrong = next((each for each in found if each.severity is Severity.ERROR), None)
            unseen = _unseen_in(life, wrong) if behaviour is listed[0] else ""
            if unseen:
                return Tried(unseen=unseen)
            if wrong is not None:
                broken.append(f"{_name(client)} breaks where {_lower(behaviour)}: {_words(wrong)}")
                continue
            warned |= dict.fromkeys(_words(each) for each in found if each.severity is Severity.WARNING)
            calls += calls_in(contract, map(exchange_of, life.entries))
    good = f"{len(listed) - len(broken)} of {count(len(listed), 'run')}"
    told = f"{_name(client)} got through {good} against the new contract"
    return Tried(tuple(calls), (told, *broken, *(f"{_name(client)}: {each}" for each in warned)))


def _unseen_in(life: Life, wrong: Finding | None) -> str:
    """Why nothing can be said of a client after its plain run; ``""`` if something can."""
    return blindness(life) or (f"it does not get through a plain job: {_words(wrong)}" if wrong else "")


def _words(finding: Finding) -> str:
    return f"{finding.message} ({finding.got})" if finding.got else finding.message


def _usual(environment: Environment) -> dict[str, str]:
    """The variables that clients of the API read anyway: none of them may lead to the real one."""
    ours = bundled_contract().conventions.environment
    urls = dict.fromkeys((*ours.base_url, *environment.base_url), "{base_url}")
    return {**urls, **dict.fromkeys((*ours.key, *environment.key), "{api_key}")}


def _lower(behaviour: Behaviour) -> str:
    text = behaviour.scenario.description
    return (text[:1].lower() + text[1:]).rstrip(".")


def exchange_of(entry: Entry) -> Exchange:
    """Return an entry of the journal as an exchange; one whose reply did not arrive whole has none."""
    return Exchange(
        number=entry.number,
        method=entry.method,
        path=entry.path,
        query=entry.query,
        request=Message(entry.headers, _body(entry.body, entry.body_size)),
        status=entry.status if entry.heard else 0,
        reply=Message((), _body(entry.reply, entry.reply_size)),
    )


def _body(content: bytes, size: int) -> Body:
    """A body that was not kept whole is no JSON any more; what was scrubbed in one may have made it shorter."""
    return Body(content, size) if content or not size else Body(None, size)


def _name(client: Client) -> str:
    return " ".join(client.words)[:100]


def _unseen(reason: str, client: Client) -> Finding:
    return Finding(
        rule="client-unseen", severity=Severity.ERROR, source=_name(client), pointer="", message=reason
    )


def client_of(words: Sequence[str], variables: Sequence[str], deadline: float) -> Client | None:
    """Return the client that the user names, or None.

    Raises:
        click.UsageError: A variable is none, or there is no client that it is for.
    """
    pairs = [pair.partition("=") for pair in variables]
    wrong = next((name for name, sign, _ in pairs if not (name and sign)), None)
    if wrong is not None:
        raise click.UsageError(f"--env expects NAME=VALUE, got {wrong or 'nothing'}")
    if not words:
        if variables:
            raise click.UsageError("--env is for the client; name it with --consumer COMMAND...")
        return None
    return Client(tuple(words), {name: value for name, _, value in pairs}, deadline)
