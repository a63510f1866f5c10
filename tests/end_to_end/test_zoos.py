"""The kept tables of the zoos, and how runs write them."""

from pathlib import Path

import pytest

from bodydouble.contracts.verify.reporting import PROVIDER_RULES
from bodydouble.mockserver.consumer.consumer_rules import RULE_IDS
from tests.zoo_tables import PROPERTY, Row, Zoo, document, note, read, rows_of

from . import consumer_zoo, provider_zoo
from .test_consumer_zoo import KEPT as CLIENTS
from .test_consumer_zoo import REFERENCES

KEPT = read(Path(__file__).with_name("ZOO.md").read_text("utf-8"))
AGAIN = "copy what a run of the zoos' tests wrote: cp test-output/ZOO.md tests/end_to_end/ZOO.md"


def test_the_kept_table_has_every_broken_server_and_a_rule_that_finds_it() -> None:
    rows = KEPT["Broken servers"]
    assert [row[:2] for row in rows] == [(kind.__name__, kind.__doc__) for kind in provider_zoo.FLAWED], AGAIN
    strange = [
        row
        for row, kind in zip(rows, provider_zoo.FLAWED, strict=True)
        if row[2].strip("`") not in kind.found_by
    ]
    assert not strange, AGAIN


def test_the_kept_table_has_every_broken_client_with_the_rule_that_finds_it() -> None:
    wanted = [(animal.flaw, animal.level, f"`{animal.rule}`") for animal in consumer_zoo.FLAWED]
    assert [row[:3] for row in KEPT["Broken clients"]] == wanted, AGAIN


def test_the_kept_tables_have_every_sound_server_and_client() -> None:
    servers = [(kind.__name__, kind.__doc__) for kind in provider_zoo.SOUND]
    assert [row[:2] for row in KEPT["Sound servers"]] == servers, AGAIN
    clients = [*(kind.__name__ for kind in consumer_zoo.SOUND), *REFERENCES]
    assert [row[0] for row in KEPT["Sound clients"]] == clients, AGAIN
    assert len(clients) == CLIENTS.size


def test_thirty_runs_find_the_common_flaws() -> None:
    runs = [int(row[3]) for row in KEPT["Broken clients"]]
    assert sum(number <= 30 for number in runs) >= 30
    assert max(runs) <= 100  # the default budget of the command


def test_every_rule_about_servers_finds_a_server() -> None:
    found = {rule for kind in provider_zoo.FLAWED for rule in kind.found_by}
    assert found == {rule.id for rule in PROVIDER_RULES}


NO_ANIMAL = {
    "ending-unclear": "a callable returns or raises; endings are declared for commands alone",
    "result-never-fetched": "waived: whether results are fetched is the client's affair",
    "result-fetched-late": "links are good for longer than a run may last in virtual time",
    "legacy-path-used": "waived: both paths may be used",
}


def test_every_rule_about_clients_finds_a_client_or_says_why_not() -> None:
    found = {animal.rule for animal in consumer_zoo.FLAWED}
    assert found | NO_ANIMAL.keys() == {*RULE_IDS}
    assert not found & NO_ANIMAL.keys()


# How they are written

ZOO = Zoo("Broken things", ("thing", "flaw"), 3)
SOUND = Zoo("Sound things", ("thing", "seeds passed"), 1)


def test_rows_come_in_the_order_of_the_zoo_and_seeds_are_counted() -> None:
    told = [
        Row(SOUND, 0, ("a",)),
        Row(ZOO, 2, ("c", "bad")),
        Row(ZOO, 0, ("a", "worse")),
        Row(SOUND, 0, ("a",)),
    ]
    text = document(told)
    assert read(text) == {"Broken things": [("a", "worse"), ("c", "bad")], "Sound things": [("a", "2")]}
    assert "2 of 3." in text
    assert document(told[::-1]) == text


def test_a_cell_cannot_break_the_table() -> None:
    properties: list[tuple[str, object]] = []
    note(lambda name, value: properties.append((name, value)), ZOO, 0, "a|b", "two\nlines")
    (row,) = rows_of([("something else", 1), *properties])
    assert row == Row(ZOO, 0, ("a\\|b", "two lines"))
    assert read(document([row])) == {"Broken things": [("a\\|b", "two lines")]}


TELLING = """
import pytest
from tests.zoo_tables import Zoo, note
@pytest.mark.parametrize("place", range(4))
def test_tells(place, record_property):
    note(record_property, Zoo("Things", ("thing",), 5), place, f"thing {place}")
    assert place != 3
"""
CONFTEST = """
from tests.zoo_tables import Keeper
def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Keeper(config.rootpath / "out" / "zoo.md"))
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_writes_what_passed_once_whoever_ran_it(pytester: pytest.Pytester, workers: int) -> None:
    root = str(Path(__file__).parents[2])
    pytester.makeconftest(f"import sys\nsys.path.insert(0, {root!r})\n{CONFTEST}")
    pytester.makepyfile(TELLING)
    run = pytester.runpytest_subprocess("-p", "no:schemathesis", *(("-n", str(workers)) if workers else ()))
    run.assert_outcomes(passed=3, failed=1)
    text = (pytester.path / "out" / "zoo.md").read_text("utf-8")
    assert read(text) == {"Things": [("thing 0",), ("thing 1",), ("thing 2",)]}
    assert "3 of 5." in text
    assert PROPERTY not in text
