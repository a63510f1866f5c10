import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.placing import lines_of
from bodydouble.contracts.drift.silences import Silence, Silenced
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.rendering.data import as_data
from tests.drifting import BY_ID, DEFAULT, RENAMED, UNREAD, asking, change, hostile_reports, place, report

SCHEMA = json.loads((Path(__file__).parents[3] / "contracts" / "rendering" / "drift.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
SILENCED = Silenced(change(), Silence(1, RENAMED, "0" * 16, "nobody sends it", date(2026, 12, 31)))
FULL = report(
    change(witness=asking({"a": 1}), consequences=("so",), reverted_to="2025"),
    change(DEFAULT, places=(place(""), place())),
    silenced=(SILENCED,),
    notices=("a notice",),
    unseen=(UNREAD,),
    operations=("POST /v2/things",),
)


def test_the_published_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_full_report_follows_the_published_schema() -> None:
    lines = lines_of(FULL.changes, lambda _: b'{"paths": {}}', lambda _: b'{"paths": {}}')
    data = as_data(FULL, BY_ID, lines)
    VALIDATOR.validate(data)
    assert data["outcome"] == "findings"
    assert data["counts"] == {"breaking": 2, "risky": 0, "defect": 0, "safe": 0, "noise": 0}


def test_places_have_both_ends_with_their_lines_and_null_for_none() -> None:
    lines = lines_of(FULL.changes, lambda _: b'{"paths": {}}', lambda _: b'{"paths": {}}')
    changes = as_data(FULL, BY_ID, lines)["changes"]
    assert isinstance(changes, list)
    assert isinstance(changes[1], dict)
    assert changes[1]["places"] == [
        {
            "operation": "POST /v2/things",
            "old": {"source": "old.json", "pointer": "/paths", "line": 1, "column": 2},
            "new": None,
        },
        {
            "operation": "POST /v2/things",
            "old": {"source": "old.json", "pointer": "/paths", "line": 1, "column": 2},
            "new": {"source": "new.json", "pointer": "/paths", "line": 1, "column": 2},
        },
    ]


def test_what_somebody_silenced_is_there_with_reason_and_last_day() -> None:
    silenced = as_data(FULL, BY_ID)["silenced"]
    assert isinstance(silenced, list)
    assert isinstance(silenced[0], dict)
    assert (silenced[0]["reason"], silenced[0]["expires"]) == ("nobody sends it", "2026-12-31")


@pytest.mark.parametrize("member", ["changes", "unseen", "outcome", "format"])
def test_the_schema_notices_a_member_that_is_missing(member: str) -> None:
    data: dict[str, JSON] = as_data(FULL, BY_ID)
    del data[member]
    assert not VALIDATOR.is_valid(data)


@settings(max_examples=50)
@given(hostile_reports)
def test_whatever_is_told_follows_the_published_schema(told: Report) -> None:
    data = as_data(told, BY_ID)
    VALIDATOR.validate(data)
    assert json.loads(json.dumps(data)) == data
