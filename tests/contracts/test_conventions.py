import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.conventions import (
    BODY_VALUES,
    HEADER_VALUES,
    MEMBERS,
    PROBLEM_DETAILS,
    REQUEST_HEADER,
    ROOT,
    Conventions,
    ConventionsError,
    Environment,
    Price,
    read,
    stated,
)
from tests.generating import JSON_VALUES


def from_(*stated_: Any) -> Conventions:
    return read({ROOT: each} for each in stated_)


def test_an_api_that_says_nothing_answers_with_problem_details() -> None:
    found = read([{}, {"openapi": "3.1.0"}])
    assert found == Conventions()
    assert found.errors == PROBLEM_DETAILS
    assert found.errors.media_type == "application/problem+json"
    assert set(found.errors.body) == {"title", "status", "detail", "instance", "violations"}


def test_everything_may_be_stated() -> None:
    found = from_(
        {
            "errors": {
                "mediaType": "application/vnd.a+json",
                "body": {"error": {"message": "$error.message", "n": 1}},
            },
            "headers": {"X-Id": "$reply.id", "X-Echo": "$request.header.X-Mine", "X-Version": 3},
            "requestHeaders": {"X-Mine": "[a-z]{1,9}"},
            "price": {"credits": 5, "usd": 0.25},
            "environment": {"key": ["A_KEY", "KEY_2"], "baseUrl": ["BASE"]},
        }
    )
    assert found.errors.media_type == "application/vnd.a+json"
    assert found.errors.body == {"error": {"message": "$error.message", "n": 1}}
    assert found.headers == (("x-id", "$reply.id"), ("x-echo", "$request.header.X-Mine"), ("x-version", "3"))
    assert found.request_headers == (("x-mine", re.compile("[a-z]{1,9}")),)
    assert found.price == Price(5, 0.25)
    assert found.environment == Environment(("A_KEY", "KEY_2"), ("BASE",))


def test_later_documents_win_member_by_member() -> None:
    found = from_({"price": {"credits": 1}, "headers": {"x-a": "1"}}, {"price": {"usd": 2}})
    assert (found.price, found.headers) == (Price(0, 2.0), (("x-a", "1"),))


def test_an_error_body_that_is_not_stated_is_that_of_problem_details() -> None:
    assert from_({"errors": {}}).errors.body == PROBLEM_DETAILS.body
    assert from_({"errors": {}}).errors.media_type == "application/json"


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        (None, "x-bodydouble must be an object; got null"),
        ([], "x-bodydouble must be an object"),
        ({"erors": {}}, "x-bodydouble has no member \"erors\"; did you mean 'errors'"),
        ({"zzz": {}}, "known are errors, headers, requestHeaders, price, environment"),
        ({"errors": "text"}, r"x-bodydouble\.errors must be an object"),
        ({"errors": {"media_type": "a/b"}}, "has no member \"media_type\"; did you mean 'mediaType'"),
        ({"errors": {"mediaType": 5}}, "mediaType must be a media type such as application/json; got 5"),
        ({"errors": {"mediaType": "json"}}, "mediaType must be a media type"),
        ({"errors": {"mediaType": "a/b\r\nx: y"}}, "mediaType must be a media type"),
        ({"errors": {"body": ["$error.message"]}}, "body must be an object"),
        (
            {"errors": {"body": {"a": "$eror.message"}}},
            r"body\.a is \"\$eror.message\", which stands for nothing here",
        ),
        (
            {"errors": {"body": {"a": {"b": ["$error.mesage"]}}}},
            r"body\.a\.b\[0\] .*did you mean '\$error.message'",
        ),
        ({"errors": {"body": {"a": "$job.credits"}}}, "stands for nothing here; .*known are"),
        ({"headers": ["x-id"]}, r"x-bodydouble\.headers must be an object"),
        ({"headers": {"x-a": "$error.message"}}, "stands for nothing here"),
        ({"headers": {"x-a": "$reply.time"}}, "stands for nothing here"),
        ({"headers": {"x a": "1"}}, 'must be the name of a header; got "x a"'),
        ({"headers": {"": "1"}}, "must be the name of a header"),
        ({"headers": {"x-a\r\n": "1"}}, "must be the name of a header"),
        ({"headers": {"x-a": "a\r\nSet-Cookie: b"}}, "must be visible ASCII characters"),
        ({"headers": {"x-a": "ü"}}, "must be visible ASCII characters"),
        ({"headers": {"x-a": ""}}, "must be visible ASCII characters"),
        ({"headers": {"x-a": True}}, "must be a text or a number; got true"),
        ({"headers": {"x-a": None}}, "must be a text or a number; got null"),
        (
            {"headers": {"x-a": "$request.header.x-mine"}, "requestHeaders": {"x-mime": "."}},
            r"reads x-mine, which has no pattern in x-bodydouble\.requestHeaders; did you mean 'x-mime'",
        ),
        ({"headers": {"x-a": "$request.header.x-mine"}}, "known are none"),
        ({"requestHeaders": {"x-a": "["}}, r"requestHeaders\.x-a is no regular expression"),
        ({"requestHeaders": {"x-a": "a{99999999999}"}}, "is no regular expression"),
        ({"requestHeaders": {"x-a": 5}}, "must be a regular expression; got 5"),
        ({"requestHeaders": {"x:a": "."}}, "must be the name of a header"),
        ({"price": 5}, "price must be an object"),
        ({"price": {"credit": 5}}, "has no member \"credit\"; did you mean 'credits'"),
        ({"price": {"credits": -1}}, "credits must be a whole number, not below zero; got -1"),
        ({"price": {"credits": 1.5}}, "credits must be a whole number"),
        ({"price": {"credits": True}}, "credits must be a whole number"),
        ({"price": {"usd": -0.1}}, "usd must be a number, not below zero"),
        ({"price": {"usd": "1"}}, "usd must be a number"),
        ({"price": {"usd": float("nan")}}, "usd must be a number"),
        ({"price": {"usd": 10**400}}, "usd must be a number"),
        ({"environment": ["A"]}, "environment must be an object"),
        ({"environment": {"base_url": ["A"]}}, "has no member \"base_url\"; did you mean 'baseUrl'"),
        ({"environment": {"key": "A"}}, r"environment\.key must be a list of names .*; got \"A\""),
        ({"environment": {"key": ["A", 5]}}, "must be a list of names of environment variables"),
        ({"environment": {"baseUrl": ["A=B"]}}, "must be a list of names of environment variables"),
        ({"environment": {"key": [""]}}, "must be a list of names of environment variables"),
    ],
)
def test_a_misstatement_says_where_and_what_is_expected(given_: Any, says: str) -> None:
    with pytest.raises(ConventionsError, match=says):
        from_(given_)


def test_every_value_is_known_where_it_may_stand() -> None:
    assert from_({"errors": {"body": {name[1:]: name for name in BODY_VALUES}}}).errors.body
    assert from_({"headers": {f"x-{n}": name for n, name in enumerate(HEADER_VALUES)}}).headers


@given(
    st.recursive(
        JSON_VALUES, lambda inner: st.dictionaries(st.sampled_from([*MEMBERS, "body", "x-a"]), inner)
    )
)
def test_whatever_is_stated_is_understood_or_refused(given_: Any) -> None:
    with suppress(ConventionsError):
        assert isinstance(from_(given_), Conventions)


NAMES = st.sampled_from(["x-a", "x-b", "x-c"])
BODIES = st.recursive(
    st.sampled_from([*BODY_VALUES, "constant"]) | st.integers(),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries(
        {"requestHeaders": st.fixed_dictionaries({"x-mine": st.sampled_from(["[a-z]+", ".{1,128}"])})},
        optional={
            "errors": st.fixed_dictionaries(
                {"mediaType": st.just("a/b"), "body": st.dictionaries(NAMES, BODIES)}
            ),
            "headers": st.dictionaries(
                NAMES, st.sampled_from([*HEADER_VALUES, "1", f"{REQUEST_HEADER}x-mine"])
            ),
            "price": st.fixed_dictionaries({"credits": st.integers(0), "usd": st.floats(0, 1e6)}),
            "environment": st.fixed_dictionaries({"key": st.lists(st.sampled_from(["A", "_b2"]))}),
        },
    )
)
def test_what_was_read_can_be_stated_again(given_: Any) -> None:
    found = from_(given_)
    assert from_(stated(found)) == found


def test_the_default_can_be_stated_too() -> None:
    assert from_(stated(Conventions())) == Conventions()
