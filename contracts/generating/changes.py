"""One thing done to a value at one place."""

from collections.abc import Callable
from dataclasses import dataclass

from bodydouble.contracts.pointers import JSON, tokens_of
from bodydouble.contracts.words import place


class Inapplicable(ValueError):
    """The value has nothing at the place that could be changed so."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing done to a value.

    Attributes:
        pointer: The place that is changed.
        what: What stands there afterwards, in words.
        make: Given what stands there, returns what shall stand there.
            Raises Inapplicable, or whatever the wrong type of value raises.
        constant: Whether what shall stand there does not depend on what did.
    """

    pointer: str
    what: str
    make: Callable[[JSON], JSON]
    constant: bool = False

    @property
    def label(self) -> str:
        """The place and what stands there afterwards, in words."""
        return f"{place(self.pointer)}: {self.what}"

    def applied(self, value: JSON) -> JSON:
        """Return ``value`` changed; what does not change is shared with it.

        Raises:
            Inapplicable: There is no such place in it, or nothing there that could be changed so.
        """
        try:
            return _changed(value, tokens_of(self.pointer), self.make)
        except (TypeError, AttributeError, LookupError, ValueError) as error:
            raise Inapplicable(str(error)) from None


def putting(pointer: str, what: str, value: JSON) -> Change:
    """Return the change that puts ``value`` at ``pointer``, whether anything stands there or not."""
    return Change(pointer, what, lambda _old: value, constant=True)


def _changed(value: JSON, tokens: tuple[str, ...], make: Callable[[JSON], JSON]) -> JSON:
    if not tokens:
        return make(value)
    first, rest = tokens[0], tokens[1:]
    if isinstance(value, dict):
        if rest and first not in value:
            raise Inapplicable(f"nothing at {first}")
        return {**value, first: _changed(value.get(first), rest, make)}
    if isinstance(value, list):
        index = int(first)
        if index >= len(value):
            raise Inapplicable(f"no item {index}")
        return [*value[:index], _changed(value[index], rest, make), *value[index + 1 :]]
    raise Inapplicable("no object or array")
