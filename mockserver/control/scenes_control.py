"""Control over what happens: scenario, castings, faults and limits of a namespace, and the repertoire."""

import re
import warnings
from collections.abc import Sequence
from typing import Any

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.problems import Problem
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.faults import Rule, Span
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.scenes.repertoire import Repertoire, UnknownScenario
from bodydouble.mockserver.scenes.scenario_files import ScenarioError, read
from bodydouble.mockserver.scenes.scenarios import Scenario
from bodydouble.mockserver.worlds import World

from .asking import DONE, Asked, Told, told
from .inputs import wrong_body
from .scenario_data import casting_data, rules_data, scenario_data

MOST_CASTINGS = 1000
MOST_FAULTS = 100


def list_scenarios(asked: Asked) -> Told:
    """Return the repertoire."""
    listed: list[JSON] = [
        {"name": each.name, "description": each.description, "breaks_contract": each.breaks_contract}
        for each in asked.repertoire
    ]
    return told({"scenarios": listed})


def get_scenario(asked: Asked) -> Told:
    """Return what happens to jobs that ask for nothing else."""
    return told({"scenario": scenario_data(asked.world.scenario)})


def set_scenario(asked: Asked) -> Told:
    """Have another scenario happen to them."""
    asked.world.scenario = scenario_of(asked.body["scenario"], asked.repertoire, "/scenario")
    return get_scenario(asked)


def scenario_of(value: Any, repertoire: Repertoire, pointer: str) -> Scenario:
    """Return the scenario that ``value`` names, or is.

    Raises:
        Refused: 400 if there is none of that name, or it contradicts itself.
    """
    if isinstance(value, str):
        return _named(value, repertoire, pointer)
    try:
        (scenario,) = read(value, "scenario")
    except ScenarioError as problem:
        raise wrong_body(pointer, str(problem), "a scenario", "something else") from None
    return scenario


def _named(name: str, repertoire: Repertoire, pointer: str) -> Scenario:
    try:
        return repertoire.find(name)
    except UnknownScenario as problem:
        raise wrong_body(pointer, str(problem), "a known scenario", repr(name[:60])) from None


def get_castings(asked: Asked) -> Told:
    """Return which creates get which scenario."""
    return _castings(asked.world)


def set_castings(asked: Asked) -> Told:
    """Have other rules for that."""
    asked.world.castings = castings_of(asked.body["castings"], asked.repertoire)
    return _castings(asked.world)


def add_casting(asked: Asked) -> Told:
    """Add a rule for that."""
    _check_room(asked.world.castings, MOST_CASTINGS, "castings")
    asked.world.castings = (*asked.world.castings, _casting(asked.body, asked.repertoire, ""))
    return _castings(asked.world, 201)


def clear_castings(asked: Asked) -> Told:
    """Drop all of them."""
    asked.world.castings = ()
    return DONE


def _castings(world: World, status: int = 200) -> Told:
    return told({"castings": [casting_data(casting) for casting in world.castings]}, status)


def castings_of(
    nodes: Sequence[Any], repertoire: Repertoire, pointer: str = "/castings"
) -> tuple[Casting, ...]:
    """Return castings from data that fits their schema.

    Raises:
        Refused: 400 for an unknown scenario or a bad regular expression.
    """
    return tuple(_casting(node, repertoire, f"{pointer}/{index}") for index, node in enumerate(nodes))


def _casting(node: Any, repertoire: Repertoire, pointer: str) -> Casting:
    prompt = node.get("prompt", "")
    _check_pattern(prompt, f"{pointer}/prompt")
    return Casting(
        scenario=_named(node["scenario"], repertoire, f"{pointer}/scenario").name,
        models=tuple(node.get("models", ())),
        prompt=prompt,
        nth=_span(node["nth"]) if "nth" in node else Span(1),
    )


def _span(value: Any) -> Span:
    return Span(min(value), max(value)) if isinstance(value, list) else Span(value)


def _check_pattern(pattern: str, pointer: str) -> None:
    """Let a regular expression pass that can be compiled, and that no later Python will read otherwise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.purge()  # of an expression that it remembers it does not warn again
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError, Warning) as problem:
        message = f"this is no regular expression: {problem}"
        raise wrong_body(
            pointer, message, "a regular expression as Python's re reads it", repr(pattern[:60])
        ) from None


def get_faults(asked: Asked) -> Told:
    """Return what goes wrong in every scenario."""
    return _faults(asked.world)


def set_faults(asked: Asked) -> Told:
    """Have other rules for that."""
    asked.world.faults = faults_of(asked.body["faults"])
    return _faults(asked.world)


def add_fault(asked: Asked) -> Told:
    """Add a rule for that."""
    _check_room(asked.world.faults, MOST_FAULTS, "faults")
    asked.world.faults = (*asked.world.faults, *faults_of([asked.body]))
    return _faults(asked.world, 201)


def clear_faults(asked: Asked) -> Told:
    """Drop all of them."""
    asked.world.faults = ()
    return DONE


def _faults(world: World, status: int = 200) -> Told:
    return told({"faults": rules_data(world.faults)}, status)


def faults_of(nodes: list[Any]) -> tuple[Rule, ...]:
    """Return rules from data that fits their schema: those of a scenario that has just them."""
    (scenario,) = read({"name": "faults", "faults": nodes}, "faults")
    return scenario.faults


def _check_room(held: Sequence[object], most: int, what: str) -> None:
    if len(held) >= most:
        raise Refused(
            Problem(400, f"A namespace holds at most {most} {what}; clear them, or set them together")
        )


def get_limits(asked: Asked) -> Told:
    """Return how many requests a key may make, and how much can be spent."""
    return _limits(asked.world)


def set_limits(asked: Asked) -> Told:
    """Have other limits; what is not mentioned stays."""
    world, body = asked.world, asked.body
    if "rate" in body:
        world.rate = rate_of(body["rate"])
    if "credit" in body:
        world.credit = body["credit"]
    return _limits(world)


def clear_limits(asked: Asked) -> Told:
    """Lift both."""
    asked.world.rate = asked.world.credit = None
    return DONE


def rate_of(node: Any) -> RateLimit | None:
    """Return the rate limit that data states, or None for none."""
    return RateLimit(node["burst"], node["per_second"]) if node else None


def _limits(world: World) -> Told:
    rate: JSON = None
    if world.rate is not None:
        rate = {"burst": world.rate.burst, "per_second": world.rate.per_second}
    return told({"rate": rate, "credit": world.credit})
