import hashlib
import hmac
import re
from urllib.parse import parse_qs, quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bodydouble.mockserver.signing import sign, signature, verify

SECRET = bytes(range(32))


@given(st.binary(min_size=1), st.text(), st.text())
def test_what_was_signed_is_verified(secret: bytes, resource: str, expires: str) -> None:
    assert verify(secret, resource, expires, signature(secret, resource, expires))


texts = st.text("ab1:.\n", max_size=4)


@given(texts, texts, texts, texts)
def test_no_other_values_have_the_same_signature(
    resource: str, expires: str, other_resource: str, other_expires: str
) -> None:
    assume((resource, expires) != (other_resource, other_expires))
    assert not verify(SECRET, other_resource, other_expires, signature(SECRET, resource, expires))


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_another_secret_gives_another_signature(one: bytes, other: bytes) -> None:
    assume(one != other)
    assert not verify(one, "job", "60.0", signature(other, "job", "60.0"))


@given(st.text())
def test_any_text_may_be_claimed(claimed: str) -> None:
    assert not verify(SECRET, "job", "60.0", claimed)


@pytest.mark.parametrize("claimed", ["", "0" * 64, "ä" * 64, "\ud800", "\0"])
def test_what_is_no_signature_is_refused(claimed: str) -> None:
    assert not verify(SECRET, "job", "60.0", claimed)


def test_a_signature_that_was_changed_anywhere_is_refused() -> None:
    right = signature(SECRET, "job", "60.0")
    changed = [
        right[:index] + ("0" if right[index] != "0" else "1") + right[index + 1 :] for index in range(64)
    ]
    assert not any(verify(SECRET, "job", "60.0", claimed) for claimed in [*changed, right[:-1], right + "0"])


def test_the_query_names_the_end_and_the_signature_and_needs_no_quoting() -> None:
    query = sign(SECRET, "job", "3672.5")
    assert parse_qs(query) == {"expires": ["3672.5"], "signature": [signature(SECRET, "job", "3672.5")]}
    assert quote(query, safe="=&") == query
    assert re.fullmatch("[0-9a-f]{64}", signature(SECRET, "job", "3672.5"))


def test_the_signature_is_hmac_sha256() -> None:
    assert signature(SECRET, "job", "3672.5") == hmac.new(SECRET, b"6:3672.5job", hashlib.sha256).hexdigest()
