"""Replies about jobs: for each operation and stage one body, made from its schema once and filled in per request.

What the job pattern knows (id, status, what a status promises and excludes) comes first; leaves whose names say what
they hold (:data:`ROLES`) are filled from the plan; everything else the schema demands is the plainest valid value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec

from bodydouble.contracts.jobs.job_pattern import JobPattern, Promise, ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON, join, look_up, tokens_of
from bodydouble.contracts.schema.samples import Sampler, Unsampleable
from bodydouble.contracts.schema.schemas import types_of
from bodydouble.contracts.schema.validation import Validator


class Slot(StrEnum):
    """A place in a body that is filled in per request."""

    ID = "id"
    LINK = "link"
    SECONDS = "seconds"
    CREDITS = "credits"
    USD = "usd"
    ERROR_NAME = "error_name"
    ERROR_MESSAGE = "error_message"


class Role(msgspec.Struct, frozen=True):
    """Which leaves a slot fills, told by the property's name.

    Attributes:
        slot: What is filled in.
        names: Whole names.
        first: Words that a name begins with, up to its first underscore.
        last: Words that a name ends with, after its last underscore.
        in_failure: Whether the leaf belongs to the description of a failure.
    """

    slot: Slot
    names: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    in_failure: bool = False

    def takes(self, name: str) -> bool:
        """Return whether a property of this name is meant."""
        return (
            name in self.names or name.partition("_")[0] in self.first or name.rpartition("_")[2] in self.last
        )


ROLES = (
    Role(Slot.ERROR_NAME, frozenset({"name", "code", "type", "kind"}), in_failure=True),
    Role(Slot.ERROR_MESSAGE, frozenset({"message", "detail", "description", "reason"}), in_failure=True),
    Role(Slot.LINK, last=frozenset({"url", "uri", "href", "link"})),
    Role(Slot.SECONDS, frozenset({"duration", "seconds", "length", "duration_seconds"})),
    Role(Slot.CREDITS, first=frozenset({"credit", "credits", "token", "tokens", "unit", "units"})),
    Role(Slot.USD, first=frozenset({"usd", "cost", "price"})),
)
FALLBACKS: Mapping[Stage, tuple[Stage, ...]] = {
    Stage.INITIAL: (Stage.INITIAL, Stage.RUNNING),
    Stage.RUNNING: (Stage.RUNNING, Stage.INITIAL),
    Stage.SUCCESS: (Stage.SUCCESS,),
    Stage.FAILURE: (Stage.FAILURE, Stage.RUNNING, Stage.INITIAL),
}
"""Stages to show where an API has no word for one; a job that cannot be said to have failed stays as it was."""

AT_FIRST: Mapping[Stage, tuple[Stage, ...]] = {
    stage: (stage, Stage.INITIAL, Stage.RUNNING, Stage.SUCCESS) for stage in Stage
}
"""The same for a create: many know one status only, such as ``queued``, or ``ok`` for a job that was taken."""


class Unplayable(ValueError):
    """No valid reply can be made; the message says for which status and where."""


Variant: TypeAlias = Callable[[ReplyShape, Promise, JSON], JSON]
"""Makes another body of one that is valid; it decides whether that one is valid, too."""


def plain(_shape: ReplyShape, _promise: Promise, body: JSON) -> JSON:
    """Leave a body as it is."""
    return body


_LINK = b"%%(%b)b" % Slot.LINK.encode()


class Template(msgspec.Struct, frozen=True):
    """A body with slots.

    Attributes:
        text: JSON in which slots stand as ``%(name)b``; other percent signs are doubled.
    """

    text: bytes

    @property
    def has_link(self) -> bool:
        """Whether the result's URL stands in it."""
        return _LINK in self.text

    def fill(self, values: Mapping[bytes, bytes]) -> bytes:
        """Return the body with every slot's JSON text put in."""
        return self.text % values


def templates(
    shape: ReplyShape,
    trials: Mapping[Slot, tuple[JSON, ...]],
    fallbacks: Mapping[Stage, tuple[Stage, ...]] = FALLBACKS,
    variant: Variant = plain,
) -> dict[Stage, Template]:
    """Return the body of each stage for one operation.

    Args:
        shape: Where the job stands in the reply.
        trials: Values that a slot may come to hold; a leaf becomes a slot only if its schema accepts all of them.
        fallbacks: Stages to show in the place of each; the first that has a status is shown.
        variant: What becomes of each body before its slots are put in.

    Raises:
        Unplayable: The schema has no valid value for a stage that the job must pass through.
    """
    made = {}
    for stage, shown in fallbacks.items():
        promise = next((p for p in map(shape.promise, shown) if p is not None), None)
        if promise is None:
            raise Unplayable(f"no status means {stage}")
        made[stage] = _template(shape, promise, trials, variant)
    return made


def _template(
    shape: ReplyShape, promise: Promise, trials: Mapping[Slot, tuple[JSON, ...]], variant: Variant
) -> Template:
    composer = Composer(shape, promise, trials)
    try:
        body = composer.compose()
    except Unsampleable as problem:
        raise Unplayable(f"status '{promise.status}': {problem}") from None
    body = variant(shape, promise, body)
    return Template(_with_slots(body, composer.slots(body)))


class Composer(msgspec.Struct, frozen=True):
    """Composes the body of one operation with one status."""

    shape: ReplyShape
    promise: Promise
    trials: Mapping[Slot, tuple[JSON, ...]]

    @property
    def root(self) -> Mapping[str, JSON]:
        """The reply's schema, as we may send it."""
        return self.shape.reply.schema.strict if self.shape.reply.schema else {}

    def compose(self) -> JSON:
        """Return a valid body in which each slot holds its first trial value.

        Raises:
            Unsampleable: There is none.
        """
        return Sampler(self.root, self._leaf, self._wanted).sample()

    def slots(self, body: JSON) -> Iterator[tuple[str, Slot]]:
        """Yield (pointer, slot) for the leaves of ``body`` that are slots."""
        for pointer, value in _leaves(body):
            # A result's URL is known by its value, too: where a variant has moved it, no name says what it is.
            for slot in (*self._slots_at(pointer), Slot.LINK):
                if value == self.trials[slot][0] and type(value) is type(self.trials[slot][0]):
                    yield pointer, slot
                    break

    def _leaf(self, pointer: str, schema: Mapping[str, JSON]) -> Iterable[JSON]:
        if pointer == self.shape.status:
            return (self.promise.status,)
        if pointer in self.promise.absent:
            return (None,)
        described = self._described_failure(pointer, schema)
        return (*described, *(self.trials[slot][0] for slot in self._fitting(pointer, schema)))

    def _described_failure(self, pointer: str, schema: Mapping[str, JSON]) -> Iterable[JSON]:
        """A failure whose schema says nothing about it is still described."""
        if pointer not in self._failures or types_of(schema) or "properties" in schema:
            return ()
        return ({"name": self.trials[Slot.ERROR_NAME][0], "message": self.trials[Slot.ERROR_MESSAGE][0]},)

    def _fitting(self, pointer: str, schema: Mapping[str, JSON]) -> Iterator[Slot]:
        slots = tuple(self._slots_at(pointer)) if types_of(schema) else ()
        if not slots:
            return  # and no schema is compiled for the many leaves that no slot is for
        allowed = Validator({**schema, "$defs": self.root.get("$defs", {})})
        yield from (slot for slot in slots if all(map(allowed.verdict, self.trials[slot])))

    def _slots_at(self, pointer: str) -> Iterator[Slot]:
        if pointer in self.shape.ids:
            yield Slot.ID
            return
        name = (tokens_of(pointer) or ("",))[-1]
        failing = any(pointer == place or pointer.startswith(f"{place}/") for place in self._failures)
        if failing and pointer in self._failures:
            yield Slot.ERROR_MESSAGE
        yield from (role.slot for role in ROLES if role.takes(name) and role.in_failure is failing)

    @property
    def _failures(self) -> tuple[str, ...]:
        return self.promise.present if self.promise.stage is Stage.FAILURE else ()

    def _wanted(self, pointer: str) -> bool:
        """Final states show all they have; before that a reply is an id and a status."""
        if pointer in self.shape.ids or pointer == self.shape.status:
            return True
        if pointer in self.promise.absent:
            return False
        if self.promise.stage is Stage.FAILURE:
            return any(_related(pointer, place) for place in self.promise.present)
        if self.promise.stage is Stage.SUCCESS:
            return True
        return any(
            pointer.startswith(parent) or parent.startswith(f"{pointer}/") for parent in self._wrappers
        )

    @property
    def _wrappers(self) -> tuple[str, ...]:
        """The objects around id and status, if a reply wraps them."""
        return tuple(place for place in (*self.shape.ids, self.shape.status) if place.count("/") > 1)


def _related(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/") or place.startswith(f"{pointer}/")


def _leaves(value: JSON, pointer: str = "") -> Iterator[tuple[str, JSON]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, join(pointer, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _leaves(member, f"{pointer}/{index}")
    else:
        yield pointer, value


def _with_slots(body: JSON, slots: Iterable[tuple[str, Slot]]) -> bytes:
    """Encode ``body`` with markers at the slots, then turn the markers into format fields."""
    marked: Any = msgspec.json.decode(msgspec.json.encode(body))
    fields: list[tuple[bytes, bytes]] = []
    for number, (pointer, slot) in enumerate(slots):
        *parents, last = tokens_of(pointer)
        holder: Any = look_up(marked, join("", *parents))
        marker = f"\0{number}\0"
        holder[int(last) if isinstance(holder, list) else last] = marker
        fields.append((msgspec.json.encode(marker), f"%({slot})b".encode()))
    text = msgspec.json.encode(marked).replace(b"%", b"%%")
    for mark, field in fields:
        text = text.replace(mark, field)
    return text


class Play(msgspec.Struct, frozen=True):
    """A job pattern, ready to be played.

    Attributes:
        pattern: Whose replies these are.
        created: The create's body for each stage.
        polled: The poll's body for each stage.
        trials: Values that a slot may come to hold.
        created_status: The status code of a create that succeeds.
        polled_status: The same of a poll.
    """

    pattern: JobPattern
    created: Mapping[Stage, Template]
    polled: Mapping[Stage, Template]
    trials: Mapping[Slot, tuple[JSON, ...]]
    created_status: int
    polled_status: int

    @property
    def name(self) -> str:
        """What it is called from one run to the next: its operation, and the first model that chooses it."""
        operation = f"{self.pattern.submit.method.upper()} {self.pattern.submit.path}"
        return f"{operation} {self.pattern.models[0]}" if self.pattern.models else operation


def prepare(pattern: JobPattern, trials: Mapping[Slot, tuple[JSON, ...]], variant: Variant = plain) -> Play:
    """Return ``pattern`` with its replies prepared.

    Raises:
        Unplayable: See :func:`templates`.
    """
    created = templates(pattern.submitted, trials, AT_FIRST, variant)
    polled = templates(pattern.polled, trials, FALLBACKS, variant)
    codes = pattern.submitted.reply.status_code, pattern.polled.reply.status_code
    return Play(pattern, created, polled, trials, *codes)
