"""One version of a contract, read for comparison: parsed once, resolved from the operations down when asked."""

from collections.abc import Iterable
from functools import cached_property

from bodydouble.contracts.openapi.operations import Operation, operations_of
from bodydouble.contracts.reading.fragments import Fragment


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

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation of every fragment, in document order.

        Raises:
            AliasError: ``x-bodydouble-aliases`` says something that cannot be understood.
        """
        return tuple(operation for fragment in self.fragments for operation in operations_of(fragment))
