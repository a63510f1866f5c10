import threading
from pathlib import Path

import pytest

from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.mockserver.proxy import observing
from bodydouble.mockserver.proxy.observing import Observer
from bodydouble.mockserver.proxy.watching import Sighting, Watch
from bodydouble.mockserver.recordings.recorder import Change, Recorder
from bodydouble.mockserver.recordings.recording_files import RecordingFolder, read_folder
from tests.exchanging import JOBS, created, polled


class Slow(Watch):
    """Judges when it is allowed to."""

    def __init__(self) -> None:
        super().__init__(JOBS)
        self.allowed = threading.Event()
        self.judged = 0

    def saw(self, exchange: Exchange) -> Sighting:
        self.allowed.wait(600)
        self.judged += 1
        return super().saw(exchange)


def test_findings_are_said_in_order_and_the_report_comes_last(tmp_path: Path) -> None:
    lines: list[str] = []
    folder = RecordingFolder(tmp_path)
    observer = Observer(Watch(JOBS, Recorder("", b"0123456789abcdef")), lines.append, folder)
    for exchange in (created(), polled("running"), polled("queued", at=20), polled("exploded", at=30)):
        observer.saw(exchange)
    report = list(observer.close())
    assert [line.rpartition("[")[2] for line in lines] == ["job-backwards]", "job-status-unknown]"]
    assert report[0] == "4 exchanges, 4 checked: 2 errors"
    assert (tmp_path / "job-0001.json").exists()


def test_traffic_never_waits_for_the_checks() -> None:
    watch = Slow()
    observer = Observer(watch, print)
    for _ in range(100):
        observer.saw(created())
    assert watch.judged == 0
    watch.allowed.set()
    first, *_ = observer.close()
    assert first.startswith("100 exchanges")


def test_what_is_too_much_is_counted_as_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "MAX_WAITING", 5)
    watch = Slow()
    observer = Observer(watch, print)
    for _ in range(20):
        observer.saw(created())
    watch.allowed.set()
    report = list(observer.close())
    assert observer.unseen in (14, 15)
    assert report[-1] == f"  {observer.unseen:>5} passed unseen: more came than could be looked at"


def test_bodies_that_wait_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "MAX_BYTES", 1000)
    watch = Slow()
    observer = Observer(watch, print)
    for _ in range(3):
        observer.saw(created(request=Message((), Body(b"x" * 600, 600))))
    watch.allowed.set()
    list(observer.close())
    assert observer.unseen == 2


def test_a_folder_that_vanishes_is_told_once_and_stops_nothing(tmp_path: Path) -> None:
    lines: list[str] = []
    folder = RecordingFolder(tmp_path / "there")
    (tmp_path / "there").rmdir()
    observer = Observer(Watch(JOBS, Recorder("", b"0123456789abcdef")), lines.append, folder)
    observer.saw(created())
    observer.saw(polled("running"))
    first, *_ = observer.close()
    assert first.startswith("2 exchanges")
    assert [line.startswith("error: cannot record in ") for line in lines] == [True]


def test_a_check_that_fails_does_not_end_the_checking() -> None:
    class Broken(Watch):
        def saw(self, exchange: Exchange) -> Sighting:
            if exchange.status == 200:
                raise RuntimeError("geheim")
            return super().saw(exchange)

    lines: list[str] = []
    observer = Observer(Broken(JOBS), lines.append)
    observer.saw(created())
    observer.saw(created({"message": "no"}, status=499))
    list(observer.close())
    assert lines[0] == "error: exchange 1 could not be judged: RuntimeError"
    assert "reply-status-undocumented" in lines[1]


def test_of_several_changes_of_one_file_the_last_is_written(tmp_path: Path) -> None:
    class Counting(RecordingFolder):
        saved = 0

        def save(self, change: Change) -> Path:
            self.saved += 1
            return super().save(change)

    folder, watch = Counting(tmp_path), Slow()
    watch._recorder = Recorder("", b"0123456789abcdef")
    observer = Observer(watch, print, folder)
    for exchange in (created(), *(polled("running", number=n, at=float(n)) for n in range(2, 50))):
        observer.saw(exchange)
    watch.allowed.set()
    list(observer.close())
    assert folder.saved < 5
    assert len(read_folder(tmp_path)[0].turns) == 49
