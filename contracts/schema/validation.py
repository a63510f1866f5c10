"""Whether a value fits a schema, fast; and what is wrong with it, in words."""

from collections.abc import Callable

from jsonschema_rs import Draft202012Validator

from bodydouble.contracts.pointers import JSON

from .violations import Violation
from .wellformed import conforms, defects

__all__ = ["Validator", "Violation"]


class Validator:
    """A converted schema that judges values.

    Attributes:
        is_valid: Returns whether a value is valid. Total: what Python takes for JSON and JSON does not have (NaN, half
            of a surrogate pair, nesting beyond 64 levels) is not valid, whatever the schema says.
        verdict: `is_valid` without that guard, in a third of the time: jsonschema-rs's own function, nothing around it.
            For values out of a decoder that refuses such things; any other value may raise or be judged wrongly.
    """

    __slots__ = ("_schema", "is_valid", "verdict")

    def __init__(self, schema: dict[str, JSON]) -> None:
        """Compile ``schema``.

        Args:
            schema: A self-contained JSON Schema 2020-12, as `dialect.convert` returns it.

        Raises:
            ValueError: ``schema`` is no valid schema.
        """
        self._schema = schema
        self.verdict: Callable[[JSON], bool] = Draft202012Validator(
            schema,
            validate_formats=False,  # formats are annotations: `dialect` says why
            offline=True,
        ).is_valid
        self.is_valid: Callable[[JSON], bool] = _guarded(self.verdict)

    def violations(self, instance: JSON) -> tuple[Violation, ...]:
        """Return everything that is wrong with ``instance``; empty if and only if it is valid.

        What is no JSON is told first and alone: of the rest, a schema can say nothing reliable.
        """
        if self.is_valid(instance):
            return ()
        if found := defects(instance):
            return found
        # jsonschema takes 70 ms to import, half of a server's start; most servers never refuse anything.
        from .explanation import explain  # noqa: PLC0415

        return explain(self._schema, instance)


def _guarded(verdict: Callable[[JSON], bool]) -> Callable[[JSON], bool]:
    def is_valid(instance: JSON) -> bool:
        try:
            return conforms(instance) and verdict(instance)
        except ValueError:  # text that is not valid Unicode
            return False

    return is_valid
