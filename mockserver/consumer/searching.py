"""Searching: the sweep, then drawn behaviours, then the smallest one for every rule that was broken."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from bodydouble.contracts.findings import FAILING, Finding, Severity
from bodydouble.mockserver.replies import Play

from .behaviours import Behaviour
from .consumer_rules import judge
from .drawing import behaviours
from .endings import Life
from .levels import Level
from .outcomes import Failure, Interrupted, Outcome, Trial, blindness
from .simplifying import shrunk
from .sweeping import sweep

Run = Callable[[Behaviour], Life]
"""Runs the client once."""
Many = Callable[[Callable[[Behaviour], Trial | None], list[Behaviour]], Iterable[Trial | None]]
"""``map``, or something that does the same on several threads."""
Listener = Callable[[Trial], None]
"""Told of every trial."""

EXAMPLES = 150
MOST_SHRINKS = 40
SHRINK = "shrink"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a client is tested.

    Attributes:
        level: How much it has to bear.
        examples: How many runs at most, the sweep included; what shrinks a failure comes on top.
        seconds: How long all of it may take, shrinking included; None for as long as it takes.
        seed: Repeats the search.
        endless: Whether the client ends by itself if the job does not.
        patience: The longest pause that may be asked for in the sweep, in seconds.
        failing: Severities that are failures.
        first: Whether the first failure is enough.
    """

    level: Level = Level.FAULTS
    examples: int = EXAMPLES
    seconds: float | None = None
    seed: int = 0
    endless: bool = False
    patience: float = inf
    failing: frozenset[Severity] = FAILING
    first: bool = False


def _nobody(_trial: Trial) -> None:
    pass


def search(
    run: Run,
    play: Play,
    settings: Settings,
    elapsed: Callable[[], float],
    *,
    client: str = "client",
    many: Many = map,
    listener: Listener = _nobody,
) -> Outcome:
    """Test a client and return what came of it.

    Args:
        run: Runs the client.
        play: The replies that behaviours depart from.
        settings: How much of it.
        elapsed: Seconds since the beginning.
        client: What it is called.
        many: How several runs are made.
        listener: Told of every trial.

    Raises:
        Interrupted: Somebody broke it off; it has what was found so far, not made smaller.
    """
    seen: list[Trial] = []
    over: list[bool] = []

    def hears(trial: Trial) -> None:
        if not over:  # what is ended by force from here on shows nothing
            seen.extend([trial] if trial.phase != SHRINK else [])
            listener(trial)

    try:
        return _searched(run, play, settings, elapsed, client, many, hears)
    except KeyboardInterrupt:
        over.append(True)
        found = tuple(_failures(seen, lambda _behaviour: None, settings.failing))
        stopped = Outcome(
            client, settings.seed, tuple(seen), found, settings.examples, "", "interrupted", True
        )
        raise Interrupted(stopped) from None


def _searched(
    run: Run,
    play: Play,
    settings: Settings,
    elapsed: Callable[[], float],
    client: str,
    many: Many,
    listener: Listener,
) -> Outcome:
    broken: list[Trial] = []

    def tried(phase: str, behaviour: Behaviour) -> Trial | None:
        enough = settings.first and broken and phase != SHRINK
        if enough or (settings.seconds is not None and elapsed() > settings.seconds):
            return None
        life = run(behaviour)
        trial = Trial(phase, behaviour, life, judge(behaviour, life))
        broken.extend([trial] if trial.breaks(settings.failing) else [])
        listener(trial)
        return trial

    first, *swept = list(_swept(play, settings))[: max(settings.examples, 1)]
    plain = tried("sweep", first)
    blind = blindness(plain.life) if plain else "there was no time for a single run"
    if plain is None or blind:
        return Outcome(client, settings.seed, blind=blind)
    trials = [plain, *filter(None, many(lambda behaviour: tried("sweep", behaviour), swept))]
    rest = settings.examples - 1 - len(swept)
    if rest > 0 and not (settings.first and broken):
        more = drawn(play, settings, rest)
        trials += filter(None, many(lambda behaviour: tried("search", behaviour), more))
        rest = len(more)
    planned = 1 + len(swept) + max(rest, 0)
    failures = tuple(_failures(trials, lambda each: tried(SHRINK, each), settings.failing))
    stopped = ""
    if len(trials) < planned:
        over = f"the time of {settings.seconds:g} s was over" if settings.seconds is not None else ""
        stopped = "the first failure was enough" if settings.first and broken else over
    return Outcome(client, settings.seed, tuple(trials), failures, planned, "", stopped)


def _swept(play: Play, settings: Settings) -> Iterator[Behaviour]:
    return sweep(play, settings.level, endless=settings.endless, patience=settings.patience)


def _failures(
    trials: Sequence[Trial], tried: Callable[[Behaviour], Trial | None], failing: frozenset[Severity]
) -> Iterator[Failure]:
    showing: dict[str, list[tuple[Trial, Finding]]] = {}
    for trial in trials:
        for rule in dict.fromkeys(finding.rule for finding in trial.findings):
            if (found := _finding(trial, rule)) is not None:
                showing.setdefault(rule, []).append((trial, found))
    for shown in showing.values():
        first, found = min(shown, key=lambda pair: pair[0].behaviour.size)
        smallest = (first.behaviour, found)
        if found.severity in failing:
            smallest = _smallest(first, found, tried)
        yield Failure(smallest[1], smallest[0], len(shown))


def _smallest(
    first: Trial, found: Finding, tried: Callable[[Behaviour], Trial | None]
) -> tuple[Behaviour, Finding]:
    findings = {repr(first.behaviour): found}
    left = [None] * MOST_SHRINKS

    def breaks(behaviour: Behaviour) -> bool:
        trial = tried(behaviour) if left else None
        del left[-1:]
        again = _finding(trial, found.rule) if trial else None
        if again:
            findings[repr(behaviour)] = again
        return again is not None

    smallest = shrunk(first.behaviour, breaks)
    return smallest, findings[repr(smallest)]


def _finding(trial: Trial, rule: str) -> Finding | None:
    return next((finding for finding in trial.findings if finding.rule == rule), None)


def drawn(play: Play, settings: Settings, count: int) -> list[Behaviour]:
    """Return ``count`` behaviours, or fewer where there are not so many, the same for the same seed."""
    # Where Hypothesis is missing, the import of the strategies above says which extra installs it.
    from hypothesis import HealthCheck, Phase, given, seed  # noqa: PLC0415
    from hypothesis import settings as how  # noqa: PLC0415 - same

    found: dict[str, Behaviour] = {}

    @seed(settings.seed)
    @how(
        max_examples=max(count, 1),
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(behaviours(play, settings.level))
    def collect(behaviour: Behaviour) -> None:
        found.setdefault(repr(behaviour), behaviour)

    collect()
    return list(found.values())[:count]
