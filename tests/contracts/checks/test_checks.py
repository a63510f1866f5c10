import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.check_rules import Direction
from bodydouble.contracts.checks.checks import EXCHANGE_RULES, RULES, Checker, check_observation
from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.checks.history_checks import observe
from bodydouble.contracts.checks.matching import Matcher
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.loading import load
from bodydouble.mockserver.announcing import sample_body
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.routes import Submission
from bodydouble.mockserver.scenes.scenarios import FAILS_WHILE_GENERATING, SUCCEEDS, Scenario
from bodydouble.mockserver.service import Service
from tests.apis import BUNDLED, posted, route, sent, service
from tests.exchanging import JOBS, KEY, created

CHECKER, MATCHER = Checker(JOBS), Matcher(JOBS)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "status", "result", "error", "url", "model"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


def test_ids_of_rules_are_unique_and_kebab_case() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(part.isalpha() and part.islower() for rule in ids for part in rule.split("-"))


def test_rules_say_what_holds() -> None:
    assert all(rule.text[0].isupper() and not rule.text.endswith(".") for rule in RULES)


# What can go wrong with a body can go wrong on either side. Where one side has no counterpart, here is why.
ONE_SIDED = {
    "request-body-missing": "a reply whose body is missing is no JSON: reply-not-json",
    "request-parameter-missing": "replies have no parameters; their headers are checked instead",
    "request-key-missing": "the server shows no key",
    "reply-cut": "a request that breaks off never reaches the server, so there is no exchange",
    "reply-status-undocumented": "requests have no status",
    "reply-error-shape": "requests are no errors",
    "reply-header-missing": "no contract demands a request header so far but the key",
    "reply-header-echo": "requests repeat nothing",
}


def test_every_rule_about_one_side_has_its_counterpart_or_a_reason() -> None:
    sided = {rule.id for rule, _ in EXCHANGE_RULES if rule.id.startswith(("request-", "reply-"))}
    swapped = {"request": "reply", "reply": "request"}
    lonely = {
        name for name in sided if f"{swapped[name.split('-')[0]]}-{name.partition('-')[2]}" not in sided
    }
    assert lonely == set(ONE_SIDED)


def test_a_rule_about_requests_blames_the_client() -> None:
    assert all((rule.direction is Direction.REQUEST) == rule.id.startswith("request-") for rule in RULES)


@given(JSON_VALUES, JSON_VALUES, st.integers(100, 999), st.sampled_from(Ending))
def test_checking_is_total(request: Any, reply: Any, status: int, ending: Ending) -> None:
    exchange = created(reply, asked=request, status=status, ending=ending)
    match = MATCHER.match(exchange)
    assert match is not None
    for finding in CHECKER.exchange(exchange, match):
        assert finding.message
        assert KEY not in str(finding)


@given(st.binary(max_size=60), st.sampled_from(["application/json", "text/html", ""]))
def test_checking_is_total_over_bytes(content: bytes, kind: str) -> None:
    sent = Message((("content-type", kind),), Body(content, len(content)))
    exchange = created(request=sent, reply=sent)
    match = MATCHER.match(exchange)
    assert match is not None
    CHECKER.exchange(exchange, match)


def life(playing: Service, clock: ManualClock, submission: Submission) -> Iterator[tuple[Request, Response]]:
    """Every request of one job's life with its reply, as the double plays it."""
    pattern = submission.play.pattern
    body = json.dumps(sample_body(pattern)).encode()
    create = posted(body, pattern.submit.path)
    created = playing.answer(route(playing, pattern.submit.path), create)
    yield create, created
    told = json.loads(created.body)
    job_id = next(told[place[1:]] for place in pattern.submitted.ids if place[1:] in told)
    for _ in range(4):
        name = pattern.parameter.name
        path = pattern.poll.path.replace(f"{{{name}}}", job_id)
        poll = Request("GET", path, f"{name}={job_id}".encode(), sent({}), path_id=job_id)
        yield poll, playing.answer(route(playing, pattern.poll.path), poll)
        clock.advance(60)


def exchanged(request: Request, response: Response) -> Exchange:
    fields = tuple((name.decode(), value.decode()) for name, value in response.headers)
    asked = tuple((name.decode(), value.decode()) for name, value in request.headers.items())
    return Exchange(
        1,
        request.method,
        request.path,
        request.query.decode(),
        Message(asked, Body(request.body, len(request.body))),
        response.status,
        Message(fields, Body(response.body, len(response.body))),
    )


def broken_by(played: Contract, scenario: Scenario) -> list[Finding]:
    """Play every job of a contract and return what is wrong with what was said."""
    clock = ManualClock()
    playing = service(played, clock=clock, scenario=scenario)
    checker, matcher = Checker(played), Matcher(played)
    found: list[Finding] = []
    for served in playing.routes.routes:
        submissions = served.submissions
        listed = [*submissions.by_model.values(), submissions.only] if submissions else []
        for submission in {id(each): each for each in listed if each is not None}.values():
            pattern, before = submission.play.pattern, []
            for request, response in life(playing, clock, submission):
                exchange = exchanged(request, response)
                match = matcher.match(exchange, pattern)
                assert match is not None
                now = observe(replace(exchange, started=clock(), ended=clock()), match)
                found += [*checker.exchange(exchange, match), *check_observation("", tuple(before), now)]
                before.append(now)
            assert before[-1].stage is scenario.outcome.stage or scenario.outcome.stage is Stage.FAILURE
    return found


@pytest.mark.parametrize("scenario", [SUCCEEDS, FAILS_WHILE_GENERATING], ids=lambda scenario: scenario.name)
def test_a_double_keeps_the_bundled_contract(scenario: Scenario) -> None:
    assert broken_by(BUNDLED, scenario) == []


@pytest.mark.parametrize("scenario", [SUCCEEDS, FAILS_WHILE_GENERATING], ids=lambda scenario: scenario.name)
def test_a_double_keeps_every_published_contract(upstream: Path, scenario: Scenario) -> None:
    assert broken_by(load([str(upstream / "fragments")]), scenario) == []


def test_findings_name_their_half_and_operation() -> None:
    match = MATCHER.match(created())
    assert match is not None
    found = CHECKER.exchange(created({"id": 3}, asked={"model": 3}), match)
    assert {finding.source for finding in found} == {"request 1, POST /jobs", "reply 1, POST /jobs"}
