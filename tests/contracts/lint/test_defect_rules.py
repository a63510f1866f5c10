from bodydouble.contracts.lint.defect_rules import Flaw, describe_fragment, got
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment

DOCUMENT: dict[str, JSON] = {
    "openapi": "3.1.0",
    "paths": {"/a": {"get": {}, "post": {}}},
    "components": {"schemas": {"A": {"type": "string"}, "B": {"$ref": "#/components/schemas/A"}, "C": []}},
}


def test_parts_are_laid_out_by_role_in_document_order() -> None:
    description = describe_fragment(Fragment("api.json", DOCUMENT))
    operations = [part.pointer for part in description.parts[Role.OPERATION]]
    assert operations == ["/paths/~1a/get", "/paths/~1a/post"]
    assert description.parts[Role.SCHEMA] == []
    assert description.document is DOCUMENT
    assert description.modern


def test_references_are_followed_to_objects_and_to_nothing_else() -> None:
    description = describe_fragment(Fragment("api.json", DOCUMENT))
    assert description.resolved({"$ref": "#/components/schemas/B"}) == {"type": "string"}
    assert description.resolved({"$ref": "#/components/schemas/C"}) == {}
    assert description.resolved({"$ref": "#/nowhere"}) == {}
    assert description.resolved({"a": 1}) == {"a": 1}
    assert description.resolved([1]) == {}


def test_what_stands_at_a_pointer_is_had_and_nothing_is_none() -> None:
    description = describe_fragment(Fragment("api.json", DOCUMENT))
    assert description.at("/components/schemas/A") == {"type": "string"}
    assert description.at("/nowhere") is None
    assert description.at("no pointer") is None


def test_what_was_got_is_said_in_words() -> None:
    part = Part(Role.SCHEMA, "", {"type": "float", "format": None})
    assert [got(part, name) for name in ("type", "format", "enum")] == ['"float"', "null", "nothing"]


def test_a_flaw_needs_a_place_and_a_message_only() -> None:
    assert Flaw(pointer="/a", message="odd") == Flaw(
        pointer="/a", message="odd", expected="", got="", hint=""
    )
