import contextlib
import io
import json
import sys
from pathlib import Path

import pytest

from bodydouble.contracts.drift.judging import Exit
from bodydouble.contracts.drift.placing import NOWHERE
from bodydouble.contracts.drift.rules import RULES
from bodydouble.contracts.rendering.screen import Span
from bodydouble.mockserver.commands.drift_options import FORMATS, Output
from bodydouble.mockserver.commands.drift_reporting import could_not_look, put, put_out, rendered, say, show
from tests.drifting import RENAMED, change, place, report


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_the_rule(name: str) -> None:
    assert RENAMED in rendered(name, report(change()), RULES, NOWHERE, everything=False)


def test_files_are_written_whole_and_lines_looked_up_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    def find_lines() -> object:
        calls.append(1)
        return NOWHERE

    wanted = [Output("json", tmp_path / "a.json"), Output("sarif", tmp_path / "a.sarif"), Output("text")]
    code = put_out(report(change()), wanted, RULES, find_lines=find_lines)  # type: ignore[arg-type]  # counts its calls
    assert code is Exit.FINDINGS
    assert calls == [1]
    assert json.loads((tmp_path / "a.json").read_text())["outcome"] == "findings"
    assert json.loads((tmp_path / "a.sarif").read_text())["version"] == "2.1.0"
    assert "BREAKING" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.sarif"]


def test_text_alone_looks_up_no_lines() -> None:
    def never() -> object:
        raise AssertionError

    assert put_out(report(), [Output("text")], RULES, find_lines=never) is Exit.CLEAN  # type: ignore[arg-type]  # same


def test_a_report_that_cannot_be_written_is_not_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        put(Output("text", tmp_path / "gone" / "a.txt"), "x")
    assert caught.value.code == Exit.COULD_NOT_LOOK
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("force", ["", "1"])
def test_a_standard_output_that_is_full_is_not_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], force: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", force)
    with Path("/dev/full").open("w", encoding="utf-8", buffering=1) as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as caught:
            show(LINES * 5)
        monkeypatch.undo()
        with contextlib.suppress(OSError):
            full.close()
    assert caught.value.code == Exit.COULD_NOT_LOOK
    assert "cannot write to standard output" in capsys.readouterr().err


def test_what_the_terminals_encoding_lacks_is_shown_as_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    say("a → b \udcff\n")
    sys.stdout.flush()
    assert raw.getvalue() == b"a \\u2192 b \\udcff\n"


LINES = ((Span("BREAKING", "bold red"), Span(" [x] (y)")),)


def test_off_a_terminal_there_are_no_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    show(LINES)
    assert capsys.readouterr().out == "BREAKING [x] (y)\n"


def test_colours_can_be_forced_and_no_color_takes_them_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    show(LINES)
    assert "\x1b[1;31mBREAKING" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    show(LINES)
    text = capsys.readouterr().out
    assert "31m" not in text
    assert "BREAKING" in text
    assert "[x] (y)" in text


def test_why_nothing_could_be_looked_at_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert could_not_look(ValueError("it is empty")).code == Exit.COULD_NOT_LOOK
    assert capsys.readouterr().err == "Error: could not look: it is empty\n"


def test_a_name_that_no_encoding_has_gets_into_every_format() -> None:
    odd = report(change(places=(place("a\udcff\n::x.json"),)))
    for name in FORMATS:
        assert rendered(name, odd, RULES, NOWHERE, everything=True).encode()
