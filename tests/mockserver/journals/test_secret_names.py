import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.journals.secret_names import (
    NAME_MARKS,
    QUERY_MARKS,
    SHAPE_MARKS,
    SHAPES,
    is_secret_name,
)

SECRET = (
    "Authorization",
    "proxy-authorization",
    "Cookie",
    "set-cookie",
    "X-Api-Key",
    "api_key",
    "apiKey",
    "api.key",
    "user[api_key]",
    "token",
    "access_token",
    "X-Amz-Security-Token",
    "client_secret",
    "PASSWORD",
    "db_pwd",
    "X-Amz-Signature",
    "x-amz-credential",
    "Signature",
    "sig",
    "AWSAccessKeyId",
    "Key-Pair-Id",
    "session_id",
    "privateKey",
    "oauth",
)
HARMLESS = (
    "id",
    "generation_id",
    "model",
    "prompt",
    "key",
    "status",
    "tokens_used",
    "max_tokens",
    "credits_used",
    "signed",
    "design",
    "expires_at",
    "author",
    "keyframes",
    "monkey",
    "passing",
    "content-type",
    "",
)


@pytest.mark.parametrize("name", SECRET)
def test_a_secrets_name_is_known_however_it_is_written(name: str) -> None:
    assert is_secret_name(name)
    assert is_secret_name(name, in_query=True)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_name_that_only_resembles_one_is_not(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["key", "expires", "Expires", "X-Amz-Date", "x-goog-algorithm", "Policy", "hmac"]
)
def test_parts_of_a_signature_are_secret_in_queries_only(name: str) -> None:
    assert is_secret_name(name, in_query=True)
    assert not is_secret_name(name)


@given(st.sampled_from(SECRET), st.text("abcXYZ-_", max_size=300))
def test_what_stands_before_a_secrets_name_changes_nothing(name: str, before: str) -> None:
    assert is_secret_name(before + name)


@given(st.text() | st.sampled_from(SECRET))
def test_every_secret_name_of_ordinary_spelling_has_a_mark(name: str) -> None:
    plain = name.lower()
    fillers_inside = plain.translate(str.maketrans("", "", "-_. []")) != plain
    if is_secret_name(name) and not fillers_inside:
        assert any(mark in plain for mark in NAME_MARKS)
    if is_secret_name(name, in_query=True) and not fillers_inside:
        assert any(mark in plain for mark in (*NAME_MARKS, *QUERY_MARKS))


@pytest.mark.parametrize("name", SECRET)
def test_the_usual_spellings_have_a_mark_too(name: str) -> None:
    assert any(mark in name.lower() for mark in NAME_MARKS)


@pytest.mark.parametrize(
    "key",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "sk-proj-abcdefgh1234",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE and then it is cut",
    ],
)
def test_keys_are_known_by_their_look(key: str) -> None:
    assert any((found := shape.search(key)) and found[0] == key for shape in SHAPES)
    assert any(mark in key.lower() for mark in (*SHAPE_MARKS, *NAME_MARKS))


@pytest.mark.parametrize("text", ["eyJust a word", "risk-taking", "sk-8", "-----BEGIN CERTIFICATE-----"])
def test_other_words_do_not_look_like_keys(text: str) -> None:
    assert not any(shape.search(text) for shape in SHAPES)
