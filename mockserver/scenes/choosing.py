"""Choosing: how a request asks for a scenario, and how somebody else chooses one for it.

Nearest wins: a rule over requests, then ``Prefer: scenario=NAME`` (RFC 7240), then a directive inside any text of the
body (``[[double: NAME after=20s]]``, for clients that cannot be changed), then the default of the world.
"""

import re
from collections.abc import Iterable, Mapping
from math import isfinite

import msgspec

from bodydouble.contracts.nearest import did_you_mean

from .faults import Span

SCENARIO = "scenario"
AFTER = "after"
OPENING = b"[[double:"

_PREFERENCE = r'\s*([^\s=;,"]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*))?\s*([;,]|$)'
_DIRECTIVE = rb"\[\[double:([^\]\[]{0,300})\]\]"
_DURATION = r"(?a)(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|)"
_UNITS: Mapping[str, float] = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}


class Misread(ValueError):
    """A request asks for a scenario in words that mean nothing; the message says what was expected."""


class Wish(msgspec.Struct, frozen=True):
    """What a request asks for.

    Attributes:
        scenario: By name.
        after: Seconds from the create to the job's end, or None for what the scenario says.
        preferred: Whether a ``Prefer`` header asked, which is answered with ``Preference-Applied``.
    """

    scenario: str
    after: float | None = None
    preferred: bool = False

    @property
    def applied(self) -> str:
        """The value of ``Preference-Applied`` (RFC 7240 section 3)."""
        timing = "" if self.after is None else f"; {AFTER}={self.after:g}s"
        return f"{SCENARIO}={self.scenario}{timing}"


class Casting(msgspec.Struct, frozen=True):
    """A rule over requests: which of them get a scenario, whatever they ask for.

    Attributes:
        scenario: By name.
        models: Only requests for one of these; empty for any.
        prompt: Only requests in a line of whose texts this regular expression is found; ``""`` for any.
        nth: Only these creates of the world, counted from one.

    Raises:
        ValueError: The prompt is no regular expression.
    """

    scenario: str
    models: tuple[str, ...] = ()
    prompt: str = ""
    nth: Span = Span(1)

    def __post_init__(self) -> None:
        try:
            re.compile(self.prompt)
        except (re.error, RecursionError, OverflowError) as problem:
            raise ValueError(f"'{self.prompt[:60]}' is no regular expression: {problem}") from None

    def takes(self, model: str, texts: str, number: int) -> bool:
        """Return whether the rule is about a create."""
        return (
            number in self.nth
            and (not self.models or model in self.models)
            and (not self.prompt or re.search(self.prompt, texts, re.MULTILINE) is not None)
        )


def cast(rules: Iterable[Casting], model: str, texts: str, number: int) -> Casting | None:
    """Return the first of ``rules`` that is about a create, or None.

    Args:
        rules: In the order in which they are asked.
        model: What the create asks for.
        texts: Every text in its body, in lines.
        number: Which create of the world it is.
    """
    return next((rule for rule in rules if rule.takes(model, texts, number)), None)


def wish(prefer: bytes | None, body: bytes) -> Wish | None:
    """Return what a request asks for, or None.

    Raises:
        Misread: It asks in words that mean nothing.
    """
    if prefer is not None:
        asked = _preferred(prefer.decode("latin-1"))
        if asked is not None:
            return asked
    return _directed(body) if OPENING in body else None


def _preferred(header: str) -> Wish | None:
    """Read a list of preferences with their parameters; those that are not ours are nobody's fault."""
    position, name, mine = 0, "", None
    parameters: dict[str, str] = {}
    one = re.compile(_PREFERENCE)
    while position < len(header) and (found := one.match(header, position)):
        position = found.end()
        key, value = found[1].lower(), _unquoted(found[2] or "")
        if mine is None and not name and key == SCENARIO:
            mine = value
        elif mine is not None and name == SCENARIO:
            parameters[key] = value
        name = (name or key) if found[3] == ";" else ""
        if found[3] == "," and mine is not None:
            break
    if mine is None:
        return _buried(header)
    return _wish(mine, parameters, preferred=True)


def _buried(header: str) -> Wish | None:
    """``wait=5; scenario=x`` was meant as two preferences, though RFC 7240 makes the second a parameter."""
    found = re.search(r'(?:^|[;,\s])scenario\s*=\s*"?([^",;\s]{1,100})"?', header, re.IGNORECASE)
    return _wish(found[1], {}, preferred=True) if found else None


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _directed(body: bytes) -> Wish | None:
    found = re.search(_DIRECTIVE, body)
    if found is None:
        raise Misread(f"a directive begins and does not end: {_FORM}")
    words = found[1].decode("utf-8", "replace").split()
    if not words or "=" in words[0]:
        raise Misread(f"a directive names no scenario: {_FORM}")
    pairs = [word.partition("=") for word in words[1:]]
    return _wish(words[0], {key.lower(): value for key, _, value in pairs}, preferred=False)


_FORM = "expected [[double: NAME]] or [[double: NAME after=20s]]"


def _wish(name: str, parameters: Mapping[str, str], *, preferred: bool) -> Wish:
    if not name:
        raise Misread("a preference names no scenario: expected Prefer: scenario=NAME")
    for key in parameters:
        if key != AFTER:
            hint = did_you_mean(key, (AFTER,)) or f"known is {AFTER}, such as {AFTER}=20s"
            raise Misread(f"'{key[:60]}' is no parameter of a scenario; {hint}")
    after = parameters.get(AFTER)
    return Wish(name, None if after is None else duration(after), preferred)


def duration(text: str) -> float:
    """Return seconds: ``20s``, ``500ms``, ``1.5m``, ``2h``, or a number alone.

    Raises:
        Misread: It is no duration.
    """
    found = re.fullmatch(_DURATION, text.lower())
    if found is None or not isfinite(float(found[1])):
        raise Misread(f"'{text[:60]}' is no duration; expected one such as 20s, 500ms or 2m")
    return float(found[1]) * _UNITS[found[2]]
