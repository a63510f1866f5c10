from bodydouble.contracts.lint.defect_rules import Flaw, describe_fragment
from bodydouble.contracts.lint.parameter_defects import PARAMETER_RULES
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment


def flaws(rule: str, path: str, *parameters: JSON) -> list[Flaw]:
    document: dict[str, JSON] = {"paths": {path: {"get": {"parameters": list(parameters)}}}}
    description = describe_fragment(Fragment("api.json", document))
    (chosen,) = (each for each in PARAMETER_RULES if each.id == rule)
    return list(chosen.flaws(description))


def test_a_wrong_location_is_shown_with_the_nearest_right_one() -> None:
    (flaw,) = flaws("parameter-location-wrong", "/", {"name": "id", "in": "headers"})
    assert flaw.message == 'the parameter "id" does not say where it goes'
    assert (flaw.got, flaw.hint) == ('"headers"', "did you mean 'header'?")
    assert flaw.expected == "'in' with query, path, header or cookie"


def test_a_name_in_the_path_without_a_parameter_suggests_a_parameter_without_a_name_in_the_path() -> None:
    parameter: JSON = {"name": "generation_id", "in": "path", "required": True}
    (undeclared,) = flaws("path-parameter-undeclared", "/jobs/{generationId}", parameter)
    (unused,) = flaws("path-parameter-unused", "/jobs/{generationId}", parameter)
    assert undeclared.hint == "did you mean 'generation_id'?"
    assert unused.hint == "did you mean 'generationId'?"
    assert unused.message == 'the path "/jobs/{generationId}" has no {generation_id}'


def test_every_name_of_a_path_needs_its_parameter_once() -> None:
    assert len(flaws("path-parameter-undeclared", "/{a}/{b}/{a}.{c}", {"name": "c", "in": "path"})) == 2


def test_a_path_of_a_hundred_thousand_braces_is_judged() -> None:
    assert len(flaws("path-malformed", "/" + "{" * 100_000)) == 1
    assert len(flaws("path-parameter-undeclared", "/" + "{a}" * 30_000)) == 1
