import re
import string
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.conventions import Conventions
from bodydouble.mockserver.http.tracing import Tracing
from tests.apis import BUNDLED

BUNDLED_TRACING = Tracing(BUNDLED.conventions)
NOTHING = (b"", b"", b"")
ALLOWED = (string.ascii_letters + string.digits + "._:-").encode()


def told(request: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    return dict(BUNDLED_TRACING.headers((b"job-1", b"120000", b"0.06"), request))


def test_a_reply_tells_the_id_and_what_the_job_has_cost() -> None:
    assert told({}) == {
        b"x-inference-id": b"job-1",
        b"x-aimlapi-credits-used": b"120000",
        b"x-aimlapi-usd-spent": b"0.06",
    }


@given(st.lists(st.sampled_from(ALLOWED), min_size=1, max_size=128).map(bytes))
def test_a_request_id_that_fits_is_sent_back(value: bytes) -> None:
    assert told({b"x-client-request-id": value})[b"x-client-request-id"] == value


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"a" * 129,
        b"a b",
        b" a",
        b"a\n",
        "é".encode(),
        b"\xe9",
        b"a/b",
        b"a,b",
        b"{}",
        b"\0",
        b"a\r\nx: y",
    ],
)
def test_a_request_id_that_does_not_fit_is_dropped(value: bytes) -> None:
    assert b"x-client-request-id" not in told({b"x-client-request-id": value})


@given(st.binary(max_size=140))
def test_nothing_is_sent_back_that_could_end_a_header(value: bytes) -> None:
    echoed = told({b"x-client-request-id": value}).get(b"x-client-request-id", b"a")
    assert set(echoed) <= set(ALLOWED)


def test_an_api_without_conventions_traces_nothing() -> None:
    silent = Tracing(Conventions())
    assert silent.headers(NOTHING, {}) == []


def test_constants_and_echoes_are_what_the_conventions_say() -> None:
    tracing = Tracing(
        Conventions(
            headers=(("x-version", "7"), ("x-again", "$request.header.X-Given"), ("x-id", "$reply.id")),
            request_headers=(("x-given", re.compile("[ab]+")),),
        )
    )
    told = (b"i", b"", b"")
    assert sorted(tracing.headers(told, {b"x-given": b"abba"})) == [
        (b"x-again", b"abba"),
        (b"x-id", b"i"),
        (b"x-version", b"7"),
    ]
    assert (b"x-again", b"c") not in tracing.headers(told, {b"x-given": b"c"})


def test_a_header_without_a_pattern_is_sent_back_as_it_came() -> None:
    tracing = Tracing(Conventions(headers=(("x-again", "$request.header.x-given"),)))
    assert tracing.headers(NOTHING, {b"x-given": b"\xe9 !"}) == [(b"x-again", b"\xe9 !")]
