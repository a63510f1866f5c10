"""Arguments of both clients' methods."""

import math
from pathlib import Path

import pytest

from bodydouble.client import Client, ConfigurationError, Job, StorageError
from bodydouble.client.calls import described, naming, order_of, part_of
from bodydouble.client.downloading import Order


def test_an_order_is_checked() -> None:
    assert order_of(0, math.inf, 5) == Order(index=0, timeout=math.inf, limit=5)
    for wrong in ((-1, 1, 1), (0, -1, 1), (0, 1, -1), (0, math.nan, 1)):
        with pytest.raises(ConfigurationError):
            order_of(*wrong)  # type: ignore[arg-type]  # a mixed tuple


def test_a_destination_that_cannot_be_written_names_the_job(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="job-1") as caught:
        part_of(Job(id="job-1"), tmp_path)
    assert caught.value.job == Job(id="job-1")


def test_what_a_hook_raises_is_named_and_not_changed() -> None:
    with pytest.raises(KeyError) as caught, naming(Job(id="job-1")):
        raise KeyError("x")
    assert "job-1" in caught.value.__notes__[0]


def test_a_client_describes_itself_without_its_key() -> None:
    with Client("key-0123456789", base_url="http://127.0.0.1:9") as client:
        assert described(client._session, "Client") == repr(client)
        assert "0123456789" not in repr(client) + repr(vars(client))
        assert "http://127.0.0.1:9" in repr(client)
