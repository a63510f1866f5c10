"""Two servers that were asked the same: where they differ, and what that asks of the overlay or the scenario."""

from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from bodydouble.contracts.checks.curl import curl
from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.words import either, show

from .asking import Meant
from .tracks import Question, Track

KEYED = (("authorization", "Bearer of-the-environment"),)
"""Stands for the key until a command names the variable that holds it."""
FACTOR = 1.5
"""Medians of times that are further apart than this differ."""
LEAST = 3
"""Jobs of which a median says something."""
MAX_LISTED = 40
"""Differences of one kind that are told; more of the same are counted."""
PASSING_HEADERS = frozenset(
    {"date", "server", "content-length", "connection", "keep-alive", "transfer-encoding", "via"}
)
"""Headers that tell about the way, not about the API."""
DIFFERENCES = (
    "compare-acceptance",
    "compare-code",
    "compare-status",
    "compare-field",
    "compare-type",
    "compare-header",
    "compare-lifetime",
    "compare-latency",
)
"""Every kind of difference, by the id of its findings."""


def differences(one: Track, other: Track, *, whole: bool = True) -> Iterator[Finding]:
    """Yield where two servers differ, the gravest kind first.

    Args:
        one: What the first did.
        other: What the second did, asked the same.
        whole: Whether both were asked everything; if not, what only one has shown tells nothing.
    """
    yield from _capped(_verdicts(one, other))
    if not whole:
        return
    yield from _capped(_statuses(one, other))
    yield from _capped(_fields(one, other))
    yield from _capped(_headers(one, other))
    yield from _times(one, other)


def _capped(found: Iterator[Finding]) -> Iterator[Finding]:
    listed = list(found)
    yield from listed[:MAX_LISTED]
    if len(listed) > MAX_LISTED:
        last = listed[MAX_LISTED]
        message = f"and {len(listed) - MAX_LISTED} more differences of this kind"
        yield Finding(rule=last.rule, severity=last.severity, source=last.source, pointer="", message=message)


def _verdicts(one: Track, other: Track) -> Iterator[Finding]:
    for question, code in one.verdicts.items():
        second = other.verdicts.get(question)
        if second is None or second == code:
            continue
        here, there = _accepted(code), _accepted(second)
        if here is not there:
            taker, refuser = (one, other) if here else (other, one)
            yield _finding(
                "compare-acceptance",
                Severity.ERROR,
                one,
                other,
                f"{taker.origin} accepts what {refuser.origin} refuses: {_words(question)}",
                (str(code), str(second)),
                f"{_advice(question)}{_again(question, one, other)}",
            )
        else:
            again = _again(question, one, other)
            hint = f"let the overlay document {code} and {second}, whichever the API means{again}"
            message = f"{_words(question)} is answered differently"
            yield _finding(
                "compare-code", Severity.WARNING, one, other, message, (str(code), str(second)), hint
            )


def _again(question: Question, *tracks: Track) -> str:
    """How to ask again; nothing where neither has a URL, and for a body that no command line holds."""
    origin = next((track.origin for track in tracks if "://" in track.origin), "")
    meant, method, url, body = question
    path, _, query = url.partition("?")
    fields = (*KEYED * (meant != Meant.KEYLESS), *(("content-type", "application/json"),) * bool(body))
    command = curl(Exchange(1, method, path, query, Message(fields, Body(body, len(body)))), origin)
    return f"; ask again with: {command.text}" if origin and command.body is None else ""


def _accepted(code: int) -> bool:
    return code // 100 in (2, 3)


def _words(question: Question) -> str:
    meant, method, url, body = question
    what = show(body.decode("utf-8", "replace")) if body else url
    return f"{method} {meant} {what}"


def _advice(question: Question) -> str:
    if question[0] == Meant.CREATE:
        return "change the request's schema with an overlay, so that both judge the body alike"
    return "say in the overlay which reply is right"


def _statuses(one: Track, other: Track) -> Iterator[Finding]:
    for have, lack in ((one, other), (other, one)):
        for word in have.statuses.keys() - lack.statuses.keys():
            yield _finding(
                "compare-status",
                Severity.WARNING,
                one,
                other,
                f"only {have.origin} tells the status {show(word)}",
                (_listed(one), _listed(other)),
                "declare it under x-bodydouble-job.statuses in the overlay, or play it with another scenario",
            )


def _listed(track: Track) -> str:
    return either(sorted(track.statuses)) or "no status"


def _fields(one: Track, other: Track) -> Iterator[Finding]:
    shared = {kind for kind, _ in one.fields} & {kind for kind, _ in other.fields}
    for place in sorted({*one.fields, *other.fields}):
        kind, pointer = place
        if kind not in shared:
            continue
        first, second = one.fields.get(place, set()), other.fields.get(place, set())
        if bool(first) is not bool(second) and not _inside_one_sided(kind, pointer, one, other):
            owner = one if first else other
            message = f"only {owner.origin} has {pointer} in replies of the kind {kind}"
            hint = f"describe {pointer} in the reply's schema with an overlay, or let a scenario leave it out"
            got = (either(sorted(first)) or "nothing", either(sorted(second)) or "nothing")
            yield _finding("compare-field", Severity.WARNING, one, other, message, got, hint, pointer)
        elif first and second and first != second:
            message = f"{pointer or 'the body'} has other types in replies of the kind {kind}"
            hint = "let the reply's schema allow both with an overlay"
            got = (either(sorted(first)), either(sorted(second)))
            yield _finding("compare-type", Severity.WARNING, one, other, message, got, hint, pointer)


def _inside_one_sided(kind: str, pointer: str, one: Track, other: Track) -> bool:
    """Whether what is around the place differs already: its members are no news."""
    around = pointer.rpartition("/")[0]
    return bool(around) and ((kind, around) in one.fields) is not ((kind, around) in other.fields)


def _headers(one: Track, other: Track) -> Iterator[Finding]:
    for have, lack in ((one, other), (other, one)):
        for name in sorted(have.headers - lack.headers - PASSING_HEADERS):
            message = f"only {have.origin} sends the header {name}"
            got = tuple("sent" if name in track.headers else "not sent" for track in (one, other))
            hint = "if it belongs to the API, add it to x-bodydouble.headers in the overlay"
            yield _finding("compare-header", Severity.NOTE, one, other, message, (got[0], got[1]), hint)


def _times(one: Track, other: Track) -> Iterator[Finding]:
    yield from _time("compare-lifetime", "jobs last differently long", one, other, (one.lives, other.lives))
    yield from _time(
        "compare-latency", "replies take differently long", one, other, (one.latencies, other.latencies)
    )


def _time(
    rule: str, message: str, one: Track, other: Track, times: tuple[Sequence[float], Sequence[float]]
) -> Iterator[Finding]:
    if min(map(len, times)) < LEAST:
        return
    middles = sorted(median(each) for each in times)
    if middles[1] > middles[0] * FACTOR:
        hint = (
            "set the scenario's durations to these"
            if rule == "compare-lifetime"
            else "no double is as slow as a network"
        )
        got = (distribution(times[0]), distribution(times[1]))
        yield _finding(rule, Severity.NOTE, one, other, message, got, hint)


def distribution(times: Sequence[float]) -> str:
    """Return times in words: how many, and the tenth, fiftieth and ninetieth hundredth of them."""
    cuts = quantiles(times, n=10, method="inclusive") if len(times) > 1 else [*times] * 9
    low, middle, high = (f"{cuts[index]:.3g}" for index in (0, 4, 8))
    return f"{len(times)} of them: p10 {low} s, p50 {middle} s, p90 {high} s"


def _finding(
    rule: str,
    severity: Severity,
    one: Track,
    other: Track,
    message: str,
    got: tuple[str, str],
    hint: str,
    pointer: str = "",
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        source=f"{one.origin} and {other.origin}",
        pointer=pointer,
        message=message,
        expected=f"{got[0]} ({one.origin})",
        got=f"{got[1]} ({other.origin})",
        hint=hint,
    )
