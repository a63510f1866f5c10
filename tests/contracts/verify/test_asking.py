import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.conventions import Conventions
from bodydouble.contracts.verify.asking import Meant, Requests, encoded, result
from tests.apis import BUNDLED, contract, jobs, speech
from tests.verifying import PATTERN

REQUESTS = Requests(PATTERN, BUNDLED.conventions)
SPEECH = Requests(contract(speech()).patterns[0], Conventions())


def test_a_create_carries_its_body_as_json() -> None:
    asked = REQUESTS.create({"prompt": "é"})
    assert (asked.meant, asked.method, asked.url) == (Meant.CREATE, "POST", "/v2/video/generations")
    assert ("content-type", "application/json") in asked.fields
    assert asked.body == '{"prompt":"é"}'.encode()


def test_a_request_calls_itself_something_where_the_api_lets_it() -> None:
    names = [dict(REQUESTS.poll("x").fields)["x-client-request-id"] for _ in range(2)]
    assert names[0] != names[1]
    assert not Requests(contract(jobs("a")).patterns[0], Conventions()).poll("x").fields


def test_an_id_is_encoded_in_the_query_and_in_the_path() -> None:
    assert REQUESTS.poll("a/b c&d").url == "/v2/video/generations?generation_id=a%2Fb%20c%26d"
    assert SPEECH.poll("a/b ?").url == "/v1/stt/a%2Fb%20%3F"


def test_a_poll_without_an_id_exists_only_where_the_id_is_no_part_of_the_path() -> None:
    incomplete = REQUESTS.incomplete_poll()
    assert incomplete
    assert incomplete.url == "/v2/video/generations"
    assert SPEECH.incomplete_poll() is None


def test_a_request_without_a_key_says_so() -> None:
    assert not REQUESTS.poll("x", Meant.KEYLESS).keyed
    assert not REQUESTS.create_raw(b"{}", keyed=False).keyed


def test_a_result_is_fetched_without_the_key() -> None:
    asked = result("https://cdn.example/x?signature=1")
    assert asked.is_foreign
    assert not asked.keyed


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_what_is_encoded_decodes_to_the_same(value: Any) -> None:
    assert json.loads(encoded(value)) == value


def test_half_of_a_surrogate_pair_is_escaped() -> None:
    assert encoded("\ud800") == b'"\\ud800"'
