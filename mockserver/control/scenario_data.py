"""Scenarios, their faults and castings as data: what :mod:`~bodydouble.mockserver.scenes.scenario_files` reads."""

from msgspec.structs import replace

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.distributions import Distribution, Empirical, Fixed, LogLogistic, Uniform
from bodydouble.mockserver.scenes.faults import Fault, Rule, Span
from bodydouble.mockserver.scenes.scenario_writing import written
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario

STEPS = 100
"""Steps between the quantiles by which a distribution is told that scenario files have no words for."""

LONGEST = 1e9
"""Seconds; no duration in a scenario file is longer, but for ever."""

_FROM_ONE = Span(1)
_IN_WORDS = (Fixed, Uniform, LogLogistic, Empirical)


def scenario_data(scenario: Scenario) -> dict[str, JSON]:
    """Return a scenario as scenario files hold it, without what is said by default.

    A distribution that somebody wrote in Python becomes a hundred steps of what it gives.
    """
    return written(
        replace(
            scenario,
            queued=_tellable(scenario.queued),
            running=_tellable(scenario.running),
            faults=tuple(_tellable_rule(rule) for rule in scenario.faults),
        )
    )


def rules_data(rules: tuple[Rule, ...]) -> list[JSON]:
    """Return rules as scenario files hold them."""
    listed = scenario_data(replace(SUCCEEDS, faults=rules)).get("faults", [])
    return listed if isinstance(listed, list) else []


def _tellable(durations: Distribution) -> Distribution:
    if isinstance(durations, _IN_WORDS):
        return durations
    shares = [number / (STEPS + 1) for number in range(STEPS + 1)]
    return Empirical(tuple(sorted(min(LONGEST, max(0.0, durations.quantile(share))) for share in shares)))


def _tellable_rule(rule: Rule) -> Rule:
    fault: Fault = rule.fault
    return rule if fault.delay is None else replace(rule, fault=replace(fault, delay=_tellable(fault.delay)))


def span_data(span: Span) -> JSON:
    """Return a span as scenario files hold it."""
    return span.first if span.last is None else [span.first, span.last]


def casting_data(casting: Casting) -> dict[str, JSON]:
    """Return a casting as the control API holds it; what is as usual is left out."""
    node: dict[str, JSON] = {"scenario": casting.scenario}
    if casting.models:
        node["models"] = list(casting.models)
    if casting.prompt:
        node["prompt"] = casting.prompt
    if casting.nth != _FROM_ONE:
        node["nth"] = span_data(casting.nth)
    return node
