"""Findings that somebody has looked at and does not want to hear of again: why, and until when.

Written by hand, in YAML or JSON::

    silences:
      - rule: request-property-removed
        fingerprint: 3f1c0a9be27d5566
        reason: nobody here sends it
        expires: 2026-12-31     # may be left out
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.texts import decode, parse_text
from bodydouble.contracts.words import describe, show

from .changes import FINGERPRINT_DIGITS, Change

_MEMBERS = ("rule", "fingerprint", "reason", "expires")
_FINGERPRINT = re.compile(f"[0-9a-f]{{{FINGERPRINT_DIGITS}}}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class SilenceError(DocumentError):
    """A file of silences that cannot be understood; every entry that is wrong is named."""


@dataclass(frozen=True, slots=True)
class Silence:
    """One entry.

    Attributes:
        number: Its position in the file, from 1.
        rule: Id of the rule.
        fingerprint: Of the change.
        reason: Why nobody needs to hear of it.
        expires: The last day on which it counts; None for ever.
    """

    number: int
    rule: str
    fingerprint: str
    reason: str
    expires: date | None = None


class Silenced(msgspec.Struct, frozen=True):
    """A change that is not reported, and why."""

    change: Change
    silence: Silence


@dataclass(frozen=True, slots=True)
class Heard:
    """What silences leave.

    Attributes:
        changes: What is still reported.
        silenced: What is not.
        notices: Silences that have run out, or that fit nothing, in words.
    """

    changes: tuple[Change, ...]
    silenced: tuple[Silenced, ...]
    notices: tuple[str, ...]


def parse_silences(text: str | bytes, source: str, rules: Sequence[str]) -> tuple[Silence, ...]:
    """Return the silences that a file lists.

    Args:
        text: YAML or JSON: a list, or an object with the list under ``silences``.
        source: How the user named it.
        rules: Ids of all rules.

    Raises:
        SilenceError: It cannot be read, or entries are wrong; each is named with what is wrong.
    """
    try:
        documents = parse_text(decode(text, source), source)
    except DocumentError as error:
        raise SilenceError.of(error) from None
    value = documents[0].value if len(documents) == 1 else None
    entries = value.get("silences") if isinstance(value, dict) else value
    if not isinstance(entries, list):
        raise SilenceError(
            source, "no list of silences", expected="a list under 'silences'", got=describe(value)
        )
    problems = [
        f"silences[{number}]: {problem}"
        for number, entry in enumerate(entries, start=1)
        for problem in _problems(entry, rules)
    ]
    if problems:
        raise SilenceError(source, "; ".join(problems), expected=f"each with {', '.join(_MEMBERS[:3])}")
    return tuple(
        _silence(number, entry) for number, entry in enumerate(entries, start=1) if isinstance(entry, dict)
    )


def _problems(entry: JSON, rules: Sequence[str]) -> Iterable[str]:
    if not isinstance(entry, dict):
        yield f"an object is expected, not {describe(entry)}"
        return
    for name in entry:
        if name not in _MEMBERS:
            yield f"{show(name)} is not known; {did_you_mean(name, _MEMBERS) or 'known are ' + ', '.join(_MEMBERS)}"
    yield from _rule_problems(entry.get("rule"), rules)
    if not _FINGERPRINT.fullmatch(str(entry.get("fingerprint", ""))):
        yield f"fingerprint must be the {FINGERPRINT_DIGITS} hexadecimal digits that the report shows, in quotes"
    reason = entry.get("reason")
    if not (isinstance(reason, str) and reason.strip()):
        yield "a reason is missing: a silence without one outlives everybody who knew it"
    if entry.get("expires") is not None and _day(entry["expires"]) is None:
        yield f"expires must be a date like 2026-12-31, not {describe(entry['expires'])}"


def _rule_problems(rule: JSON, rules: Sequence[str]) -> Iterable[str]:
    if not isinstance(rule, str):
        yield "rule is missing"
    elif rule not in rules:
        yield f"no rule is called {show(rule)}{_hint(rule, rules)}"


def _hint(name: str, rules: Sequence[str]) -> str:
    hint = did_you_mean(name, rules)
    return f"; {hint}" if hint else ""


def _day(value: JSON) -> date | None:
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _silence(number: int, entry: dict[str, JSON]) -> Silence:
    return Silence(
        number,
        str(entry["rule"]),
        str(entry["fingerprint"]),
        str(entry["reason"]).strip(),
        _day(entry.get("expires")),
    )


def silence(changes: Iterable[Change], silences: Sequence[Silence], today: date) -> Heard:
    """Return what is still heard of ``changes``.

    A silence counts up to and on the day it expires. One that has run out silences nothing and is told; so is one
    that fits no change, which was mended or has changed once more.
    """
    valid = {(each.rule, each.fingerprint): each for each in silences if _counts(each, today)}
    heard: list[Change] = []
    silenced: list[Silenced] = []
    for change in changes:
        found = valid.get((change.rule, change.fingerprint))
        if found is None:
            heard.append(change)
        else:
            silenced.append(Silenced(change, found))
    used = {each.silence.number for each in silenced}
    ended = [_ended(each) for each in silences if not _counts(each, today)]
    idle = [_idle(each) for each in silences if _counts(each, today) and each.number not in used]
    return Heard(tuple(heard), tuple(silenced), (*ended, *idle))


def _counts(each: Silence, today: date) -> bool:
    return each.expires is None or today <= each.expires


def _ended(each: Silence) -> str:
    return (
        f"silences[{each.number}] ({each.rule} {each.fingerprint}) expired on {each.expires}: {each.reason}"
    )


def _idle(each: Silence) -> str:
    return f"silences[{each.number}] ({each.rule} {each.fingerprint}) fits nothing any more; it can go"
