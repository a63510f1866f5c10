import time
from pathlib import Path
from typing import Any

import click
import pytest

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.verify.budgets import REMOTE_JOBS
from bodydouble.contracts.verify.pacing import LOCAL, MOVED, Pace, Time
from bodydouble.mockserver.commands.verify_options import fail_on, pace_for, say, settings_for, show, write
from bodydouble.mockserver.commands.verify_targets import Place

NOTHING: Any = None
REMOTE = Place(NOTHING, Time(time.monotonic, time.sleep), is_local=False)
HERE = Place(NOTHING, Time(time.monotonic, time.sleep), is_local=True)
INSIDE = Place(NOTHING, Time(time.monotonic, time.sleep, wall=time.monotonic), is_local=True)
UNSAID = dict.fromkeys(("max_jobs", "max_cost", "max_time", "interval", "job_timeout", "negative"))


def told(place: Place, **said: Any) -> Any:
    return settings_for(place, **{"seed": 1, "examples": 3, **UNSAID, **said})


def test_elsewhere_a_run_is_careful_with_money() -> None:
    settings = told(REMOTE)
    assert (settings.limits.jobs, settings.negative, settings.shrink) == (REMOTE_JOBS, False, False)


def test_on_this_machine_it_is_thorough() -> None:
    settings = told(HERE)
    assert (settings.limits.jobs, settings.negative, settings.shrink) == (None, True, True)


def test_what_is_said_counts() -> None:
    settings = told(REMOTE, max_jobs=50, negative=True, shrink=True, max_cost=3.0)
    assert (settings.limits.jobs, settings.limits.usd, settings.negative, settings.shrink) == (
        50,
        3.0,
        True,
        True,
    )
    assert told(HERE, negative=False).negative is False


def test_the_pace_is_that_of_the_place_and_an_interval_that_is_said_stays() -> None:
    assert [pace_for(place, None, None) for place in (REMOTE, HERE, INSIDE)] == [Pace(), LOCAL, MOVED]
    pace = pace_for(HERE, 7.0, 60.0)
    assert (pace.after(0), pace.after(9), pace.job_timeout) == (7.0, 7.0, 60.0)


def test_warnings_count_unless_errors_alone_are_wanted() -> None:
    assert fail_on("error") == {Severity.ERROR}
    assert Severity.NOTE not in fail_on("warning")


def test_what_comes_from_outside_does_not_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[2Jb\rc")
    assert capsys.readouterr().err == "a\ufffd[2Jb\ufffdc\n"
    show(["a\x1b[2J", "b\u202e"])
    assert capsys.readouterr().out == "a\ufffd[2J\nb\ufffd\n"


def test_a_report_goes_to_a_file_or_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "r", "text\n")
    write(Path("-"), "more\n")
    assert (tmp_path / "r").read_text() == "text\n"
    assert capsys.readouterr().out == "more\n"
    with pytest.raises(click.ClickException, match="cannot be written"):
        write(tmp_path / "missing" / "r", "")
