from typing import Any

from bodydouble.contracts.drift.bodies import swapped_model
from bodydouble.contracts.drift.described import Both

from .documents import document, drift, told, version


def both(old: Any, new: Any) -> Both:
    sides = [version(document({"request": schema})) for schema in (old, new)]
    return Both(*sides, *(side.operations[0] for side in sides))


def serving(*models: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"model": {"type": "string", "enum": [*models]}, **properties},
        "required": ["model"],
    }


def test_other_models_and_none_of_the_old_make_another_contract() -> None:
    change = swapped_model(both(serving("a", "b"), serving("c", x={})))
    assert change is not None
    assert (change.old, change.new) == (["a", "b"], ["c"])
    assert change.witness is not None
    assert change.witness.value == {"model": "a"}


def test_a_model_that_stays_makes_it_the_same_contract() -> None:
    assert swapped_model(both(serving("a", "b"), serving("b", "c"))) is None


def test_a_model_that_is_not_listed_says_nothing() -> None:
    free = {"type": "object", "properties": {"model": {"type": "string"}}}
    assert swapped_model(both(free, serving("a"))) is None
    assert swapped_model(both({"type": "object"}, serving("a"))) is None


def test_a_model_without_a_valid_request_has_no_witness_and_says_so() -> None:
    change = swapped_model(both(serving("a", x={"not": {}}) | {"required": ["model", "x"]}, serving("b")))
    assert change is not None
    assert change.witness is not None
    assert change.witness.problem


def test_a_body_that_must_be_sent_is_told_apart_from_one_that_may() -> None:
    body = {"type": "object"}
    assert told(drift({}, {"request": body, "body_required": False})) == ["safe request-body-added: request"]
    assert told(drift({}, {"request": body})) == ["breaking request-body-became-required: request"]


def test_a_witness_tells_how_to_send_it() -> None:
    (change,) = drift({"request": serving("a", "b")}, {"request": serving("a")})
    assert change.witness is not None
    assert (change.witness.method, change.witness.path, change.witness.location) == (
        "post",
        "/things",
        "body",
    )
