from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.exchanges import Exchange, Message
from bodydouble.mockserver.recordings.seen_keys import HEADERS, MOST, SeenKeys
from tests.exchanging import KEY, created


def sent(key: str, name: str = "authorization") -> Exchange:
    return replace(created(), request=Message(((name, key),)))


@pytest.mark.parametrize("name", HEADERS)
def test_a_key_is_learned_from_every_header_that_carries_one(name: str) -> None:
    keys = SeenKeys()
    keys.learn(sent(f"Bearer {KEY}" if "auth" in name else KEY, name))
    assert keys.keys == (KEY,)
    assert keys.without(f"your {KEY}!") == "your [key]!"


def test_the_last_keys_are_remembered() -> None:
    keys = SeenKeys()
    for number in range(MOST + 5):
        keys.learn(sent("first-key"))
        keys.learn(sent(f"key-{number}"))
    assert len(keys.keys) == MOST
    assert "first-key" in keys.keys


@given(st.lists(st.text("abc", min_size=4, max_size=8), max_size=5), st.text("abc ", max_size=40))
def test_no_key_is_left_in_a_text(sent_keys: list[str], text: str) -> None:
    keys = SeenKeys()
    for key in sent_keys:
        keys.learn(sent(key))
    assert not [key for key in sent_keys if key in keys.without(text)]


@pytest.mark.parametrize("header", ["", "Bearer ", " "])
def test_no_key_is_no_key(header: str) -> None:
    keys = SeenKeys()
    keys.learn(sent(header))
    assert keys.keys == ()
    assert keys.without("text") == "text"
