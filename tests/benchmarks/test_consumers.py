"""Clients in process."""

import pytest

from .consumers import CLIENTS, Lived, main, measure, table


def test_a_rate_is_per_minute() -> None:
    row = table({"blocking": Lived(1000, 8000, 5.0, 10.0)}).rows[0]
    assert row == ("blocking", "1,000", "8.0", "12,000", "6,000", "≥ 6,000")


@pytest.mark.parametrize("name", CLIENTS)
def test_every_client_lives_whole_lives(name: str) -> None:
    found = measure(CLIENTS[name], 10)
    assert found.lives == 10
    assert found.requests >= 20


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lives", "5"]) == 0
    assert "## Clients in process" in capsys.readouterr().out
