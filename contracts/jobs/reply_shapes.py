"""Where the job stands in a reply, and what each status says about the rest of it.

Read from the reply's schema by the names that job APIs use; what an overlay states comes first.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec

from bodydouble.contracts.openapi.operations import Reply
from bodydouble.contracts.pointers import JSON, join, tokens_of
from bodydouble.contracts.schema.schemas import (
    outline,
    properties_of,
    required_of,
    strings_of,
    types_of,
    walk_properties,
)
from bodydouble.contracts.schema.validation import Validator

from .job_pattern import Promise, ReplyShape
from .job_statement import ReplyStatement, StatusStatement
from .naming import snake_case
from .stages import Stage, stage_of

STATUS_NAMES = (
    "status",
    "state",
    "job_status",
    "task_status",
    "job_state",
    "task_state",
    "run_status",
    "phase",
)
FAILURE_NAMES = ("error", "errors", "failure", "failure_reason", "fail_reason", "error_message", "error_code")
RESULT_NAMES = re.compile(
    r"((task|job|final|generated)_)?(result|output|video|image|audio|file|artifact|asset|transcript|transcription|media|content|response|download)"
    r"s?(_(url|uri|link|text|json)s?)?|text|data|url|uri"
)
ID_OF_OTHERS = re.compile(
    r"(user|account|org|organization|project|team|owner|customer|client|model|parent|session|trace|workspace)_u?u?id"
)
ENDS_WITHOUT_REASON = re.compile(r"cancel|expire|abort|stop")
ASSUMED_WORDS = ("queued", "processing", "completed", "failed")
"""Of a status whose schema and overlay name none."""


class Places(msgspec.Struct, frozen=True):
    """What a reply may hold: the outline of every property, by pointer, the shallowest first."""

    reply: Reply
    outlines: Mapping[str, Mapping[str, JSON]]

    @property
    def root(self) -> Mapping[str, JSON]:
        """The reply's schema as the double may send it."""
        return self.reply.schema.strict if self.reply.schema else {}

    def beside(self, place: str) -> list[str]:
        """Return the pointers of what stands in the same object as ``place``."""
        return [pointer for pointer in self.outlines if parent_of(pointer) == parent_of(place)]

    def texts(self) -> list[str]:
        """Return the pointers of what may be a text."""
        return [p for p, seen in self.outlines.items() if "string" in (types_of(seen) or {"string"})]

    def is_acknowledgement(self, ident: str) -> bool:
        """Whether nothing stands beside the id that has parts, as a result would."""
        return not any(types_of(self.outlines[place]) & {"object", "array"} for place in self.beside(ident))

    def under(self, reply: Reply) -> "Places":
        """Return these places as those of another reply, whose own schema says nothing."""
        return Places(
            msgspec.structs.replace(reply, media_type=self.reply.media_type, schema=self.reply.schema),
            self.outlines,
        )


class Seen(msgspec.Struct, frozen=True):
    """A reply's places, the shape that was found among them, and the status words that its schema lists."""

    places: Places
    shape: ReplyShape
    words: tuple[str, ...]


def places_of(reply: Reply) -> Places:
    """Return the places of a reply; none where it documents no JSON object."""
    root = reply.schema.strict if reply.schema else {}
    return Places(reply, dict(walk_properties(root, dict(root))))


def parent_of(pointer: str) -> str:
    """Return the pointer of the object that holds the property at ``pointer``."""
    return pointer.rsplit("/", 1)[0]


def name_at(pointer: str) -> str:
    """Return the name of the property at ``pointer``, in snake case."""
    return snake_case(tokens_of(pointer)[-1])


def status_in(places: Places) -> str:
    """Return the pointer of the status, or ``""`` if nothing is named like one.

    One whose words stand for several stages comes before one that may be anything; then the shallowest counts.
    """
    named = [p for p in places.texts() if name_at(p) in STATUS_NAMES and not _is_any(places.outlines[p])]

    def likeness(pointer: str) -> tuple[bool, int, int]:
        telling = _are_telling(strings_of(places.outlines[pointer]))
        return (not telling, pointer.count("/"), STATUS_NAMES.index(name_at(pointer)))

    return min(named, key=likeness, default="")


def _are_telling(words: Iterable[str]) -> bool:
    """Whether words stand for several stages, as those of a job do."""
    return len({stage_of(word) for word in words} - {None}) > 1


def _is_any(seen: Mapping[str, JSON]) -> bool:
    return not types_of(seen) and not strings_of(seen)


def ids_in(places: Places, parameter: str, status: str) -> tuple[str, ...]:
    """Return the pointers of the job's id: beside the status or above it, anywhere if there is no status.

    These are the texts called ``id`` or like the poll's parameter; failing that, the first other name that ends in
    ``id`` and does not say that it is something else's.
    """
    exact = ("id", snake_case(parameter))
    ranks: dict[str, tuple[int, int]] = {}
    for pointer in places.texts():
        name, parent = name_at(pointer), parent_of(pointer)
        likely = name in exact or (re.fullmatch(r"(\w+_)?u?u?id", name) and not ID_OF_OTHERS.fullmatch(name))
        if likely and status.startswith(f"{parent}/" if status else ""):
            distance = status.count("/") - pointer.count("/") if status else pointer.count("/")
            ranks[pointer] = (int(name not in exact), distance)
    best = min(ranks.values(), default=(0, 0))
    found = [pointer for pointer, rank in ranks.items() if rank == best]
    return tuple(found if best[0] == 0 else found[:1])


def see(places: Places, parameter: str, stated: ReplyStatement, others: Iterable[Promise] = ()) -> Seen:
    """Return the shape of a reply; its ``ids`` are empty where it holds no id.

    Args:
        places: What the reply may hold.
        parameter: The poll's parameter that takes the id.
        stated: What an overlay states; pointers that the reply does not have are passed over.
        others: The promises of the other reply, whose words stand in where this one's schema lists none.
    """
    status = stated.status if stated.status in places.outlines else status_in(places)
    words = strings_of(places.outlines.get(status, {}))
    ids = tuple(p for p in stated.ids if p in places.outlines) or ids_in(places, parameter, status)
    if not ids and not _are_telling(words):
        ids = ids_in(places, parameter, "")
    if not status:
        status = join(parent_of(ids[0]) if ids else "", "status")
    stages = {promise.status: promise.stage for promise in others}
    telling = _Telling.of(places, ids, status)
    promises = [
        telling.promise(word, stated.statuses.get(word, StatusStatement()), stages.get(word))
        for word in words or tuple(stages) or tuple(stated.statuses) or ASSUMED_WORDS
    ]
    return Seen(places, ReplyShape(places.reply, ids, status, tuple(promises)), words)


class _Telling(msgspec.Struct, frozen=True):
    """What stands beside the status and tells how the job ended: results and failures."""

    places: Places
    results: tuple[str, ...]
    failures: tuple[str, ...]

    @classmethod
    def of(cls, places: Places, ids: tuple[str, ...], status: str) -> "_Telling":
        others = [pointer for pointer in places.beside(status) if pointer not in (*ids, status)]
        failures = tuple(pointer for pointer in others if name_at(pointer) in FAILURE_NAMES)
        return cls(places, tuple(_results(places, [p for p in others if p not in failures])), failures)

    def promise(self, word: str, stated: StatusStatement, elsewhere: Stage | None) -> Promise:
        stage = stated.stage or elsewhere or stage_of(word) or Stage.RUNNING
        described = () if ENDS_WITHOUT_REASON.search(word.lower()) else self.failures
        present = {Stage.SUCCESS: self.results, Stage.FAILURE: described}.get(stage, ())
        without = {Stage.SUCCESS: self.failures, Stage.FAILURE: self.results}
        absent = without.get(stage, (*self.results, *self.failures))
        if stated.present is not None:
            present = stated.present
            absent = tuple(a for a in absent if not any(contradicts(p, a) for p in present))
        if stated.absent is not None:
            absent = stated.absent
            present = tuple(p for p in present if not any(contradicts(p, a) for a in absent))
        return Promise(word, stage, self._known(present), self._possible(absent))

    def _known(self, pointers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(pointer for pointer in pointers if pointer in self.places.outlines)

    def _possible(self, pointers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(pointer for pointer in self._known(pointers) if may_be_absent(self.places, pointer))


def contradicts(present: str, absent: str) -> bool:
    """Whether one place cannot be present while the other is absent: it is the same, or inside it."""
    return present == absent or present.startswith(f"{absent}/")


def _results(places: Places, others: list[str]) -> list[str]:
    """What a job is run for: by its name, else by a link in it, else whatever has parts."""
    named = [pointer for pointer in others if RESULT_NAMES.fullmatch(name_at(pointer))]
    linked = [pointer for pointer in others if _holds_link(places.root, places.outlines[pointer])]
    parted = [p for p in others if types_of(places.outlines[p]) & {"object", "array"}]
    return named or linked or parted


def _holds_link(root: Mapping[str, JSON], seen: Mapping[str, JSON], depth: int = 4) -> bool:
    """Whether a value is or holds a link: a text of ``format: uri``."""
    if seen.get("format") == "uri":
        return True
    inner = [*properties_of(root, dict(seen)).values(), seen.get("items")]
    return depth > 0 and any(_holds_link(root, outline(root, member), depth - 1) for member in inner)


def may_be_absent(places: Places, pointer: str) -> bool:
    """Whether a valid reply may lack the property at ``pointer``, or have null there or above it."""
    schema: JSON = dict(places.root)
    for token in tokens_of(pointer):
        seen = outline(places.root, schema)
        schema = properties_of(places.root, schema).get(token)
        if token not in required_of(seen) or _accepts_null(places.root, schema):
            return True
    return False


def _accepts_null(root: Mapping[str, JSON], schema: JSON) -> bool:
    node = schema if isinstance(schema, dict) else {}
    return Validator({**node, "$defs": root.get("$defs", {})}).is_valid(None)
