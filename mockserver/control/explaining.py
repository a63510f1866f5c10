"""Explaining decisions: which rules were asked about a call, what they demand, and the numbers that were drawn."""

from collections.abc import Iterator
from math import isfinite

import msgspec

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.problems import Problem
from bodydouble.mockserver.scenes.faults import ALWAYS, Call, Decision, Rule, Span, applies, share
from bodydouble.mockserver.scenes.scenarios import Scenario
from bodydouble.mockserver.worlds import MOST_DECISIONS, World

from .asking import Asked, Told, name_of, told
from .scenario_data import rules_data

_NO_RULE = "-"
_PARTS = 5


class Weighed(msgspec.Struct, frozen=True):
    """What one rule said to one call.

    Attributes:
        place: Where the rule stands.
        rule: Itself.
        applies: Whether its conditions held.
        drawn: The number that was drawn for it, or None where they did not.
    """

    place: str
    rule: Rule
    applies: bool
    drawn: float | None

    @property
    def won(self) -> bool:
        """Whether it decided."""
        return self.drawn is not None and self.drawn < self.rule.probability


def explain_decision(asked: Asked) -> Told:
    """Return what a decision was made of."""
    name = asked.places["decision"]
    made = asked.world.decision(name)
    if made is None:
        return _unkept(asked, name)
    weighed = weigh(made, asked.world)
    call = made.call
    return told(
        {
            "id": name,
            "kept": True,
            "scenario": made.scenario,
            "call": {
                "target": call.target.value,
                "nth": call.nth,
                "subject": call.subject,
                "elapsed": call.elapsed if isfinite(call.elapsed) else 0.0,
                "stage": str(call.status),
                "model": call.model,
            },
            "rules": [_as_json(each) for each in weighed],
            "explanation": "; ".join(in_words(made, weighed)),
        }
    )


def weigh(made: Decision, world: World) -> tuple[Weighed, ...]:
    """Return what every rule said that was asked, up to the one that won."""
    places = tuple(_places(made, world))
    asked = made.rules if made.rule is None else made.rules[: made.rule + 1]
    return tuple(
        _weighed(rule, index, places[index], made, str(world.settings.seed))
        for index, rule in enumerate(asked)
    )


def _weighed(rule: Rule, index: int, place: str, made: Decision, chance: str) -> Weighed:
    held = applies(rule, made.call)
    drawn = share(chance, made.scenario, index, made.call) if held else None
    return Weighed(place, rule, held, drawn)


def _places(made: Decision, world: World) -> Iterator[str]:
    """Yield where each rule stands: those of the namespace come first, those of the scenario last."""
    scenario = _scenario(made, world)
    own = len(scenario.faults) if scenario and made.rules[-len(scenario.faults) :] == scenario.faults else 0
    first = len(made.rules) - own
    for index in range(len(made.rules)):
        yield f"faults/{index}" if index < first else f"{made.scenario}/faults/{index - first}"


def _scenario(made: Decision, world: World) -> Scenario | None:
    """Return the scenario whose rules were asked, where it is at hand."""
    job = world.jobs.get(made.call.subject)
    known = (job.scenario if job else None, world.scenario)
    return next((each for each in known if each and each.faults and each.name == made.scenario), None)


def _unkept(asked: Asked, name: str) -> Told:
    parts = name.split("/", _PARTS - 1)
    if len(parts) == _PARTS and parts[3] == _NO_RULE and _is_known(asked, parts[0]):
        words = (
            f"nothing went wrong with this call, the {parts[1]} number {parts[2]} of its kind: as its name says, "
            "no rule applied; a decision that had no rule to ask is not kept"
        )
        return told(
            {"id": name, "kept": False, "scenario": parts[0], "call": None, "rules": [], "explanation": words}
        )
    raise Refused(
        Problem(
            404,
            f"Namespace {name_of(asked.world)!r} knows no decision {name[:200]!r}: it keeps the last {MOST_DECISIONS}, "
            "this is none of them; it was made elsewhere, before a reset, or too long ago",
        )
    )


def _is_known(asked: Asked, scenario: str) -> bool:
    return scenario == asked.world.scenario.name or any(each.name == scenario for each in asked.repertoire)


def _as_json(weighed: Weighed) -> JSON:
    return {
        "place": weighed.place,
        "rule": rules_data((weighed.rule,))[0],
        "condition": condition(weighed.rule),
        "applies": weighed.applies,
        "probability": weighed.rule.probability,
        "drawn": weighed.drawn,
        "won": weighed.won,
    }


def condition(rule: Rule) -> str:
    """Return when a rule applies: ``"poll or result, calls 1 to 2, from 10 to 40 s"``."""
    parts = [
        " or ".join(rule.on),
        f"calls {_span(rule.nth)}" if rule.nth != Span(1) else "",
        f"every {rule.every} calls" if rule.every != 1 else "",
        f"{_span(rule.elapsed)} seconds after the create (a result's: after the end)"
        if rule.elapsed != ALWAYS
        else "",
        f"the job is {' or '.join(rule.statuses)}" if rule.statuses else "",
        f"the model is {' or '.join(rule.models)}" if rule.models else "",
    ]
    return ", ".join(part for part in parts if part)


def _span(span: Span) -> str:
    return f"from {span.first:g} on" if span.last is None else f"{span.first:g} to {span.last:g}"


def in_words(made: Decision, weighed: tuple[Weighed, ...]) -> Iterator[str]:
    """Yield the parts of a sentence that says what was decided and why."""
    yield f"{_called(made.call)} of scenario '{made.scenario}' " + (
        "met a fault" if made.fault else "met no fault"
    )
    for each in weighed:
        if each.drawn is None:
            yield f"{each.place} did not apply ({condition(each.rule)})"
        else:
            verdict = "below" if each.won else "not below"
            outcome = "so it decided" if each.won else "so it passed"
            yield (
                f"{each.place} applied ({condition(each.rule)}) and drew {each.drawn:.6f}, {verdict} its probability "
                f"{each.rule.probability:g}, {outcome}"
            )


def _called(call: Call) -> str:
    about = f" of job {call.subject}" if call.status else ""
    return f"{call.target} number {call.nth}{about}"
