import json
import xml.etree.ElementTree as ET

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.verify.ledger import Failure
from bodydouble.contracts.verify.outcomes import Looked, Outcome
from bodydouble.contracts.verify.reporting import (
    PROVIDER_RULES,
    as_json,
    cell,
    commands,
    junit,
    lines,
    markdown,
)
from tests.verifying import exchange

FAILING = frozenset({Severity.ERROR, Severity.WARNING})
FOUND = Finding(
    rule="job-backwards",
    severity=Severity.ERROR,
    source="reply 2, GET /jobs",
    pointer="",
    message="goes <back> | again",
)
BROKEN = Outcome(
    target="http://a.example",
    seed=7,
    failures=(Failure(FOUND, (), (exchange(),), "lives"),),
    looked=(Looked("lives", 1, 2, "the budget allows no more"),),
    exchanges=10,
    checked=9,
    jobs=1,
    usd=0.06,
    unseen={"result": "it lies elsewhere"},
    counts=(3,),
)


def suite(outcome: Outcome) -> ET.Element:
    return ET.fromstring(junit(outcome, FAILING).partition("?>")[2])[0]  # noqa: S314 - it was written here


def test_every_rule_has_an_id_of_its_own_and_none_blames_the_client() -> None:
    ids = [rule.id for rule in PROVIDER_RULES]
    assert len(ids) == len(set(ids))
    assert not [name for name in ids if name.startswith("request-")]


def test_the_terminal_tells_what_was_found_what_was_not_looked_at_and_how_to_repeat_it() -> None:
    text = "\n".join(lines(BROKEN, FAILING))
    assert "goes <back> | again" in text
    assert "seen: 3 times, first while looking at lives" in text
    assert "repeat: curl -sS -i http://a.example/jobs" in text
    assert "lives: 1 of 2 looked at; the budget allows no more" in text
    assert "not looked at: result; it lies elsewhere" in text
    spent = "10 requests, 9 checks, 1 job, 0.06 USD by the contract's price"
    assert text.endswith(f"the contract is broken: 1 error; {spent}; --seed 7 repeats it")


def test_a_server_without_a_url_has_no_command() -> None:
    assert commands(BROKEN.failures[0], "bundled") == []


def test_json_says_the_same() -> None:
    told = json.loads(json.dumps(as_json(BROKEN, FAILING)))
    assert (told["verdict"], told["seed"], told["jobs"]) == ("broken", 7, 1)
    assert told["findings"][0]["seen"] == 3
    assert told["findings"][0]["repeat"] == commands(BROKEN.failures[0], BROKEN.target)
    assert told["findings"][0]["repeat"][0].startswith("curl ")
    assert told["looked"][0]["planned"] == 2


def test_junit_has_a_case_for_each_rule_and_skips_what_was_not_seen() -> None:
    cases = suite(BROKEN)
    assert [case.get("name") for case in cases] == [rule.id for rule in PROVIDER_RULES]
    assert cases.get("failures") == "1"
    assert cases.get("skipped") == "5"


def test_a_run_that_could_not_look_passes_no_case() -> None:
    cases = suite(Outcome("a", 1, stopped="no key"))
    assert cases.get("skipped") == str(len(PROVIDER_RULES))


def test_an_interrupted_run_says_so_and_passes_no_case() -> None:
    outcome = Outcome("a", 1, interrupted=True)
    assert "interrupted: this is what was found so far" in [*lines(outcome, FAILING)]
    assert suite(outcome).get("skipped") == str(len(PROVIDER_RULES))


def test_markdown_cannot_be_broken_out_of() -> None:
    text = markdown(BROKEN, FAILING)
    assert "goes \\<back\\> \\| again" in text
    assert cell("a\n|`b") == "a \\|\\`b"
