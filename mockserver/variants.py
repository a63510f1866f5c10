"""Variants of bodies: the freedom that a contract leaves, used in one direction; and shapes that it forbids.

A change that the schema does not accept is left out, place by place, so that ``nulls``, ``absent`` and ``extra`` stay
within the contract whatever it is. ``wide`` and words of a scenario's own are meant to break it.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.jobs.job_pattern import Promise, ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON, join, look_up, tokens_of
from bodydouble.contracts.schema.schemas import properties_of
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.scenes.faults import Target
from bodydouble.mockserver.scenes.scenarios import Body, Edit, Numbers, Scenario

from .replies import Play, Template, Variant, prepare

EXTRA: Mapping[str, JSON] = {"x_double_extra": {"since": "tomorrow", "values": [1, 2.5, None]}}
"""What the contract does not name, at every object that takes it."""


def play_for(play: Play, scenario: Scenario) -> Play:
    """Return ``play`` with the bodies that ``scenario`` wants.

    Raises:
        Unplayable: See :func:`~bodydouble.mockserver.replies.templates`.
    """
    words = dict(scenario.words)
    if scenario.body is Body.PLAIN and not words:
        return play
    change = VARIANTS[scenario.body]

    def variant(shape: ReplyShape, promise: Promise, body: JSON) -> JSON:
        return _worded(shape, promise, change(shape, promise, body), words)

    return prepare(play.pattern, play.trials, variant)


def edited_play(play: Play, scenario: Scenario) -> Play:
    """Return ``play`` with the edits and the numbers of ``scenario``: replies are changed when they are told."""
    if not scenario.edits and scenario.numbers is Numbers.PLAIN:
        return play
    pattern = play.pattern
    return replace(
        play,
        created=_edited(play.created, pattern.submitted, Target.SUBMIT, scenario),
        polled=_edited(play.polled, pattern.polled, Target.POLL, scenario),
    )


def _edited(
    bodies: Mapping[Stage, Template], shape: ReplyShape, target: Target, scenario: Scenario
) -> dict[Stage, Template]:
    root = shape.reply.schema.strict if shape.reply.schema else {}
    keeps = Validator(dict(root)).verdict if not scenario.breaks_contract else None
    return {
        stage: Edited(
            template.text,
            tuple(
                edit
                for edit in scenario.edits
                if target in edit.on and (not edit.stages or stage in edit.stages)
            ),
            scenario.numbers is Numbers.FLOATS,
            shape,
            keeps,
        )
        for stage, template in bodies.items()
    }


class Edited(Template, frozen=True):
    """A body that is changed after its slots have been filled in.

    Attributes:
        edits: What is changed, in this order.
        floats: Whether whole numbers get a fraction.
        shape: What the operation's replies promise.
        keeps: Tells whether the schema takes a body; None where the contract may be broken.
    """

    edits: tuple[Edit, ...]
    floats: bool
    shape: ReplyShape
    keeps: Callable[[JSON], bool] | None

    def fill(self, values: Mapping[bytes, bytes]) -> bytes:
        """Return the body with every slot's JSON text put in, and changed."""
        body: JSON = msgspec.json.decode(self.text % values)
        for edit in self.edits:
            made = _edit(body, edit)
            if made is not None and (self.keeps is None or self._is_kept(body, made)):
                body = made
        return msgspec.json.encode(_with_floats(body) if self.floats else body)

    def _is_kept(self, before: JSON, made: JSON) -> bool:
        """Whether the schema and the promise of the status hold, and the reply is about the same job."""
        word = _at(made, self.shape.status)
        promise = next((each for each in self.shape.promises if each.status == word), None)
        ids = [_at(made, place) for place in self.shape.ids]
        same = _at(made, self.shape.status) == _at(before, self.shape.status) and all(
            told in (None, _at(before, place)) for told, place in zip(ids, self.shape.ids, strict=True)
        )
        if self.shape.ids and not any(ids):
            return False
        return (
            same
            and (
                promise is None
                or (
                    all(_at(made, place) is not None for place in promise.present)
                    and all(_at(made, place) is None for place in promise.absent)
                )
            )
            and (self.keeps is None or self.keeps(made))
        )


def _edit(body: JSON, edit: Edit) -> JSON:
    """Return a copy of ``body`` with one place changed, or None where that place cannot be."""
    *parents, last = tokens_of(edit.at)
    made = deepcopy(body)
    holder = _at(made, join("", *parents))
    if not isinstance(holder, dict) or (edit.value is None and last not in holder):
        return None
    if edit.value is None:
        del holder[last]
    else:
        holder[last] = msgspec.json.decode(edit.value)
    return made


def _with_floats(value: JSON) -> JSON:
    match value:
        case dict():
            return {name: _with_floats(member) for name, member in value.items()}
        case list():
            return [_with_floats(member) for member in value]
        case int() if not isinstance(value, bool):
            return float(value)
    return value


def plain(_shape: ReplyShape, _promise: Promise, body: JSON) -> JSON:
    """Leave a body as it is."""
    return body


def nulls(shape: ReplyShape, promise: Promise, body: JSON) -> JSON:
    """Put null wherever the schema takes it, except for what says how the job stands."""
    return _changed(shape, promise, body, _nulled)


def absent(shape: ReplyShape, promise: Promise, body: JSON) -> JSON:
    """Leave out whatever the schema lets go, except for what says how the job stands."""
    return _changed(shape, promise, body, _left_out)


def extra(shape: ReplyShape, promise: Promise, body: JSON) -> JSON:
    """Add a field to every object that takes one."""
    return _changed(shape, promise, body, _added)


def wide(_shape: ReplyShape, promise: Promise, body: JSON) -> JSON:
    """Make a list of what a success promises: of URLs where it is an object with one."""
    made = deepcopy(body)
    for pointer in promise.present if promise.stage is Stage.SUCCESS else ():
        held = _at(made, pointer)
        if held is not None and pointer:
            _put(made, pointer, [_url_in(held)])
    return made


VARIANTS: Mapping[Body, Variant] = {
    Body.PLAIN: plain,
    Body.NULLS: nulls,
    Body.ABSENT: absent,
    Body.EXTRA: extra,
    Body.WIDE: wide,
}
"""What becomes of a body, by the scenario's word for it."""

Change = Callable[[dict[str, Any], str], None]
"""Changes one member of an object in place."""


def _nulled(holder: dict[str, Any], name: str) -> None:
    holder[name] = None


def _left_out(holder: dict[str, Any], name: str) -> None:
    holder.pop(name, None)


def _added(holder: dict[str, Any], name: str) -> None:
    value = holder.get(name)
    if isinstance(value, dict):
        value.update(deepcopy(dict(EXTRA)))


def _changed(shape: ReplyShape, promise: Promise, body: JSON, change: Change) -> JSON:
    """Apply ``change`` to every member, the outermost first, wherever the result is still valid and as promised."""
    root = shape.reply.schema.strict if shape.reply.schema else {}
    valid = Validator(dict(root)).verdict
    wrapped: dict[str, Any] = {"": deepcopy(body)}
    kept = (*shape.ids, shape.status, *promise.present)
    for pointer in ("", *_members(root, wrapped[""])):
        if change is not _added and _holds(pointer, kept):
            continue
        attempt = deepcopy(wrapped)
        *parents, last = ("", *tokens_of(pointer))
        holder = _holder(attempt, parents)
        if holder is None:
            continue
        change(holder, last)
        if valid(attempt[""]):
            wrapped = attempt
    changed: JSON = wrapped[""]
    return changed


def _members(root: Mapping[str, JSON], body: JSON) -> Iterator[str]:
    """Yield the pointers of the members that a body has, and of those at its top that it could have."""
    yield from (join("", name) for name in properties_of(root, dict(root)))
    yield from _within(body, "")


def _within(value: JSON, pointer: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            place = join(pointer, name)
            yield place
            yield from _within(member, place)


def _holds(pointer: str, kept: tuple[str, ...]) -> bool:
    return any(place == pointer or place.startswith(f"{pointer}/") for place in kept)


def _holder(wrapped: dict[str, Any], parents: list[str]) -> dict[str, Any] | None:
    node: Any = wrapped
    for name in parents:
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


def _worded(shape: ReplyShape, promise: Promise, body: JSON, words: Mapping[Stage, str]) -> JSON:
    if promise.stage not in words or not shape.status:
        return body
    made = deepcopy(body)
    _put(made, shape.status, words[promise.stage])
    return made


def _url_in(held: JSON) -> JSON:
    texts = [member for member in held.values() if isinstance(member, str)] if isinstance(held, dict) else []
    return next((text for text in texts if text.startswith(("http://", "https://"))), held)


def _at(value: JSON, pointer: str) -> JSON:
    try:
        return look_up(value, pointer)
    except LookupError:
        return None


def _put(value: Any, pointer: str, new: JSON) -> None:
    *parents, last = tokens_of(pointer)
    holder = _at(value, join("", *parents))
    if isinstance(holder, dict):
        holder[last] = new
