"""Looks at exchanges beside the traffic: one thread judges them and writes recordings, so that nothing waits for it."""

import queue
import threading
from collections.abc import Callable, Iterator

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.mockserver.recordings.recorder import Change
from bodydouble.mockserver.recordings.recording_files import RecordingFolder

from .watching import Watch, as_line

MAX_WAITING = 1_000
"""Exchanges that may wait to be looked at; beyond that they pass unseen, and the report says how many."""
MAX_BYTES = 256 * 1024 * 1024
"""Bytes of bodies that may wait."""

MAX_UNSAVED = 20
"""Files that may wait to be written while exchanges wait to be looked at."""

Say = Callable[[str], None]
"""Shows a line to the person who runs the proxy."""


class Observer:
    """Takes exchanges and looks at them in its own thread, one after the other.

    Attributes:
        unseen: Exchanges that were not looked at, because too many waited.
    """

    def __init__(self, watch: Watch, say: Say, folder: RecordingFolder | None = None) -> None:
        self.unseen = 0
        self._watch = watch
        self._say = say
        self._folder = folder
        self._waiting: queue.SimpleQueue[Exchange | None] = queue.SimpleQueue()
        self._bytes = 0
        self._lock = threading.Lock()
        self._troubles: set[str] = set()
        self._unsaved: dict[str, Change] = {}
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)
        self._thread.start()

    def saw(self, exchange: Exchange) -> None:
        """Take an exchange; returns at once."""
        size = _size(exchange)
        with self._lock:
            if self._waiting.qsize() >= MAX_WAITING or self._bytes + size > MAX_BYTES:
                self.unseen += 1
                return
            self._bytes += size
        self._waiting.put(exchange)

    def close(self) -> Iterator[str]:
        """Finish what waits and yield the lines of the report."""
        self._waiting.put(None)
        self._thread.join()
        yield from self._watch.report()
        if self.unseen:
            yield f"  {self.unseen:>5} passed unseen: more came than could be looked at"

    def _run(self) -> None:
        while (exchange := self._waiting.get()) is not None:
            self._look(exchange)
            with self._lock:
                self._bytes -= _size(exchange)
            # Of several changes of one file the last is enough, but nothing waits long to be safe.
            if self._waiting.empty() or len(self._unsaved) >= MAX_UNSAVED:
                self._save()
        self._save()

    def _look(self, exchange: Exchange) -> None:
        try:
            sighting = self._watch.saw(exchange)
        except Exception as problem:  # noqa: BLE001 - whatever a stranger's server sends, the next exchange is looked at
            self._tell(f"error: exchange {exchange.number} could not be judged: {type(problem).__name__}")
            return
        for finding in sighting.findings:
            self._say(as_line(finding))
        if sighting.change:
            self._unsaved[sighting.change.key] = sighting.change

    def _save(self) -> None:
        changes, self._unsaved = self._unsaved, {}
        if self._folder is None:
            return
        for change in changes.values():
            try:
                self._folder.save(change)
            except OSError as problem:
                self._tell(f"error: cannot record in {self._folder.folder}: {problem.strerror or problem}")

    def _tell(self, line: str) -> None:
        """Say what goes wrong here once; it will go wrong again."""
        if line not in self._troubles:
            self._troubles.add(line)
            self._say(line)


def _size(exchange: Exchange) -> int:
    return sum(len(message.body.content or b"") for message in (exchange.request, exchange.reply))
