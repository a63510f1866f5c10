from bodydouble.contracts.lint.defect_rules import Flaw, describe_fragment
from bodydouble.contracts.lint.operation_defects import OPERATION_RULES
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment


def flaws(rule: str, operation: dict[str, JSON], **document: JSON) -> list[Flaw]:
    description = describe_fragment(Fragment("api.json", {"paths": {"/": {"get": operation}}, **document}))
    (chosen,) = (each for each in OPERATION_RULES if each.id == rule)
    return list(chosen.flaws(description))


def test_replies_that_say_nothing_are_listed() -> None:
    (flaw,) = flaws("success-schema-missing", {"responses": {"200": {}, "404": {}, "default": {}}})
    assert flaw.got == "replies for 200, 404 or default"


def test_an_empty_list_of_replies_is_told_from_none() -> None:
    assert [flaws("responses-missing", operation)[0].got for operation in ({}, {"responses": {}})] == [
        "nothing",
        "an empty object",
    ]


def test_a_scheme_that_is_not_defined_suggests_one_that_is() -> None:
    components: JSON = {"securitySchemes": {"access-token": {}, "key": {}}}
    (flaw,) = flaws("security-scheme-unknown", {"security": [{"acess-token": []}]}, components=components)
    assert flaw.message == 'the security scheme "acess-token" is not defined'
    assert flaw.hint == "did you mean 'access-token'?"


def test_security_of_the_whole_document_is_enough() -> None:
    assert flaws("operation-unsecured", {}, security=[{"key": []}]) == []
    assert flaws("operation-unsecured", {}, security=[]) == []
    assert len(flaws("operation-unsecured", {})) == 1
