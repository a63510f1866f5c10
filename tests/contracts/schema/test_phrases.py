from typing import Any

import pytest

from bodydouble.contracts.schema.phrases import phrase, strings

ROOT: Any = {
    "$defs": {
        "Url": {"type": "string"},
        "Loop": {"$ref": "#/$defs/Loop"},
        "Ratio": {"enum": ["16:9", "9:16"]},
    }
}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({}, "anything"),
        (True, "anything"),
        ({"description": "says nothing"}, "anything"),
        ({"not": {}}, "nothing"),
        (False, "nothing"),
        ({"type": "integer"}, "an integer"),
        ({"type": ["boolean", "null"]}, "true or false or null"),
        ({"type": "object", "required": ["url"]}, "an object with url"),
        ({"type": "object", "required": list("abcdef")}, "an object with a, b, c, d, …"),
        ({"const": "image"}, '"image"'),
        ({"type": "string", "enum": ["a", "b"]}, 'one of "a", "b"'),
        ({"$ref": "#/$defs/Url"}, "a string"),
        ({"$ref": "#/$defs/Loop"}, "anything"),
        ({"$ref": "#/$defs/Missing"}, "anything"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "a string or null"),
        ({"oneOf": [{"$ref": "#/$defs/Ratio"}, {"type": "null"}]}, 'one of "16:9", "9:16" or null'),
        ({"allOf": [{"title": "t"}, {"type": "array"}]}, "an array"),
        ({"not": {"type": "null"}}, "anything but null"),
        ({"properties": {}}, "an object"),
        ({"minItems": 1}, "an array"),
        ({"pattern": "a"}, "a string"),
        ({"maximum": 1}, "a number"),
    ],
)
def test_what_a_schema_asks_for(schema: Any, words: str) -> None:
    assert phrase(schema, ROOT) == words


def test_phrases_of_schemas_without_end_end() -> None:
    node: Any = {"$defs": {"N": {"anyOf": [{"$ref": "#/$defs/N"}, {"$ref": "#/$defs/N"}]}}}
    assert phrase({"$ref": "#/$defs/N"}, node) == "anything"
    assert strings({"$ref": "#/$defs/N"}, node) == ()


def test_the_strings_a_schema_lists() -> None:
    schema = {
        "anyOf": [
            {"$ref": "#/$defs/Ratio"},
            {"const": "auto"},
            {"oneOf": [{"enum": ["x", 1]}]},
            {"type": "null"},
        ]
    }
    assert strings(schema, ROOT) == ("16:9", "9:16", "auto", "x")
    assert strings(True, ROOT) == ()
