"""Whether a value is valid: by its schema in every reading, and by the rules for the images in it."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.schema.images import ImageRules, broken_rules
from bodydouble.contracts.schema.schemas import walk_properties
from bodydouble.contracts.schema.validation import Validator, Violation

IMAGE = "x-bodydouble-image"
"""The keyword under which an overlay states what an image in a text must be like."""


class Judge:
    """The judge of values under one schema, given in one reading or in several.

    A value that the readings disagree about is neither valid nor invalid: nobody could be blamed for it.
    """

    __slots__ = ("_images", "_validators")

    def __init__(self, *readings: Mapping[str, JSON]) -> None:
        """Compile the schemas.

        Args:
            readings: The same schema in each of its readings, self-contained; at least one.
        """
        self._validators = tuple(Validator(dict(reading)) for reading in readings)
        self._images = tuple(images_of(readings[0]))

    def is_valid(self, value: JSON) -> bool:
        """Return whether every reading accepts the value."""
        return all(validator.is_valid(value) for validator in self._validators) and not any(
            self._faults(value)
        )

    def is_invalid(self, value: JSON) -> bool:
        """Return whether no reading accepts the value."""
        return any(self._faults(value)) or not any(
            validator.is_valid(value) for validator in self._validators
        )

    def violations(self, value: JSON) -> tuple[Violation, ...]:
        """Return what is wrong with the value, by the last reading and the rules for images."""
        return (*self._validators[-1].violations(value), *self._faults(value))

    def _faults(self, value: JSON) -> Iterator[Violation]:
        for pointer, rules in self._images:
            image = _at(value, pointer)
            for fault in broken_rules(image, rules) if isinstance(image, str) else ():
                yield Violation(pointer, fault.message, fault.expected, fault.got, "image")


def images_of(schema: Mapping[str, JSON]) -> Iterator[tuple[str, ImageRules]]:
    """Yield the places of images in a value with their rules; rules that cannot be read are none."""
    for pointer, member in walk_properties(schema, dict(schema)):
        rules = rules_in(member)
        if rules is not None:
            yield pointer, rules


def rules_in(schema: Mapping[str, JSON]) -> ImageRules | None:
    """Return the rules for an image that one schema states, or None."""
    try:
        return ImageRules.from_json(schema[IMAGE])
    except (KeyError, ValueError):
        return None


def _at(value: JSON, pointer: str) -> JSON:
    try:
        return look_up(value, pointer)
    except LookupError:
        return None
