"""Recalling: the worlds that a state file holds, put back where they were when the server stopped.

Time went on meanwhile, as it does for jobs that nobody polls. What the command line says of new worlds (scenario,
speed, lifetime of URLs) counts for those in the file, too, unless somebody had changed it over the control API.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from bodydouble.mockserver.journals.journal import Entry
from bodydouble.mockserver.scenes.scenarios import Scenario

from .keeping import Keeper, Rest
from .kept_jobs import KeptStore
from .namespaces import BadName, Namespaces
from .notes import (
    JobNote,
    NoteError,
    Resolving,
    Setup,
    checked,
    decoded,
    encoded,
    founded,
    put_back,
    resolving,
)
from .service import Service
from .state_file import StateError, StateFile
from .worlds import Counts, World, WorldSettings


class Start(msgspec.Struct, frozen=True):
    """How a server was started.

    Attributes:
        seed: As text: it may have more than 64 bits.
        salt: Of the digests in journals.
        scenario: What happened to jobs that asked for nothing else.
        speed: Seconds that passed for jobs in one.
        url_ttl: Seconds a result's URL was good for.
        max_jobs: How many jobs a namespace kept.
    """

    seed: str
    salt: bytes
    scenario: Scenario
    speed: float
    url_ttl: float
    max_jobs: int


class Keepable(Protocol):
    """Whatever answers with a service and can have that kept; the application does."""

    @property
    def service(self) -> Service:
        """What decides."""
        ...

    def keep(self, keeper: Keeper) -> None:
        """Have everything kept from now on."""
        ...


D = TypeVar("D", bound=Keepable)


def remembering(
    path: Path,
    seed: int | None,
    settings: WorldSettings,
    salt: bytes,
    make: Callable[[WorldSettings, bytes], D],
) -> D:
    """Return what ``make`` makes, with the worlds in a state file, which are kept there from now on.

    Args:
        path: The file; it begins if it does not exist.
        seed: The seed that is asked for, or None for any.
        settings: How new worlds are set up; the file's seed comes before the one in them.
        salt: Of the digests in journals, where the file has none.
        make: Makes the application for settings and salt.

    Raises:
        StateError: The file cannot be used.
        Unwritable: The scenario of new worlds cannot be written down.
    """
    file = StateFile(path)
    try:
        start = start_in(file)
        salt = start.salt if start else salt
        seeded = replace(settings, seed=seed_for(file, start, settings.seed, seed), store=KeptStore)
        made = make(seeded, salt)
        service = made.service
        made.keep(recalled(file, service.worlds, resolving(service), start, salt))
    except BaseException:
        file.close()
        raise
    return made


def start_in(file: StateFile) -> Start | None:
    """Return how the server was started that wrote ``file`` last; None for a new file.

    Raises:
        StateError: The file is damaged.
    """
    rows = file.read("SELECT value FROM facts WHERE name = 'start'")
    if not rows:
        return None
    try:
        return decoded(rows[0][0], Start)
    except NoteError as problem:
        raise _damaged(file, problem) from None


def seed_for(file: StateFile, start: Start | None, new: int, seed: int | None) -> int:
    """Return the seed to go on with: that of the file, or ``new`` for a file without one.

    Raises:
        StateError: Another one is asked for with ``seed``.
    """
    if start is None:
        return new
    if seed is not None and str(seed) != start.seed:
        raise StateError(
            f"{file.path} was begun with seed {start.seed[:40]}, not {str(seed)[:40]}; leave the seed out, "
            "or choose another file"
        )
    return int(start.seed)


def recalled(
    file: StateFile, worlds: Namespaces, find: Resolving, start: Start | None, salt: bytes
) -> Keeper:
    """Put back the worlds in ``file``, and return who keeps them from now on.

    Args:
        file: Where they are.
        worlds: Where they are put.
        find: What this server knows.
        start: How the server was started that wrote the file, see :func:`start_in`.
        salt: Of the digests in journals.

    Raises:
        StateError: The file is damaged, or does not fit what is played here.
        Unwritable: The scenario of new worlds cannot be written down.
    """
    settings = worlds.settings
    own = Start(
        str(settings.seed),
        salt,
        checked(settings.scenario),
        settings.speed,
        settings.url_ttl,
        settings.max_jobs,
    )
    try:
        scenarios = tuple(find.scenario(each) for each in _scenarios(file))
        keeper = Keeper(file, worlds, scenarios)
        rows = file.read("SELECT name, setup, counts, used, rest FROM worlds ORDER BY name")
        for name, setup, counts, used, rest in rows:
            given = decoded(setup, Setup)
            usual = start is None or given.max_jobs == start.max_jobs
            room = settings.max_jobs if usual else given.max_jobs
            made = founded(given, worlds.default, find, still=False, max_jobs=room)
            _fill(made, name, file, scenarios, find, decoded(counts, Counts), rest)
            _follow(made, start, own)
            world = worlds.adopt(name, made, used)
            if world is not None:
                keeper.know(world)
    except (NoteError, BadName) as problem:
        raise StateError(
            f"{file.path} does not fit what is played here, or is damaged: {problem}; choose another file"
        ) from None
    ended = [(name,) for name, *_ in rows if worlds.get(name) is None]
    file.write(
        [
            ("INSERT OR REPLACE INTO facts VALUES ('start', ?)", (encoded(own),)),
            *(("DELETE FROM worlds WHERE name = ?", name) for name in ended),
            *(("DELETE FROM jobs WHERE world = ?", name) for name in ended),
            *(("DELETE FROM entries WHERE world = ?", name) for name in ended),
        ]
    )
    keeper.keep_all()
    return keeper


def _scenarios(file: StateFile) -> Iterator[Scenario]:
    rows = file.read("SELECT number, value FROM scenarios ORDER BY number")
    for expected, (number, value) in enumerate(rows):
        if number != expected:
            raise NoteError(f"scenario {expected} is missing")
        yield decoded(value, Scenario)


def _fill(
    world: World,
    name: str,
    file: StateFile,
    scenarios: Sequence[Scenario],
    find: Resolving,
    counts: Counts,
    rest: bytes | None,
) -> None:
    """Put jobs, counts and journal of the world called ``name`` into ``world``."""
    notes = file.read("SELECT note FROM jobs WHERE world = ? ORDER BY place", name)
    put_back((decoded(note, JobNote) for (note,) in notes), scenarios, world, find)
    if counts.plans < len(world.jobs) + counts.evicted:
        raise NoteError(f"the world '{name}' counts fewer jobs than it holds")
    last = decoded(rest, Rest) if rest else Rest()
    gone = ((job, float("inf") if end is None else end) for job, end in last.gone)
    world.recall(counts, gone, last.decisions)
    rows = file.read("SELECT entry FROM entries WHERE world = ? ORDER BY number", name)
    entries = [decoded(entry, Entry) for (entry,) in rows]
    number = entries[-1].number if entries else 0
    world.register.journal.recall(entries, max(last.dropped, number - len(entries)), number)


def _follow(world: World, before: Start | None, now: Start) -> None:
    """Have a world be as new ones are where it was as new ones were."""
    if before is None:
        return
    if world.scenario == before.scenario != now.scenario:
        world.scenario = now.scenario
    if world.url_ttl == before.url_ttl != now.url_ttl:
        world.url_ttl = now.url_ttl
    if world.clock.speed == before.speed != now.speed:
        world.clock.scale(now.speed)


def _damaged(file: StateFile, problem: Exception) -> StateError:
    return StateError(f"{file.path} is damaged: {problem}; choose another file")
