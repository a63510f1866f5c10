"""A state file is recalled with the options of the new start, or refused with a reason."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.state_file import StateError
from tests.apis import BUNDLED, contract, jobs, submitted

PATTERN = BUNDLED.patterns[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def start(path: Path, played: Contract = BUNDLED, clock: ManualClock | None = None, **options: Any) -> Double:
    return create_app(played, clock=clock or ManualClock(), state=path, **options)


def live(path: Path, clock: ManualClock | None = None, **options: Any) -> list[str]:
    """Have a server keep two jobs, and return their ids."""
    double = start(path, clock=clock, **options)
    for _ in range(2):
        submitted(double.service, PATTERN)
    ids = [job.id for job in double.service.world.jobs]
    double.close()
    return ids


def test_the_seed_of_the_file_is_gone_on_with(path: Path) -> None:
    ids = live(path, seed=7)
    again = start(path)
    submitted(again.service, PATTERN)
    fresh = create_app(BUNDLED, seed=7)
    for _ in range(3):
        submitted(fresh.service, PATTERN)
    assert [job.id for job in again.service.world.jobs] == [job.id for job in fresh.service.world.jobs]
    assert [job.id for job in again.service.world.jobs][:2] == ids
    assert again.service.worlds.named("n").settings.seed == fresh.service.worlds.named("n").settings.seed
    again.close()


def test_another_seed_is_refused(path: Path) -> None:
    live(path, seed=7)
    with pytest.raises(StateError, match="begun with seed 7, not 8"):
        start(path, seed=8)
    start(path, seed=7).close()


def test_time_went_on_while_no_server_ran(path: Path) -> None:
    clock = ManualClock()
    live(path, clock, speed=10.0)
    later = ManualClock(clock.now + 60)
    again = start(path, clock=later, speed=10.0)
    assert again.service.world.clock() == pytest.approx(clock.now + 600)
    again.close()


def test_what_new_worlds_get_the_old_ones_get_unless_they_were_changed(path: Path) -> None:
    double = start(path)
    changed = double.service.worlds.named("changed")
    changed.scenario, changed.url_ttl = shipped()["flaky"], 5.0
    changed.clock.scale(2)
    roomy = double.service.worlds.named("roomy")
    roomy.become(roomy.anew(3, 7))
    double.close()
    again = start(path, scenario="slow", speed=60.0, url_ttl=9.0, max_jobs=50)
    told = {
        world.name: (world.scenario.name, world.clock.speed, world.url_ttl) for world in again.service.worlds
    }
    assert told == {"": ("slow", 60, 9), "changed": ("flaky", 2, 5), "roomy": ("slow", 60, 9)}
    assert [world.jobs.limit for world in again.service.worlds] == [50, 50, 7]
    again.close()


def test_a_namespace_that_was_idle_for_too_long_is_forgotten(path: Path) -> None:
    double = start(path)
    double.service.worlds.named("old").used -= 7200
    double.service.worlds.named("young")
    double.service.worlds.idle = 1e9
    double.close()
    again = start(path, namespace_idle=3600.0)
    assert [world.name for world in again.service.worlds] == ["", "young"]
    again.close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM worlds").fetchone() == (2,)
    db.close()


def test_digests_of_keys_stay_what_they_were(path: Path) -> None:
    for _ in range(2):
        double = start(path)
        with TestClient(double) as http:
            http.get(PATTERN.poll.path, headers={"Authorization": "Bearer sk-secret-0123456789"})
        double.close()
    again = start(path)
    keys = [entry.key for entry in again.service.world.journal]
    again.close()
    assert (len(keys), len(set(keys)), "" in keys) == (2, 1, False)


def rewritten(statement: str, *values: object) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with sqlite3.connect(path) as db:
            db.execute(statement, values)
        db.close()

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (rewritten("UPDATE jobs SET note = ?", b"{"), "truncated|damaged"),
        (rewritten("UPDATE jobs SET note = ?", b'{"id": 7}'), "id"),
        (rewritten("UPDATE worlds SET setup = ?", b"{}"), "seed"),
        (rewritten("UPDATE worlds SET counts = ?", b'{"plans": 1}'), "counts fewer jobs"),
        (rewritten("UPDATE worlds SET counts = ?", b'{"plans": 1000000000000}'), "plans"),
        (rewritten("UPDATE worlds SET used = 1e12, name = ?", "no name"), "names no namespace"),
        (rewritten("DELETE FROM scenarios"), "has scenario 0; there are 0"),
        (rewritten("UPDATE scenarios SET number = number + 1"), "scenario 0 is missing"),
        (rewritten("UPDATE facts SET value = ?", b"[]"), "damaged"),
        (rewritten("DROP TABLE jobs"), "no such table"),
        (rewritten("UPDATE jobs SET note = replace(note, 'POST', 'PUT')"), "has no operation"),
    ],
)
def test_a_file_with_something_wrong_in_it_is_refused_and_free_again(
    path: Path, change: Callable[[Path], None], told: str
) -> None:
    live(path)
    change(path)
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StateError, match=told) as caught:
            start(path)
        assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_a_file_of_another_contract_is_refused(path: Path) -> None:
    live(path)
    with pytest.raises(StateError, match=r"does not fit what is played here.*has no operation"):
        start(path, contract(jobs()))
    start(path).close()


def test_without_a_state_nothing_is_kept_and_closing_does_nothing(tmp_path: Path) -> None:
    double = create_app(BUNDLED)
    submitted(double.service, PATTERN)
    double.close()
    assert list(tmp_path.iterdir()) == []
