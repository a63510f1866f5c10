import hashlib
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bodydouble.mockserver.journals.digests import Secrets, digest, is_digest

SALT = bytes(range(16))


@given(st.text() | st.binary())
def test_a_digest_says_how_long_the_secret_is_and_nothing_else(secret: str | bytes) -> None:
    assume(not (isinstance(secret, str) and is_digest(secret)))
    size = len(secret.encode("utf-8", "surrogatepass") if isinstance(secret, str) else secret)
    assert re.fullmatch(rf"sha256:[0-9a-f]{{12}}:{size}", digest(secret, SALT))


@given(st.text(), st.text())
def test_equal_secrets_have_equal_digests_and_others_do_not(one: str, other: str) -> None:
    assert (digest(one, SALT) == digest(other, SALT)) == (one == other)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_and_its_bytes_are_the_same_secret(secret: str) -> None:
    assert digest(secret, SALT) == digest(secret.encode(), SALT)


@pytest.mark.parametrize("secret", ["", "a", "1234"])
def test_a_short_key_cannot_be_found_without_the_salt(secret: str) -> None:
    assert digest(secret, SALT) != digest(secret, bytes(16))
    assert hashlib.sha256(secret.encode()).hexdigest()[:12] not in digest(secret, SALT)


@given(st.text())
def test_a_digest_stands_for_itself(secret: str) -> None:
    once = digest(secret, SALT)
    assert is_digest(once)
    assert digest(once, SALT) == once


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256:",
        "sha256:0123456789ab",
        "sha256:0123456789ab:",
        "sha256:0123456789AB:1",
        "xsha256:0123456789ab:1",
    ],
)
def test_what_only_resembles_a_digest_is_none(text: str) -> None:
    assert not is_digest(text)


def test_secrets_are_not_in_their_own_repr() -> None:
    shown = repr(Secrets(b"salt-salt-salt-1", ("sk-live-0123456789",)))
    assert "salt-" not in shown
    assert "sk-live" not in shown


keys = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=3)


@given(keys, st.data())
def test_no_key_and_no_half_of_one_stands_in_a_body_without_a_probe(
    known: list[str], data: st.DataObject
) -> None:
    assume(known)
    key = data.draw(st.sampled_from(known))
    half = data.draw(st.sampled_from([key, key[: max(8, len(key) // 2)], key[-max(8, len(key) // 2) :]]))
    assume(half == key or len(half) >= 8)
    body = f'{{"a":"{half}"}}'.encode().decode("latin-1").lower()
    assert any(probe in body for probe in Secrets(SALT, tuple(known)).probes)


def test_an_empty_key_is_looked_for_nowhere() -> None:
    assert Secrets(SALT, ("",)).probes == ()
