"""One thing that is wrong with a JSON value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
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
