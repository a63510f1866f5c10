import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.control.inputs import body_of, exact, parameters, wrong_body
from bodydouble.mockserver.judging import Refused
from tests.mockserver.control.desk import request

SCHEMAS: dict[str, Any] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
    "over": {"type": "boolean", "default": True},
    "format": {"enum": ["json", "text"], "default": "json"},
    "job": {"type": "string"},
}
SECONDS = Validator(
    {"type": "object", "required": ["seconds"], "properties": {"seconds": {"type": "number"}}}
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def read(query: str) -> dict[str, Any]:
    return parameters(request("GET", f"/x?{query}"), SCHEMAS)


def refused(query: str) -> str:
    with pytest.raises(Refused) as refusal:
        read(query)
    assert refusal.value.problem.status == 400
    return refusal.value.problem.message


def test_parameters_are_what_their_schemas_say() -> None:
    assert read("") == {"limit": 3, "over": True, "format": "json"}
    assert read("limit=9&over=No&format=text&job=a%2Fb") == {
        "limit": 9,
        "over": False,
        "format": "text",
        "job": "a/b",
    }


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limt=1", "did you mean 'limit'?"),
        ("x=1", "known are limit, over, format, job"),
        ("limit=1&limit=2", "limit stands more than once"),
        ("limit=", "limit must be a whole number"),
        ("limit=1.5", "limit must be a whole number"),
        ("limit=\u0663", "limit must be a whole number"),
        ("limit=" + "9" * 5000, "limit must be a whole number"),
        ("limit=0", "limit must be at least 1"),
        ("over=maybe", "over must be true or false"),
        ("format=xml", 'one of "json", "text"'),
        ("&".join(f"a{number}=1" for number in range(200)), "too many parameters"),
    ],
)
def test_a_wrong_parameter_is_told_what_was_expected(query: str, told: str) -> None:
    assert told in refused(query)


@given(st.text(st.characters(max_codepoint=255), max_size=50))
def test_any_query_is_read_or_refused(query: str) -> None:
    with suppress(Refused):
        assert set(parameters(request("GET", f"/x?{query.replace('?', '')}"), SCHEMAS)) <= set(SCHEMAS)


def test_a_body_that_fits_is_returned() -> None:
    assert body_of(request("POST", "/x", {"seconds": 90.0}), SECONDS) == {"seconds": 90}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the body is empty"),
        (b"{", "the body is not JSON"),
        (b"[]", "an object"),
        (b'{"seconds": "90"}', "seconds must be a number"),
        (b'{"seconds": NaN}', "NaN is no JSON"),
        (b'{"seconds": 1e999}', "too large"),
        (b'{"second": 1}', "seconds is required"),
        (b'{"seconds": 1, "seconds": 2}', "stands twice"),
        (b"\xff", "UTF-8"),
        (b"[" * 100_000, "nested"),
    ],
)
def test_a_wrong_body_is_told_what_was_expected(body: bytes, told: str) -> None:
    with pytest.raises(Refused) as refusal:
        body_of(request("POST", "/x", body), SECONDS)
    assert (refusal.value.problem.status, told in refusal.value.problem.message) == (400, True), (
        refusal.value.problem.message
    )


def test_a_body_that_is_not_declared_as_json_is_refused() -> None:
    """A form of any page could send one otherwise, without being asked first."""
    with pytest.raises(Refused) as refusal:
        body_of(request("POST", "/x", {"seconds": 1}, content_type="text/plain"), SECONDS)
    assert refusal.value.problem.status == 415


@given(VALUES)
def test_whole_numbers_become_integers_and_nothing_changes_its_value(value: Any) -> None:
    assert exact(value) == value
    assert "1.0" not in json.dumps(exact([1.0]))


def test_what_fits_the_schema_and_still_cannot_be_is_refused_the_same_way() -> None:
    problem = wrong_body("/to", "this is no moment", "a date", "'x'").problem
    assert (problem.status, problem.message) == (400, "this is no moment: expected a date, received 'x'")
    assert problem.violations[0].pointer == "/to"
