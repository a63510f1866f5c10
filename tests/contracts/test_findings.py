import pytest

from bodydouble.contracts.findings import Finding, Severity


def test_a_finding_needs_only_what_every_finding_has() -> None:
    made = Finding(rule="r", severity=Severity.NOTE, source="s", pointer="", message="m")
    assert (made.expected, made.got, made.hint) == ("", "", "")


def test_findings_with_the_same_words_are_the_same_finding() -> None:
    one, other = (
        Finding(rule="r", severity=Severity.ERROR, source="s", pointer="/p", message="m") for _ in "ab"
    )
    assert one == other
    assert len({one, other}) == 1


def test_a_finding_cannot_be_changed() -> None:
    made = Finding(rule="r", severity=Severity.NOTE, source="s", pointer="", message="m")
    with pytest.raises(AttributeError):
        made.message = "other"  # type: ignore[misc]  # that is the point


def test_severities_are_listed_worst_first() -> None:
    assert [str(severity) for severity in Severity] == ["error", "warning", "note"]
