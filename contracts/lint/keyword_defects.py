"""Rules about what stands where it may not: parts and keywords of the wrong JSON type."""

from collections.abc import Callable, Iterator, Mapping

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import JSON, join, tokens_of
from bodydouble.contracts.schema.keywords import (
    ANNOTATIONS,
    ASSERTIONS,
    TYPES,
    MeaninglessError,
    amount,
    flag,
    number,
    pattern,
    text,
)
from bodydouble.contracts.words import either, show

from .defect_rules import Description, Flaw, Rule

_EXPECTED: tuple[tuple[Callable[[JSON], JSON], str], ...] = (
    (number, "a number"),
    (amount, "a whole number, not negative"),
    (flag, "true or false"),
    (text, "text"),
    (ASSERTIONS["multipleOf"], "a number above zero"),
    (ASSERTIONS["enum"], "a list of values"),
    (ASSERTIONS["dependentRequired"], "an object of lists of names"),
)
"""What a keyword should have held, in words, by the function that judges it."""

_JUDGED_ELSEWHERE = ("type", "required", "pattern")
_TYPED: Mapping[Role, Mapping[str, Callable[[JSON], JSON]]] = {
    Role.SCHEMA: {
        **{name: check for name, check in ASSERTIONS.items() if name not in _JUDGED_ELSEWHERE},
        **ANNOTATIONS,
    },
    Role.OPERATION: {"operationId": text, "summary": text, "description": text, "deprecated": flag},
    Role.PARAMETER: {"required": flag, "description": text, "deprecated": flag},
    Role.REQUEST_BODY: {"required": flag, "description": text},
}
"""Keywords whose JSON type is fixed, by the part they stand in."""


def part_malformed(_: Description, part: Part) -> Iterator[Flaw]:
    """What stands here has a JSON type that nothing here may have."""
    yield Flaw(
        pointer=part.pointer,
        message=f"{show(tokens_of(part.pointer)[-1])} is of the wrong type",
        expected=part.expected,
        got=show(part.node),
    )


def keyword_malformed(description: Description, part: Part) -> Iterator[Flaw]:
    """A keyword holds what its specification does not allow."""
    for keyword, held in part.members.items():
        check = _check(description, part.role, keyword)
        if check is not None and not _holds(check, held):
            yield Flaw(
                pointer=join(part.pointer, keyword),
                message=f"{keyword} means nothing as it is written",
                expected=next((words for function, words in _EXPECTED if function is check), "a JSON value"),
                got=show(held),
            )


def _check(description: Description, role: Role, keyword: str) -> Callable[[JSON], JSON] | None:
    if role is Role.SCHEMA and not description.modern and keyword in _FLAGS_IN_3_0:
        return flag
    return _TYPED[role].get(keyword)


_FLAGS_IN_3_0 = ("nullable", "exclusiveMinimum", "exclusiveMaximum")


def _holds(check: Callable[[JSON], JSON], held: JSON) -> bool:
    try:
        check(held)
    except MeaninglessError:
        return False
    return True


def type_unknown(description: Description, schema: Part) -> Iterator[Flaw]:
    """``type`` is one of seven words, or a list of them; before 3.1 one of six."""
    stated = schema.member("type")
    known = TYPES if description.modern else tuple(word for word in TYPES if word != "null")
    words = stated if isinstance(stated, list) and description.modern else [stated]
    if "type" in schema.members and not (words and all(word in known for word in words)):
        yield Flaw(
            pointer=join(schema.pointer, "type"),
            message=f"{show(stated)} is no type",
            expected=either([show(word) for word in known]),
            hint=_type_hint(stated, known),
        )


def _type_hint(stated: JSON, known: tuple[str, ...]) -> str:
    if isinstance(stated, list):
        return "before OpenAPI 3.1 there is one type, and nullable: true beside it"
    return _MEANT.get(stated, did_you_mean(stated, known)) if isinstance(stated, str) else ""


_MEANT: Mapping[str, str] = {
    **dict.fromkeys(("float", "double", "decimal"), "'number' with this word as its format"),
    **dict.fromkeys(("int", "int32", "int64", "long"), "'integer', the size as its format"),
    **dict.fromkeys(
        ("date", "date-time", "datetime", "uuid", "uri"), "'string' with this word as its format"
    ),
    **dict.fromkeys(("file", "binary"), "'string' with format: binary"),
    **dict.fromkeys(("map", "dict", "json"), "'object'"),
    "null": "'nullable: true' beside the other type, or OpenAPI 3.1",
    "any": "no type at all",
}
"""What an author of these words means."""


def pattern_invalid(_: Description, schema: Part) -> Iterator[Flaw]:
    """``pattern`` is a regular expression of ECMA-262."""
    expression = schema.member("pattern")
    if "pattern" in schema.members and not _holds(pattern, expression):
        yield Flaw(
            pointer=join(schema.pointer, "pattern"),
            message="the pattern is no regular expression that every tool reads",
            expected="a regular expression of ECMA-262",
            got=show(expression),
        )


KEYWORD_RULES = (
    Rule(
        "part-malformed",
        Severity.ERROR,
        (Role.MALFORMED,),
        "Readers skip it or stop at it, so that what was meant is lost.",
        part_malformed,
    ),
    Rule(
        "keyword-malformed",
        Severity.WARNING,
        tuple(_TYPED),
        "Readers ignore it, so that what was meant constrains nothing.",
        keyword_malformed,
    ),
    Rule(
        "type-unknown",
        Severity.ERROR,
        (Role.SCHEMA,),
        "Readers ignore it, so that any value passes.",
        type_unknown,
    ),
    Rule(
        "pattern-invalid",
        Severity.WARNING,
        (Role.SCHEMA,),
        "Readers ignore it or fail, so that it constrains nothing.",
        pattern_invalid,
    ),
)
