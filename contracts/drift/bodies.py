"""What clients send as the body of an operation, and how that changed."""

from collections.abc import Iterator

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.words import one_of

from .changes import Change, Direction, Witness
from .counterparts import MODEL, models_of
from .described import Both, Part, is_same, schema_changes
from .differences import Difference, Kind
from .witnesses import witness


def swapped_model(both: Both) -> Change | None:
    """Return the change that makes all others idle: the operation serves other models now, and none of the old."""
    if both.old.request is None or both.new.request is None or is_same(both.old.request, both.new.request):
        return None
    old, new = models_of(both.old_version, both.old), models_of(both.new_version, both.new)
    if not old or not new or {*old} & {*new}:
        return None
    before: list[JSON] = [*old]
    after: list[JSON] = [*new]
    message = f"the model is {one_of(after)}, was {one_of(before)}: every other difference follows from that"
    return both.change(
        "request-model-swapped",
        f"request /{MODEL}",
        message,
        old=before,
        new=after,
        witness=_model_witness(both),
    )


def _model_witness(both: Both) -> Witness | None:
    part = _body(both)
    if both.old.request is None or both.new.request is None:
        return None
    inner = both.old_version.view(both.old.request, Direction.REQUEST)
    outer = both.new_version.view(both.new.request, Direction.REQUEST).meaning
    place = (MODEL,)
    anything = Difference(
        kind=Kind.ENUM_REPLACED,
        old_tokens=place,
        new_tokens=place,
        probes=(inner.member(MODEL).meaning.schema,),
        at=place,
    )
    found = witness(inner, outer, anything)
    return (
        part.witness(found.value)
        if found
        else part.witness(None, "no valid request of the old model was found")
    )


def _body(both: Both) -> Part:
    return Part(both=both, direction=Direction.REQUEST, subject="request", whole="the request")


def body_changes(both: Both) -> Iterator[Change]:
    """Yield what changed about the JSON body."""
    old, new = both.old.request, both.new.request
    if old is None and new is None:
        return
    if new is None:
        yield both.change("request-body-removed", "request", "no JSON body is taken any more")
    elif old is None:
        message = "a JSON body is taken"
        must = both.new.request_required
        rule = "request-body-became-required" if must else "request-body-added"
        yield both.change(rule, "request", f"{message}, and must be sent" if must else message)
    else:
        yield from _presence(both)
        yield from (change for _, change in schema_changes(_body(both), old, new))


def _presence(both: Both) -> Iterator[Change]:
    if both.new.request_required and not both.old.request_required:
        yield both.change("request-body-became-required", "request", "the JSON body must be sent")
    elif both.old.request_required and not both.new.request_required:
        yield both.change("request-body-became-optional", "request", "the JSON body may be left out")
