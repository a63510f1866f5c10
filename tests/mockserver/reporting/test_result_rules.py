from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.reporting.result_rules import (
    result_fetched_late,
    result_incomplete,
    result_never_fetched,
)
from tests.mockserver.clients import HOUR, Script, lived

SIZE = 5000


def ended(**told: Any) -> Script:
    """Return the history of a job whose end was told at 61 and whose URL is good for an hour."""
    script = Script()
    script.create(0.0)
    script.poll(61.0, "success", **told)
    return script


# result-never-fetched


def test_a_result_that_nobody_fetched_while_its_url_was_good_is_noticed() -> None:
    (found,) = result_never_fetched(ended().observed(now=61.0 + HOUR + 9.0))
    assert found.message == "the result of job job-1 was never fetched"
    assert found.got == "none until its URL ended 9 s ago"
    assert [entry.number for entry in found.evidence] == [2]


def test_when_the_run_is_over_nobody_will_fetch_it_any_more() -> None:
    (found,) = result_never_fetched(ended().observed(over=True))
    assert found.got == "none"


@pytest.mark.parametrize(
    "told", [{"stage": "failure"}, {"url_until": None}, {"whole": False}, {"stage": "running"}]
)
def test_what_was_not_told_cannot_be_fetched(told: dict[str, Any]) -> None:
    script = Script()
    script.create(0.0)
    script.poll(61.0, told.pop("stage", "success"), **told)
    assert not list(result_never_fetched(script.observed(over=True)))


def test_while_the_url_is_good_it_may_still_be_fetched() -> None:
    assert not list(result_never_fetched(ended().observed(now=61.0 + HOUR)))


@pytest.mark.parametrize("fetched", [{}, {"status": 403}, {"whole": False}, {"sent": 5}])
def test_an_attempt_is_an_attempt_whatever_came_of_it(fetched: dict[str, Any]) -> None:
    script = ended()
    script.fetch(70.0, **fetched)
    assert not list(result_never_fetched(script.observed(now=9 * HOUR, over=True)))


def test_a_fresh_url_gives_more_time() -> None:
    script = ended()
    script.poll(HOUR, "success")
    assert not list(result_never_fetched(script.observed(now=1.5 * HOUR)))


def test_a_result_told_by_the_create_is_to_be_fetched_too() -> None:
    script = Script()
    script.create(0.0, stage="success", url_until=HOUR)
    assert list(result_never_fetched(script.observed(over=True)))


# result-fetched-late


def late(at: float = HOUR + 100.0) -> Script:
    script = ended()
    script.fetch(at, status=403, expired=True)
    return script


def test_a_download_after_the_urls_end_is_noticed() -> None:
    (found,) = result_fetched_late(late().observed(over=True))
    assert found.message == "the result of job job-1 was fetched too late"
    assert found.expected == "a download within the 3600 s that its URL was good"
    assert found.got == "the first attempt 39 s after that"
    assert [entry.number for entry in found.evidence] == [2, 3]
    assert list(result_fetched_late(late().observed(now=3 * HOUR)))


def test_who_asks_for_a_fresh_url_afterwards_recovers() -> None:
    script = late()
    script.poll(HOUR + 110.0, "success")
    assert not list(result_fetched_late(script.observed(over=True)))
    script.fetch(HOUR + 120.0)
    assert not list(result_fetched_late(script.observed(over=True)))


def test_trying_again_with_the_same_url_does_not_help() -> None:
    script = late()
    script.fetch(HOUR + 200.0, status=403, expired=True)
    (found,) = result_fetched_late(script.observed(over=True))
    assert [entry.number for entry in found.evidence] == [2, 3, 4]


def test_who_has_only_just_failed_may_still_recover() -> None:
    assert not list(result_fetched_late(late().observed()))


def test_a_url_that_was_never_good_is_not_the_clients_fault() -> None:
    script = ended(url_until=61.0)
    script.fetch(62.0, status=403, expired=True)
    assert not list(result_fetched_late(script.observed(over=True)))


def test_a_refusal_while_the_url_was_good_is_not_the_clients_fault() -> None:
    script = late(70.0)
    assert not list(result_fetched_late(script.observed(over=True)))


def test_another_refusal_is_not_lateness() -> None:
    script = ended()
    script.fetch(2 * HOUR, status=403)
    assert not list(result_fetched_late(script.observed(over=True)))


# result-incomplete


def parts(*fetched: dict[str, Any]) -> Script:
    script = ended()
    for at, facts in enumerate(fetched, 70):
        status = 206 if facts.get("first") else 200
        script.fetch(at, **{"status": status, "size": SIZE, **facts})
    return script


def test_a_download_that_was_cut_and_left_so_is_noticed() -> None:
    (found,) = result_incomplete(parts({"sent": 1000, "gone": True}).observed(over=True))
    assert found.message == "the result of job job-1 was fetched in part"
    assert found.expected == "5000 bytes"
    assert found.got == "1000 bytes in one request"
    assert [entry.number for entry in found.evidence] == [3]


@pytest.mark.parametrize(
    "fetched",
    [
        [{"sent": 1000, "whole": False}],
        [{"sent": 1000, "gone": True}, {"first": 1000, "sent": 1000, "gone": True}],
        [{"sent": 1000}, {"first": 2000, "sent": 3000}],
        [{"first": 10, "sent": SIZE - 10}],
        [{"sent": SIZE - 1}],
    ],
    ids=["cut by the scene", "given up twice", "a hole", "without its beginning", "without its end"],
)
def test_bytes_that_never_came_are_noticed(fetched: list[dict[str, Any]]) -> None:
    assert list(result_incomplete(parts(*fetched).observed(over=True)))


@pytest.mark.parametrize(
    "fetched",
    [
        [{"sent": SIZE}],
        [{"sent": 1000, "gone": True}, {"first": 1000, "sent": 4000}],
        [{"sent": 1000, "whole": False}, {"sent": SIZE}],
        [{"first": 2500, "sent": 2500}, {"sent": 2500}],
        [{"sent": 3000}, {"first": 1000, "sent": 4000}],
        [{"sent": 1000, "whole": False}, {"sent": 1000, "whole": False}],
        [{"sent": 0, "size": 0, "status": 403}],
        [{"sent": 0, "whole": False}],
        [{"sent": 0, "size": 0, "method": "HEAD"}],
    ],
    ids=[
        "whole",
        "resumed",
        "again from the start",
        "in any order",
        "overlapping",
        "cut again and again",
        "refused",
        "nothing came",
        "only looked",
    ],
)
def test_a_result_that_came_or_could_not_come_is_no_fault(fetched: list[dict[str, Any]]) -> None:
    script = parts()
    for at, facts in enumerate(fetched, 70):
        made = script.fetch(at, **{"size": SIZE, **{name: facts[name] for name in facts if name != "method"}})
        if "method" in facts:
            script.entries[-1] = msgspec.structs.replace(made, method=facts["method"])
    assert not list(result_incomplete(script.observed(over=True)))


def test_looking_at_the_head_is_no_further_attempt() -> None:
    script = parts({"sent": 1000, "whole": False})
    looked = script.fetch(80.0, sent=0, size=SIZE, whole=False)
    script.entries[-1] = msgspec.structs.replace(looked, method="HEAD")
    assert list(result_incomplete(script.observed(over=True)))


def test_the_rest_may_still_be_fetched_while_the_url_is_good() -> None:
    script = parts({"sent": 1000, "gone": True})
    assert not list(result_incomplete(script.observed(now=61.0 + HOUR)))
    assert list(result_incomplete(script.observed(now=61.0 + HOUR + 1)))


def test_a_result_whose_first_part_may_have_left_the_journal_is_not_judged() -> None:
    script = parts({"first": 1000, "sent": 4000})
    assert list(result_incomplete(script.observed(over=True)))
    del script.entries[:2]
    assert not list(result_incomplete(script.observed(over=True)))
    again = script.poll(80.0, "success")
    script.entries[-1] = msgspec.structs.replace(again, number=9)
    assert not list(result_incomplete(script.observed(over=True)))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6))
def test_a_result_is_whole_exactly_when_every_byte_came(spans: list[tuple[int, int]]) -> None:
    size = 20
    sent = [(first, min(length, size - first)) for first, length in spans]
    script = parts(*({"first": first, "sent": length, "size": size} for first, length in sent))
    covered = {place for first, length in sent for place in range(first, first + length)}
    found = list(result_incomplete(script.observed(over=True)))
    assert bool(found) is (0 < len(covered) < size)


def test_jobs_are_judged_one_by_one() -> None:
    script = lived(10)
    script.create(100.0, "job-2")
    script.poll(170.0, "success", "job-2")
    observed = script.observed(over=True)
    assert [found.message for found in result_never_fetched(observed)] == [
        "the result of job job-2 was never fetched"
    ]
    assert not list(result_incomplete(observed))
