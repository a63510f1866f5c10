"""Whatever scenario is played, replies keep the contract; unless it is marked as breaking it, and then they do not."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.contracts.checks.check_rules import Area, Direction, History
from bodydouble.contracts.checks.checks import RULES, Checker, check_history
from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message, fields_of
from bodydouble.contracts.checks.history_checks import observe
from bodydouble.contracts.checks.matching import Matcher
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.loading import load
from bodydouble.mockserver.announcing import sample_body
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.scenes.faults import Wire
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import Scenario
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.worlds import WorldSettings
from tests.apis import BUNDLED, asked, posted, route, service, worlds

FRAGMENTS = Path(__file__).parents[3] / "shared" / "upstream" / "fragments"
SCENARIOS = tuple(shipped().values())
KEEPING = tuple(each for each in SCENARIOS if not each.breaks_contract)
BREAKING = tuple(each for each in SCENARIOS if each.breaks_contract)
WHOLE = frozenset({None, Wire.DRIP, Wire.GARBLED, Wire.EMPTY})
NOBODY = frozenset({Wire.LOST, Wire.RESET_BEFORE})
DELIVERY = frozenset(rule.id for rule in RULES if rule.area is Area.DELIVERY)
"""That replies come to their end is what faults on the wire are there to deny."""
UNSAID = frozenset({"reply-status-undocumented", "reply-error-shape", "job-lost"})
"""What refusals break, which no contract speaks of; and a job that is not visible yet."""
MOMENTS = st.lists(st.floats(0, 400) | st.floats(0, 1e6), min_size=1, max_size=6).map(sorted)
SEEDS = st.integers(0, 2**64)


class Watched:
    """A service whose exchanges are kept as an observer between client and server would have seen them."""

    def __init__(self, played: Contract) -> None:
        self.contract = played
        self.service: Service = service(played)
        self.matcher, self.checker = Matcher(played), Checker(played)

    def lived(
        self, pattern: JobPattern, scenario: Scenario, seed: int, moments: list[float]
    ) -> list[Finding]:
        """Everything that is wrong with one job's life, seen from outside at some moments."""
        clock = ManualClock()
        self.service.worlds = worlds(WorldSettings(clock, scenario, seed))
        seen = [self._exchange(1, self._create(pattern), 0.0)]
        for job in self.service.world.jobs:
            for number, moment in enumerate(moments, start=2):
                clock.now = ManualClock().now + moment
                seen.append(self._exchange(number, self._poll(pattern, job.id), moment + 1e-3 * number))
        return [*self._single(seen, pattern), *self._history(seen, pattern)]

    def _create(self, pattern: JobPattern) -> Request:
        return posted(json.dumps(sample_body(pattern)).encode(), pattern.submit.path)

    def _poll(self, pattern: JobPattern, job: str) -> Request:
        parameter, path = pattern.parameter, pattern.poll.path
        if parameter.location == "path":
            return Request(
                "GET", path.replace(f"{{{parameter.name}}}", job), headers=asked("").headers, path_id=job
            )
        return asked(urlencode({parameter.name: job}), path)

    def _exchange(self, number: int, request: Request, at: float) -> Exchange:
        template = self._template(request)
        reply = self.service.answer(route(self.service, template), request)
        wire = reply.about.fault.wire if reply.about and reply.about.fault else None
        ending = Ending.COMPLETE if wire in WHOLE else Ending.LOST if wire in NOBODY else Ending.CUT
        told = ending is not Ending.LOST
        return Exchange(
            number,
            request.method,
            request.path,
            request.query.decode(),
            Message(fields_of(list(request.headers.items())), Body(request.body, len(request.body))),
            reply.status if told else 0,
            _message(reply) if told else Message(),
            at,
            at,
            at,
            ending,
        )

    def _template(self, request: Request) -> str:
        paths = [each.path for each in self.service.routes.routes]
        return request.path if request.path in paths else next(path for path in paths if "{" in path)

    def _single(self, seen: list[Exchange], pattern: JobPattern) -> Iterator[Finding]:
        for exchange in seen:
            match = self.matcher.match(exchange, pattern)
            assert match is not None
            yield from self.checker.exchange(exchange, match)

    def _history(self, seen: list[Exchange], pattern: JobPattern) -> tuple[Finding, ...]:
        matches = [(exchange, self.matcher.match(exchange, pattern)) for exchange in seen]
        told = tuple(observe(exchange, match) for exchange, match in matches if match)
        return check_history(History("the poll", pattern.polled.promises, told))


def _message(reply: Response) -> Message:
    return Message(fields_of(reply.headers), Body(reply.body, len(reply.body)))


@cache
def watched(name: str) -> Watched:
    return Watched(BUNDLED if name == "bundled" else load([str(FRAGMENTS)], ("bundled",)))


def broken(findings: list[Finding]) -> list[Finding]:
    """What breaks a schema, a promise or the order of statuses."""
    blamed = {rule.id for rule in RULES if rule.direction is Direction.REPLY} - DELIVERY - UNSAID
    return [finding for finding in findings if finding.rule in blamed]


@given(scenario=st.sampled_from(KEEPING), seed=SEEDS, moments=MOMENTS)
def test_every_scenario_that_is_not_marked_keeps_the_bundled_contract(
    scenario: Scenario, seed: int, moments: list[float]
) -> None:
    found = watched("bundled").lived(BUNDLED.patterns[0], scenario, seed, moments)
    assert not broken(found)


@pytest.mark.usefixtures("upstream")
@settings(max_examples=60)
@given(data=st.data(), scenario=st.sampled_from(KEEPING), seed=SEEDS, moments=MOMENTS)
def test_every_scenario_that_is_not_marked_keeps_the_contract_of_every_published_fragment(
    data: Any, scenario: Scenario, seed: int, moments: list[float]
) -> None:
    watching = watched("fragments")
    pattern = data.draw(st.sampled_from(watching.service.routes.patterns))
    found = watching.lived(pattern, scenario, seed, moments)
    assert not broken(found)


@pytest.mark.parametrize("scenario", KEEPING, ids=lambda each: each.name)
def test_refusals_are_the_apis_own(scenario: Scenario) -> None:
    """Nothing is left out but what the contract does not speak of."""
    found = watched("bundled").lived(BUNDLED.patterns[0], scenario, 1, [float(n) for n in range(0, 400, 7)])
    assert not {finding.rule for finding in found} - DELIVERY - {"job-lost"}, found


@pytest.mark.parametrize("scenario", BREAKING, ids=lambda each: each.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_scenario_that_is_marked_really_breaks_the_contract(scenario: Scenario, seed: int) -> None:
    found = watched("bundled").lived(
        BUNDLED.patterns[0], scenario, seed, [float(n) for n in range(0, 400, 3)]
    )
    rules = {finding.rule for finding in broken(found)}
    expected = {
        "new-status": "job-status-unknown",
        "wide": "reply-body-invalid",
        "html-error": "reply-media-type",
        "flaky": "reply-media-type",
        "maintenance": "reply-media-type",
    }
    assert expected[scenario.name] in rules


@pytest.mark.usefixtures("upstream")
def test_a_status_from_the_future_breaks_the_contract_of_every_published_fragment() -> None:
    watching = watched("fragments")
    for pattern in watching.service.routes.patterns:
        found = watching.lived(pattern, shipped()["new-status"], 1, [float(n) for n in range(0, 60, 3)])
        assert {finding.rule for finding in broken(found)} & {"job-status-unknown", "reply-body-invalid"}
