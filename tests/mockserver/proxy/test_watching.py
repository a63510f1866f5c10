from dataclasses import replace

import pytest

from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.mockserver.proxy import watching
from bodydouble.mockserver.proxy.watching import Watch, as_line
from bodydouble.mockserver.recordings.recorder import Recorder
from tests.apis import TEXT, contract, jobs, record, words
from tests.exchanging import JOBS, KEY, created, done, polled


def found(*exchanges: Exchange, watch: Watch | None = None) -> list[str]:
    watcher = watch or Watch(JOBS)
    return [finding.rule for exchange in exchanges for finding in watcher.saw(exchange).findings]


def test_a_sound_life_is_quiet() -> None:
    watch = Watch(JOBS)
    assert found(created(), polled("running"), polled(done(), at=20), watch=watch) == []
    assert list(watch.report()) == ["3 exchanges, 3 checked: no findings"]


def test_findings_appear_as_they_occur() -> None:
    assert found(created(), polled("running"), polled("queued", at=20)) == ["job-backwards"]


def test_what_was_said_is_not_said_again_but_counted() -> None:
    watch = Watch(JOBS)
    broken = [polled("exploded", number=n, at=10.0 * n) for n in range(1, 4)]
    assert found(created(), *broken, watch=watch) == ["job-status-unknown"]
    assert any("3 times error: reply 1, GET /jobs /status: " in line for line in watch.report())


def test_jobs_are_not_mixed_up() -> None:
    other = {"id": "another-job", "status": "queued"}
    assert (
        found(created(), polled("running"), created(other), polled(other, asked="another-job", at=30)) == []
    )


def test_a_job_keeps_its_own_pattern_among_several_on_one_path() -> None:
    two = contract(jobs("alpha"), jobs("beta"))
    watch = Watch(two)
    watch.saw(created(asked={"model": "beta"}))
    (known,) = watch._jobs.values()
    assert known.pattern is two.patterns[1]


def test_a_job_of_which_nothing_is_known_gets_the_benefit_of_the_doubt() -> None:
    told = record(["id", "status"], id=TEXT, status=words("waiting", "ready"), result=record(url=TEXT))
    two = contract(jobs("alpha"), jobs("beta", reply=told))
    assert found(polled("waiting"), watch=Watch(two)) == []
    assert found(polled("running"), watch=Watch(two)) == []
    assert found(polled("exploded"), watch=Watch(two)) == ["job-status-unknown"]


def test_a_key_in_the_wrong_place_is_never_shown() -> None:
    watch = Watch(JOBS)
    found = watch.saw(created({"id": KEY, "status": KEY}, asked={"model": KEY})).findings
    assert found
    assert KEY not in "".join((*map(as_line, found), *watch.report()))


def test_what_could_not_be_looked_at_is_never_called_fine() -> None:
    watch = Watch(JOBS)
    large = Message((("content-type", "application/json"),), Body(None, 99_000_000))
    strange = replace(
        polled("running").reply, fields=(("content-type", "application/json"), ("content-encoding", "br"))
    )
    watch.saw(replace(polled("x"), path="/other"))
    watch.saw(created(request=large))
    watch.saw(polled("running", reply=strange))
    watch.saw(polled(None, status=0, reply=Message(), ending=Ending.LOST))
    watch.saw(polled(None, status=0, reply=Message(), ending=Ending.LEFT))
    report = "\n".join(watch.report())
    assert report.startswith("5 exchanges, 4 checked: no findings")
    assert "1 were of no operation" in report
    assert "2 had a body that could not be looked at" in report
    assert "1 got no reply from upstream" in report
    assert "1 were broken off by the client" in report


def test_recordings_are_made_if_asked_for() -> None:
    assert Watch(JOBS).saw(created()).change is None
    change = Watch(JOBS, Recorder("", b"0123456789abcdef")).saw(created()).change
    assert change is not None
    assert '"job": "job-1"' in change.text


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MAX_JOBS", 3)
    monkeypatch.setattr(watching, "MAX_KINDS", 2)
    watch = Watch(JOBS)
    for number in range(9):
        watch.saw(created({"id": f"j{number}", "status": "queued", f"extra{number}": 1}))
        watch.saw(polled({"id": f"j{number}", "status": "done", "error": number}, asked=f"j{number}"))
    assert len(watch._jobs) == 3
    assert len(watch._first) == 2


def test_polling_for_ever_is_remembered_as_one_observation() -> None:
    watch = Watch(JOBS)
    watch.saw(created())
    for number in range(200):
        watch.saw(polled("running", number=number, at=float(number + 1)))
    (known,) = watch._jobs.values()
    assert len(known.observations) == 2


def test_a_finding_is_one_line_that_moves_no_cursor() -> None:
    finding = Finding(
        rule="r",
        severity=Severity.ERROR,
        source="reply 1",
        pointer="/a",
        message="m\x1b[2J\n",
        expected="e",
        got="g",
    )
    assert as_line(finding) == "error: reply 1 /a: m\ufffd[2J\ufffd; expected e, got g [r]"
