import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.check_rules import Direction
from bodydouble.contracts.checks import EXCHANGE_RULES, RULES, Checker
from bodydouble.contracts.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.matching import Matcher
from bodydouble.mockserver.clocks import ManualClock
from tests.apis import BUNDLED, asked, posted, route, service
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


def test_a_double_keeps_its_own_contract() -> None:
    """The bundled API as the double plays it, from the create to the end, gives no finding."""
    clock = ManualClock()
    playing = service(clock=clock)
    path = "/v2/video/generations"
    checker, matcher = Checker(BUNDLED), Matcher(BUNDLED)
    body = json.dumps({"model": "video-01", "prompt": "a boat"}).encode()
    answers = [(posted(body, path), playing.answer(route(playing, path), posted(body, path)))]
    job_id = json.loads(answers[0][1].body)["id"]
    for _ in range(5):
        clock.advance(60)
        poll = asked(f"generation_id={job_id}", path)
        answers.append((poll, playing.answer(route(playing, path), poll)))
    for request, response in answers:
        reply = Message(
            tuple((name.decode(), value.decode()) for name, value in response.headers),
            Body(response.body, len(response.body)),
        )
        sent = Message(
            tuple((name.decode(), value.decode()) for name, value in request.headers.items()),
            Body(request.body, len(request.body)),
        )
        exchange = Exchange(1, request.method, path, request.query.decode(), sent, response.status, reply)
        match = matcher.match(exchange)
        assert match is not None
        assert checker.exchange(exchange, match) == ()


def test_findings_name_their_half_and_operation() -> None:
    match = MATCHER.match(created())
    assert match is not None
    found = CHECKER.exchange(created({"id": 3}, asked={"model": 3}), match)
    assert {finding.source for finding in found} == {"request 1, POST /jobs", "reply 1, POST /jobs"}
