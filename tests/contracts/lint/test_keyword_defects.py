import pytest

from bodydouble.contracts.lint.defect_rules import Flaw, describe_fragment
from bodydouble.contracts.lint.keyword_defects import KEYWORD_RULES
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment


def flaws(rule: str, schema: JSON, version: str = "3.0.3") -> list[Flaw]:
    document: dict[str, JSON] = {
        "openapi": version,
        "paths": {"/": {"get": {"parameters": [{"schema": schema}]}}},
    }
    description = describe_fragment(Fragment("api.json", document))
    (chosen,) = (each for each in KEYWORD_RULES if each.id == rule)
    return list(chosen.flaws(description))


@pytest.mark.parametrize(
    ("keyword", "held", "expected"),
    [
        ("minimum", "0", "a number"),
        ("maxLength", -1, "a whole number, not negative"),
        ("uniqueItems", "true", "true or false"),
        ("exclusiveMaximum", 5, "true or false"),
        ("multipleOf", 0, "a number above zero"),
        ("enum", "a", "a list of values"),
        ("dependentRequired", [], "an object of lists of names"),
        ("description", 5, "text"),
    ],
)
def test_a_keyword_that_means_nothing_says_what_it_should_hold(
    keyword: str, held: JSON, expected: str
) -> None:
    (flaw,) = flaws("keyword-malformed", {keyword: held})
    assert (flaw.message, flaw.expected) == (f"{keyword} means nothing as it is written", expected)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("float", "'number' with this word as its format"),
        ("int64", "'integer', the size as its format"),
        ("date-time", "'string' with this word as its format"),
        ("any", "no type at all"),
        ("null", "'nullable: true' beside the other type, or OpenAPI 3.1"),
        ("strng", "did you mean 'string'?"),
        ("zzzzzz", ""),
    ],
)
def test_a_word_that_is_no_type_suggests_what_is_meant(word: str, hint: str) -> None:
    (flaw,) = flaws("type-unknown", {"type": word})
    assert flaw.hint == hint


def test_a_list_of_types_needs_3_1() -> None:
    (flaw,) = flaws("type-unknown", {"type": ["string", "null"]})
    assert "OpenAPI 3.1" in flaw.hint
    assert flaws("type-unknown", {"type": ["string", "null"]}, "3.1.0") == []


def test_a_malformed_part_is_named_and_shown() -> None:
    (flaw,) = flaws("part-malformed", {"properties": {"a": "string"}})
    assert (flaw.message, flaw.expected, flaw.got) == (
        '"a" is of the wrong type',
        "an object",
        '"string"',
    )
