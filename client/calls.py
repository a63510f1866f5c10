"""What the methods of both clients have in common: defaults, and arguments turned into what is needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from .downloading import Order
from .errors import ConfigurationError, StorageError
from .models import Job, Progress
from .parsing import shown
from .partfile import PartFile
from .session import Session, seconds

Listener: TypeAlias = Callable[[Progress], None]
"""Told how a wait goes on; called between polls, so it should be quick."""

WAIT = 900.0
"""How long a wait lasts unless said otherwise, in seconds; upstream's samples wait 600 to 1000."""

LIMIT = 2 * 1024**3
"""Most bytes of a video unless said otherwise."""


def order_of(index: int, timeout: float, limit: int) -> Order:
    """Return what to fetch.

    Raises:
        ConfigurationError: A number is negative or none.
    """
    if index < 0 or limit < 0:
        raise ConfigurationError(f"index and limit must not be negative, got {index} and {limit}")
    return Order(index=index, timeout=seconds(timeout), limit=limit)


def part_of(job: Job, path: Path) -> PartFile:
    """Return the part file for a download to ``path``, locked.

    Raises:
        StorageError: It cannot be written, or another download is writing it.
    """
    try:
        return PartFile(path)
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot save job {shown(job.id)}: {error}", job=job) from error


@contextmanager
def naming(job: Job) -> Iterator[None]:
    """Let whatever a hook raises pass, with the id of the job that is now paid for."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"job {shown(job.id)} exists and goes on; to resume, attach to that id")
        raise


def described(settings: Session, name: str) -> str:
    """Return a client's ``repr``: where it asks, and no key."""
    return f"{name}(base_url={settings.asking.root!r}, api={settings.asking.api.name!r})"
