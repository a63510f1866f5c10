"""Whom to ask is settled once and does not change under a conversation."""

from dataclasses import FrozenInstanceError

import pytest

from bodydouble.client import Client, Pace

from .simulation import asking


def test_whom_to_ask_cannot_change_under_way() -> None:
    with pytest.raises(FrozenInstanceError):
        asking().root = "https://elsewhere"  # type: ignore[misc]  # what must not work


def test_a_clients_pace_and_origin_reach_its_conversations() -> None:
    pace = Pace(interval=7)
    with Client("key-0123", base_url="http://127.0.0.1:9/v1", pace=pace) as client:
        found = client._session.asking
    assert (found.pace, found.root, found.api) == (pace, "http://127.0.0.1:9", client.api)
