"""Simplifying: from a behaviour that breaks a client to the smallest one that still does."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from bodydouble.mockserver.scenes.faults import Fault, Rule, Span
from bodydouble.mockserver.scenes.scenarios import PollCount, Scenario

from .behaviours import FAILURE, PLAIN, SUCCESS, Behaviour

ONCE, SECOND = Span(1, 1), Span(2, 2)


def shrunk(behaviour: Behaviour, breaks: Callable[[Behaviour], bool]) -> Behaviour:
    """Return the smallest behaviour that ``breaks`` still finds; deterministic, each step is smaller than the last.

    Args:
        behaviour: One that is found.
        breaks: Whether a behaviour still is; it may say no because its time is over.
    """
    tried: set[Scenario | str] = set()
    while True:
        for candidate in simpler(behaviour):
            text = repr(candidate.scenario)
            if candidate.size < behaviour.size and text not in tried:
                tried.add(text)
                if breaks(candidate):
                    behaviour = candidate
                    break
        else:
            return behaviour


def simpler(behaviour: Behaviour) -> Iterator[Behaviour]:
    """Yield behaviours with less in them, the boldest steps first."""
    for scenario in _simpler(behaviour.scenario):
        yield Behaviour(scenario, behaviour.level)


def _simpler(scenario: Scenario) -> Iterator[Scenario]:
    yield replace(scenario, faults=(), edits=(), words=(), body=PLAIN.body, breaks_contract=False)
    yield replace(scenario, faults=())
    yield replace(scenario, edits=(), words=(), body=PLAIN.body, breaks_contract=False)
    yield replace(scenario, queued=PLAIN.queued, running=PLAIN.running, polls=PLAIN.polls)
    yield replace(scenario, outcome=SUCCESS)
    yield replace(scenario, ids=PLAIN.ids)
    yield replace(scenario, numbers=PLAIN.numbers)
    yield replace(scenario, body=PLAIN.body)
    for number in range(len(scenario.faults)):
        yield replace(scenario, faults=_without(scenario.faults, number))
    for number in range(len(scenario.edits)):
        yield replace(scenario, edits=_without(scenario.edits, number))
    for number in range(len(scenario.words)):
        yield replace(scenario, words=_without(scenario.words, number))
    yield from _finer(scenario)


def _finer(scenario: Scenario) -> Iterator[Scenario]:
    for number, rule in enumerate(scenario.faults):
        for plainer in _plainer(rule):
            faults = (*scenario.faults[:number], plainer, *scenario.faults[number + 1 :])
            yield replace(scenario, faults=faults)
    if scenario.outcome not in (SUCCESS, FAILURE):
        yield replace(scenario, outcome=FAILURE)
    for number, edit in enumerate(scenario.edits):
        if edit.value not in (None, "null"):
            nulled = replace(edit, value="null")
            yield replace(scenario, edits=(*scenario.edits[:number], nulled, *scenario.edits[number + 1 :]))
    if scenario.polls is not None:
        queued, running = scenario.polls.queued, scenario.polls.running
        for polls in ((0, 0), (queued // 2, running // 2), (queued - 1, running), (queued, running - 1)):
            if min(polls) >= 0:
                yield replace(scenario, polls=PollCount(*polls))


def _plainer(rule: Rule) -> Iterator[Rule]:
    fault = rule.fault
    parts = sum(part is not None for part in (fault.delay, fault.answer, fault.wire))
    if parts > 1:
        yield (
            replace(rule, fault=Fault(answer=fault.answer))
            if fault.answer
            else replace(rule, fault=replace(fault, delay=None))
        )
    for nth in (ONCE, SECOND):
        if rule.nth != nth:
            yield replace(rule, nth=nth)
    if len(rule.on) > 1:
        yield from (replace(rule, on=(target,)) for target in rule.on)


def _without(items: tuple[object, ...], number: int) -> tuple[object, ...]:
    return items[:number] + items[number + 1 :]
