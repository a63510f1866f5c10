"""The key is found, refused without being shown, and never shown."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.client import Client, ConfigurationError, KeyMalformed, KeyMissing, default_api
from bodydouble.client.keys import Key, checked, key_from

VARIABLES = default_api().key_variables
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


@given(VISIBLE)
def test_visible_ascii_is_a_key(text: str) -> None:
    assert checked(text, "here").reveal() == text


@given(
    st.text(), st.sampled_from([" ", "\t", "\n", "\r\n", "\x00", "\x7f", "\u200b", "ü", "\ud800"]), st.text()
)
def test_anything_else_is_refused_without_being_shown(before: str, wrong: str, after: str) -> None:
    secret = "s3cr3t-part"
    with pytest.raises(KeyMalformed) as caught:
        checked(before + secret + wrong + after, "the variable X")
    assert secret not in str(caught.value) + repr(caught.value)
    assert "the variable X" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"), [("sk-1\n", "whitespace"), ("sk\x001", "control"), ("skü", "ASCII"), ("", "empty")]
)
def test_the_refusal_says_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(KeyMalformed, match=told):
        checked(text, "here")


def test_a_key_never_shows_itself() -> None:
    key = Key("sk-secret")
    assert "secret" not in f"{key} {key!r} {[key]} {key:}"
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(TypeError):
        copy.copy(key)


def test_the_three_variables_in_use_are_read_in_order() -> None:
    assert VARIABLES == ("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY")
    environ = dict(zip(VARIABLES, ("one", "two", "three"), strict=True))
    for expected, name in zip(("one", "two", "three"), VARIABLES, strict=True):
        assert key_from(environ, VARIABLES).reveal() == expected
        environ[name] = ""


def test_no_key_at_all_names_the_variables() -> None:
    with pytest.raises(KeyMissing, match=" or ".join(VARIABLES)):
        key_from({}, VARIABLES)
    with pytest.raises(ConfigurationError):
        Client(environ={})


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(VARIABLES[1], "from-the-environment\n")
    with pytest.raises(KeyMalformed, match=VARIABLES[1]):
        Client()
