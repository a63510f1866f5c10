import json

import pytest

from bodydouble.contracts.checks.matching import Role
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.verify.answer_rules import Answer
from bodydouble.contracts.verify.asking import Meant, Requests, result
from bodydouble.contracts.verify.judging import Referee, without_keys
from tests.apis import BUNDLED, contract, jobs
from tests.verifying import PATTERN, exchange

REFEREE = Referee(BUNDLED, PATTERN)
REQUESTS = Requests(PATTERN, BUNDLED.conventions)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b'{"model":"video-01","prompt":"x"}', True),
        (b'{"model":"video-01","prompt":""}', True),
        (b'{"model":"video-01"}', False),
        (b'{"model":"video-01","prompt":"x","image_url":"no picture"}', False),
        (b"{", False),
        (b"\xff", False),
        (b"", False),
        (b'{"model":"video-01","prompt":NaN}', False),
    ],
)
def test_whether_bytes_are_valid_is_what_validating_them_says(body: bytes, verdict: bool) -> None:  # noqa: FBT001 - a case
    assert REFEREE.verdict(body) is verdict


def test_what_is_wrong_is_told_in_words() -> None:
    assert REFEREE.why(b"{") == "it is no JSON"
    assert "/prompt" in REFEREE.why(json.dumps({"model": "video-01", "prompt": "x" * 2001}).encode())


def test_a_request_is_matched_to_what_it_calls() -> None:
    create, poll = REFEREE.match(REQUESTS.create({})), REFEREE.match(REQUESTS.poll("x"), "x")
    assert create
    assert poll
    assert (create.role, poll.role, poll.asked_id) == (Role.SUBMIT, Role.POLL, "x")
    assert REFEREE.match(result("https://a.example/")) is None
    assert REFEREE.match(REQUESTS.other_method("PUT")) is None


def test_a_client_that_breaks_rules_on_purpose_is_not_blamed() -> None:
    asked = REQUESTS.create({"model": 1})
    answer = Answer(asked, exchange(400, b"{}", method="POST"), PATTERN.submit, valid=False)
    found = {finding.rule for finding in REFEREE.of_answer(answer, REFEREE.match(asked))}
    assert not {rule for rule in found if rule.startswith("request-")}
    assert "reply-header-missing" in found


def test_a_result_is_named_without_its_address() -> None:
    answer = Answer(result("https://a.example/secret?key=1"), exchange(500), None)
    assert [finding.source for finding in REFEREE.of_answer(answer, None)] == ["reply 1, the result"]


def test_a_reply_for_the_moment_is_judged_as_a_reply_and_not_as_an_answer() -> None:
    asked = REQUESTS.poll("x", Meant.UNKNOWN)
    limited = exchange(429, b"{}", headers={"retry-after": "soon", "content-type": "application/json"})
    answer = Answer(asked, exchange(404), PATTERN.poll, earlier=(limited,))
    found = [finding.rule for finding in REFEREE.of_answer(answer, REFEREE.match(asked))]
    assert "retry-after-unreadable" in found
    assert "answer-failed" not in found


def test_a_key_is_not_shown_in_a_finding() -> None:
    finding = Finding(
        rule="r", severity=Severity.ERROR, source="s", pointer="", message="is sesame", got="sesame!"
    )
    clean = without_keys(finding, "sesame")
    assert (clean.message, clean.got) == ("is [key]", "[key]!")
    assert without_keys(finding, "") is finding


def test_where_no_error_is_documented_one_that_occurs_breaks_nothing() -> None:
    silent = contract(jobs("alpha"))
    referee, requests = Referee(silent, silent.patterns[0]), Requests(silent.patterns[0], silent.conventions)
    asked = requests.poll("x", Meant.UNKNOWN)
    for status, expected in ((404, False), (204, True)):
        answer = Answer(asked, exchange(status), silent.patterns[0].poll)
        found = {finding.rule for finding in referee.of_answer(answer, referee.match(asked))}
        assert ("reply-status-undocumented" in found) is expected
