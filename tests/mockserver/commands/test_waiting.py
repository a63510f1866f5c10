"""The terminal side: a line that tells status, time and next poll; a key only where one is needed."""

import io

import pytest
from rich.console import Console

from bodydouble.client import Job, KeyMissing, Kind, Pace, Progress, default_api
from bodydouble.mockserver.commands.outcomes import Target
from bodydouble.mockserver.commands.waiting import Line, Watch, client_for

RUNNING = Job(id="job-1", status="generating", kind=Kind.RUNNING, body=b"{}")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    api = default_api()
    for name in (*api.key_variables, *api.base_url_variables):
        monkeypatch.delenv(name, raising=False)


def shown(line: Line, *, terminal: bool = True) -> str:
    console = Console(file=io.StringIO(), width=100, force_terminal=terminal, color_system=None)
    with console.capture() as capture:
        console.print(line)
    return capture.get()


def test_the_line_tells_status_elapsed_and_next_poll() -> None:
    now = [100.0]
    line = Line(Console(file=io.StringIO(), force_terminal=True), lambda: now[0])
    line.hear(Progress(job=RUNNING, changed=False, elapsed=0, next_poll=5.0))
    now[0] += 3
    assert "generating · 3 s · next poll in 2 s" in shown(line)
    now[0] += 10
    assert "next poll in 0 s" in shown(line)


def test_the_line_tells_why_a_poll_told_nothing() -> None:
    line = Line(Console(file=io.StringIO(), force_terminal=True), lambda: 0.0)
    line.hear(Progress(job=RUNNING, changed=False, elapsed=0, next_poll=5.0, problem="HTTP 502"))
    assert "HTTP 502" in shown(line)


def test_a_reply_without_a_status_is_told_as_such() -> None:
    line = Line(Console(file=io.StringIO(), force_terminal=True), lambda: 0.0)
    line.hear(Progress(job=Job(id="job-1", body=b"{}"), changed=False, elapsed=0, next_poll=5.0))
    assert "no status · 0 s · next poll in 5 s" in shown(line)


def test_without_a_terminal_each_change_is_a_line() -> None:
    out = io.StringIO()
    line = Line(Console(file=out, force_terminal=False), lambda: 0.0)
    for changed in (True, False, False):
        line.hear(Progress(job=RUNNING, changed=changed, elapsed=0, next_poll=5.0))
    line.say("downloading")
    assert out.getvalue() == "generating\ndownloading\n"


@pytest.mark.parametrize("terminal", ["dumb", "unknown"])
def test_a_terminal_that_cannot_move_its_cursor_is_shown_each_change(
    terminal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", terminal)
    out = io.StringIO()
    line = Line(Console(file=out, force_terminal=True), lambda: 0.0)
    for _ in range(3):
        line.hear(Progress(job=RUNNING, changed=False, elapsed=0, next_poll=5.0))
    assert out.getvalue() == "generating\n"


def test_a_status_cannot_command_the_terminal() -> None:
    out = io.StringIO()
    line = Line(Console(file=out, force_terminal=False), lambda: 0.0)
    line.hear(
        Progress(
            job=Job(id="a", status="\x1b[2J[bold]x", body=b"{}"), changed=True, elapsed=0, next_poll=None
        )
    )
    assert out.getvalue() == "?[2J[bold]x\n"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000/v2", "http://[::1]:1"])
def test_a_server_on_this_machine_needs_no_key(url: str) -> None:
    with client_for(url, 0.5) as client:
        assert url.split("/")[2] in repr(client)


@pytest.mark.parametrize(
    "url", [None, "https://api.example", "http://127.0.0.1.example", "http://localhost.example"]
)
def test_every_other_server_does(url: str | None) -> None:
    with pytest.raises(KeyMissing):
        client_for(url, None)


def test_a_base_url_in_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(default_api().base_url_variables[0], "http://127.0.0.1:8000")
    client_for(None, None).close()


@pytest.mark.parametrize(
    ("interval", "pace"), [(None, Pace()), (0.5, Pace(first_poll=0.5, interval=0.5, growth=1))]
)
def test_an_interval_is_kept_from_the_first_poll_on(interval: float | None, pace: Pace) -> None:
    with client_for("http://127.0.0.1:8000", interval) as client:
        assert client._session.asking.pace == pace


def test_an_end_tells_once_and_sets_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch(Target(json=True))
    watch.saw(RUNNING)
    with pytest.raises(SystemExit) as caught, watch.ending():
        raise KeyboardInterrupt
    assert caught.value.code == 130
    out, err = capsys.readouterr()
    assert err.count("bodydouble job wait -- job-1") == 1
    assert '"outcome": "interrupted"' in out


def test_an_end_tells_of_the_job_as_it_was_last_seen(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch(Target(json=True))
    line = Line(Console(file=io.StringIO()), lambda: 0.0)
    watch.saw(Job(id="job-1"))
    watch.heard(line)(Progress(job=RUNNING, changed=True, elapsed=0, next_poll=None))
    with pytest.raises(SystemExit), watch.ending():
        raise KeyboardInterrupt
    assert '"status": "generating"' in capsys.readouterr().out


def test_a_mistake_in_the_program_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), Watch(Target()).ending():
        raise ZeroDivisionError
