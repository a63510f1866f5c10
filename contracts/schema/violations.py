"""One thing that is wrong with a JSON value, and many of them in the order of the document."""

from collections.abc import Iterable
from typing import Any

import msgspec

from bodydouble.contracts.pointers import JSON, tokens_of


class Violation(msgspec.Struct, frozen=True):
    """What is wrong at one place, in words for a person.

    Attributes:
        pointer: JSON Pointer (RFC 6901) of the place; of a missing property, the place where it should be.
        message: What is wrong, one sentence without a full stop: ``"prompt must be at most 9 characters"``.
        expected: What should have been there (``"at most 9 characters"``).
        got: What was there, at most 60 characters of it (``"12 characters"``).
        keyword: The JSON Schema keyword that says so; ``"json"`` where the value is no JSON at all.
    """

    pointer: str
    message: str
    expected: str
    got: str
    keyword: str


def in_document_order(violations: Iterable[Violation], instance: JSON) -> tuple[Violation, ...]:
    """Return ``violations`` sorted by where they stand in ``instance``.

    A container comes before what it contains, a missing property after those that are there; where the place is the
    same, the given order stays.
    """
    ranks: dict[int, dict[str, int]] = {}

    def position(violation: Violation) -> list[int]:
        node: Any = instance
        steps: list[int] = []
        for token in tokens_of(violation.pointer):
            if isinstance(node, dict):
                if id(node) not in ranks:
                    ranks[id(node)] = {name: rank for rank, name in enumerate(node)}
                steps.append(ranks[id(node)].get(token, len(node)))
                node = node.get(token)
            else:
                steps.append(int(token))
                node = node[int(token)]
        return steps

    return tuple(sorted(violations, key=position))
