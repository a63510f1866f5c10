"""The repertoire: which scenarios there are, the user's own and those that are shipped."""

from collections.abc import Iterable, Iterator

from bodydouble.contracts.nearest import did_you_mean

from .scenarios import SUCCEEDS, Scenario


class UnknownScenario(LookupError):
    """A scenario is asked for that does not exist; the message says which come close."""


class Repertoire:
    """Scenarios by name; one of the user's own hides a shipped one that has the same name.

    Attributes:
        own: Those that were given, as they were.
    """

    def __init__(self, own: Iterable[Scenario] = ()) -> None:
        self.own = tuple(own)
        self._known = {SUCCEEDS.name: SUCCEEDS} | {scenario.name: scenario for scenario in self.own}
        self._is_whole = False

    def __iter__(self) -> Iterator[Scenario]:
        """Yield every scenario, the shipped ones in their order, then the user's own."""
        return iter(self._all().values())

    def find(self, name: str) -> Scenario:
        """Return the scenario called ``name``.

        Raises:
            UnknownScenario: There is none.
        """
        found = self._known.get(name) or self._all().get(name)
        if found is None:
            hint = did_you_mean(name, self._known) or f"known are {', '.join(self._known)}"
            raise UnknownScenario(f"no scenario is called '{name[:100]}'; {hint}")
        return found

    def _all(self) -> dict[str, Scenario]:
        # Most servers play one scenario all their life: the others are read when one is asked for.
        if not self._is_whole:
            from .scenario_files import shipped  # noqa: PLC0415 - as above

            self._known = {**shipped(), **self._known}
            self._is_whole = True
        return self._known
