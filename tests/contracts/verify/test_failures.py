import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.verify.asking import Asked, Meant
from bodydouble.contracts.verify.failures import FailureError, file_name, parse, render
from bodydouble.contracts.verify.ledger import Failure
from bodydouble.contracts.verify.steps import Deed, Step
from tests.verifying import exchange

KEY = "sk-live-123"
FINDING = Finding(
    rule="job-backwards", severity=Severity.ERROR, source="reply 2, GET /jobs", pointer="", message="back"
)
CREATE = Step(
    Deed.CREATE,
    0.0,
    Asked(Meant.CREATE, "POST", "/jobs", (("content-type", "application/json"),), b'{"a":1}'),
)
FAILURE = Failure(
    FINDING, (CREATE, Step(Deed.POLL, 1.5)), (exchange(200, b'{"id":"x"}'), exchange(200, number=2)), "lives"
)


def rendered(failure: Failure = FAILURE, **more: Any) -> str:
    return render(failure, target="http://a.example", pattern="POST /jobs", seed=7, key=KEY, **more)


def test_what_is_rendered_is_parsed_again() -> None:
    saved = parse(rendered(), "f.json")
    assert (saved.rule, saved.steps) == ("job-backwards", FAILURE.steps)
    assert (saved.pattern, saved.seed, saved.target) == ("POST /jobs", 7, "http://a.example")


def test_a_person_reads_what_was_asked_and_answered() -> None:
    told = json.loads(rendered(curl=["curl x"]))
    assert told["steps"][0]["json"] == {"a": 1}
    assert told["exchanges"][0]["json"] == {"id": "x"}
    assert told["finding"]["message"] == "back"
    assert told["curl"] == ["curl x"]


def test_a_key_that_the_server_sent_back_is_not_saved() -> None:
    loud = Failure(FINDING, FAILURE.steps, (exchange(200, f'{{"you": "{KEY}"}}'.encode()),))
    assert KEY not in rendered(loud)
    assert "[key]" in rendered(loud)


def test_a_body_of_megabytes_is_counted_not_shown() -> None:
    told = json.loads(rendered(Failure(FINDING, FAILURE.steps, (exchange(200, b"x" * 100_000),))))
    assert told["exchanges"][0]["bytes"] == 100_000


@given(st.binary(max_size=40))
def test_whatever_bytes_were_sent_come_back(body: bytes) -> None:
    step = Step(Deed.CREATE, 0.0, Asked(Meant.CREATE, "POST", "/jobs", (), body))
    text = render(Failure(FINDING, (step,), ()), target="t", pattern="p", seed=1)
    assert parse(text, "f").steps == (step,)


def test_a_name_tells_the_rule_and_is_not_taken() -> None:
    assert file_name(FAILURE, []) == "job-backwards.json"
    assert file_name(FAILURE, ["job-backwards.json", "job-backwards-2.json"]) == "job-backwards-3.json"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "f.json"),
        ("[]", "no saved failure"),
        ('{"bodydouble-failure": 2}', "no saved failure"),
        ('{"bodydouble-failure": 1, "steps": []}', "steps must be a list"),
        ('{"bodydouble-failure": 1, "steps": [{"do": "poll"}]}', "finding must be"),
        (
            '{"bodydouble-failure": 1, "steps": [{"do": "dance"}], "finding": {"rule": "x"}}',
            "steps[0].do must be",
        ),
        (
            '{"bodydouble-failure": 1, "finding": {"rule": "x"}, "steps": [ELSEWHERE]}'.replace(
                "ELSEWHERE", '{"do": "ask", "meant": "poll", "method": "GET", "url": "https://evil.example/"}'
            ),
            "steps[0].url must be a path",
        ),
    ],
)
def test_a_file_that_holds_no_failure_is_told_where_and_why(text: str, told: str) -> None:
    with pytest.raises(FailureError, match=told.replace("[", r"\[")):
        parse(text, "f.json")
