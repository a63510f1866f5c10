"""The job pattern: what ties an operation that submits to the one that polls.

Derived from the two operations and corrected by what an overlay states in ``x-bodydouble-job`` on the operation
that submits. Every member is optional::

    x-bodydouble-job:
      poll: GET /v1/things/{id}      # which operation polls
      parameter: id                  # its parameter that takes the id
      model: model                   # the body's property that chooses among fragments on one path
      id: [/id, /job_id]             # where the id stands in the replies
      status: /status
      statuses:
        done: {stage: success, present: [/result], absent: [/error]}
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .findings import Finding, Severity
from .operations import Operation, Parameter, Reply, Schema
from .pointers import JSON, join
from .schemas import properties_of, strings_of, types_of, walk_properties
from .stages import Stage, stage_of

STATED = "x-bodydouble-job"
STATUS_NAMES = ("status", "state", "task_status", "job_status")
FAILURE_NAMES = ("error", "errors", "failure", "failure_reason", "error_message")


class PatternError(ValueError):
    """What an overlay states about a job pattern cannot be true."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What one status says.

    Attributes:
        status: The word on the wire.
        stage: What it means.
        present: Pointers that a reply with this status has, not null.
        absent: Pointers that it lacks, or has as null.
    """

    status: str
    stage: Stage
    present: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplyShape:
    """Where the job stands in one operation's reply: pointers into the body.

    Attributes:
        reply: The success reply.
        ids: Every place that holds the job's id.
        status: The place of the status word.
        promises: What each status says, in the order of the enum.
    """

    reply: Reply
    ids: tuple[str, ...]
    status: str
    promises: tuple[Promise, ...]

    def promise(self, stage: Stage) -> Promise | None:
        """Return the first promise of a stage, or None where no status means it."""
        return next((promise for promise in self.promises if promise.stage is stage), None)


@dataclass(frozen=True, slots=True)
class JobPattern:
    """One way to submit a job and to poll it.

    Attributes:
        submit: The operation that creates the job.
        poll: The operation that tells its status.
        parameter: The poll's parameter that takes the id.
        model: The body's property that chooses among patterns on one path; ``""`` where none does.
        models: The values of that property which choose this pattern.
        submitted: Shape of the create's reply.
        polled: Shape of the poll's reply.
    """

    submit: Operation
    poll: Operation
    parameter: Parameter
    model: str
    models: tuple[str, ...]
    submitted: ReplyShape
    polled: ReplyShape


def derive(operations: Iterable[Operation]) -> tuple[tuple[JobPattern, ...], tuple[Finding, ...]]:
    """Return every job pattern among ``operations`` and what stood in the way of others.

    Raises:
        PatternError: An overlay states a stage that does not exist.
    """
    listed = tuple(operations)
    polls = tuple(operation for operation in listed if _can_poll(operation))
    patterns: list[JobPattern] = []
    findings: list[Finding] = []
    for submit in listed:
        if _can_submit(submit):
            pattern, found = _pattern(submit, polls, listed)
            patterns += [pattern] if pattern else []
            findings += found
    return tuple(patterns), tuple(findings)


def _can_submit(operation: Operation) -> bool:
    return STATED in operation.node or (operation.method == "post" and operation.request is not None)


def _can_poll(operation: Operation) -> bool:
    return operation.method == "get" and bool(_id_parameters(operation)) and bool(_status(operation.success))


def _id_parameters(operation: Operation) -> list[Parameter]:
    """Parameters that may take an id: in the path or query, those that are named so first."""
    placed = [p for p in operation.parameters if p.location in ("query", "path")]
    usable = [p for p in placed if p.required or _is_id_name(p.name)]
    return sorted(usable, key=lambda parameter: (not _is_id_name(parameter.name), not parameter.required))


def _is_id_name(name: str) -> bool:
    return name.lower().endswith("id")


def _pattern(
    submit: Operation, polls: tuple[Operation, ...], every: tuple[Operation, ...]
) -> tuple[JobPattern | None, list[Finding]]:
    stated = _mapping(submit.node.get(STATED))
    poll = _stated_poll(stated, every) if "poll" in stated else _nearest_poll(submit, polls)
    if poll is None:
        return None, [_finding(submit, "poll-missing", "nothing polls the jobs that it creates", _NO_POLL)]
    parameter = _parameter(poll, stated)
    polled = _shape(poll.success, parameter, stated)
    if parameter is None or polled is None:
        return None, [_finding(submit, "poll-unusable", f"{poll} takes no id or tells no status", _NO_POLL)]
    own = _shape(submit.success, parameter, stated)
    model = _model_property(submit, stated)
    pattern = JobPattern(
        submit=submit,
        poll=poll,
        parameter=parameter,
        model=model,
        models=_models(submit.request, model),
        submitted=own or _borrowed(submit, polled),
        polled=polled,
    )
    return pattern, _findings(submit, borrowed=own is None, polled=polled, stated=stated)


_NO_POLL = (
    "add the fragment whose GET takes the job's id and replies with its status, "
    f"or name it in {STATED} with an overlay"
)


def _borrowed(submit: Operation, polled: ReplyShape) -> ReplyShape:
    """A create whose reply has no usable schema answers as the poll does, under its own status code."""
    status = submit.success.status if submit.success else "200"
    reply = Reply(status, polled.reply.media_type, polled.reply.schema)
    return ReplyShape(reply, polled.ids, polled.status, polled.promises)


def _findings(
    submit: Operation, *, borrowed: bool, polled: ReplyShape, stated: Mapping[str, JSON]
) -> list[Finding]:
    found = []
    if borrowed:
        message = "the reply to the create has no schema with an id and a status"
        found.append(_finding(submit, "create-reply-borrowed", message, "the poll's schema stands in for it"))
    words = _mapping(stated.get("statuses"))
    for promise in polled.promises:
        if stage_of(promise.status) is None and promise.status not in words:
            message = f"the status '{promise.status}' is no known word and is taken to mean that a job runs"
            found.append(_finding(submit, "status-unknown", message, f"say its stage in {STATED}"))
    return found


def _finding(submit: Operation, rule: str, message: str, hint: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        source=submit.source,
        pointer=submit.pointer,
        message=message,
        hint=hint,
    )


def _stated_poll(stated: Mapping[str, JSON], every: tuple[Operation, ...]) -> Operation | None:
    method, _, path = str(stated["poll"]).partition(" ")
    matching = (o for o in every if o.method == method.lower() and path.strip() in o.paths)
    return next(matching, None)


def _nearest_poll(submit: Operation, polls: tuple[Operation, ...]) -> Operation | None:
    """The poll whose path resembles the submit's most: the same, below it, or sharing the longest beginning."""
    return max(polls, key=lambda poll: _kinship(submit.path, poll.path), default=None)


def _kinship(submit: str, poll: str) -> tuple[bool, bool, int]:
    ours, theirs = submit.strip("/").split("/"), poll.strip("/").split("/")
    shared = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), len(ours))
    return ours == theirs, theirs[: len(ours)] == ours, shared


def _parameter(poll: Operation, stated: Mapping[str, JSON]) -> Parameter | None:
    if "parameter" in stated:
        return next((p for p in poll.parameters if p.name == stated["parameter"]), None)
    return next(iter(_id_parameters(poll)), None)


def _shape(reply: Reply | None, parameter: Parameter | None, stated: Mapping[str, JSON]) -> ReplyShape | None:
    if reply is None or reply.schema is None or parameter is None:
        return None
    root = reply.schema.strict
    places = dict(walk_properties(root, root))
    status = str(stated["status"]) if "status" in stated else _status(reply)
    ids = _stated_ids(stated, places) or _ids(places, parameter.name, status)
    if status not in places or not ids:
        return None
    promises = _promises(places, ids, status, _mapping(stated.get("statuses")))
    return ReplyShape(reply, ids, status, promises)


def _status(reply: Reply | None) -> str:
    """Pointer of the status: the shallowest string property that is named like one; ``""`` if there is none."""
    if reply is None or reply.schema is None:
        return ""
    named = [
        pointer
        for pointer, schema in walk_properties(reply.schema.strict, reply.schema.strict)
        if pointer.rsplit("/", 1)[-1] in STATUS_NAMES and ("string" in types_of(schema) or strings_of(schema))
    ]
    return next(iter(named), "")


def _stated_ids(stated: Mapping[str, JSON], places: Mapping[str, JSON]) -> tuple[str, ...]:
    listed = stated.get("id", [])
    named = listed if isinstance(listed, list) else [listed]
    return tuple(str(pointer) for pointer in named if pointer in places)


def _ids(places: Mapping[str, dict[str, JSON]], parameter: str, status: str) -> tuple[str, ...]:
    """Strings beside the status that are named ``id`` or as the poll's parameter is."""
    beside = status.rsplit("/", 1)[0]
    wanted = dict.fromkeys((join(beside, "id"), join(beside, parameter)))
    return tuple(p for p in wanted if p in places and types_of(places[p]) <= {"string", "null"})


def _promises(
    places: Mapping[str, dict[str, JSON]], ids: tuple[str, ...], status: str, stated: Mapping[str, JSON]
) -> tuple[Promise, ...]:
    beside = status.rsplit("/", 1)[0]
    siblings = [p for p in places if p.rsplit("/", 1)[0] == beside and p not in (*ids, status)]
    failures = tuple(p for p in siblings if p.rsplit("/", 1)[-1] in FAILURE_NAMES)
    others = [p for p in siblings if p not in failures]
    results = tuple(p for p in others if _holds_link(places[p], p, places)) or tuple(others)
    words = strings_of(places[status]) or tuple(stated) or ("queued", "processing", "completed", "failed")
    return tuple(_promise(word, results, failures, _mapping(stated.get(word)), places) for word in words)


def _promise(
    word: str,
    results: tuple[str, ...],
    failures: tuple[str, ...],
    stated: Mapping[str, JSON],
    places: Mapping[str, JSON],
) -> Promise:
    stage = _stated_stage(word, stated) if "stage" in stated else stage_of(word) or Stage.RUNNING
    present = {Stage.SUCCESS: results, Stage.FAILURE: failures}.get(stage, ())
    absent = {Stage.SUCCESS: failures, Stage.FAILURE: results}.get(stage, (*results, *failures))
    return Promise(
        word,
        stage,
        _pointers(stated, "present", present, places),
        _pointers(stated, "absent", absent, places),
    )


def _stated_stage(word: str, stated: Mapping[str, JSON]) -> Stage:
    try:
        return Stage(str(stated["stage"]))
    except ValueError:
        known = ", ".join(Stage)
        raise PatternError(
            f"{STATED} gives the status '{word}' the stage {stated['stage']!r}; expected one of {known}"
        ) from None


def _pointers(
    stated: Mapping[str, JSON], member: str, derived: tuple[str, ...], places: Mapping[str, JSON]
) -> tuple[str, ...]:
    """The stated pointers that this reply knows (create and poll may differ), else the derived ones."""
    listed = stated.get(member)
    if not isinstance(listed, list):
        return derived
    return tuple(str(pointer) for pointer in listed if pointer in places)


def _holds_link(schema: Mapping[str, JSON], pointer: str, places: Mapping[str, dict[str, JSON]]) -> bool:
    below = [member for place, member in places.items() if place.startswith(f"{pointer}/")]
    return any(member.get("format") == "uri" for member in (schema, *below))


def _model_property(submit: Operation, stated: Mapping[str, JSON]) -> str:
    if "model" in stated:
        return str(stated["model"])
    if submit.request is None:
        return ""
    root = submit.request.strict
    return "model" if strings_of(_mapping(properties_of(root, root).get("model"))) else ""


def _models(request: Schema | None, model: str) -> tuple[str, ...]:
    if request is None or not model:
        return ()
    return strings_of(_mapping(properties_of(request.strict, request.strict).get(model)))


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}
