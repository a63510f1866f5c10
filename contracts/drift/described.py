"""One operation in both versions, and changes about it put together with their places."""

from collections.abc import Iterator

import msgspec

from bodydouble.contracts.openapi.operations import Operation, Schema
from bodydouble.contracts.pointers import JSON, pointer

from .changes import Change, Direction, Impact, Place, Witness
from .differences import Difference
from .locating import located
from .meaning import same
from .rules import BY_ID
from .verdicts import Judged, judged
from .versions import Version
from .wording import sentence


class Both(msgspec.Struct, frozen=True):
    """One operation in both versions.

    Attributes:
        old_version: Where the old one is from.
        new_version: Where the new one is from.
        old: As it was.
        new: As it is.
    """

    old_version: Version
    new_version: Version
    old: Operation
    new: Operation

    @property
    def place(self) -> Place:
        """Where the operation stands in both documents."""
        return self.place_at(self.old.pointer, self.new.pointer)

    def place_at(self, old: str, new: str) -> Place:
        """Return the place at two pointers."""
        return Place(
            operation=str(self.old),
            old_source=self.old.source,
            old_pointer=old,
            new_source=self.new.source,
            new_pointer=new,
        )

    def change(
        self,
        rule: str,
        subject: str,
        message: str,
        *,
        old: JSON = None,
        new: JSON = None,
        impact: Impact | None = None,
        witness: Witness | None = None,
        place: Place | None = None,
    ) -> Change:
        """Return a change of this operation; its impact is that of its rule unless stated otherwise."""
        return Change(
            rule=rule,
            impact=impact or BY_ID[rule].impact,
            subject=subject,
            message=message,
            places=(place or self.place,),
            old=old,
            new=new,
            witness=witness,
        )


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A body or a parameter of an operation.

    Attributes:
        both: The operation.
        direction: Whether clients send or read it.
        subject: What it is: ``"request"``, ``"reply 200"``, ``"query id"``.
        whole: The same in words: ``"the request"``, ``"the 200 reply"``, ``"the query parameter id"``.
        location: Of its values on the wire: ``body``, ``query``…
        name: Of a parameter; ``""`` for a body.
        status: Response key of a reply; ``""`` for a request.
        is_error: Whether it tells of a failure, whose shape clients rely on less.
    """

    both: Both
    direction: Direction
    subject: str
    whole: str
    location: str = "body"
    name: str = ""
    status: str = ""
    is_error: bool = False

    def witness(self, value: JSON, problem: str = "") -> Witness:
        """Return the witness with this value, or with the reason why there is none."""
        return Witness(
            direction=self.direction,
            method=self.both.old.method,
            path=self.both.old.path,
            location=self.location,
            name=self.name,
            status=self.status,
            value=value,
            problem=problem,
        )

    def lessened(self, impact: Impact) -> Impact:
        """Return the impact as it is for this part: the shape of an error is a risk."""
        return Impact.RISKY if self.is_error and impact is Impact.BREAKING else impact


def schema_changes(part: Part, old: Schema, new: Schema) -> Iterator[tuple[Difference, Change]]:
    """Yield what changed between two schemas of one part, each with the difference that it is about."""
    if is_same(old, new):
        return
    both = part.both
    before = both.old_version.view(old, part.direction)
    after = both.new_version.view(new, part.direction)
    for each in judged(before, after, part.direction):
        yield each.difference, _change(part, each, old, new)


def is_same(old: Schema, new: Schema) -> bool:
    """Return whether two schemas are written alike, what they refer to included."""
    return old.lenient == new.lenient and same(dict(old.lenient), dict(new.lenient))


def _change(part: Part, each: Judged, old: Schema, new: Schema) -> Change:
    both, difference = part.both, each.difference
    witness = None
    if each.found is not None:
        witness = part.witness(each.found.value)
    elif each.problem:
        witness = part.witness(None, each.problem)
    return both.change(
        f"{part.direction}-{difference.kind}",
        f"{part.subject} {pointer(difference.old_tokens)}".strip(),
        sentence(difference, part.whole, part.direction),
        old=difference.old,
        new=difference.new,
        impact=part.lessened(each.impact),
        witness=witness,
        place=both.place_at(
            located(both.old.document, old.pointer, difference.old_tokens),
            located(both.new.document, new.pointer, difference.new_tokens),
        ),
    )
