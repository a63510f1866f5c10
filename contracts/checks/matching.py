"""Which operation of a contract an exchange is about, and which job."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import JobPattern, ReplyShape
from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.pointers import JSON, look_up

from .exchanges import Exchange

_PARAMETER = re.compile(r"\{([^{}/]*)\}")


class Role(StrEnum):
    """What an exchange does for a job."""

    SUBMIT = "submit"
    POLL = "poll"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Match:
    """The operation behind an exchange.

    Attributes:
        operation: What was called.
        role: What it does for a job.
        pattern: The job pattern; None unless the role is to submit or to poll.
        asked_id: The job's id in the request; ``""`` where there is none.
    """

    operation: Operation
    role: Role = Role.OTHER
    pattern: JobPattern | None = None
    asked_id: str = ""

    @property
    def shape(self) -> ReplyShape | None:
        """Where the job stands in the reply; None where the exchange is about no job."""
        if self.pattern is None:
            return None
        return self.pattern.submitted if self.role is Role.SUBMIT else self.pattern.polled


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One operation under one of its paths; the fewer parameters a path has, the nearer it is."""

    method: str
    template: re.Pattern[str]
    parameters: int
    match: Match


class Matcher:
    """Finds operations; compiled once for a contract."""

    def __init__(self, contract: Contract) -> None:
        self._bases = tuple(dict.fromkeys(urlsplit(url).path.rstrip("/") for url in ("", *contract.servers)))
        self._candidates = tuple(sorted(_candidates(contract), key=lambda candidate: candidate.parameters))

    def match(self, exchange: Exchange, known: JobPattern | None = None) -> Match | None:
        """Return what the exchange calls, or None where the contract has no such operation.

        Args:
            exchange: What was asked and answered.
            known: The pattern of the job that the exchange is about, where that is known: several may share a path.
        """
        fitting = self._fitting(exchange)
        if not fitting:
            return None
        match, found = _chosen(fitting, exchange, known)
        return _with_id(match, found, exchange)

    def polls(self, exchange: Exchange) -> tuple[Match, ...]:
        """Return a match for each different operation that the exchange may poll by."""
        polling = [each for each in self._fitting(exchange) if each[0].role is Role.POLL]
        different = {id(match.operation): (match, found) for match, found in reversed(polling)}
        return tuple(_with_id(match, found, exchange) for match, found in reversed(different.values()))

    def _fitting(self, exchange: Exchange) -> list[tuple[Match, re.Match[str]]]:
        return [
            (candidate.match, found)
            for path in self._paths(exchange.path)
            for candidate in self._candidates
            if candidate.method == exchange.method and (found := candidate.template.fullmatch(path))
        ]

    def is_known_path(self, path: str) -> bool:
        """Return whether the contract has the path, under whatever method."""
        return any(
            candidate.template.fullmatch(each) for each in self._paths(path) for candidate in self._candidates
        )

    def _paths(self, path: str) -> Iterator[str]:
        for base in self._bases:
            if path.startswith(f"{base}/"):
                yield path.removeprefix(base)


def _candidates(contract: Contract) -> Iterator[_Candidate]:
    taken = set()
    for pattern in contract.patterns:
        yield from _of(Match(pattern.submit, Role.SUBMIT, pattern))
        yield from _of(Match(pattern.poll, Role.POLL, pattern))
        taken |= {id(pattern.submit), id(pattern.poll)}
    for operation in contract.operations:
        if id(operation) not in taken:
            yield from _of(Match(operation))


def _of(match: Match) -> Iterator[_Candidate]:
    for path in match.operation.paths:
        count = len(_PARAMETER.findall(path))
        yield _Candidate(match.operation.method.upper(), _template(path), count, match)


def _template(path: str) -> re.Pattern[str]:
    """A parameter that ends the path takes slashes, too: ids contain them, and not every client encodes them."""
    parts = _PARAMETER.split(path)
    literals, names = parts[::2], parts[1::2]
    text = re.escape(literals[0])
    for number, literal in enumerate(literals[1:]):
        ends = number == len(names) - 1 and not literal
        text += f"(?P<p{number}>{'.+' if ends else '[^/]+'})" + re.escape(literal)
    return re.compile(text, re.DOTALL)


def _chosen(
    fitting: list[tuple[Match, re.Match[str]]], exchange: Exchange, known: JobPattern | None
) -> tuple[Match, re.Match[str]]:
    """Of several that share a path: the job's own pattern, else the one that takes the model, else the first."""
    own = [each for each in fitting if known is not None and each[0].pattern is known]
    model = [each for each in fitting if _takes(each[0], exchange)]
    return next(iter([*own, *model, *fitting]))


def _takes(match: Match, exchange: Exchange) -> bool:
    if match.role is not Role.SUBMIT or match.pattern is None:
        return False
    body = exchange.request.json_or_none()
    return isinstance(body, dict) and body.get(match.pattern.model) in match.pattern.models


def _with_id(match: Match, found: re.Match[str], exchange: Exchange) -> Match:
    if match.role is not Role.POLL or match.pattern is None:
        return match
    parameter = match.pattern.parameter
    if parameter.location == "path":
        names = _PARAMETER.findall(match.operation.path)
        index = names.index(parameter.name) if parameter.name in names else len(names) - 1
        values: tuple[str, ...] = (unquote(found[f"p{index}"]),) if index >= 0 else ()
    else:
        values = exchange.query_values(parameter.name)
    return Match(match.operation, match.role, match.pattern, values[0] if len(values) == 1 else "")


def told_ids(shape: ReplyShape, body: JSON) -> tuple[str, ...]:
    """Return the ids that a reply tells, in the order of the shape's places, each once; numbers are ids, too."""
    values = [value_at(body, place) for place in shape.ids]
    return tuple(
        dict.fromkeys(str(v) for v in values if isinstance(v, str | int) and not isinstance(v, bool))
    )


def told_status(shape: ReplyShape, body: JSON) -> str | None:
    """Return the status word that a reply tells, or None."""
    word = value_at(body, shape.status)
    return word if isinstance(word, str) else None


def value_at(body: JSON, pointer: str) -> JSON:
    """Return what stands at ``pointer``, None where nothing does."""
    try:
        return look_up(body, pointer)
    except (LookupError, ValueError):
        return None
