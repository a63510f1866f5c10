"""The key is found, refused without being shown, and never shown."""

import copy
import html
import json
import pickle
from urllib.parse import quote

import pytest
from hypothesis import example, given
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


def escaped(text: str) -> list[bytes]:
    """Return how a server may write ``text`` in JSON, in a URL and in a page."""
    json_text = json.dumps(text)[1:-1]
    ways = [
        text,
        json_text,
        json_text.replace("/", "\\/"),
        quote(text, safe=""),
        quote(text),
        html.escape(text),
    ]
    ways += ["".join(f"\\u{ord(character):04x}" for character in text)]
    ways += ["".join(f"\\u{ord(character):04X}" for character in text)]
    return [way.encode() for way in ways]


@example('sk-ab/cd"ef+gh\\ij&kl')
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8))
def test_a_key_is_masked_however_a_server_writes_it(text: str) -> None:
    for way in escaped(text):
        assert Key(text).masked_in(b"Incorrect key: <" + way + b">") == b"Incorrect key: <***>"


def test_a_short_key_is_not_masked_because_it_may_be_an_honest_word() -> None:
    assert Key("queued").masked_in(b'{"status": "queued"}') == b'{"status": "queued"}'


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
