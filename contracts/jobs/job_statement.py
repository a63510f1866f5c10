"""What an overlay states about a job pattern: ``x-bodydouble-job`` on the operation that submits.

Every member is optional; what is not stated is derived::

    x-bodydouble-job:
      poll: GET /v1/things/{id}          # which operation polls
      parameter: id                      # its parameter that takes the id
      model: model                       # the body's property that chooses among fragments on one path
      models: [small, large]             # the values of it that choose this one
      id: [/id, /job_id]                 # where the id stands in the replies
      status: /status
      statuses:
        done: {stage: success, present: [/result], absent: [/error]}
      submitted: {status: /state}        # id, status and statuses of the create's reply, where they differ
      polled: {id: /task/id}             # the same of the poll's reply
      body: '#/components/schemas/Thing' # schema of the body, where one operation takes several
      optional: true                     # what the replies do not have is passed over, not an error

``submitted`` and ``polled`` may also say which documented reply is meant (``reply: '202'``) and what its schema is
(``schema: '#/components/schemas/Accepted'``). Where one operation takes several bodies, each with replies of its own, a
list has one such object for each.
"""

from collections.abc import Iterable, Mapping

import msgspec

from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.pointers import JSON, tokens_of
from bodydouble.contracts.words import show

from .stages import Stage

STATED = "x-bodydouble-job"
_OF_STATUS = ("stage", "present", "absent")
_OF_REPLIES = ("id", "status", "statuses")
_OF_REPLY = (*_OF_REPLIES, "reply", "schema")
_MEMBERS = (*_OF_REPLIES, "poll", "parameter", "model", "models", "submitted", "polled", "body", "optional")


class PatternError(ValueError):
    """What an overlay states about a job pattern cannot be true."""


class StatusStatement(msgspec.Struct, frozen=True):
    """What is stated about one status word; None where nothing is."""

    stage: Stage | None = None
    present: tuple[str, ...] | None = None
    absent: tuple[str, ...] | None = None


class ReplyStatement(msgspec.Struct, frozen=True):
    """What is stated about a reply.

    Attributes:
        ids: Pointers; empty if none is stated.
        status: A pointer, or ``""``.
        statuses: By status word.
        reply: Key of the documented reply that is meant, or ``""``.
        schema: A reference into the document, or ``""``.
    """

    ids: tuple[str, ...] = ()
    status: str = ""
    statuses: Mapping[str, StatusStatement] = msgspec.field(default_factory=dict)
    reply: str = ""
    schema: str = ""

    def over(self, other: "ReplyStatement") -> "ReplyStatement":
        """Return this statement, completed by another."""
        return ReplyStatement(
            ids=self.ids or other.ids,
            status=self.status or other.status,
            statuses={**other.statuses, **self.statuses},
            reply=self.reply,
            schema=self.schema,
        )

    def pointers(self) -> tuple[str, ...]:
        """Return every pointer that is stated."""
        listed = [*self.ids, *([self.status] if self.status else [])]
        for said in self.statuses.values():
            listed += [*(said.present or ()), *(said.absent or ())]
        return tuple(dict.fromkeys(listed))


class Statement(msgspec.Struct, frozen=True):
    """What is stated about one job pattern.

    Attributes:
        place: Where it is stated, for errors.
        poll: ``"GET /path"``, or ``""``.
        parameter: The poll's parameter, or ``""``.
        model: The body's property, or ``""``.
        models: Values of that property; empty if none is stated.
        body: A reference to the body's schema, or ``""``.
        shared: About both replies.
        submitted: About the create's reply.
        polled: About the poll's reply.
        optional: Whether pointers and words that the replies do not have are passed over.
        implied: Whether nothing is stated at all.
    """

    place: str
    poll: str = ""
    parameter: str = ""
    model: str = ""
    models: tuple[str, ...] = ()
    body: str = ""
    shared: ReplyStatement = msgspec.field(default_factory=ReplyStatement)
    submitted: ReplyStatement = msgspec.field(default_factory=ReplyStatement)
    polled: ReplyStatement = msgspec.field(default_factory=ReplyStatement)
    optional: bool = False
    implied: bool = False

    @property
    def about_submitted(self) -> ReplyStatement:
        """Everything stated about the create's reply."""
        return self.submitted.over(self.shared)

    @property
    def about_polled(self) -> ReplyStatement:
        """Everything stated about the poll's reply."""
        return self.polled.over(self.shared)


def statements_of(operation: Operation) -> tuple[Statement, ...]:
    """Return what is stated about the jobs that an operation submits; empty if nothing is.

    Raises:
        PatternError: It cannot be understood; says what, where, and what is known.
    """
    if STATED not in operation.node:
        return ()
    place = f"{STATED} of {operation} in {operation.source}"
    if operation.method != "post":
        raise PatternError(f"{place}: jobs are submitted by POST; state it on the operation that submits")
    stated = operation.node[STATED]
    if not isinstance(stated, list):
        return (_statement(stated, place),)
    if not stated:
        raise PatternError(f"{place}: the list is empty; expected an object for each body")
    return tuple(
        _statement(entry, f"{place}, entry {number}") for number, entry in enumerate(stated, start=1)
    )


def _statement(stated: JSON, place: str) -> Statement:
    node = _object(stated, place, _MEMBERS)
    optional = node.get("optional", False)
    if not isinstance(optional, bool):
        raise PatternError(f"{place}: optional is {show(optional)}; expected true or false")
    return Statement(
        place=place,
        poll=_text(node, "poll", place),
        parameter=_text(node, "parameter", place),
        model=_text(node, "model", place),
        models=_texts(node.get("models", []), f"{place}: models"),
        body=_text(node, "body", place),
        shared=_about_reply({name: held for name, held in node.items() if name in _OF_REPLIES}, place),
        submitted=_about_reply(node.get("submitted", {}), f"{place}: submitted"),
        polled=_about_reply(node.get("polled", {}), f"{place}: polled"),
        optional=optional,
    )


def _about_reply(stated: JSON, place: str) -> ReplyStatement:
    node = _object(stated, place, _OF_REPLY)
    listed = node.get("id", [])
    status = _text(node, "status", place)
    statuses = _object(node.get("statuses", {}), f"{place}: statuses")
    return ReplyStatement(
        ids=_pointers(listed if isinstance(listed, list) else [listed], f"{place}: id"),
        status=_pointer(status, f"{place}: status") if status else "",
        statuses={
            word: _about_status(said, f"{place}: the status {show(word)}") for word, said in statuses.items()
        },
        reply=_text(node, "reply", place),
        schema=_text(node, "schema", place),
    )


def _about_status(stated: JSON, place: str) -> StatusStatement:
    node = _object(stated, place, _OF_STATUS)
    return StatusStatement(
        stage=_stage(node["stage"], place) if "stage" in node else None,
        present=_pointers(node["present"], f"{place}: present") if "present" in node else None,
        absent=_pointers(node["absent"], f"{place}: absent") if "absent" in node else None,
    )


def _stage(stated: JSON, place: str) -> Stage:
    known = [str(stage) for stage in Stage]
    if stated not in known:
        raise PatternError(
            f"{place} has the stage {show(stated)}, which does not exist; {one_of(stated, known)}"
        )
    return Stage(str(stated))


def _pointers(stated: JSON, place: str) -> tuple[str, ...]:
    if not isinstance(stated, list):
        raise PatternError(f"{place} is {show(stated)}; expected a list of JSON Pointers such as /video/url")
    return tuple(_pointer(entry, place) for entry in stated)


def _pointer(stated: JSON, place: str) -> str:
    try:
        if isinstance(stated, str) and tokens_of(stated):
            return stated
    except ValueError:
        pass
    raise PatternError(f"{place} is {show(stated)}; expected a JSON Pointer such as /video/url")


def _text(node: Mapping[str, JSON], name: str, place: str) -> str:
    stated = node.get(name, "")
    if not isinstance(stated, str) or (name in node and not stated):
        raise PatternError(f"{place}: {name} is {show(stated)}; expected a text")
    return stated


def _texts(stated: JSON, place: str) -> tuple[str, ...]:
    if not isinstance(stated, list) or not all(isinstance(entry, str) for entry in stated):
        raise PatternError(f"{place} is {show(stated)}; expected a list of texts")
    return tuple(str(entry) for entry in stated)


def _object(stated: JSON, place: str, known: Iterable[str] = ()) -> dict[str, JSON]:
    if not isinstance(stated, dict):
        raise PatternError(f"{place} is {show(stated)}; expected an object")
    for name in stated:
        if known and name not in known:
            raise PatternError(
                f"{place} has the member {show(name)}, which says nothing; {one_of(name, known)}"
            )
    return stated


def one_of(stated: JSON, known: Iterable[str]) -> str:
    """Return what to write instead: the names that come near, or all that are known."""
    listed = list(known)
    return (
        did_you_mean(stated, listed) if isinstance(stated, str) else ""
    ) or f"known are {', '.join(listed)}"
