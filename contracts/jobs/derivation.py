"""Job patterns derived: which operation polls the jobs that another one submits.

Everything is read from the operations; what an overlay states (see `job_statement`) comes first.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.openapi.operations import Operation, Reply, Schema, schema_at
from bodydouble.contracts.openapi.references import UnresolvableReference, resolve
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.schemas import outline, properties_of, strings_of, types_of
from bodydouble.contracts.words import show

from .job_pattern import JobPattern
from .job_statement import STATED, PatternError, ReplyStatement, Statement, one_of, statements_of
from .polls import Poll, nearest_poll, parameter_of, polls_of, stated_poll, success_of
from .reply_shapes import Places, Seen, places_of, see
from .stages import stage_of
from .statement_checks import check


def derive(operations: Iterable[Operation]) -> tuple[tuple[JobPattern, ...], tuple[Finding, ...]]:
    """Return every job pattern among ``operations`` and what stood in the way of others.

    Raises:
        PatternError: What an overlay states cannot be true.
    """
    listed = tuple(operations)
    polls = polls_of(listed)
    patterns: list[JobPattern] = []
    findings: list[Finding] = []
    for submit in listed:
        for statement in statements_of(submit) or _implied(submit):
            pattern, found = _pairing(_with_body(submit, statement), statement, polls)
            patterns += [pattern] if pattern else []
            findings += found
    return tuple(patterns), tuple(findings)


def _implied(operation: Operation) -> tuple[Statement, ...]:
    """Whatever takes JSON by POST may submit a job."""
    takes_json = operation.method == "post" and operation.request is not None
    return (Statement(f"{operation} in {operation.source}", implied=True),) if takes_json else ()


def _with_body(submit: Operation, statement: Statement) -> Operation:
    return replace(submit, request=_schema(submit, statement.body, statement)) if statement.body else submit


def _schema(operation: Operation, reference: str, statement: Statement) -> Schema:
    document = dict(operation.document)
    try:
        return schema_at(document, resolve(document, reference)[0])
    except UnresolvableReference as problem:
        raise PatternError(f"{statement.place}: {problem}") from None


def _pairing(
    submit: Operation, statement: Statement, polls: tuple[Poll, ...]
) -> tuple[JobPattern | None, list[Finding]]:
    poll = _poll_for(submit, statement, polls)
    created = _places(submit, statement.submitted, statement)
    borrows = _says_nothing(created)
    lack = "" if borrows else _lack(created, poll, statement)
    if lack and not (statement.implied or statement.optional):
        raise PatternError(f"{statement.place}: {lack}")
    if lack or poll is None:
        return None, [_no_job(submit, lack) if lack else _unpolled(submit, polls)]
    parameter = parameter_of(poll, statement)
    polled = see(_places(poll.operation, statement.polled, statement), parameter.name, statement.about_polled)
    if borrows:
        created = polled.places.under(created.reply)
    submitted = see(created, parameter.name, statement.about_submitted, polled.shape.promises)
    if not submitted.shape.ids:
        return None, [_no_job(submit, "its reply has no schema, and the poll's holds no id either")]
    check(statement, submitted, polled)
    model, models = _choice(submit, statement)
    pattern = JobPattern(submit, poll.operation, parameter, model, models, submitted.shape, polled.shape)
    return pattern, _remarks(pattern, polled, statement, borrows=borrows)


def _poll_for(submit: Operation, statement: Statement, polls: tuple[Poll, ...]) -> Poll | None:
    if statement.poll:
        return stated_poll(submit, statement, polls)
    return nearest_poll(submit, (poll for poll in polls if _may_poll(poll, statement)))


def _may_poll(poll: Poll, statement: Statement) -> bool:
    takes_id = poll.parameters or statement.parameter in (p.name for p in poll.operation.parameters)
    return bool(takes_id and (poll.status or statement.about_polled.status in poll.places.outlines))


def _places(operation: Operation, stated: ReplyStatement, statement: Statement) -> Places:
    reply = _reply(operation, stated.reply, statement) if stated.reply else success_of(operation)
    if stated.schema:
        reply = replace(reply, schema=_schema(operation, stated.schema, statement))
    return places_of(reply)


def _reply(operation: Operation, status: str, statement: Statement) -> Reply:
    documented = {reply.status: reply for reply in operation.replies}
    if status not in documented:
        instead = one_of(status, documented) if documented else "it documents none"
        raise PatternError(f"{statement.place}: {operation} has no reply {show(status)}; {instead}")
    return documented[status]


def _says_nothing(places: Places) -> bool:
    """Whether a reply documents nothing that one could look for an id in."""
    return not places.outlines and types_of(outline(places.root, dict(places.root))) <= {"object"}


def _lack(created: Places, poll: Poll | None, statement: Statement) -> str:
    """What keeps a create's reply from being that to a job, in words; ``""`` if nothing does."""
    parameter = statement.parameter or (poll.parameters[0].name if poll and poll.parameters else "id")
    shape = see(created, parameter, statement.about_submitted).shape
    if not shape.ids:
        return "its reply holds no id"
    told = shape.status in created.outlines
    if told or not statement.implied or created.is_acknowledgement(shape.ids[0]):
        return ""
    return "its reply holds an id but no status, and more than an acknowledgement would"


def _choice(submit: Operation, statement: Statement) -> tuple[str, tuple[str, ...]]:
    """The body's property that chooses, with the values that choose this pattern: ``model`` unless stated otherwise."""
    name = statement.model or "model"
    root, schema = _body(submit)
    known = properties_of(root, schema)
    listed = strings_of(outline(root, known.get(name)))
    chosen = statement.models or listed
    if statement.model or statement.models:
        place = f"{statement.place}: model is {name}"
        if name not in known:
            raise PatternError(f"{place}, but the body has no such property; {one_of(name, known)}")
        if not chosen:
            raise PatternError(f"{place}, but the body does not list its values; state them in models")
        for value in chosen:
            if listed and value not in listed:
                raise PatternError(f"{place}, which cannot be {show(value)}; {one_of(value, listed)}")
    return (name, chosen) if chosen else ("", ())


def _body(submit: Operation) -> tuple[dict[str, JSON], JSON]:
    root = dict(submit.request.lenient) if submit.request else {}
    return root, root


def _remarks(pattern: JobPattern, polled: Seen, statement: Statement, *, borrows: bool) -> list[Finding]:
    found = []
    if borrows:
        message = "the reply to the create has no schema with an id and a status"
        found.append(
            _finding(pattern.submit, "create-reply-borrowed", message, "the poll's schema stands in for it")
        )
    if not polled.words:
        words = ", ".join(promise.status for promise in pattern.polled.promises)
        message = f"{pattern.poll} does not list its status words; {words} are assumed"
        found.append(_finding(pattern.submit, "status-words-assumed", message, f"state them in {STATED}"))
    for promise in pattern.polled.promises:
        said = statement.about_polled.statuses.get(promise.status)
        if stage_of(promise.status) is None and (said is None or said.stage is None):
            message = f"the status '{promise.status}' is no known word and is taken to mean that a job runs"
            found.append(_finding(pattern.submit, "status-unknown", message, f"state its stage in {STATED}"))
    return found


def _no_job(submit: Operation, lack: str) -> Finding:
    return replace(
        _finding(
            submit,
            "operation-not-a-job",
            f"{submit} submits no job: {lack}",
            f"if it does, say how in {STATED}",
        ),
        severity=Severity.NOTE,
    )


def _unpolled(submit: Operation, polls: tuple[Poll, ...]) -> Finding:
    hint = (
        "add the fragment whose GET takes the job's id and replies with its status, "
        f"or name it in {STATED} with an overlay"
    )
    looked_at = "; ".join(f"{poll.operation} {poll.lack}" for poll in polls) or "no GET at all"
    return replace(
        _finding(submit, "poll-missing", f"nothing polls the jobs that {submit} creates", hint),
        expected="a GET that takes the job's id and replies with its status",
        got=looked_at,
    )


def _finding(submit: Operation, rule: str, message: str, hint: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        source=submit.source,
        pointer=submit.pointer,
        message=message,
        hint=hint,
    )
