"""Scenarios written down: the data from which :func:`~bodydouble.mockserver.scenes.scenario_files.read` makes them."""

import json
from math import inf
from typing import TypeAlias

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON

from .distributions import Distribution, Empirical, Fixed, LogLogistic, Uniform
from .faults import ALWAYS, DEFAULT_RATE, Answer, Fault, Retry, Rule, Span
from .scenarios import QUEUED, RUNNING, SUCCEEDS, Body, Edit, Numbers, Outcome, Scenario

Data: TypeAlias = dict[str, JSON]
"""A JSON object."""


def written(scenario: Scenario) -> Data:
    """Return ``scenario`` as data, without what is said by default.

    Raises:
        TypeError: A duration is drawn from a distribution that has no words.
    """
    data: Data = {"name": scenario.name}
    if scenario.description:
        data["description"] = scenario.description
    if scenario.queued != QUEUED:
        data["queued"] = _duration(scenario.queued)
    if scenario.running != RUNNING:
        data["running"] = _duration(scenario.running)
    if scenario.outcome.stage is Stage.FAILURE:
        data["outcome"] = _failure(scenario.outcome)
    if scenario.polls is not None:
        data["polls"] = {"queued": scenario.polls.queued, "running": scenario.polls.running}
    return data | _replies(scenario) | _wire(scenario)


def _replies(scenario: Scenario) -> Data:
    data: Data = {}
    if scenario.body is not Body.PLAIN:
        data["body"] = scenario.body.value
    if scenario.words:
        data["status"] = {stage.value: word for stage, word in scenario.words}
    if scenario.ids is not SUCCEEDS.ids:
        data["ids"] = scenario.ids.value
    if scenario.numbers is not Numbers.PLAIN:
        data["numbers"] = scenario.numbers.value
    if scenario.edits:
        data["edits"] = [_edit(edit) for edit in scenario.edits]
    return data


def _wire(scenario: Scenario) -> Data:
    data: Data = {}
    if scenario.faults:
        data["faults"] = [_rule(rule) for rule in scenario.faults]
    if scenario.breaks_contract:
        data["breaks_contract"] = True
    return data


def _failure(outcome: Outcome) -> JSON:
    return {"failure": {"name": outcome.error_name, "message": outcome.error_message}}


def _duration(distribution: Distribution) -> JSON:
    match distribution:
        case Fixed(seconds) if seconds == inf:
            return "forever"
        case Fixed(seconds):
            return seconds
        case Uniform(low, high):
            return {"uniform": [low, high]}
        case LogLogistic(median, shape, low, high):
            return {"log-logistic": {"median": median, "shape": shape, "low": low, "high": high}}
        case Empirical(quantiles):
            return {"empirical": list(quantiles)}
    raise TypeError(f"{type(distribution).__name__} has no words in a scenario file")


def _edit(edit: Edit) -> JSON:
    data: Data = {"at": edit.at}
    data |= {"remove": True} if edit.value is None else {"value": json.loads(edit.value)}
    if len(edit.on) == 1:
        data["on"] = [kind.value for kind in edit.on]
    if edit.stages:
        data["statuses"] = [stage.value for stage in edit.stages]
    return data


def _rule(rule: Rule) -> JSON:
    data: Data = {"on": [kind.value for kind in rule.on]}
    if rule.nth != Span(1):
        data["nth"] = _span(rule.nth)
    if rule.every != 1:
        data["every"] = rule.every
    if rule.elapsed != ALWAYS:
        data["elapsed"] = _span(rule.elapsed)
    if rule.statuses:
        data["statuses"] = list(rule.statuses)
    if rule.models:
        data["models"] = list(rule.models)
    if rule.probability != 1:
        data["probability"] = rule.probability
    return data | _fault(rule.fault)


def _span(span: Span) -> JSON:
    return span.first if span.last is None else [span.first, span.last]


def _fault(fault: Fault) -> Data:
    data: Data = {}
    if fault.delay is not None:
        data["delay"] = _duration(fault.delay)
    if fault.answer is not None:
        data["answer"] = _answer(fault.answer)
    if fault.wire is not None:
        data["wire"] = fault.wire.value
    if fault.rate != DEFAULT_RATE:
        data["rate"] = fault.rate
    return data


def _answer(answer: Answer) -> JSON:
    data: Data = {"status": answer.status}
    if answer.message:
        data["message"] = answer.message
    if answer.form != "error":
        data["form"] = answer.form.value
    if answer.retry_after is not None:
        data["retry_after"] = answer.retry_after
    if answer.retry_form is not Retry.SECONDS:
        data["retry_form"] = answer.retry_form.value
    return data
