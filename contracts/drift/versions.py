"""One version of a contract, read for comparison: parsed once, resolved from the operations down when asked."""

from collections.abc import Iterable
from functools import cached_property

import msgspec

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.jobs.job_statement import ReplyStatement
from bodydouble.contracts.jobs.polls import success_of
from bodydouble.contracts.jobs.reply_shapes import Seen, places_of, see
from bodydouble.contracts.lint.defect_rules import Description, describe_fragment
from bodydouble.contracts.lint.defect_rules import Rule as DefectRule
from bodydouble.contracts.lint.defects import RULES
from bodydouble.contracts.openapi.operations import Operation, Schema, operations_of
from bodydouble.contracts.reading.fragments import Fragment

from .changes import Direction
from .closing import closed, opened
from .unsatisfiable import UNSATISFIABLE
from .views import View

ID = "id"


DEFECTS = (*(rule for rule in RULES if rule.severity is not Severity.NOTE), UNSATISFIABLE)
"""Rules about what is wrong; what is only good to know neither comes nor goes."""


def speaking(descriptions: Iterable[Description]) -> frozenset[str]:
    """Return the ids of the rules about defects that find something."""
    looked_at = tuple(descriptions)
    return frozenset(rule.id for rule in DEFECTS if any(_has_flaw(rule, each) for each in looked_at))


def _has_flaw(rule: DefectRule, description: Description) -> bool:
    return next(rule.flaws(description), None) is not None


class Flawed(msgspec.Struct, frozen=True):
    """Where something is wrong with a fragment, and what."""

    source: str
    pointer: str
    message: str


class Version:
    """The fragments that were published together, and what is worked out from them, each thing once.

    Use one object for all comparisons that a version takes part in: that is what makes a history cheap.

    Attributes:
        fragments: As published, or with overlays applied; both sides of a comparison alike.
        name: What reports call it: a date, a file, a commit.
    """

    def __init__(self, fragments: Iterable[Fragment], name: str = "") -> None:
        self.fragments = tuple(fragments)
        self.name = name
        # Schemas and operations are kept beside what was made of them, so that no identity is given away twice.
        self._views: dict[tuple[int, Direction], tuple[Schema, View]] = {}
        self._compared = False
        self._shapes: dict[int, tuple[Operation, Seen]] = {}

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation of every fragment, in document order.

        Raises:
            AliasError: ``x-bodydouble-aliases`` says something that cannot be understood.
        """
        return tuple(operation for fragment in self.fragments for operation in operations_of(fragment))

    @cached_property
    def defective(self) -> frozenset[str]:
        """Ids of the rules about defects that find something anywhere."""
        return speaking(self.descriptions)

    def was_compared(self) -> bool:
        """Return whether this was asked before: from the second time on it pays to know all defects."""
        before, self._compared = self._compared, True
        return before

    @cached_property
    def descriptions(self) -> tuple[Description, ...]:
        """Each fragment laid out for the rules about defects."""
        return tuple(map(describe_fragment, self.fragments))

    def flaws(self, rule: DefectRule) -> tuple[Flawed, ...]:
        """Return where a rule about defects finds something."""
        return tuple(
            Flawed(source=description.fragment.source, pointer=flaw.pointer, message=flaw.message)
            for description in self.descriptions
            for flaw in sorted(rule.flaws(description), key=lambda flaw: flaw.pointer)
        )

    def view(self, schema: Schema, direction: Direction) -> View:
        """Return a schema as it is read in one direction: requests closed, replies open.

        Both by the lenient reading of ``nullable``: what matters is what authors mean by a change.
        """
        key = (id(schema), direction)
        if key not in self._views:
            made = (closed if direction is Direction.REQUEST else opened)(schema.lenient)
            self._views[key] = (schema, View(made, made))
        return self._views[key][1]

    def shape(self, operation: Operation) -> Seen:
        """Return where the success reply of an operation tells about a job, as far as it does."""
        if id(operation) not in self._shapes:
            seen = see(places_of(success_of(operation)), ID, ReplyStatement())
            self._shapes[id(operation)] = (operation, seen)
        return self._shapes[id(operation)][1]
