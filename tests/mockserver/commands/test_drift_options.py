from datetime import date, datetime
from pathlib import Path

import click
import pytest

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.rules import RULES
from bodydouble.mockserver.commands.drift_options import Output, outputs, policy_of
from tests.drifting import RENAMED


def test_text_goes_to_standard_output_unless_something_else_does() -> None:
    assert outputs([], []) == (Output("text"),)
    assert outputs(["json"], []) == (Output("json"),)


def test_each_format_goes_to_its_file_and_text_to_the_screen_beside(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    assert outputs(["sarif", "junit"], [str(first), str(second)]) == (
        Output("sarif", first),
        Output("junit", second),
        Output("text"),
    )
    assert outputs(["sarif", "json"], [str(first)]) == (Output("sarif", first), Output("json"))
    assert outputs(["sarif", "json"], ["-", str(first)]) == (Output("sarif"), Output("json", first))


@pytest.mark.parametrize(
    ("name", "chosen"),
    [("a.sarif", "sarif"), ("a.JSON", "json"), ("a.md", "markdown"), ("a.xml", "junit"), ("a.txt", "text")],
)
def test_a_file_without_a_format_has_that_of_its_ending(tmp_path: Path, name: str, chosen: str) -> None:
    assert outputs([], [str(tmp_path / name)])[0] == Output(chosen, tmp_path / name)


@pytest.mark.parametrize(
    ("formats", "paths", "said"),
    [
        (["json", "sarif"], [], "more than one report would go to standard output"),
        (["json", "json"], ["x", "x"], "more than one report would go to x"),
        ([], ["report"], "the format cannot be told"),
        ([], ["-"], "the format cannot be told"),
        (["json"], ["missing/report.json"], "is in no folder that exists"),
        (["json"], ["."], "is a folder"),
    ],
)
def test_reports_that_would_get_lost_are_a_mistake(formats: list[str], paths: list[str], said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        outputs(formats, paths)


def test_the_policy_is_what_the_options_say(tmp_path: Path) -> None:
    silences = tmp_path / "s.yaml"
    silences.write_text(f"- {{rule: {RENAMED}, fingerprint: '{'0' * 16}', reason: known}}\n")
    policy = policy_of(
        RULES,
        fail_on="risky",
        overrides=[f"{RENAMED}=safe"],
        silences=str(silences),
        today=datetime(2026, 1, 2),  # noqa: DTZ001 - as click gives it
    )
    assert (policy.fail_on, policy.overrides, policy.today) == (
        Impact.RISKY,
        {RENAMED: Impact.SAFE},
        date(2026, 1, 2),
    )
    assert [each.reason for each in policy.silences] == ["known"]


def test_failing_on_nothing_is_possible() -> None:
    assert policy_of(RULES, fail_on="none", overrides=[], silences=None, today=None).fail_on is None


@pytest.mark.parametrize(
    ("overrides", "silences", "said"),
    [(["nonsense=safe"], None, "no rule is called"), ([], "missing.yaml", "no such file or folder")],
)
def test_a_policy_that_makes_no_sense_is_a_mistake(
    overrides: list[str], silences: str | None, said: str
) -> None:
    with pytest.raises(click.UsageError, match=said):
        policy_of(RULES, fail_on="safe", overrides=overrides, silences=silences, today=None)
