"""Settings and arguments are checked before anything is sent."""

import json
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.client import Client, ConfigurationError, default_api
from bodydouble.client.session import attached, body_of, seconds

from .simulation import JSON

API = default_api()


@pytest.fixture
def client() -> Client:
    return Client("key-0123", base_url="http://127.0.0.1:9")


@pytest.mark.parametrize(
    "arguments",
    [
        {"request_id": ""},
        {"request_id": "a b"},
        {"request_id": "x" * 129},
        {"request_id": "a\n"},
        {"headers": {"Authorization": "Bearer other"}},
        {"headers": {"x-client-request-id": "other"}},
        {"headers": {"Content-Length": "1"}},
        {"headers": {"Host": "evil"}},
        {"headers": {"A B": "c"}},
        {"headers": {"": "c"}},
        {"headers": {"X": "a\r\nY: b"}},
        {"headers": {"X": "ü"}},
        {"timeout": -1},
        {"timeout": math.nan},
        {"seed": math.nan},
        {"seed": object()},
        {"image": "https://x/y", "image_url": "https://x/z"},
        {"prompt_": {1, 2}},
    ],
)
def test_an_argument_that_cannot_be_sent_is_refused(client: Client, arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        client.create("x", **arguments)


@pytest.mark.parametrize("timeout", [-1, math.nan])
def test_a_time_limit_is_a_number_that_is_not_negative(client: Client, timeout: float) -> None:
    with pytest.raises(ConfigurationError):
        client.wait("job-1", timeout)
    assert seconds(math.inf) == math.inf
    assert seconds(0) == 0


@pytest.mark.parametrize("timeout", ["60", b"60", None, [], "nan", -(10**400), Decimal("sNaN"), Decimal(-1)])
def test_nothing_is_bought_for_a_wait_of_no_known_length(
    client: Client, timeout: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "create", lambda *_, **__: pytest.fail("bought"))
    for call in (client.generate, client.wait):
        with pytest.raises(ConfigurationError, match="number of seconds"):
            call("x", timeout=timeout)


@pytest.mark.parametrize(
    ("given_", "expected"), [(Decimal("1.5"), 1.5), (Fraction(1, 2), 0.5), (10**400, math.inf), (True, 1)]
)
def test_a_time_limit_of_any_kind_of_number_is_a_float(given_: Any, expected: float) -> None:
    assert seconds(given_) == expected
    assert type(seconds(given_)) is float


@pytest.mark.parametrize("job_id", ["", "\ud800", None, 7, b"job-1"])
def test_an_id_that_cannot_be_asked_for_is_refused(client: Client, job_id: Any) -> None:
    for call in (client.attach, client.look, client.wait):
        with pytest.raises(ConfigurationError):
            call(job_id)


def test_an_id_may_be_anything_else() -> None:
    assert attached("-x/y z").id == "-x/y z"


@given(
    st.text(), st.dictionaries(st.text(min_size=1).filter(lambda name: name not in {"model", "prompt"}), JSON)
)
def test_any_body_is_sent_as_it_was_meant_or_refused(prompt: str, fields: dict[str, Any]) -> None:
    try:
        body = body_of(prompt, None, fields, API)
    except ConfigurationError:
        return
    assert json.loads(body) == {"model": "video-01", "prompt": prompt, **fields}


def test_the_model_may_be_another_one() -> None:
    assert json.loads(body_of("x", None, {"model": "other"}, API))["model"] == "other"
