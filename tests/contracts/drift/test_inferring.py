from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.drift.changes import Change, Impact, Rule
from bodydouble.contracts.drift.grouping import files_of
from bodydouble.contracts.drift.inferring import general, infer, reply_for
from bodydouble.contracts.drift.observations import observe
from bodydouble.contracts.drift.observed_rules import OBSERVED_RULES
from tests.apis import BUNDLED, TEXT, contract, jobs, record, words
from tests.exchanging import JOB_ID, JOBS, bundled, created, done, message, polled


def inferred(*seen: Exchange, against: Contract = JOBS) -> tuple[Change, ...]:
    return infer(observe(against, [(f"{n}.har", exchange) for n, exchange in enumerate(seen)]).observations)


def told(*seen: Exchange) -> list[tuple[str, str]]:
    return [(change.rule.removeprefix("observed-"), change.subject) for change in inferred(*seen)]


PLAIN = {"model": "alpha"}


def job(**more: Any) -> dict[str, Any]:
    return {"id": JOB_ID, "status": "queued", **more}


def test_replies_that_keep_the_contract_say_nothing() -> None:
    assert inferred(created(asked=PLAIN), polled("queued"), polled(done())) == ()


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (job(extra=1), ("property-undeclared", "reply 200 /extra")),
        (job(result={"url": "https://x/", "size": 3}), ("property-undeclared", "reply 200 /result/size")),
        ({"status": "queued"}, ("property-missing", "reply 200 /id")),
        (job(id=7), ("type-other", "reply 200 /id")),
        (job(id=None), ("null", "reply 200 /id")),
        (job(status="paused"), ("value-unlisted", "reply 200 /status")),
        (job(error=[]), ("type-other", "reply 200 /error")),
    ],
)
def test_what_a_reply_says_and_the_contract_does_not_is_found(reply: Any, expected: tuple[str, str]) -> None:
    others = [each for each in told(polled(reply)) if each[0] != "present-early"]
    assert others == [expected]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<html>", True),
        (b"{", True),
        (b"\xff", True),
        (b"", False),
        (b'{"id": "1", "status": "queued"}', False),
    ],
)
def test_a_reply_that_is_no_json_is_found(body: bytes, found: bool) -> None:  # noqa: FBT001 - a case's verdict
    rules = [each.rule for each in inferred(polled("queued", reply=message(body)))]
    assert ("observed-reply-not-json" in rules) == found


def test_an_error_that_is_no_json_is_a_risk_and_a_body_that_was_not_kept_whole_is_nothing() -> None:
    error = bundled("GET", f"generation_id={JOB_ID}", told=b"<html>", status=404)
    (change,) = inferred(error, against=BUNDLED)
    assert (change.rule, change.impact) == ("observed-reply-not-json", Impact.RISKY)
    cut = Message((("content-type", "application/json"),), Body(b'{"id": "1', 900))
    assert inferred(polled("queued", reply=cut)) == ()


def test_messages_say_what_came_and_what_was_expected() -> None:
    (missing,) = inferred(polled({"status": "queued"}))
    assert missing.message == "id is missing from a 200 reply"
    (other,) = inferred(polled(job(id=7)))
    assert other.message == "id is a number in a 200 reply, expected a string"
    assert (other.old, other.new) == ("a string", "a number")
    (word,) = inferred(polled(job(status="paused")))
    assert word.message == 'status is "paused" in a 200 reply, which is not listed'
    (extra,) = inferred(polled(job(extra={"a": 1})))
    assert extra.message == "extra is in 200 replies, and the contract does not know it (an object)"


def test_a_status_code_that_is_not_documented_is_found() -> None:
    (change,) = inferred(polled("queued", status=418))
    assert (change.rule, change.impact, change.new) == ("observed-code-undocumented", Impact.RISKY, 418)
    assert "418" in change.message


def test_the_same_thing_seen_in_many_files_is_one_change() -> None:
    (change,) = inferred(*[polled(job(extra=1))] * 5)
    assert files_of(change) == ("0.har", "1.har", "2.har", "3.har", "4.har")


def test_which_item_of_an_array_it_is_does_not_matter() -> None:
    instance = {"a": [{"b": 1}, {"b": 2}]}
    assert general("/a/1/b", instance) == general("/a/0/b", instance) == "/a/*/b"
    assert general("/1", {"1": 2}) == "/1"
    assert general("/missing/x", {}) == "/missing/x"


def test_a_request_that_was_taken_with_what_nobody_declared_is_found() -> None:
    assert told(created(asked={"model": "alpha", "turbo": True})) == [
        ("request-property-undeclared", "request /turbo")
    ]


def test_a_request_that_was_refused_says_nothing_about_what_is_taken() -> None:
    found = told(created(asked={"model": "alpha", "turbo": True}, status=400))
    assert ("request-property-undeclared", "request /turbo") not in found


def test_the_shape_of_an_error_is_risky_and_that_of_a_success_breaking() -> None:
    reply = {"message": 1}
    query = f"generation_id={JOB_ID}"
    for status, impact in ((404, Impact.RISKY), (200, Impact.BREAKING)):
        found = inferred(bundled("GET", query, told=reply, status=status), against=BUNDLED)
        told_missing = [each for each in found if each.rule == "observed-property-missing"]
        assert told_missing
        assert {each.impact for each in told_missing} == {impact}


@pytest.mark.parametrize("status", [400, 404, 405, 422])
def test_a_request_that_keeps_the_contract_and_was_refused_is_found(status: int) -> None:
    found = [each for each in inferred(created(asked=PLAIN, status=status)) if each.subject == "request"]
    assert [(each.rule, each.impact) for each in found] == [("observed-request-refused", Impact.BREAKING)]
    assert found[0].message == f"a request that keeps the contract was refused with {status}"
    assert found[0].witness is not None
    assert found[0].witness.value == PLAIN


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (PLAIN, 401),
        (PLAIN, 402),
        (PLAIN, 403),
        (PLAIN, 429),
        (PLAIN, 500),
        ({"model": "unknown"}, 400),
        ({}, 400),
        ({"model": "alpha", "turbo": True}, 400),
    ],
)
def test_a_refusal_that_is_not_about_what_the_contract_allows_says_nothing(asked: Any, status: int) -> None:
    assert "request-refused" not in dict(told(created(asked=asked, status=status)))


def test_what_a_status_promises_and_does_not_bring_is_found() -> None:
    reply = {"id": JOB_ID, "status": "completed"}
    found = inferred(bundled("GET", f"generation_id={JOB_ID}", told=reply), against=BUNDLED)
    promises = {change.subject: change for change in found if change.rule == "observed-promise-broken"}
    assert (
        promises["status completed /video/url"].message
        == 'video.url is missing where the status is "completed"'
    )
    assert promises["status completed /video"].impact is Impact.BREAKING


def test_what_a_status_promises_to_leave_out_and_brings_is_found() -> None:
    reply = {"id": JOB_ID, "status": "queued", "video": {"url": "https://x/y"}}
    found = inferred(bundled("GET", f"generation_id={JOB_ID}", told=reply), against=BUNDLED)
    early = [change for change in found if change.rule == "observed-present-early"]
    assert 'video is there where the status is "queued"' in [change.message for change in early]


def test_what_always_comes_with_one_status_and_not_with_all_is_told() -> None:
    finished = {"id": JOB_ID, "status": "done", "result": {"url": "https://x/y"}}
    (change,) = [
        each
        for each in inferred(polled(finished), polled(finished), polled("running"), polled("queued"))
        if each.rule == "observed-present-with-status"
    ]
    assert isinstance(change.new, list)
    assert "/result/url" in change.new
    assert "(2 replies seen)" in change.message


def test_one_reply_says_nothing_about_what_is_always_so() -> None:
    finished = {"id": JOB_ID, "status": "done", "result": {"url": "https://x/y", "size": 1}}
    rules = [rule for rule, _ in told(polled(finished), polled("running"))]
    assert "present-with-status" not in rules


def test_a_reply_falls_under_its_code_its_range_or_the_default() -> None:
    operation = BUNDLED.patterns[0].poll
    found = reply_for(operation, 404)
    assert found is not None
    assert found.status == "404"
    assert reply_for(operation, 418) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "status", "result", "error", "url", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=80)
@given(st.lists(st.tuples(values, st.sampled_from([200, 201, 404, 500])), max_size=3))
def test_whatever_comes_back_something_is_said_or_nothing_and_never_an_error(
    replies: list[tuple[Any, int]],
) -> None:
    found = inferred(
        *(polled({"reply": None} if reply is None else reply, status=code) for reply, code in replies)
    )
    assert all(change.message and change.places for change in found)
    assert len({(change.rule, change.subject, str(change.old), str(change.new)) for change in found}) == len(
        found
    )


FINISHED = {"id": JOB_ID, "status": "done", "result": {"url": "https://x/y"}}
CASES: Mapping[str, tuple[Exchange, ...]] = {
    "code-undocumented": (polled("queued", status=418),),
    "property-undeclared": (polled(job(extra=1)),),
    "reply-not-json": (polled("queued", reply=message(b"<html>")),),
    "property-missing": (polled({"status": "queued"}),),
    "null": (polled(job(id=None)),),
    "type-other": (polled(job(id=7)),),
    "value-unlisted": (polled(job(status="paused")),),
    "present-with-status": (polled(FINISHED), polled(FINISHED), polled("queued")),
    "request-property-undeclared": (created(asked={"model": "alpha", "turbo": True}),),
    "request-refused": (created(asked=PLAIN, status=400),),
}
BUNDLED_CASES: Mapping[str, Any] = {
    "promise-broken": {"id": JOB_ID, "status": "completed"},
    "present-early": {"id": JOB_ID, "status": "queued", "video": {"url": "https://x/y"}},
}


@pytest.mark.parametrize("rule", OBSERVED_RULES, ids=lambda rule: rule.id)
def test_every_rule_about_observations_has_a_case(rule: Rule) -> None:
    name = rule.id.removeprefix("observed-")
    if name == "constraint-broken":
        bounded = contract(
            jobs(reply=record(["id", "status"], id=TEXT | {"maxLength": 3}, status=words("queued", "done")))
        )
        found = inferred(polled("queued"), against=bounded)
    elif name in CASES:
        found = inferred(*CASES[name])
    else:
        reply = BUNDLED_CASES[name]
        found = inferred(bundled("GET", f"generation_id={JOB_ID}", told=reply), against=BUNDLED)
    assert rule.id in {change.rule for change in found}
