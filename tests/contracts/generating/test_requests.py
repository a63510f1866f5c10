from typing import Any

import pytest
from hypothesis import given, settings

from bodydouble.contracts.generating.drafts import Draft
from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.generating.requests import broken_requests, requests
from bodydouble.contracts.schema.samples import Unsampleable
from tests.apis import BUNDLED, contract, document, jobs, speech

PATTERN = BUNDLED.patterns[0]
SUBMIT, POLL = PATTERN.submit, PATTERN.poll
assert SUBMIT.request
JUDGE = Judge(SUBMIT.request.strict, SUBMIT.request.lenient)


@given(requests(SUBMIT))
def test_a_drawn_create_is_valid(draft: Draft) -> None:
    assert draft.is_valid
    assert JUDGE.is_valid(draft.body)


@given(broken_requests(SUBMIT))
def test_a_broken_create_is_broken(draft: Draft) -> None:
    assert not draft.is_valid
    assert draft.keyword in ("json", "required") or JUDGE.is_invalid(draft.body)


@given(requests(POLL, {"generation_id": "a/b"}))
def test_the_id_that_is_given_is_polled(draft: Draft) -> None:
    assert draft.target.endswith("generation_id=a%2Fb")
    assert draft.content is None


@given(requests(contract(speech()).patterns[0].poll))
def test_a_poll_by_path_has_an_id(draft: Draft) -> None:
    assert draft.path.startswith("/v1/stt/")
    assert draft.path != "/v1/stt/"


@given(broken_requests(POLL))
def test_a_broken_poll_lacks_its_id(draft: Draft) -> None:
    assert draft.keyword == "required"
    assert "?" not in draft.target


@given(requests(contract(jobs("alpha")).patterns[0].submit, extras=False))
def test_without_extras_bodies_hold_only_what_is_declared(draft: Draft) -> None:
    assert draft.body == {"model": "alpha"}


def test_a_call_that_takes_nothing_cannot_be_broken() -> None:
    bare = contract(jobs(), document({"/ping": {"get": {"responses": {}}}})).operations[-1]
    with pytest.raises(Unsampleable, match="GET /ping"):
        broken_requests(bare)


@pytest.mark.parametrize(
    "schema", [{"type": "string"}, {"type": "string", "enum": ["v1"]}, {"type": "integer"}]
)
def test_a_header_keeps_its_schema_and_can_be_sent(schema: dict[str, Any]) -> None:
    named = {"name": "X-Mine", "in": "header", "required": True, "schema": schema}
    operation = contract(
        jobs(), document({"/ping": {"get": {"parameters": [named], "responses": {}}}})
    ).operations[-1]

    @settings(max_examples=30, database=None)
    @given(requests(operation))
    def check(draft: Draft) -> None:
        ((name, value),) = draft.headers
        assert name == "x-mine"
        assert value.isascii()
        assert "enum" not in schema or value == "v1"
        assert schema["type"] != "integer" or float(value) == int(float(value))

    check()
