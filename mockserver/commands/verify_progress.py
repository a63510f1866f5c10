"""How far ``verify`` is: a line that moves on a terminal, and nothing elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from bodydouble.contracts.verify.progress import Listener, Progress


@contextmanager
def progress_line() -> Iterator[Listener]:
    """Show a line on stderr while the block runs; give what moves it."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal or sys.stderr.closed:
        yield _nothing
        return
    spinner = Spinner("dots")
    with Live(spinner, console=console, transient=True, refresh_per_second=8):
        yield lambda progress: spinner.update(text=Text(words(progress), no_wrap=True, overflow="ellipsis"))


def words(progress: Progress) -> str:
    """Return how far a run is, in words."""
    parts = [
        progress.phase,
        f"{progress.open_jobs} of {progress.jobs} jobs open",
        f"{progress.checked} checks done",
        f"{progress.exchanges} requests",
    ]
    if progress.found:
        parts.append(f"{progress.found} found")
    return " · ".join(parts)


def _nothing(_progress: Progress) -> None:
    return
