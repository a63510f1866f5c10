import json
from typing import Any

import pytest

from bodydouble.mockserver.http.messages import Request
from bodydouble.mockserver.journals.har_reading import exchanges_in_har
from tests.apis import asked, posted
from tests.mockserver.control.desk import HERE, Desk

EXACTLY_ONE = {"operation": "submit", "exactly": 1}


class Traffic(Desk):
    """Puts what clients do into the journal, as the endpoints of the application do."""

    def create(self) -> str:
        route = next(each for each in self.service.routes.routes if each.submissions)
        reply = self._kept(posted(b'{"model": "video-01", "prompt": "a boat"}', route.path), route)
        return str(json.loads(reply.body)["id"])

    def poll(self, job: str) -> None:
        route = next(each for each in self.service.routes.routes if each.polling)
        self._kept(asked(f"generation_id={job}", route.path), route)

    def _kept(self, request: Request, route: Any) -> Any:
        reply = self.service.answer(route, request)
        self.world.register.put(request, reply, self.world.clock(), whole=True, gone=False)
        return reply


def lines(desk: Desk, query: str = "") -> list[dict[str, Any]]:
    response = desk.send("GET", f"{HERE}/journal{query}")
    assert (response.status, dict(response.headers)[b"content-type"]) == (200, b"application/jsonl")
    return [json.loads(line) for line in response.body.splitlines()]


def told() -> tuple[Traffic, str]:
    desk = Traffic()
    job = desk.create()
    desk.poll(job)
    desk.poll("nobody")
    return desk, job


def test_the_journal_is_told_line_by_line() -> None:
    desk, job = told()
    found = lines(desk)
    assert [entry["operation"] for entry in found] == ["submit", "poll", "poll"]
    assert found[0]["body"] == {"model": "video-01", "prompt": "a boat"}
    assert found[1]["job"] == job


def test_filters_must_all_hold() -> None:
    desk, job = told()

    def numbers(query: str) -> list[int]:
        return [entry["number"] for entry in lines(desk, f"?{query}")]

    assert numbers(f"job={job}") == [1, 2]
    assert numbers("operation=poll") == [2, 3]
    assert numbers("status=404") == [3]
    assert numbers("after=1&limit=1") == [2]
    assert numbers("operation=poll&status=404&job=x") == []


@pytest.mark.parametrize("query", ["operation=polls", "status=many", "limit=0", "format=csv", "after=-1"])
def test_a_bad_filter_is_refused(query: str) -> None:
    assert Desk().refusal("GET", f"{HERE}/journal?{query}")[0] == 400


def test_the_journal_is_told_as_har() -> None:
    desk, job = told()
    har = desk.ask("GET", f"{HERE}/journal?format=har&job={job}")
    assert [entry["request"]["method"] for entry in har["log"]["entries"]] == ["POST", "GET"]
    assert har["log"]["entries"][0]["request"]["url"].startswith("http://127.0.0.1:8000/")
    assert len(exchanges_in_har(har, "har")) == 2


def test_a_cleared_journal_is_empty_and_goes_on_counting() -> None:
    desk, job = told()
    desk.ask("DELETE", f"{HERE}/journal")
    assert lines(desk) == []
    desk.poll(job)
    assert [entry["number"] for entry in lines(desk)] == [4]


def test_expectations_that_are_met_are_ok() -> None:
    desk, _ = told()
    expected = [EXACTLY_ONE, {"operation": "poll", "at_least": 2, "after": "submit"}]
    assert desk.ask("POST", f"{HERE}/verify", expected) == {"ok": True, "findings": []}


def test_expectations_that_are_not_met_are_findings_with_evidence() -> None:
    desk, job = told()
    desk.create()
    verdict = desk.ask("POST", f"{HERE}/verify", EXACTLY_ONE)
    (finding,) = verdict["findings"]
    assert (verdict["ok"], finding["rule"], finding["evidence"]) == (False, "expected-fewer-requests", [1, 4])
    assert finding["source"] == "journal of default"
    each = desk.ask("POST", f"{HERE}/verify", {"operation": "poll", "at_least": 1, "job": "each"})
    assert [job in finding["message"] for finding in each["findings"]] == [False]


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({"operation": "submits", "exactly": 1}, "submit"),
        ({"operation": "poll"}, "names no number"),
        ({"exactly": 1, "at_least": 1}, "take one"),
        ({"at_least": 3, "at_most": 2}, "nothing can meet that"),
        ({"exactly": -1}, "at least 0"),
        ({"exactly": 1, "after": "dawn"}, "dawn"),
        ({"exactli": 1}, "exactly"),
        ([], ""),
        ([1], ""),
        ("one", ""),
    ],
)
def test_expectations_that_mean_nothing_are_refused(expected: Any, text: str) -> None:
    status, detail = Desk().refusal("POST", f"{HERE}/verify", expected)
    assert (status, text in detail) == (400, True), detail


def test_the_report_says_what_was_noticed_in_every_form() -> None:
    desk, _ = told()
    desk.clock.advance(1000)
    report = desk.ask("GET", f"{HERE}/report")
    assert report["failed"] is True
    assert "job-orphaned" in [finding["rule"] for finding in report["findings"]]
    assert "job-orphaned" in desk.send("GET", f"{HERE}/report?format=text").body.decode()
    assert desk.send("GET", f"{HERE}/report?format=junit").body.startswith(b"<?xml")


def test_while_a_run_lasts_less_can_be_said() -> None:
    desk = Traffic()
    desk.create()
    desk.clock.advance(100)
    assert desk.ask("GET", f"{HERE}/report")["failed"] is True
    assert desk.ask("GET", f"{HERE}/report?over=false")["failed"] is False


def test_control_leaves_no_trace_in_any_journal() -> None:
    desk, _ = told()
    desk.ask("POST", f"{HERE}/clock/advance", {"seconds": 1})
    desk.refusal("GET", "/_double/nonsense")
    desk.ask("GET", f"{HERE}/report")
    assert len(lines(desk)) == 3
