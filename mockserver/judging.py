"""Judging requests: each function lets a request pass or raises the problem it is answered with."""

import re
from _operator import _compare_digest as compare_digest
from collections.abc import Iterable
from math import isfinite
from urllib.parse import parse_qsl

from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.pointers import JSON, pointer
from bodydouble.contracts.schema.images import broken_rules
from bodydouble.contracts.schema.validation import Violation
from bodydouble.mockserver.http.bodies import BadBody, decode
from bodydouble.mockserver.http.messages import Request
from bodydouble.mockserver.scenes.choosing import Misread, Wish, wish
from bodydouble.mockserver.scenes.repertoire import Repertoire, UnknownScenario
from bodydouble.mockserver.scenes.scenarios import Scenario

from .problems import Problem, invalid
from .routes import Polling, Submission, Submissions

MAX_MODELS_LISTED = 10
SECONDS = "duration"
_NEEDS_PARSING = re.compile(r"[&%+]")


class Refused(Exception):
    """A request gets a problem instead of a success.

    Attributes:
        problem: What is answered.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def check_key(authorization: bytes | None, good: tuple[bytes, ...]) -> None:
    """Let a request pass that carries a bearer key (RFC 6750 section 2.1); any, unless ``good`` names some.

    Raises:
        Refused: 401, for no header, another scheme, no key, a key with blanks, or one that is not good. Keys are
            compared in constant time.
    """
    if authorization is None:
        raise _unauthorized("No API key: expected the header 'Authorization: Bearer KEY', received none")
    scheme, _, rest = authorization.partition(b" ")
    key = rest.lstrip(b" ")  # RFC 9110 section 11.4 allows several
    if scheme.lower() != b"bearer" or not key or key != b"".join(key.split()):
        raise _unauthorized("Malformed Authorization header: expected 'Bearer KEY', received something else")
    if good and not _is_one_of(key, good):
        raise _unauthorized("The API key is not one of those this server was started with")


def _is_one_of(key: bytes, good: tuple[bytes, ...]) -> bool:
    # The hmac module has this function too, and loads OpenSSL for its others: the first create would wait for that.
    return sum(compare_digest(key, known) for known in good) > 0


def _unauthorized(message: str) -> Refused:
    return Refused(Problem(401, message, headers=((b"www-authenticate", b"Bearer"),)))


def json_body(request: Request) -> JSON:
    """Return the request's JSON body.

    Raises:
        Refused: 415 unless it is declared as JSON; 400 if it is none.
    """
    declared = request.headers.get(b"content-type", b"")
    if declared != b"application/json" and not _is_json(declared):
        got = declared.decode("latin-1")[:100] or "no Content-Type"
        raise Refused(Problem(415, f"Unsupported media type: expected application/json, received {got}"))
    try:
        return decode(request.body)
    except BadBody as problem:
        raise _invalid("", problem.message, problem.expected, problem.got) from None


def _is_json(declared: bytes) -> bool:
    essence = declared.split(b";")[0].strip().lower()
    return essence == b"application/json" or (
        essence.startswith(b"application/") and essence.endswith(b"+json")
    )


def chosen(submissions: Submissions, body: JSON) -> Submission:
    """Return the operation that the body's model chooses.

    Raises:
        Refused: 400 if it names none of those on this path; the nearest are named.
    """
    if submissions.only is not None:
        return submissions.only
    name = submissions.model
    model = body.get(name) if isinstance(body, dict) else None
    found = submissions.by_model.get(model) if isinstance(model, str) else None
    if found is None:
        raise _unknown_model(name, model, body, tuple(submissions.by_model))
    return found


def _unknown_model(name: str, model: JSON, body: JSON, known: tuple[str, ...]) -> Refused:
    if not isinstance(body, dict):
        return _invalid("", "the body must be an object", "an object", "something else")
    expected = f"one of {len(known)} models"
    if not isinstance(model, str):
        got = "nothing" if name not in body else "no string"
        return _invalid(pointer((name,)), f"{name} is required and must be a string", expected, got)
    listed = ", ".join(known[:MAX_MODELS_LISTED]) + (", …" if len(known) > MAX_MODELS_LISTED else "")
    hint = did_you_mean(model, known) or f"known are {listed}"
    return _invalid(pointer((name,)), f"{name} is not known; {hint}", expected, repr(model[:60]))


def check_body(submission: Submission, body: JSON) -> None:
    """Let a body pass that keeps the schema and the rules for images.

    Raises:
        Refused: 400 with everything that is wrong.
    """
    if not submission.validator.verdict(body):
        raise Refused(invalid((*submission.validator.violations(body), *_image_violations(submission, body))))
    for name, _ in submission.images:
        if isinstance(body, dict) and name in body and (found := tuple(_image_violations(submission, body))):
            raise Refused(invalid(found))


def _image_violations(submission: Submission, body: JSON) -> Iterable[Violation]:
    for name, rules in submission.images:
        value = body.get(name) if isinstance(body, dict) else None
        for fault in broken_rules(value, rules) if isinstance(value, str) else ():
            yield Violation(pointer((name,)), f"{name}: {fault.message}", fault.expected, fault.got, "image")


def wished(request: Request) -> Wish | None:
    """Return the scenario that the request asks for, or None.

    Raises:
        Refused: 400 if it asks in words that mean nothing.
    """
    try:
        return wish(request.headers.get(b"prefer"), request.body)
    except Misread as problem:
        raise Refused(Problem(400, str(problem))) from None


def scenario_named(repertoire: Repertoire, name: str) -> Scenario:
    """Return a scenario of the repertoire.

    Raises:
        Refused: 400 if there is none of that name; the nearest are named.
    """
    try:
        return repertoire.find(name)
    except UnknownScenario as problem:
        raise Refused(Problem(400, str(problem))) from None


def texts_in(body: JSON) -> str:
    """Return every text in a body, in lines."""
    match body:
        case str():
            return body
        case dict():
            return "\n".join(filter(None, map(texts_in, body.values())))
        case list():
            return "\n".join(filter(None, map(texts_in, body)))
    return ""


def wanted_seconds(body: JSON) -> float | None:
    """Return how long the request wants its result to be, or None if it does not say; numbers arrive as text, too."""
    wanted = body.get(SECONDS) if isinstance(body, dict) else None
    if wanted is None or not isinstance(wanted, int | float | str):
        return None
    try:
        seconds = float(wanted)
    except (ValueError, OverflowError):
        return None
    return seconds if isfinite(seconds) else None


def job_id(polling: Polling, request: Request) -> str:
    """Return the id that a poll asks about.

    Raises:
        Refused: 400 if the parameter is missing or stands twice.
    """
    name = polling.parameter.name
    if polling.parameter.location == "path":
        return request.path_id or ""
    query = request.query.decode("latin-1")
    given, _, value = query.partition("=")
    if given == name and value and value.isascii() and not _NEEDS_PARSING.search(value):
        return value
    values = [
        value for key, value in parse_qsl(query, keep_blank_values=True, max_num_fields=None) if key == name
    ]
    if len(values) != 1:
        got = "nothing" if not values else f"{len(values)} of them"
        raise _invalid(name, f"the query parameter {name} must stand once", "one id", got)
    return values[0]


def _invalid(place: str, message: str, expected: str, got: str) -> Refused:
    return Refused(invalid((Violation(place, message, expected, got, "request"),)))
