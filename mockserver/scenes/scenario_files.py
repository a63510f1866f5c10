"""Scenarios as data: read from JSON or YAML, checked by a schema, with errors that name the place."""

import json
from collections.abc import Iterable, Mapping
from math import inf
from pathlib import Path
from typing import Any

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.validation import Validator, Violation

from .distributions import Distribution, Empirical, Fixed, LogLogistic, Uniform
from .faults import ALWAYS, DEFAULT_RATE, Answer, Fault, Form, Retry, Rule, Span, Target, Wire
from .scenarios import QUEUED, RUNNING, SUCCEEDS, Body, Edit, Ids, Numbers, Outcome, PollCount, Scenario

FOLDER = Path(__file__).parent
SHOWN = 5


class ScenarioError(ValueError):
    """A scenario cannot be understood; the message names every place that is wrong."""


def shipped() -> Mapping[str, Scenario]:
    """Return the scenarios that come with the package, by name."""
    return {scenario.name: scenario for scenario in read(json.loads(_text("shipped.json")), "shipped.json")}


def schema() -> dict[str, JSON]:
    """Return the JSON Schema of a scenario."""
    loaded: dict[str, JSON] = json.loads(_text("schema.json"))
    return loaded


def _text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def read(value: JSON, source: str) -> tuple[Scenario, ...]:
    """Return the scenario, or list of scenarios, in ``value``.

    Raises:
        ScenarioError: Something in it breaks the schema, or contradicts itself.
    """
    validator = Validator(schema())
    listed = value if isinstance(value, list) else [value]
    return tuple(
        _scenario(item, validator, f"{source}#{index}") for index, item in enumerate(listed, start=1)
    )


def _scenario(value: JSON, validator: Validator, place: str) -> Scenario:
    if not validator.is_valid(value):
        raise ScenarioError("\n  ".join((f"{place} is no scenario:", *_told(validator.violations(value)))))
    node: dict[str, Any] = value  # type: ignore[assignment]  # the schema says that it is an object
    faults = tuple(_rule(rule) for rule in node.get("faults", ()))
    scenario = Scenario(
        name=node["name"],
        description=node.get("description", ""),
        queued=_distribution(node["queued"]) if "queued" in node else QUEUED,
        running=_distribution(node["running"]) if "running" in node else RUNNING,
        outcome=_outcome(node.get("outcome", "success")),
        polls=PollCount(**node["polls"]) if "polls" in node else None,
        body=Body(node.get("body", SUCCEEDS.body)),
        words=tuple((Stage(stage), word) for stage, word in node.get("status", {}).items()),
        faults=faults,
        breaks_contract=node.get("breaks_contract", False),
        ids=Ids(node.get("ids", SUCCEEDS.ids)),
        numbers=Numbers(node.get("numbers", SUCCEEDS.numbers)),
        edits=tuple(_edit(edit) for edit in node.get("edits", ())),
    )
    _check_marked(scenario, place)
    return scenario


def _check_marked(scenario: Scenario, place: str) -> None:
    """A scenario that says what the contract forbids must say that it does."""
    if scenario.words and not scenario.breaks_contract:
        raise ScenarioError(
            f"{place}: '{scenario.name}' uses status words of its own, which breaks the contract; "
            'expected "breaks_contract": true'
        )


def _edit(node: Mapping[str, Any]) -> Edit:
    return Edit(
        at=node["at"],
        value=json.dumps(node["value"]) if "value" in node else None,
        on=tuple(Target(kind) for kind in node.get("on", (Target.SUBMIT, Target.POLL))),
        stages=tuple(Stage(stage) for stage in node.get("statuses", ())),
    )


def _told(violations: Iterable[Violation]) -> Iterable[str]:
    listed = list(violations)
    yield from (f"{violation.pointer or '(root)'}: {violation.message}" for violation in listed[:SHOWN])
    if len(listed) > SHOWN:
        yield f"and {len(listed) - SHOWN} more"


def _outcome(value: Any) -> Outcome:
    if value == "success":
        return Outcome(Stage.SUCCESS)
    return Outcome(Stage.FAILURE, value["failure"]["name"], value["failure"]["message"])


def _distribution(value: Any) -> Distribution:
    match value:
        case "forever":
            return Fixed(inf)
        case {"uniform": [low, high]}:
            return Uniform(min(low, high), max(low, high))
        case {"log-logistic": members}:
            return LogLogistic(**members)
        case {"empirical": list() as quantiles}:
            return Empirical(tuple(sorted(quantiles)))
        case _:
            return Fixed(float(value))


def _rule(node: Mapping[str, Any]) -> Rule:
    return Rule(
        on=tuple(Target(kind) for kind in node["on"]),
        fault=_fault(node),
        nth=_span(node["nth"]) if "nth" in node else Span(1),
        every=node.get("every", 1),
        elapsed=_span(node["elapsed"]) if "elapsed" in node else ALWAYS,
        statuses=tuple(node.get("statuses", ())),
        models=tuple(node.get("models", ())),
        probability=node.get("probability", 1.0),
    )


def _span(value: Any) -> Span:
    return Span(min(value), max(value)) if isinstance(value, list) else Span(value)


def _fault(node: Mapping[str, Any]) -> Fault:
    return Fault(
        delay=_distribution(node["delay"]) if "delay" in node else None,
        answer=_answer(node["answer"]) if "answer" in node else None,
        wire=Wire(node["wire"]) if "wire" in node else None,
        rate=node.get("rate", DEFAULT_RATE),
    )


def _answer(node: Mapping[str, Any]) -> Answer:
    return Answer(
        status=node["status"],
        message=node.get("message", ""),
        form=Form(node.get("form", Form.ERROR)),
        retry_after=node.get("retry_after"),
        retry_form=Retry(node.get("retry_form", Retry.SECONDS)),
    )
