"""Which operations answer on which path, made from the contract once."""

from collections.abc import Iterable, Mapping

import msgspec

from bodydouble.contracts.contract import Contract, ContractError
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.nearest import ranked
from bodydouble.contracts.openapi.operations import Operation, Parameter
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.images import ImageRules
from bodydouble.contracts.schema.schemas import properties_of
from bodydouble.contracts.schema.validation import Validator

from .replies import Play, Slot, Unplayable, prepare

IMAGE = "x-bodydouble-image"


class Submission(msgspec.Struct, frozen=True):
    """One operation that submits, ready to judge requests.

    Attributes:
        play: What it plays.
        validator: Of the body.
        images: Properties that hold an image, with the rules it must keep.
        models: The models it takes, each under itself: whoever keeps one keeps no copy of the request's.
    """

    play: Play
    validator: Validator
    images: tuple[tuple[str, ImageRules], ...]
    models: Mapping[str, str]


class Submissions(msgspec.Struct, frozen=True):
    """What a POST on one path may be: one operation, or several that the body's model chooses among.

    Attributes:
        model: The property that chooses; ``""`` where there is nothing to choose.
        by_model: Every operation under the models it takes.
        only: The operation, if there is just one.
        secured: Whether a bearer key is required.
    """

    model: str
    by_model: Mapping[str, Submission]
    only: Submission | None
    secured: bool


class Polling(msgspec.Struct, frozen=True):
    """What a GET on one path is.

    Attributes:
        parameter: The parameter that takes the id.
        secured: Whether a bearer key is required.
    """

    parameter: Parameter
    secured: bool


class Route(msgspec.Struct):
    """One path.

    Attributes:
        path: The template.
        submissions: What POST does, if anything.
        polling: What GET does, if anything.
    """

    path: str
    submissions: Submissions | None = None
    polling: Polling | None = None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The methods that are answered."""
        polls = ("GET", "HEAD") if self.polling else ()
        return (*polls, *(("POST",) if self.submissions else ()))


class RouteTable(msgspec.Struct, frozen=True):
    """Everything that is served.

    Attributes:
        routes: By path template, in the order in which they are tried.
        patterns: Those that are played, in the contract's order.
        findings: Patterns that cannot be played, and why.
    """

    routes: tuple[Route, ...]
    patterns: tuple[JobPattern, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def operations(self) -> tuple[str, ...]:
        """Every operation as ``METHOD path``."""
        listed = [
            (method, route.path) for route in self.routes for method in route.allowed if method != "HEAD"
        ]
        return tuple(f"{method} {path}" for method, path in listed)

    def nearest(self, method: str, path: str, count: int = 3) -> tuple[str, ...]:
        """Return the operations that resemble a request most, the likeliest first."""
        return ranked(f"{method} {path}", self.operations)[:count]

    def explained(self, method: str, path: str) -> str:
        """Return in words which operations resemble a request, and what differs between it and the likeliest."""
        near = self.nearest(method, path)
        return f"nearest are {', '.join(near)}; {difference(f'{method} {path}', near[0])}" if near else ""


def difference(asked: str, known: str) -> str:
    """Return what differs between a request and an operation, both as ``METHOD path``, in words."""
    method, _, path = asked.partition(" ")
    other, _, template = known.partition(" ")
    told = [] if method == other else [f"the method is {other}, not {method}"]
    parts, wanted = path.split("/")[1:], template.split("/")[1:]
    for part, want in zip(parts, wanted, strict=False):
        if part != want and not want.startswith("{"):
            told.append(f"{want!r} in place of {part[:60]!r}")
    if len(parts) > len(wanted):
        told.append(f"nothing after {'/' + '/'.join(wanted)}")
    elif len(parts) < len(wanted):
        told.append(f"{'/'.join(wanted[len(parts) :])!r} is missing at its end")
    return f"of the first: {', '.join(told)}" if told else "the first differs in nothing"


def route_table(contract: Contract, trials: Mapping[Slot, tuple[JSON, ...]]) -> RouteTable:
    """Return the routes of every pattern that can be played.

    Raises:
        ContractError: There is none.
    """
    plays: list[Play] = []
    findings: list[Finding] = []
    for pattern in contract.patterns:
        try:
            plays.append(prepare(pattern, trials))
        except Unplayable as problem:
            findings.append(_unplayable(pattern, problem))
    if not plays:
        raise ContractError("\n".join(("nothing can be played", *map(_line, findings))))
    routes = tuple(sorted(_routes(plays), key=_turn))
    return RouteTable(routes, tuple(play.pattern for play in plays), tuple(findings))


def plays_of(table: RouteTable) -> dict[str, Play]:
    """Return what a create can be played with, by name."""
    served = (route.submissions for route in table.routes if route.submissions)
    listed = (
        submission.play
        for submissions in served
        for submission in (*submissions.by_model.values(), *([submissions.only] if submissions.only else ()))
    )
    plays: dict[str, Play] = {}
    for play in listed:
        plays.setdefault(play.name, play)
    return plays


def _turn(route: Route) -> tuple[int, int]:
    """Concrete paths come before templates (OpenAPI 3.1 section 4.8.8.1); last come those whose end takes slashes."""
    depth = route.path.count("/")
    return (0, 0) if "{" not in route.path else (2 if route.path.endswith("}") else 1, -depth)


def _line(finding: Finding) -> str:
    return f"  {finding.source}{finding.pointer}: {finding.message}; {finding.hint}"


def _routes(plays: Iterable[Play]) -> Iterable[Route]:
    routes: dict[str, Route] = {}
    submitting: dict[str, list[Play]] = {}
    for play in plays:
        for path in play.pattern.submit.paths:
            routes.setdefault(path, Route(path))
            submitting.setdefault(path, []).append(play)
        for path in play.pattern.poll.paths:
            polling = Polling(play.pattern.parameter, bool(play.pattern.poll.security))
            route = routes.setdefault(path, Route(path))
            route.polling = route.polling or polling
    for path, several in submitting.items():
        routes[path].submissions = _submissions(several)
    return routes.values()


def _submissions(plays: list[Play]) -> Submissions:
    prepared = [_submission(play) for play in plays]
    by_model: dict[str, Submission] = {}
    for submission in prepared:
        for model in submission.play.pattern.models:
            by_model.setdefault(model, submission)
    only = prepared[0] if len(prepared) == 1 else None
    secured = any(play.pattern.submit.security for play in plays)
    return Submissions(plays[0].pattern.model, by_model, only, secured)


def _submission(play: Play) -> Submission:
    submit = play.pattern.submit
    schema = submit.request.lenient if submit.request else {}
    models = {model: model for model in play.pattern.models}
    return Submission(play, Validator(dict(schema)), tuple(_images(schema)), models)


def _images(schema: Mapping[str, JSON]) -> Iterable[tuple[str, ImageRules]]:
    for name, member in properties_of(schema, dict(schema)).items():
        if isinstance(member, dict) and IMAGE in member:
            yield name, ImageRules.from_json(member[IMAGE])


def _unplayable(pattern: JobPattern, problem: Unplayable) -> Finding:
    return _at(pattern.submit, "operation-unplayable", f"no valid reply can be made: {problem}")


def _at(operation: Operation, rule: str, message: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        source=operation.source,
        pointer=operation.pointer,
        message=message,
        hint="correct the reply's schema with an overlay",
    )
