"""Targets are closed behind each test."""

from collections.abc import Iterator

import pytest

from tests.verifying import OPEN


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()
