import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings

from bodydouble.contracts.generating.strategies import values
from bodydouble.mockserver.control.scenes_control import (
    MOST_FAULTS,
    castings_of,
    faults_of,
    rate_of,
    scenario_of,
)
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.scenes.scenario_files import schema, shipped
from tests.apis import polled, submitted
from tests.mockserver.control.desk import HERE, Desk

OWN = {"name": "mine", "queued": 0, "running": 7, "outcome": {"failure": {"name": "Boom", "message": "!"}}}
BROKEN = {"on": ["submit"], "answer": {"status": 503, "retry_after": 2.0}}

SCHEMA = schema()


def submit_status(desk: Desk, prompt: str = "a boat", **headers: str) -> int:
    pattern = desk.service.routes.patterns[0]
    return submitted(desk.service, pattern, {"model": "video-01", "prompt": prompt}, **headers).status


def test_the_repertoire_tells_which_scenarios_break_the_contract() -> None:
    told = Desk().ask("GET", "/_double/scenarios")["scenarios"]
    assert {each["name"]: each["breaks_contract"] for each in told} == {
        name: scenario.breaks_contract for name, scenario in shipped().items()
    }
    assert all(each["description"] for each in told)


@pytest.mark.parametrize(
    ("scenario", "name"), [("slow", "slow"), (OWN, "mine"), ({"name": "plain"}, "plain")]
)
def test_a_scenario_is_set_by_name_or_as_data(scenario: Any, name: str) -> None:
    desk = Desk()
    before = desk.submit()
    assert desk.ask("PUT", f"{HERE}/scenario", {"scenario": scenario})["scenario"]["name"] == name
    after = desk.submit()
    listed = {job["id"]: job["scenario"] for job in desk.ask("GET", f"{HERE}/jobs")["jobs"]}
    assert listed == {before: "succeeds", after: name}


def test_a_scenario_that_is_got_can_be_set_again() -> None:
    desk = Desk()
    for name, scenario in shipped().items():
        desk.ask("PUT", f"{HERE}/scenario", {"scenario": name})
        desk.ask("PUT", f"{HERE}/scenario", desk.ask("GET", f"{HERE}/scenario"))
        assert desk.world.scenario == scenario


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("flakey", "did you mean 'flaky'?"),
        ("", "known are"),
        ({"name": "x", "queued": "later"}, "queued"),
        ({"name": "X"}, "name"),
        ({"name": "x", "status": {"running": "odd"}}, "breaks_contract"),
        ({"nam": "x"}, "nam"),
        (7, ""),
        ([OWN], ""),
        (None, ""),
        ({"name": "x", "polls": {"queued": 1e300, "running": 0}}, ""),
    ],
)
def test_what_is_no_scenario_is_refused_with_the_place(scenario: Any, told: str) -> None:
    desk = Desk()
    status, text = desk.refusal("PUT", f"{HERE}/scenario", {"scenario": scenario})
    assert (status, told in text) == (400, True), text
    assert desk.world.scenario.name == "succeeds"


@settings(max_examples=8)
@given(values(SCHEMA))
def test_any_scenario_that_its_schema_takes_can_be_set_played_and_told(scenario: Any) -> None:
    desk = Desk()
    if desk.send("PUT", f"{HERE}/scenario", {"scenario": scenario}).status != 200:
        return  # words of its own that are not marked
    submit_status(desk)
    for job in desk.ask("GET", f"{HERE}/jobs")["jobs"]:
        for _ in range(3):
            polled(desk.service, desk.service.routes.patterns[0], job["id"])
            desk.ask("POST", f"{HERE}/clock/advance", {"seconds": 60})
            desk.ask("GET", f"{HERE}/jobs/{quote(job['id'], safe='')}")
    desk.ask("PUT", f"{HERE}/scenario", desk.ask("GET", f"{HERE}/scenario"))
    for part in ("snapshot", "report", "journal?format=har"):
        desk.ask("GET", f"{HERE}/{part}")


def test_castings_choose_by_model_prompt_and_number() -> None:
    desk = Desk()
    desk.ask(
        "PUT",
        f"{HERE}/castings",
        {"castings": [{"scenario": "out-of-credit", "prompt": "(?m)^a cat", "nth": [1, 2]}]},
    )
    desk.ask(
        "POST", f"{HERE}/castings", {"scenario": "content-refused", "models": ["video-01"], "prompt": "dog"}
    )
    assert submit_status(desk, "a cat") == 403
    assert submit_status(desk, "a dog") == 200
    assert submit_status(desk, "a cat") == 200
    assert [job["scenario"] for job in desk.ask("GET", f"{HERE}/jobs")["jobs"]] == [
        "content-refused",
        "succeeds",
    ]
    assert len(desk.ask("GET", f"{HERE}/castings")["castings"]) == 2
    desk.ask("DELETE", f"{HERE}/castings")
    assert desk.ask("GET", f"{HERE}/castings") == {"castings": []}


@pytest.mark.parametrize(
    ("casting", "told"),
    [
        ({"scenario": "slow", "prompt": "(("}, "no regular expression"),
        ({"scenario": "slow", "prompt": "[[a]"}, "no regular expression"),
        ({"scenario": "slow", "prompt": "a{99999999999}"}, "no regular expression"),
        ({"scenario": "slow", "prompt": "x" * 1001}, "at most 1000"),
        ({"scenario": "slower"}, "did you mean 'slow'"),
        ({"prompt": "a"}, "scenario is required"),
        ({"scenario": "slow", "nth": "first"}, "nth"),
        ({"scenario": "slow", "model": "x"}, "did you mean"),
    ],
)
def test_a_bad_casting_is_refused_with_its_place(casting: Any, told: str) -> None:
    desk = Desk()
    status, text = desk.refusal("POST", f"{HERE}/castings", casting)
    assert (status, told in text) == (400, True), text
    assert desk.refusal("PUT", f"{HERE}/castings", {"castings": [{"scenario": "slow"}, casting]})[0] == 400
    assert desk.world.castings == ()


def test_an_expression_that_python_warns_of_is_refused_though_it_was_compiled_before() -> None:
    with pytest.warns(FutureWarning):
        re.compile("[[double]")
    status, text = Desk().refusal("POST", f"{HERE}/castings", {"scenario": "slow", "prompt": "[[double]"})
    assert (status, "no regular expression" in text) == (400, True), text


def test_faults_happen_in_every_scenario_until_they_are_cleared() -> None:
    desk = Desk()
    told = desk.ask("POST", f"{HERE}/faults", BROKEN)
    assert (
        told
        == desk.ask("GET", f"{HERE}/faults")
        == {"faults": [{**BROKEN, "answer": {"status": 503, "retry_after": 2}}]}
    )
    pattern = desk.service.routes.patterns[0]
    refused = submitted(desk.service, pattern)
    assert (refused.status, dict(refused.headers)[b"retry-after"]) == (503, b"2")
    desk.ask("DELETE", f"{HERE}/faults")
    assert submit_status(desk) == 200


def test_faults_set_together_replace_the_others() -> None:
    desk = Desk()
    desk.ask("POST", f"{HERE}/faults", BROKEN)
    desk.ask("PUT", f"{HERE}/faults", {"faults": [{"on": ["poll"], "answer": {"status": 500}}]})
    job = desk.submit()
    assert polled(desk.service, desk.service.routes.patterns[0], job).status == 500


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"on": []},
        {"on": ["polls"]},
        {"on": ["poll"], "probability": 2},
        {"on": ["poll"], "wire": "cut"},
        3,
    ],
)
def test_a_bad_fault_is_refused(rule: Any) -> None:
    desk = Desk()
    assert desk.refusal("POST", f"{HERE}/faults", rule)[0] == 400
    assert desk.refusal("PUT", f"{HERE}/faults", {"faults": [rule]})[0] == 400
    assert desk.world.faults == ()


def test_a_namespace_holds_so_many_faults_and_no_more() -> None:
    desk = Desk()
    desk.ask("PUT", f"{HERE}/faults", {"faults": [BROKEN] * MOST_FAULTS})
    assert "at most 100 faults" in desk.refusal("POST", f"{HERE}/faults", BROKEN)[1]


def test_limits_are_set_one_by_one_and_lifted() -> None:
    desk = Desk()
    assert desk.ask("GET", f"{HERE}/limits") == {"rate": None, "credit": None}
    desk.ask("PUT", f"{HERE}/limits", {"rate": {"burst": 1, "per_second": 0.5}})
    desk.ask("PUT", f"{HERE}/limits", {"credit": 0})
    assert desk.ask("GET", f"{HERE}/limits") == {"rate": {"burst": 1, "per_second": 0.5}, "credit": 0}
    assert (submit_status(desk), submit_status(desk)) == (403, 429)
    desk.ask("PUT", f"{HERE}/limits", {"rate": None})
    assert submit_status(desk) == 403
    desk.ask("DELETE", f"{HERE}/limits")
    assert submit_status(desk) == 200


@pytest.mark.parametrize(
    "limits",
    [{}, {"rate": {"burst": 0, "per_second": 1}}, {"rate": {"burst": 1}}, {"credit": -1}, {"credit": 1.5},
     {"rate": {"burst": 1, "per_second": 0}}, {"credit": 1e300}, {"rates": None}],
)  # fmt: skip
def test_bad_limits_are_refused(limits: Any) -> None:
    desk = Desk()
    assert desk.refusal("PUT", f"{HERE}/limits", limits)[0] == 400
    assert desk.ask("GET", f"{HERE}/limits") == {"rate": None, "credit": None}


def test_what_is_read_is_what_the_double_uses() -> None:
    repertoire = Repertoire()
    assert scenario_of("slow", repertoire, "/scenario") == shipped()["slow"]
    assert faults_of(shipped_faults()) == shipped()["flaky"].faults
    assert (rate_of(None), rate_of({"burst": 2, "per_second": 3})) == (None, RateLimit(2, 3))
    with pytest.raises(Refused, match="did you mean"):
        castings_of([{"scenario": "flakey"}], repertoire)


def shipped_faults() -> list[Any]:
    desk = Desk()
    desk.ask("PUT", f"{HERE}/scenario", {"scenario": "flaky"})
    faults: list[Any] = json.loads(json.dumps(desk.ask("GET", f"{HERE}/scenario")["scenario"]["faults"]))
    return faults
