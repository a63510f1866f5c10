import json
from xml.etree import ElementTree as ET

from bodydouble.mockserver.consumer.behaviours import Behaviour
from bodydouble.mockserver.consumer.consumer_rules import RULE_IDS
from bodydouble.mockserver.consumer.endings import End, Life
from bodydouble.mockserver.consumer.outcome_reports import as_json, cell, junit, lines, markdown
from bodydouble.mockserver.consumer.outcomes import Outcome
from bodydouble.mockserver.consumer.searching import Settings, search
from bodydouble.mockserver.journals.journal import Purpose
from tests.consuming import entry, play

ENTRIES = (entry(1, Purpose.SUBMIT, "initial"), entry(2, Purpose.POLL, "success"))


def hangs(_behaviour: Behaviour) -> Life:
    return Life(end=End.HUNG, told="it still runs | <b>", entries=ENTRIES)


BROKEN = search(hangs, play(), Settings(examples=3), lambda: 0.0, client="sh client.sh")
BLIND = Outcome("sh client.sh", 7, blind="it cannot be started")


def test_a_terminal_gets_a_table_and_what_to_do() -> None:
    text = "\n".join(lines(BROKEN))
    assert "plain      hung        BROKE  client-hung" in text
    assert "try: give each request and the whole wait a time limit" in text
    assert "your client met 2 of 22 edges of the job's life; not met: create → running" in text
    assert text.endswith("sh client.sh: the client breaks: 1 error in 3 runs; --seed 0 repeats it")


def test_json_holds_the_scenario_that_breaks_it() -> None:
    told = json.loads(json.dumps(as_json(BROKEN)))
    assert told["verdict"] == "broken"
    assert told["failures"][0]["scenario"]["name"] == "plain"
    assert told["edges"]["create → queued"] is True
    assert len(told["trials"]) == 3


def test_junit_has_a_case_for_every_rule_and_skips_them_all_where_nothing_was_seen() -> None:
    suite = ET.fromstring(junit(BROKEN))  # noqa: S314 - our own
    assert {case.get("name") for case in suite.iter("testcase")} == {*RULE_IDS}
    assert [len(list(suite.iter(kind))) for kind in ("failure", "skipped")] == [1, 0]
    blind = ET.fromstring(junit(BLIND))  # noqa: S314 - our own
    assert len(list(blind.iter("skipped"))) == len(RULE_IDS)


def test_markdown_keeps_a_clients_words_within_their_cells() -> None:
    text = markdown(BROKEN)
    assert "it still runs \\| \\<b\\>" in text
    assert "Your client met 2 of 22 edges" in text
    assert "it cannot be started" in markdown(BLIND)
    assert cell("a\nb|c") == "a b\\|c"
