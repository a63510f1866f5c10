"""What clients read: the documented replies of an operation, and how they changed."""

from collections.abc import Iterator

from bodydouble.contracts.openapi.operations import Operation, Reply

from .changes import Change, Direction, Impact, Witness
from .described import Both, Part, schema_changes
from .differences import Difference
from .meaning import Meaning
from .witnesses import any_witness

DEFAULT = "default"


def reply_changes(both: Both) -> Iterator[tuple[Difference | None, Change]]:
    """Yield what changed about the replies, each with the difference in the success reply's schema it is about.

    The difference is None for whatever is not about the schema of a reply that went well.
    """
    old = {reply.status: reply for reply in both.old.replies}
    new = {reply.status: reply for reply in both.new.replies}
    moved = _moved(both)
    if moved is not None:
        before, after = moved
        yield None, _status(both, before.status, after.status)
        yield from _same(both, old.pop(before.status), new.pop(after.status))
    for status, reply in old.items():
        if status in new:
            yield from _same(both, reply, new[status])
        else:
            yield None, _gone(both, reply)
    yield from ((None, _come(both, reply)) for status, reply in new.items() if status not in old)


def is_success(operation: Operation, reply: Reply) -> bool:
    """Return whether a reply tells that a call went well: ``default`` does where no other reply can."""
    if reply.status != DEFAULT:
        return reply.is_success
    return operation.success is not None and operation.success.status == DEFAULT


def _moved(both: Both) -> tuple[Reply, Reply] | None:
    """The success replies if they changed their key, and neither side has the other's."""
    old, new = both.old.success, both.new.success
    if old is None or new is None or old.status == new.status:
        return None
    known = {reply.status for reply in both.old.replies}, {reply.status for reply in both.new.replies}
    return None if new.status in known[0] or old.status in known[1] else (old, new)


def _status(both: Both, old: str, new: str) -> Change:
    rule = "reply-status-moved"
    if _covers(old, new):
        rule = "reply-status-settled"
    elif _covers(new, old):
        rule = "reply-status-unsettled"
    message = f"the reply comes with status {new}, was {old}"
    return both.change(rule, f"reply {old}", message, old=old, new=new)


def _covers(wide: str, narrow: str) -> bool:
    return wide == DEFAULT or (wide.endswith("XX") and wide[0] == narrow[0] and narrow != DEFAULT)


def _gone(both: Both, reply: Reply) -> Change:
    subject, whole = f"reply {reply.status}", _words(reply)
    if not is_success(both.old, reply):
        return both.change(
            "reply-error-removed", subject, f"{whole} is no longer documented", old=reply.status
        )
    if both.new.success is None:
        message = f"{whole} is no longer documented, nor is any other success"
        return both.change("reply-success-undocumented", subject, message, old=reply.status)
    return both.change("reply-success-removed", subject, f"{whole} is no longer documented", old=reply.status)


def _come(both: Both, reply: Reply) -> Change:
    subject, whole = f"reply {reply.status}", _words(reply)
    if not is_success(both.new, reply):
        return both.change("reply-error-added", subject, f"{whole} is documented", new=reply.status)
    if both.old.success is None:
        message = f"{whole} is documented, the first success that is"
        return both.change("reply-success-documented", subject, message, new=reply.status)
    message = f"success may come with status {reply.status}, too"
    return both.change("reply-success-added", subject, message, new=reply.status)


def _same(both: Both, old: Reply, new: Reply) -> Iterator[tuple[Difference | None, Change]]:
    part = _part(both, old)
    yield from ((None, change) for change in _headers(both, old, new))
    media = _essence(old.media_type), _essence(new.media_type)
    if old.schema is not None and new.schema is not None:
        if media[0] != media[1]:
            message = f"{part.whole} is {media[1]}, was {media[0]}"
            yield (
                None,
                both.change("reply-media-type-changed", part.subject, message, old=media[0], new=media[1]),
            )
        for difference, change in schema_changes(part, old.schema, new.schema):
            yield (None if part.is_error else difference), change
    elif old.schema is not None:
        impact = part.lessened(Impact.BREAKING)
        message = f"the body of {part.whole} is no longer described"
        yield (
            None,
            both.change(
                "reply-schema-removed", part.subject, message, impact=impact, witness=_anything(part, old)
            ),
        )
    elif new.schema is not None:
        message = f"the body of {part.whole} is described"
        yield None, both.change("reply-schema-added", part.subject, message)


def _anything(part: Part, old: Reply) -> Witness | None:
    if old.schema is None:
        return None
    found = any_witness(Meaning({}), part.both.old_version.view(old.schema, Direction.REPLY).meaning)
    return (
        part.witness(found.value) if found else part.witness(None, "the old schema accepts everything, too")
    )


def _part(both: Both, reply: Reply) -> Part:
    return Part(
        both=both,
        direction=Direction.REPLY,
        subject=f"reply {reply.status}",
        whole=_words(reply),
        status=reply.status,
        is_error=not is_success(both.old, reply),
    )


def _words(reply: Reply) -> str:
    return f"the {reply.status} reply"


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _headers(both: Both, old: Reply, new: Reply) -> Iterator[Change]:
    before = {header.name.lower(): header.name for header in old.headers}
    after = {header.name.lower(): header.name for header in new.headers}
    for name in (name for name in before if name not in after):
        message = f"the header {before[name]} of {_words(old)} is no longer documented"
        yield both.change("reply-header-removed", f"reply {old.status} header {name}", message, old=name)
    for name in (name for name in after if name not in before):
        message = f"the header {after[name]} of {_words(old)} is documented"
        yield both.change("reply-header-added", f"reply {old.status} header {name}", message, new=name)
