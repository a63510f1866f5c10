from dataclasses import replace

import pytest

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.checks.job_checks import JOB_RULES
from tests.apis import TEXT, contract, document, getting, posting, record, words
from tests.exchanging import JOB_ID, JOBS, created, done, findings, message, polled, rules

FAILED = {"id": JOB_ID, "status": "failed", "error": {"message": "no"}}
BROKEN: dict[str, list[Exchange]] = {
    "job-id-not-echoed": [polled({"id": "another", "status": "running"}), polled("running", asked="")],
    "job-status-unknown": [polled("exploded"), created({"id": "1", "status": ""}), polled("Done")],
    "job-promise-unkept": [polled("done"), polled({**done(), "result": None}), polled("failed")],
    "job-promise-excluded": [
        polled({**done(), "status": "running"}),
        polled({**done(), "error": {"message": "no"}}),
        polled({**FAILED, "status": "queued"}),
    ],
}
TRACING = {"x-bodydouble": {"headers": {"x-trace": "$reply.id"}}}
TWO = record(["status"], id=TEXT, job_id=TEXT, status=words("queued", "done"), result=record(url=TEXT))
TWO_IDS = contract(document({"/jobs": posting(record(), TWO) | getting("job_id", "query", TWO)}))


def told(**body: str) -> Exchange:
    return created({"status": "queued", **body})


@pytest.mark.parametrize(
    ("rule", "exchange"), [(rule, exchange) for rule, broken in BROKEN.items() for exchange in broken]
)
def test_a_broken_rule_is_the_only_one_found(rule: str, exchange: Exchange) -> None:
    if exchange.query == "id=":
        assert rules(exchange) == []  # an empty id is the client's affair
    else:
        assert rules(exchange) == [rule]


def test_a_reply_without_any_id_or_with_two_is_found() -> None:
    assert rules(told(), TWO_IDS) == ["job-id-missing"]
    assert rules(told(id="1", job_id="2"), TWO_IDS) == ["job-ids-differ"]


@pytest.mark.parametrize("body", [{"id": "1"}, {"job_id": "1"}, {"id": "1", "job_id": "1"}])
def test_one_place_of_the_id_is_enough(body: dict[str, str]) -> None:
    assert rules(told(**body), TWO_IDS) == []


TRACED = contract({**document({"/jobs": posting(record(), TWO) | getting("id", "query", TWO)}), **TRACING})


@pytest.mark.parametrize("header", [None, "1", "2"])
def test_the_tracing_header_of_a_job_holds_its_id(header: str | None) -> None:
    reply = message({"id": "1", "status": "queued"}, **({"x_trace": header} if header else {}))
    found = rules(replace(told(id="1"), reply=reply), TRACED)
    assert found == {None: ["reply-header-missing"], "1": [], "2": ["job-header-differs"]}[header]


def test_every_rule_about_jobs_is_broken_here() -> None:
    elsewhere = {"job-id-missing", "job-ids-differ", "job-header-differs"}
    assert {rule.id for rule, _ in JOB_RULES} == {*BROKEN, *elsewhere}


@pytest.mark.parametrize("told", ["queued", "running", done(), FAILED])
def test_every_documented_status_is_sound(told: object) -> None:
    assert rules(polled(told)) == []


def test_null_stands_for_absence() -> None:
    assert rules(polled({**done(), "error": None})) == []
    assert rules(polled({"id": JOB_ID, "status": "running", "result": None, "error": None})) == []


def test_a_status_that_comes_near_is_proposed() -> None:
    (finding,) = findings(polled("runing"), JOBS)
    assert finding.hint == "did you mean 'running'?"
    assert finding.pointer == "/status"


def test_an_error_reply_is_no_statement_about_a_job() -> None:
    assert not [rule for rule in rules(polled({"message": "no"}, status=500)) if rule.startswith("job-")]
