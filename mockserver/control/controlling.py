"""Controlling: a control request in, its answer out; every operation of the document has its handler here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from bodydouble.contracts.conventions import PROBLEM_DETAILS
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.mockserver.http import cors
from bodydouble.mockserver.http.messages import About, Headers, Request, Response
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.namespaces import BadName
from bodydouble.mockserver.problems import Problem, ReplyFacts, error_body
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.worlds import World

from .asking import Asked, Handler, Told, name_of, told
from .clock_control import advance_clock, freeze_clock, get_clock, jump_clock, scale_clock
from .document import control_document
from .explaining import explain_decision
from .gate import admit
from .inputs import body_of, parameters
from .jobs_control import delete_job, fail_job, force_job, list_jobs, show_job
from .journal_control import clear_journal, get_journal, get_report, verify
from .namespaces_control import (
    begin_namespace,
    end_namespace,
    list_namespaces,
    reset_namespace,
    show_namespace,
)
from .operations import Operation, asked_for, operations
from .scenes_control import (
    add_casting,
    add_fault,
    clear_castings,
    clear_faults,
    clear_limits,
    get_castings,
    get_faults,
    get_limits,
    get_scenario,
    list_scenarios,
    set_castings,
    set_faults,
    set_limits,
    set_scenario,
)
from .snapshots_control import get_snapshot, put_snapshot


class Deed(msgspec.Struct, frozen=True):
    """What is done for an operation.

    Attributes:
        handler: Does it.
        begins: Whether a namespace that does not exist begins with it.
    """

    handler: Handler
    begins: bool = False


DESCRIBE = "describeControl"
DEEDS: Mapping[str, Deed] = MappingProxyType(
    {
        "listScenarios": Deed(list_scenarios),
        "listNamespaces": Deed(list_namespaces),
        "beginNamespace": Deed(begin_namespace),
        "showNamespace": Deed(show_namespace),
        "endNamespace": Deed(end_namespace),
        "resetNamespace": Deed(reset_namespace),
        "listJobs": Deed(list_jobs),
        "showJob": Deed(show_job),
        "deleteJob": Deed(delete_job),
        "forceJob": Deed(force_job),
        "failJob": Deed(fail_job),
        "getScenario": Deed(get_scenario),
        "setScenario": Deed(set_scenario, begins=True),
        "getCastings": Deed(get_castings),
        "setCastings": Deed(set_castings, begins=True),
        "addCasting": Deed(add_casting, begins=True),
        "clearCastings": Deed(clear_castings),
        "getFaults": Deed(get_faults),
        "setFaults": Deed(set_faults, begins=True),
        "addFault": Deed(add_fault, begins=True),
        "clearFaults": Deed(clear_faults),
        "getLimits": Deed(get_limits),
        "setLimits": Deed(set_limits, begins=True),
        "clearLimits": Deed(clear_limits),
        "getClock": Deed(get_clock),
        "freezeClock": Deed(freeze_clock, begins=True),
        "advanceClock": Deed(advance_clock, begins=True),
        "scaleClock": Deed(scale_clock, begins=True),
        "jumpClock": Deed(jump_clock, begins=True),
        "getJournal": Deed(get_journal),
        "clearJournal": Deed(clear_journal),
        "verify": Deed(verify),
        "getReport": Deed(get_report),
        "explainDecision": Deed(explain_decision),
        "getSnapshot": Deed(get_snapshot),
        "putSnapshot": Deed(put_snapshot, begins=True),
    }
)
"""What is done, by the operation's id in the document."""

ALWAYS_SENT: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
NOWHERE = "/"
"""No namespace is called this: no world's journal takes it."""
PROBLEM_KIND = PROBLEM_DETAILS.media_type


class Controller:
    """Answers control requests."""

    def __init__(self, service: Service, token: str | None) -> None:
        self._service = service
        self._token = token
        self._document = control_document()
        self._operations = operations(self._document)

    def answer(self, request: Request) -> Response:
        """Return the reply; whatever is wrong with the request is a reply, too."""
        try:
            answered = self._answer(request)
        except Refused as refusal:
            return self.refuse(refusal.problem, request)
        headers = [*ALWAYS_SENT]
        if answered.kind:
            headers.append((b"content-type", answered.kind.encode()))
        return self._response(answered.status, headers, answered.body, _about(request))

    def refuse(self, problem: Problem, request: Request) -> Response:
        """Return the reply that tells a problem (RFC 9457)."""
        raw = msgspec.json.encode(error_body(PROBLEM_DETAILS, problem, ReplyFacts(request.path, "", 0.0)))
        headers = [*ALWAYS_SENT, (b"content-type", PROBLEM_KIND.encode()), *problem.headers]
        return self._response(problem.status, headers, raw)

    def _response(self, status: int, headers: Headers, body: bytes, about: About | None = None) -> Response:
        # A 204 has neither body nor length (RFC 9110 section 8.6).
        length = [(b"content-length", str(len(body)).encode())] if status != 204 else []  # noqa: PLR2004 - No Content
        return Response(status, [*headers, *length, *cors.HEADERS], body, "", about)

    def _answer(self, request: Request) -> Told:
        # A stranger does not even learn which paths there are; what the document says, everybody may read.
        operation = self._open(request)
        if operation is None:
            admit(request, self._token)
            operation, places = asked_for(self._operations, request.method, request.path)
        else:
            return told(self._document)
        deed = DEEDS[operation.name]
        query = parameters(request, operation.query)
        body = body_of(request, operation.body) if operation.body is not None else None
        world = self._world(places.get("namespace", ""), deed)
        return deed.handler(Asked(self._service, world, request, places, query, body))

    def _open(self, request: Request) -> Operation | None:
        """Return the operation that a request asks for if everybody may ask for it."""
        return next(
            (
                each
                for each in self._operations
                if each.is_open and each.path == request.path and request.method in ("GET", "HEAD")
            ),
            None,
        )

    def _world(self, name: str, deed: Deed) -> World:
        worlds = self._service.worlds
        world = worlds.get(name)
        try:
            if deed.begins:
                return worlds.named(name)
        except BadName as problem:
            raise Refused(Problem(400, str(problem))) from None
        if world is None:
            known = [name_of(each) for each in worlds]
            hint = did_you_mean(name, known) or "it begins when a client or a change first uses it"
            raise Refused(Problem(404, f"There is no namespace {name[:80]!r}; {hint}"))
        return world


def _about(request: Request) -> About | None:
    """What changes something has to be kept where a state is; it stays out of every journal."""
    return None if request.method in ("GET", "HEAD") else About(Purpose.CONTROL, 0.0, NOWHERE)


def unserved(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids that stand either in a document or among :data:`DEEDS`, and not in both."""
    described = {operation.name for operation in operations(document)}
    return frozenset(described ^ {DESCRIBE, *DEEDS})
