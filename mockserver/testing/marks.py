"""The marker ``double``: what a test wants of its world, checked; unknown words are errors."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import inf
from typing import Any

from bodydouble.contracts.nearest import did_you_mean

MARK = "double"
CLOCKS = ("system", "manual")
PLAIN = "succeeds"
"""The scenario that any server may be expected to play."""
ONLY_DOUBLES = ("castings", "faults", "rate", "credit")
"""What nobody can ask of a server that is no double."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class BadMark(ValueError):
    """The marker says something that cannot be; the message says what, and what would do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a test wants of its world; what is None is as the double was started.

    Attributes:
        scenario: What happens to jobs that ask for nothing else: a name, a scenario, or data of one.
        speed: Seconds of the world's clock in a second.
        clock: ``manual`` for one that stands still until the test moves it, ``system`` for one that runs.
        seed: Makes the world repeat.
        namespace: The world's name, without what keeps parallel runs apart.
        castings: Which creates get which scenario.
        faults: What goes wrong in every scenario.
        rate: How many requests a key may make.
        credit: Credits that can be spent.
        jobs: How many jobs the test submits, at most; counts where they cost money.
    """

    scenario: Any = None
    speed: float | None = None
    clock: str | None = None
    seed: int | None = None
    namespace: str | None = None
    castings: Any = None
    faults: Any = None
    rate: Any = None
    credit: int | None = None
    jobs: int = 1

    @property
    def is_manual(self) -> bool:
        """Whether the clock stands still until it is moved."""
        return self.clock == "manual"

    @property
    def why_only_a_double(self) -> str:
        """Why no other server can do this, in words; ``""`` if any can. How fast it goes is no reason."""
        if self.is_manual:
            return "the test moves the clock"
        if self.scenario is not None and self.scenario != PLAIN:
            return f"the test asks for the scenario {name_of(self.scenario)!r}"
        asked = next((name for name in ONLY_DOUBLES if getattr(self, name) is not None), None)
        return f"the test sets {asked}" if asked else ""


KEYWORDS = tuple(field.name for field in fields(Wanted))


def name_of(scenario: Any) -> str:
    """Return what a scenario is called, whatever form it is given in."""
    if isinstance(scenario, Mapping):
        return str(scenario.get("name", "without a name"))
    return str(getattr(scenario, "name", scenario))


def wanted(marks: Iterable[tuple[tuple[Any, ...], Mapping[str, Any]]]) -> Wanted:
    """Return what markers say together.

    Args:
        marks: Positional arguments and keywords of each, the nearest to the test first; nearer ones win.

    Raises:
        BadMark: One has an argument that is not known, or a value that cannot be.
    """
    stated: dict[str, Any] = {}
    for positional, keywords in marks:
        if positional:
            raise BadMark(
                f"@pytest.mark.{MARK} takes keywords only, got {positional[0]!r}; "
                f"try @pytest.mark.{MARK}(scenario={positional[0]!r})"
            )
        for name in keywords:
            if name not in KEYWORDS:
                hint = did_you_mean(name, KEYWORDS) or f"known are {', '.join(KEYWORDS)}"
                raise BadMark(f"@pytest.mark.{MARK} has no argument '{name}'; {hint}")
        stated = {**keywords, **stated}
    _check(stated)
    return Wanted(**stated)


def _check(stated: Mapping[str, Any]) -> None:
    clock, speed = stated.get("clock"), stated.get("speed")
    if clock is not None and clock not in CLOCKS:
        raise _wrong("clock", "'manual' or 'system'", clock)
    if speed is not None and not (_is_number(speed) and 0 < speed < inf):
        raise _wrong("speed", "a number above zero; for a clock that stands still, clock='manual'", speed)
    if clock == "manual" and speed is not None:
        raise BadMark(
            f"@pytest.mark.{MARK}: a clock that stands still has no speed; take clock='manual' or speed"
        )
    for name, least in (("seed", None), ("credit", 0), ("jobs", 0)):
        value = stated.get(name)
        if value is not None and not (_is_whole(value) and (least is None or value >= least)):
            raise _wrong(name, "a whole number" + ("" if least is None else " from 0 up"), value)
    namespace = stated.get("namespace")
    if namespace is not None and not (isinstance(namespace, str) and _NAME.fullmatch(namespace)):
        raise _wrong("namespace", "1 to 40 letters, digits, dots, dashes or underscores", namespace)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _wrong(name: str, expected: str, value: Any) -> BadMark:
    return BadMark(f"@pytest.mark.{MARK}: {name} must be {expected}; got {str(value)[:60]!r}")
