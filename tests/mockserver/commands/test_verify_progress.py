import pytest

from bodydouble.contracts.verify.progress import Progress
from bodydouble.mockserver.commands.verify_progress import progress_line, words


def test_words_tell_jobs_open_and_checks_done() -> None:
    told = words(Progress("corners", exchanges=20, checked=19, open_jobs=3, jobs=7, found=0))
    assert told == "corners · 3 of 7 jobs open · 19 checks done · 20 requests"
    assert words(Progress("corners", 1, 1, 0, 0, 2)).endswith("2 found")


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_line() as listener:
        listener(Progress("corners", 1, 1, 0, 0, 0))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_is_shown_a_line_and_left_clean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with progress_line() as listener:
        listener(Progress("corners", 1, 1, 0, 0, 0))
    captured = capsys.readouterr()
    assert "corners" in captured.err
    assert captured.out == ""
