import json
from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.loading import load
from bodydouble.contracts.prepared import contract_of, written
from tests.apis import TEXT, contract, document, getting, jobs, posting, record, words


def read_back(built: Contract) -> Contract:
    return contract_of(json.loads(json.dumps(written(built))))


def stated(**statement: Any) -> Contract:
    """A contract whose create takes what an overlay states, and nothing by itself."""
    reply = record(["id", "status"], id=TEXT, status=words("queued", "done"))
    paths = {"/jobs": posting(record(), reply) | getting("id", "query", reply)}
    paths["/jobs"]["post"]["x-bodydouble-job"] = statement
    return contract({**document(paths), "components": {"schemas": {"Body": record(prompt=TEXT)}}})


def assert_same(one: Contract, other: Contract) -> None:
    for field in Contract.__struct_fields__:
        assert getattr(one, field) == getattr(other, field), field


@pytest.mark.parametrize(
    "built",
    [
        pytest.param(lambda: load(()), id="bundled"),
        pytest.param(lambda: contract(jobs("a"), jobs("b")), id="two"),
        pytest.param(lambda: contract(jobs("a"), jobs("a")), id="one in the shadow of the other"),
        pytest.param(lambda: stated(body="#/components/schemas/Body"), id="a body that is stated"),
    ],
)
def test_what_was_written_is_read_back_in_every_field(built: Any) -> None:
    made = built()
    assert_same(read_back(made), made)


def test_every_published_fragment_is_read_back(upstream: Path) -> None:
    made = load([str(upstream / "fragments")], ["bundled"])
    assert_same(read_back(made), made)


def test_a_body_that_is_stated_belongs_to_the_pattern_alone() -> None:
    made = read_back(stated(body="#/components/schemas/Body"))
    (pattern,) = made.patterns
    assert pattern.submit.request is not None
    assert pattern.submit.request.pointer == "/components/schemas/Body"
    assert pattern.submit not in made.operations


def test_the_two_readings_of_nullable_stay_apart() -> None:
    body = {"type": "object", "properties": {"size": {"type": "string", "enum": ["a"], "nullable": True}}}
    given = {**jobs("a"), "openapi": "3.0.3"}
    given["components"] = {"schemas": {"Body": body}}
    given["paths"]["/jobs"]["post"]["x-bodydouble-job"] = {"body": "#/components/schemas/Body"}
    made = contract(given)
    request, again = made.patterns[0].submit.request, read_back(made).patterns[0].submit.request
    assert request is not None
    assert again is not None
    assert again == request
    assert again.strict != again.lenient


def test_operations_share_their_document() -> None:
    made = read_back(contract(jobs("a"), jobs("b")))
    for operation in made.operations:
        assert any(operation.document is fragment.document for fragment in made.fragments)
