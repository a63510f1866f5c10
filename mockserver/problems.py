"""Problems: everything that is answered instead of a success, in the error body of the API."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeGuard

import msgspec

from bodydouble.contracts.conventions import ErrorShape
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.validation import Violation

MAX_VIOLATIONS = 100
HINTS_IN_MESSAGE = 3
_KNOWN = frozenset(HTTPStatus)


class Problem(msgspec.Struct, frozen=True):
    """Why a request gets no success.

    Attributes:
        status: The status code.
        message: What went wrong.
        violations: Everything that is wrong with the request.
        headers: Extra reply headers, such as ``Allow``.
        note: What the log says about it; ``""`` for nothing.
    """

    status: int
    message: str
    violations: tuple[Violation, ...] = ()
    headers: tuple[tuple[bytes, bytes], ...] = ()
    note: str = ""

    @property
    def title(self) -> str:
        """What the status code means; ``Unknown`` for one that nobody has defined."""
        return HTTPStatus(self.status).phrase if self.status in _KNOWN else "Unknown"


def invalid(violations: tuple[Violation, ...]) -> Problem:
    """Return the 400 for a body or parameter that breaks the contract; the message names the first three breaches."""
    hints = "; ".join(_hint(violation) for violation in violations[:HINTS_IN_MESSAGE])
    rest = len(violations) - HINTS_IN_MESSAGE
    more = f" (and {rest} more)" if rest > 0 else ""
    return Problem(400, f"Body validation error: {hints}{more}", violations)


def _hint(violation: Violation) -> str:
    return f"{violation.message}: expected {violation.expected}, received {violation.got}"


class ReplyFacts(msgspec.Struct, frozen=True):
    """What an error body may refer to.

    Attributes:
        path: The path that was asked for.
        reply_id: Id of this reply.
        now: Seconds since the epoch.
    """

    path: str
    reply_id: str
    now: float


def error_body(shape: ErrorShape, problem: Problem, facts: ReplyFacts) -> dict[str, JSON]:
    """Return the body of ``problem`` in the API's shape; members whose value is absent are left out."""
    values: dict[str, JSON] = {
        "$error.message": problem.message,
        "$error.status": problem.status,
        "$error.title": problem.title,
        "$error.violations": [_as_json(violation) for violation in problem.violations[:MAX_VIOLATIONS]]
        or None,
        "$request.path": facts.path,
        "$reply.id": facts.reply_id,
        "$reply.time": rfc3339(facts.now),
    }
    return {name: _filled(value, values) for name, value in shape.body.items() if _present(value, values)}


def _filled(value: JSON, values: Mapping[str, JSON]) -> JSON:
    if isinstance(value, dict):
        return {name: _filled(member, values) for name, member in value.items() if _present(member, values)}
    if isinstance(value, list):
        return [_filled(member, values) for member in value if _present(member, values)]
    return values.get(value) if _stands_for_another(value) else value


def _present(value: JSON, values: Mapping[str, JSON]) -> bool:
    return not _stands_for_another(value) or values.get(value) is not None


def _stands_for_another(value: JSON) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith("$")


def _as_json(violation: Violation) -> JSON:
    return {
        "pointer": violation.pointer,
        "message": violation.message,
        "expected": violation.expected,
        "got": violation.got,
    }


def rfc3339(now: float) -> str:
    """Return a moment as RFC 3339 in UTC with milliseconds; moments outside the calendar become the epoch."""
    try:
        moment = datetime.fromtimestamp(now, UTC)
    except (OverflowError, ValueError, OSError):
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
