from typing import Any

import msgspec
import pytest

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.mockserver.control import answers
from bodydouble.mockserver.control.answers import CastingData, Explanation, Verdict
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.faults import Span
from tests.mockserver.control.desk import DOCUMENT

DESCRIBED = {
    "ClockReading": "Clock",
    "Namespace": "Namespace",
    "ScenarioInfo": "ScenarioInfo",
    "Failure": "Failure",
    "JobPlan": "Plan",
    "Forcing": "Forced",
    "JobFacts": "Facts",
    "Moment": "Moment",
    "JobInfo": "Job",
    "JobPage": "Jobs",
    "CastingData": "Casting",
    "LimitsData": "Limits",
    "Verdict": "Verdict",
    "ReportData": "Report",
    "CallData": "Call",
    "AskedRule": "Asked",
    "Explanation": "Explanation",
}
FINDING = Finding(
    rule="r", severity=Severity.ERROR, source="s", pointer="", message="too few", expected="one", got="none"
)


@pytest.mark.parametrize(("name", "schema"), DESCRIBED.items())
def test_a_type_has_the_members_that_the_document_describes(name: str, schema: str) -> None:
    kind: Any = getattr(answers, name)
    assert {field.name for field in msgspec.structs.fields(kind)} == set(
        DOCUMENT["components"]["schemas"][schema]["properties"]
    )


def test_every_type_is_described_or_a_part_of_one() -> None:
    kinds = {
        name
        for name, value in vars(answers).items()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == answers.__name__
    }
    assert kinds - set(DESCRIBED) == {"Polls", "JournalEntry", "RuleVerdict"}


def test_types_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Verdict(ok=True, findings=()).ok = False  # type: ignore[misc]  # which is what is tested


@pytest.mark.parametrize(
    ("data", "casting"),
    [
        ({"scenario": "slow"}, Casting("slow")),
        ({"scenario": "slow", "nth": 2}, Casting("slow", nth=Span(2))),
        ({"scenario": "slow", "nth": [2, 3], "models": ["a"]}, Casting("slow", ("a",), nth=Span(2, 3))),
    ],
)
def test_a_casting_becomes_what_the_double_uses(data: Any, casting: Casting) -> None:
    assert msgspec.convert(data, CastingData).casting() == casting


def test_a_verdict_and_an_explanation_speak_for_themselves() -> None:
    assert str(Verdict(ok=True, findings=())) == "as expected"
    assert str(Verdict(ok=False, findings=(FINDING,))) == "too few: expected one, got none"
    assert str(Explanation("a", True, "s", None, (), "because")) == "because"
