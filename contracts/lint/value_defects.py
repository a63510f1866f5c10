"""Rules about values that a document gives for its schemas, and about values that its schemas argue over.

All schemas are converted at once: published documents hold thousands that refer to one another, and converting
each with what it refers to would take time quadratic in their number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from jsonschema_rs import Draft202012Validator

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.schema.dialect import Reading, convert, nullable_disagreements
from bodydouble.contracts.schema.wellformed import is_json
from bodydouble.contracts.words import place, show

from .defect_rules import Description, Flaw, Rule

MAX_REASON = 120
"""Characters of the validator's reason; an enum may have thousands of values."""

_TOGETHER = "x-bodydouble-together"


@dataclass(frozen=True, slots=True)
class _Claim:
    """A value that its document says a schema allows."""

    pointer: str
    schema: str
    value: JSON


def default_invalid(description: Description, _: Part) -> Iterator[Flaw]:
    """A default must be valid (OpenAPI 3.0.4 section 4.8.24.2, JSON Schema Validation 9.2)."""
    claims = [
        _Claim(join(schema.pointer, "default"), schema.pointer, schema.member("default"))
        for schema in description.parts[Role.SCHEMA]
        if "default" in schema.members
    ]
    yield from _contradictions(description, claims, "default")


def example_invalid(description: Description, _: Part) -> Iterator[Flaw]:
    """An example should be valid (OpenAPI 3.0.4 section 4.8.14)."""
    claims = [claim for part in _illustrated(description) for claim in _examples(part)]
    yield from _contradictions(description, claims, "example")


def _illustrated(description: Description) -> Iterator[Part]:
    for role in (Role.SCHEMA, Role.MEDIA_TYPE, Role.PARAMETER, Role.HEADER):
        yield from description.parts[role]


def _examples(part: Part) -> Iterator[_Claim]:
    schema = part.pointer if part.role is Role.SCHEMA else join(part.pointer, "schema")
    if part.role is not Role.SCHEMA and "schema" not in part.members:
        return
    if "example" in part.members:
        yield _Claim(join(part.pointer, "example"), schema, part.member("example"))
    listed = part.member("examples")
    if isinstance(listed, list) and part.role is Role.SCHEMA:
        for index, value in enumerate(listed):
            yield _Claim(join(part.pointer, "examples", index), schema, value)
    elif isinstance(listed, dict) and part.role is not Role.SCHEMA:
        for name, example in listed.items():
            if isinstance(example, dict) and "value" in example:
                yield _Claim(join(part.pointer, "examples", name, "value"), schema, example["value"])


def _contradictions(description: Description, claims: list[_Claim], noun: str) -> Iterator[Flaw]:
    claims = [claim for claim in claims if is_json(claim.value)]
    document, pointer = _together(description, (claim.schema for claim in claims))
    validator = Draft202012Validator(convert(document, pointer, Reading.LENIENT), mask="it")
    values = [claim.value for claim in claims]
    told: set[int] = set()
    for error in validator.iter_errors(values):
        index, *inside = error.instance_path
        if isinstance(index, int) and index not in told:
            told.add(index)
            where = f" at {place(join('', *inside))}" if inside else ""
            yield Flaw(
                pointer=claims[index].pointer,
                message=f"the {noun} contradicts its schema{where}: {error.message[:MAX_REASON]}",
                got=show(claims[index].value),
            )


def nullable_ambiguous(description: Description, _: Part) -> Iterator[Flaw]:
    """``nullable`` beside an enum without null, a reference or a composition."""
    roots = [
        join(part.pointer, "schema")
        for role in (Role.MEDIA_TYPE, Role.PARAMETER, Role.HEADER)
        for part in description.parts[role]
        if "schema" in part.members
    ]
    document, pointer = _together(description, roots)
    for disputed in nullable_disagreements(document, pointer):
        yield Flaw(
            pointer=join(disputed, "nullable"),
            message="nullable means nothing here by the letter, and that null is allowed by the author's intent",
            expected="a schema that allows null in either reading",
            hint="list null in the enum, or write anyOf with a nullable schema without other demands",
        )


def _together(description: Description, schemas: Iterable[str]) -> tuple[dict[str, JSON], str]:
    """The document with one more schema, for arrays whose nth item is as the nth schema says."""
    items: list[JSON] = [{"$ref": f"#{quote(schema)}"} for schema in schemas]
    return {**description.document, _TOGETHER: {"prefixItems": items}}, join("", _TOGETHER)


_DOCUMENT = (Role.DOCUMENT,)

VALUE_RULES = (
    Rule(
        "default-invalid",
        Severity.ERROR,
        _DOCUMENT,
        "A client that fills in defaults is refused for a value it never chose.",
        default_invalid,
    ),
    Rule(
        "example-invalid",
        Severity.WARNING,
        _DOCUMENT,
        "Whoever copies it is refused, and a mock that answers with it breaks its own contract.",
        example_invalid,
    ),
    Rule(
        "nullable-ambiguous",
        Severity.WARNING,
        _DOCUMENT,
        "One reader sends or takes null where another refuses it.",
        nullable_ambiguous,
    ),
)
