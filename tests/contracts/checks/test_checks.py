import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.check_rules import Direction
from bodydouble.contracts.checks.checks import RULES, Checker, check_observation
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
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.service import Service
from tests.apis import BUNDLED, FAILS_WHILE_GENERATING, posted, route, sent, service
from tests.broken_rules import API, create, found, poll
from tests.exchanging import JOBS, KEY, created, rules

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


# Of every rule it is asked where its counterpart is: on the other side, of the other message, for the other case.
COUNTERPARTS = (
    ("request-media-type", "reply-media-type", "both sides declare their bodies"),
    ("request-not-json", "reply-not-json", "both sides send what they declare"),
    ("request-body-invalid", "reply-body-invalid", "both sides keep their schemas"),
    ("request-parameter-invalid", "reply-header-invalid", "what stands beside the body keeps its schema"),
    ("request-parameter-missing", "reply-header-missing", "what must stand beside the body does"),
    ("reply-cut", "result-cut", "replies and results come whole"),
    ("reply-media-type", "result-media-type", "replies and results are declared"),
    ("reply-body-invalid", "result-kind", "replies and results are what they are declared to be"),
    ("reply-status-undocumented", "job-status-unknown", "the code and the word are known"),
    ("reply-status-undocumented", "result-unfetchable", "operations and links answer as promised"),
    ("reply-header-echo", "job-id-not-echoed", "what was sent comes back, in headers and in bodies"),
    ("job-ids-differ", "job-header-differs", "one id in the body, the same in the header"),
    ("job-id-missing", "job-ids-differ", "not none, not two"),
    ("job-id-reused", "job-ids-differ", "one id for each job, one job for each id"),
    ("job-promise-unkept", "job-promise-excluded", "what is promised and what is excluded"),
    ("job-backwards", "job-end-left", "before the end and after it"),
    ("job-end-left", "job-result-changed", "neither the final status changes nor what it tells"),
)
WAIVED = {
    "request-key-missing": "a server shows no key",
    "request-body-missing": "a reply whose body is missing is no JSON: reply-not-json",
    "reply-error-shape": "requests are no errors",
    "job-lost": "that a job is told of which nobody created takes knowing every create",
    "job-unending": "a job that ends at once breaks no promise",
}


def test_every_rule_has_its_counterpart_or_a_reason_why_not() -> None:
    paired = {rule for *pair, _ in COUNTERPARTS for rule in pair}
    assert paired | WAIVED.keys() == {rule.id for rule in RULES}
    assert not paired & WAIVED.keys()
    assert all(len(reason.split()) > 3 for reason in (*WAIVED.values(), *(why for *_, why in COUNTERPARTS)))


def test_what_is_asked_of_one_side_is_asked_of_the_other() -> None:
    areas = {rule.id: (rule.direction, rule.area) for rule in RULES}
    for one, other, _ in COUNTERPARTS[:3]:
        assert areas[one][0] is not areas[other][0]
        assert areas[one][1] is areas[other][1]


FOUND = found()


def test_without_a_breach_nothing_is_found() -> None:
    assert rules(poll(), API) == rules(create(), API) == []


def test_every_rule_can_be_broken_alone() -> None:
    assert FOUND.keys() == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", FOUND)
def test_what_breaks_one_rule_is_found_by_that_rule_and_no_other(rule: str) -> None:
    """So that no rule can be dropped, or loosened, or grow into another one, without a test that fails."""
    assert [finding.rule for finding in FOUND[rule]] == [rule]


@pytest.mark.parametrize("rule", FOUND)
def test_a_finding_says_where_what_was_expected_and_what_was_got(rule: str) -> None:
    (finding,) = FOUND[rule]
    assert finding.source
    assert finding.message
    assert finding.expected
    assert finding.got
    assert KEY not in str(finding)
    assert "sig=" not in str(finding)


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
