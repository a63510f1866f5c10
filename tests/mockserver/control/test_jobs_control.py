import json

import pytest

from bodydouble.contracts.jobs.stages import Stage
from tests.apis import TEXT, contract, jobs, polled, record, submitted, words
from tests.mockserver.control.desk import HERE, Desk


def test_jobs_are_listed_in_the_order_of_their_submission() -> None:
    desk = Desk()
    made = [desk.submit() for _ in range(3)]
    told = desk.ask("GET", f"{HERE}/jobs")
    assert ([job["id"] for job in told["jobs"]], told["total"], told["next"]) == (made, 3, None)


def test_pages_together_hold_every_job_once() -> None:
    desk = Desk()
    made = [desk.submit() for _ in range(5)]
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = desk.ask("GET", f"{HERE}/jobs?limit=2&offset={offset}")
        assert page["total"] == 5
        seen += [job["id"] for job in page["jobs"]]
        offset = page["next"]
    assert seen == made
    assert desk.ask("GET", f"{HERE}/jobs?offset=9")["jobs"] == []


def test_filters_must_all_hold() -> None:
    desk = Desk()
    done, waiting = desk.submit(prefer="scenario=instant"), desk.submit()

    def found(query: str) -> list[str]:
        return [job["id"] for job in desk.ask("GET", f"{HERE}/jobs?{query}")["jobs"]]

    assert found("stage=success") == found("status=completed") == found("scenario=instant") == [done]
    assert found("stage=initial&model=video-01") == [waiting]
    assert found("stage=initial&scenario=instant") == found("model=other") == found("status=moderating") == []


def test_a_word_of_the_api_or_a_stage_puts_a_job_where_it_says() -> None:
    desk = Desk()
    job = desk.submit()
    pattern = desk.service.routes.patterns[0]
    for body, status in (({"status": "generating"}, "generating"), ({"stage": "failure"}, "error"),
                         ({"status": "completed"}, "completed"), ({"stage": "initial"}, "queued")):  # fmt: skip
        told = desk.ask("POST", f"{HERE}/jobs/{job}/force", body)
        assert told["status"] == status
        assert json.loads(polled(desk.service, pattern, job).body)["status"] == status
    desk.clock.advance(1e6)
    assert desk.ask("GET", f"{HERE}/jobs/{job}")["stage"] == Stage.INITIAL


def test_a_rarer_word_for_the_same_stage_is_what_replies_say_then() -> None:
    told = record(["id", "status"], id=TEXT, status=words("queued", "waiting", "running", "done", "failed"))
    desk = Desk(settings={"played": contract(jobs(reply=told))})
    pattern = desk.service.routes.patterns[0]
    job = json.loads(submitted(desk.service, pattern).body)["id"]
    for word in ("waiting", "queued", "waiting"):
        assert desk.ask("POST", f"{HERE}/jobs/{job}/force", {"status": word})["status"] == word
        assert json.loads(polled(desk.service, pattern, job).body)["status"] == word


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"status": "complete"}, "did you mean 'completed'?"),
        ({"status": "zzz"}, "known are queued, generating, completed, error"),
        ({"stage": "done"}, "one of"),
        ({}, ""),
        ({"status": "completed", "stage": "success"}, ""),
        ({"status": 3}, ""),
        ([], "object"),
    ],
)
def test_a_word_that_means_nothing_is_refused_and_changes_nothing(body: object, told: str) -> None:
    desk = Desk()
    job = desk.submit()
    status, text = desk.refusal("POST", f"{HERE}/jobs/{job}/force", body)
    assert (status, told in text) == (400, True), text
    assert desk.ask("GET", f"{HERE}/jobs/{job}")["facts"]["forced"] is None


def test_a_job_fails_with_the_words_that_are_given() -> None:
    desk = Desk()
    job = desk.submit()
    desk.ask("POST", f"{HERE}/jobs/{job}/fail", {"name": "Boom", "message": 'It "broke" at 100%.'})
    body = json.loads(polled(desk.service, desk.service.routes.patterns[0], job).body)
    assert (body["status"], body["error"]) == ("error", {"name": "Boom", "message": 'It "broke" at 100%.'})


def test_a_failure_without_words_has_the_usual_ones() -> None:
    desk = Desk()
    told = desk.ask("POST", f"{HERE}/jobs/{desk.submit()}/fail", {})
    assert told["facts"]["forced"]["failure"]["name"] == "Forced"


def test_a_deleted_job_is_unknown_to_everybody() -> None:
    desk = Desk()
    job, other = desk.submit(), desk.submit()
    desk.ask("DELETE", f"{HERE}/jobs/{job}")
    assert desk.refusal("GET", f"{HERE}/jobs/{job}")[0] == 404
    assert polled(desk.service, desk.service.routes.patterns[0], job).status == 404
    assert [each["id"] for each in desk.ask("GET", f"{HERE}/jobs")["jobs"]] == [other]


@pytest.mark.parametrize("job", ["nobody", "a%2Fb", "%00", "..%2F..", "x" * 3000])
def test_an_unknown_job_is_a_404_that_names_it(job: str) -> None:
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/fail")):
        status, text = Desk().refusal(method, f"{HERE}/jobs/{job}{rest}", {})
        assert (status, "has no job" in text) == (404, True)


def test_a_job_that_had_to_leave_is_told_so() -> None:
    desk = Desk(settings={"max_jobs": 1})
    first = desk.submit(prefer="scenario=instant")
    desk.submit()
    assert "it had to leave" in desk.refusal("GET", f"{HERE}/jobs/{first}")[1]
