"""Keeping: what of the worlds is written to the state file, and when.

Before a reply is sent, everything is written that a later answer depends on: a new job, what was counted, polls and
fetches where a scenario counts them or has faults, what was changed by control. What nothing depends on (other
polls and fetches, the journal, the decisions that can be explained) is written now and then, and at the end.
"""

from collections.abc import Callable, Iterator

import msgspec
from msgspec.structs import replace

from bodydouble.mockserver.http.messages import About, Request, Response
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.faults import Decision
from bodydouble.mockserver.scenes.scenarios import Scenario

from .jobs import Job
from .kept_jobs import KeptStore
from .namespaces import Namespaces
from .notes import Unwritable, checked, encoded, note_of, setup_of
from .problems import Problem
from .state_file import StateError, StateFile, Statement
from .worlds import World

EVERY = 256
"""Requests after which what nothing depends on is written, too."""

Answer = Callable[[Request], Response]
"""Returns the reply to a request."""
Refuse = Callable[[Problem, Request], Response]
"""Returns the reply that tells a problem."""

_SCENARIO = "INSERT INTO scenarios VALUES (?, ?)"
_JOB = "INSERT INTO jobs (world, id, note) VALUES (?, ?, ?) ON CONFLICT (world, id) DO UPDATE SET note = excluded.note"
_LEFT = "DELETE FROM jobs WHERE world = ? AND id = ?"
_WORLD = "INSERT INTO worlds (name, setup, counts, used) VALUES (?, ?, ?, ?)"
_SETUP = "UPDATE worlds SET setup = ? WHERE name = ?"
_COUNTS = "UPDATE worlds SET counts = ?, used = ? WHERE name = ?"
_REST = "UPDATE worlds SET rest = ?, used = ? WHERE name = ?"
_ENTRY = "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)"
_OLDER = "DELETE FROM entries WHERE world = ? AND number < ?"
_EMPTY = (
    "DELETE FROM worlds WHERE name = ?",
    "DELETE FROM jobs WHERE world = ?",
    "DELETE FROM entries WHERE world = ?",
)


class Rest(msgspec.Struct, frozen=True):
    """What is written of a world only when its server stops.

    Attributes:
        gone: The last jobs that had to leave: id, and when each ended or would have, None for never.
        dropped: How many entries had left the journal.
        decisions: Those that can be explained.
    """

    gone: tuple[tuple[str, float | None], ...] = ()
    dropped: int = 0
    decisions: tuple[Decision, ...] = ()


class Shelf:
    """What is in the file of one world.

    Attributes:
        world: Whose it is.
        jobs: The store that is written; where the world has another one by now, all is written anew.
        setup: How the world was set up when that was written.
        tally: What it had counted when that was written.
        entry: Number of the last entry of the journal that is written.
        facts: Jobs with polls or fetches that are not written, by id; nothing depends on them.
    """

    def __init__(self, world: World) -> None:
        if not isinstance(world.jobs, KeptStore):
            raise TypeError(f"a world that is kept has a KeptStore; got {type(world.jobs).__name__}")
        self.world = world
        self.jobs = world.jobs
        self.setup = _setup(world)
        self.tally: tuple[object, ...] = ()
        self.entry = 0
        self.facts: dict[str, Job] = {}

    @property
    def is_current(self) -> bool:
        """Whether the world still is the one that is written."""
        return self.jobs is self.world.jobs


class Keeper:
    """Writes the worlds of one server to its state file."""

    def __init__(self, file: StateFile, worlds: Namespaces, scenarios: tuple[Scenario, ...] = ()) -> None:
        """Set up.

        Args:
            file: Where they are written.
            worlds: Which; their stores are :class:`~bodydouble.mockserver.kept_jobs.KeptStore`.
            scenarios: Those in the file, by number.
        """
        self._file = file
        self._worlds = worlds
        self._scenarios = list(scenarios)
        self._alike: list[Scenario] = []
        self._numbers = {id(scenario): number for number, scenario in enumerate(scenarios)}
        self._shelves: dict[str, Shelf] = {}
        self._requests = 0

    def know(self, world: World) -> None:
        """Take ``world`` for written: it was read from the file just now."""
        self._shelves[world.name] = shelf = Shelf(world)
        self._have_written(shelf, world.tally, everything=True)

    def kept(self, answer: Answer, refuse: Refuse) -> Answer:
        """Return an ``answer`` whose replies are written before they are sent; what cannot be is refused with 503."""

        def answer_and_keep(request: Request) -> Response:
            response = answer(request)
            if response.about is not None:
                try:
                    self.keep(response.about)
                except (StateError, Unwritable) as problem:
                    return refuse(Problem(503, str(problem)), request)
            return response

        return answer_and_keep

    def keep(self, about: About) -> None:
        """Write what a later answer depends on, after a request was decided and before its reply is sent.

        Raises:
            StateError: It cannot be written.
            Unwritable: A scenario cannot.
        """
        shelf = self._shelves.get(about.namespace)
        known = shelf is not None and shelf.is_current and shelf.world is self._worlds.get(about.namespace)
        if shelf is None or not known or about.purpose is Purpose.CONTROL:
            self.keep_all()
            return
        if about.job:
            self._touched(shelf, about.job)
        self._requests += 1
        self._write(shelf, everything=self._requests % EVERY == 0)

    def keep_all(self) -> None:
        """Write every world that began, was changed or is another one now, and forget those that ended.

        Raises:
            StateError: It cannot be written.
            Unwritable: A scenario cannot.
        """
        living = {world.name: world for world in self._worlds}
        for name in [name for name in self._shelves if name not in living]:
            self._file.write((statement, (name,)) for statement in _EMPTY)
            del self._shelves[name]
        for name, world in living.items():
            shelf = self._shelves.get(name)
            if shelf is None or not shelf.is_current or shelf.world is not world:
                self._begin(world)
            elif shelf.setup != _setup(world):
                self._write(shelf, (_SETUP, (encoded(setup_of(world)), name)), everything=True)
                shelf.setup = _setup(world)
            else:
                self._write(shelf, everything=True)

    def close(self) -> None:
        """Write everything, and let go of the file.

        Raises:
            StateError: It cannot be written.
        """
        try:
            self.keep_all()
            for name, shelf in self._shelves.items():
                world = shelf.world
                rest = Rest(world.jobs.gone, world.journal.dropped, world.decisions)
                self._write(shelf, (_REST, (encoded(rest), world.used, name)), everything=True)
        finally:
            self._file.close()

    def _begin(self, world: World) -> None:
        shelf = Shelf(world)
        shelf.jobs.news.update((job.id, job) for job in world.jobs)
        empty = ((statement, (world.name,)) for statement in _EMPTY)
        row = (world.name, encoded(setup_of(world)), encoded(world.counts), world.used)
        self._write(shelf, *empty, (_WORLD, row), everything=True)
        self._shelves[world.name] = shelf

    def _touched(self, shelf: Shelf, job_id: str) -> None:
        """Note that a job may have been polled or its result asked for."""
        job = shelf.jobs.get(job_id)
        if job is not None:
            part = job.part
            depended_on = part.polls is not None or part.scenario.faults or shelf.world.faults
            (shelf.jobs.news if depended_on else shelf.facts)[job_id] = job

    def _write(self, shelf: Shelf, *first: Statement, everything: bool = False) -> None:
        """Write what is new, in one transaction; what could not be written stays new."""
        tally, scenarios = shelf.world.tally, len(self._scenarios)
        try:
            statements = [*first, *self._jobs(shelf)]
            if tally != shelf.tally:
                statements.append(
                    (_COUNTS, (encoded(shelf.world.counts), shelf.world.used, shelf.world.name))
                )
            if everything:
                statements += [*self._facts(shelf), *_entries(shelf)]
            if statements:
                self._file.write(statements)
        except BaseException:
            del self._scenarios[scenarios:]
            self._numbers = {held: number for held, number in self._numbers.items() if number < scenarios}
            raise
        self._have_written(shelf, tally, everything=everything)

    def _have_written(self, shelf: Shelf, tally: tuple[object, ...], *, everything: bool) -> None:
        shelf.tally = tally
        shelf.jobs.news.clear()
        if everything:
            shelf.facts.clear()
            shelf.entry = shelf.world.journal.last

    def _jobs(self, shelf: Shelf) -> Iterator[Statement]:
        name = shelf.world.name
        for job_id, job in shelf.jobs.news.items():
            if job is None:
                yield _LEFT, (name, job_id)
            else:
                yield from self._job(name, job)

    def _facts(self, shelf: Shelf) -> Iterator[Statement]:
        for job_id, job in shelf.facts.items():
            if shelf.jobs.get(job_id) is job:
                yield from self._job(shelf.world.name, job)

    def _job(self, name: str, job: Job) -> Iterator[Statement]:
        number = self._numbers.get(id(job.part.scenario))
        if number is None:
            number, new = self._number(job.part.scenario)
            yield from new
        yield _JOB, (name, job.id, encoded(note_of(job, number)))

    def _number(self, scenario: Scenario) -> tuple[int, list[Statement]]:
        """Return the number of a scenario, and what writes it down if it is new."""
        found = next((number for number, known in enumerate(self._scenarios) if known == scenario), None)
        number = len(self._scenarios) if found is None else found
        # Held for ever, so that its identity is given to no other.
        (self._scenarios if found is None else self._alike).append(checked(scenario))
        self._numbers[id(scenario)] = number
        return number, [] if found is not None else [(_SCENARIO, (number, encoded(scenario)))]


def _setup(world: World) -> tuple[object, ...]:
    """What a world's setup consists of, cheap to make and to compare."""
    clock = replace(world.clock.state, base=0.0)
    setting = world.settings.seed, world.url_ttl
    return (*setting, clock, world.scenario, world.castings, world.faults, world.rate)


def _entries(shelf: Shelf) -> Iterator[Statement]:
    world = shelf.world
    entries = world.journal.after(shelf.entry)
    yield from ((_ENTRY, (world.name, entry.number, encoded(entry))) for entry in entries)
    oldest = next((entry.number for entry in world.journal), world.journal.last + 1)
    if entries or oldest > shelf.entry:
        yield _OLDER, (world.name, oldest)
