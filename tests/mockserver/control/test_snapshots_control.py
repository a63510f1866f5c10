import json
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from bodydouble.mockserver.scenes.scenarios import SUCCEEDS
from tests.mockserver.control.desk import HERE, Desk


@dataclass(frozen=True)
class Odd:
    """A distribution that nothing can write down."""

    def quantile(self, share: float) -> float:
        return share


def test_a_namespace_goes_on_where_it_was_written_down() -> None:
    desk = Desk()
    desk.submit()
    desk.ask("PUT", f"{HERE}/scenario", {"scenario": "slow"})
    kept = desk.ask("GET", f"{HERE}/snapshot")
    jobs = desk.ask("GET", f"{HERE}/jobs")
    later = desk.submit()
    desk.ask("POST", f"{HERE}/reset")
    assert desk.ask("PUT", f"{HERE}/snapshot", kept)["scenario"] == "slow"
    assert desk.ask("GET", f"{HERE}/jobs") == jobs
    assert desk.submit() == later


def test_a_snapshot_can_be_put_into_a_namespace_that_has_not_begun() -> None:
    desk = Desk()
    desk.submit()
    kept = desk.ask("GET", f"{HERE}/snapshot")
    assert desk.ask("PUT", "/_double/namespaces/w1/snapshot", kept)["jobs"] == 1
    assert desk.ask("GET", "/_double/namespaces/w1")["name"] == "w1"


@pytest.mark.parametrize(
    "snapshot", [{}, {"format": 1}, {"format": "x"}, {"format": "bodydouble world 1"}, [], "x"]
)
def test_what_is_no_snapshot_is_refused_and_changes_nothing(snapshot: Any) -> None:
    desk = Desk()
    job = desk.submit()
    assert desk.refusal("PUT", f"{HERE}/snapshot", snapshot)[0] == 400
    assert [each["id"] for each in desk.ask("GET", f"{HERE}/jobs")["jobs"]] == [job]


def test_a_damaged_snapshot_is_refused() -> None:
    desk = Desk()
    desk.submit()
    kept = desk.ask("GET", f"{HERE}/snapshot")
    for member in kept:
        damaged = {**kept, member: 7}
        assert desk.refusal("PUT", f"{HERE}/snapshot", json.dumps(damaged).encode())[0] == 400


def test_what_cannot_be_written_down_is_a_conflict() -> None:
    desk = Desk(settings={"scenario": replace(SUCCEEDS, name="odd", queued=Odd())})
    status, text = desk.refusal("GET", f"{HERE}/snapshot")
    assert (status, "cannot be written down" in text) == (409, True)
