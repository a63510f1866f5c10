import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bodydouble.mockserver.consumer.processes import HEAD, TAIL, NotStarted, run_command, stopwatch
from tests.limits import with_time

ENVIRONMENT = dict(os.environ)
PYTHON = (sys.executable, "-c")


def test_a_command_ends_with_its_code_and_both_streams() -> None:
    program = "import sys; print('out'); sys.stdout.flush(); print('err', file=sys.stderr); sys.exit(3)"
    finished = run_command((*PYTHON, program), ENVIRONMENT, 120)
    assert (finished.code, finished.output) == (3, "out\nerr\n")


@pytest.mark.timeout(300)
def test_at_the_deadline_it_ends_with_all_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    program = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(600)"
    )

    def act(limit: float) -> None:
        finished = run_command((*PYTHON, program), ENVIRONMENT, limit)
        assert finished.code is None
        assert not alive(int(note.read_text()))  # if the limit was long enough for the child to write

    with_time(act)


@pytest.mark.timeout(300)
def test_children_that_are_left_behind_are_ended_too(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    finished = run_command(("sh", "-c", f"sleep 600 & echo $! > {note}; echo done"), ENVIRONMENT, 120)
    assert (finished.code, finished.output) == (0, "done\n")
    assert not alive(int(note.read_text()))


@pytest.mark.timeout(300)
def test_another_thread_ends_it_early_with_its_children(tmp_path: Path) -> None:
    note, over = tmp_path / "pid", threading.Event()
    with ThreadPoolExecutor() as pool:
        running = pool.submit(
            run_command, ("sh", "-c", f"sleep 600 & echo $! > {note}; wait"), ENVIRONMENT, 900, None, over
        )
        while not (note.exists() and note.read_text().strip()):
            time.sleep(0.05)
        over.set()
        assert running.result().code is None
    assert not alive(int(note.read_text()))


def alive(pid: int) -> bool:
    for _ in range(600):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True


def test_output_without_end_is_kept_at_both_ends() -> None:
    program = "print('first'); print('x' * 1000000); print('last')"
    output = run_command((*PYTHON, program), ENVIRONMENT, 120).output
    assert len(output) == HEAD + TAIL
    assert output.startswith("first\n")
    assert output.endswith("last\n")


@pytest.mark.parametrize("word", ["/no/such/program", str(Path(__file__).parent)])
def test_what_cannot_be_started_says_why(word: str) -> None:
    with pytest.raises(NotStarted, match="cannot be started"):
        run_command((word,), ENVIRONMENT, 5)


def test_a_stopwatch_goes_forward() -> None:
    assert stopwatch() <= stopwatch()
