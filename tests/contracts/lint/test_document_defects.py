from bodydouble.contracts.lint.defect_rules import Flaw, describe_fragment
from bodydouble.contracts.lint.document_defects import DOCUMENT_RULES
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment


def flaws(rule: str, document: dict[str, JSON], duplicates: tuple[str, ...] = ()) -> list[Flaw]:
    description = describe_fragment(Fragment("api.json", document, duplicates))
    (chosen,) = (each for each in DOCUMENT_RULES if each.id == rule)
    return list(chosen.flaws(description))


def test_an_unknown_version_is_shown() -> None:
    (flaw,) = flaws("openapi-version-unknown", {"openapi": "2.9"})
    assert flaw.got == '"2.9"'
    (flaw,) = flaws("openapi-version-unknown", {})
    assert flaw.got == "nothing"


def test_a_repeated_operation_id_names_its_first_user() -> None:
    document: dict[str, JSON] = {"paths": {"/a": {"get": {"operationId": "x"}, "put": {"operationId": "x"}}}}
    (flaw,) = flaws("operation-id-duplicate", document)
    assert (flaw.message, flaw.got) == ('the operationId "x" is taken already', "the same at /paths/~1a/get")


def test_a_repeated_name_is_shown_as_it_was_written() -> None:
    (flaw,) = flaws("duplicate-key", {}, ("/paths/~1a~0",))
    assert flaw.message == 'the name "/a~" occurs more than once in its object'


def test_a_relative_address_is_shown() -> None:
    (flaw,) = flaws("server-url-relative", {"servers": [{"url": "/v1"}]})
    assert flaw.got == '"/v1"'
