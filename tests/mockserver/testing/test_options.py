"""What options may say; how they reach a run is tested with the plugin."""

import pytest

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.mockserver.testing.options import check_bound, contract_of, key_for, seed_of, targets_of
from bodydouble.mockserver.testing.settings import DoubleSettings
from bodydouble.mockserver.testing.targets import Kind


@pytest.mark.parametrize("text", ["x", "", "1.5"])
def test_a_seed_is_a_whole_number(text: str) -> None:
    with pytest.raises(pytest.UsageError, match="--double-seed: expected a whole number or 'random'"):
        seed_of(text)


def test_a_seed_may_be_left_to_chance() -> None:
    assert seed_of("-5") == -5
    assert len({seed_of("random") for _ in range(20)}) > 1


@pytest.mark.parametrize("value", [-1, -0.1, float("nan")])
def test_a_bound_is_not_below_zero(value: float) -> None:
    with pytest.raises(pytest.UsageError, match="--double-max-cost: expected a number from 0 up"):
        check_bound("double_max_cost", value)


def test_targets_are_read_in_their_order() -> None:
    found = targets_of(["double-http", "https://api.example", "double"])
    assert [target.kind for target in found] == [Kind.OVER_HTTP, Kind.ELSEWHERE, Kind.IN_PROCESS]
    with pytest.raises(pytest.UsageError, match="--double-target: no target is called 'doubel'"):
        targets_of(["double", "doubel"])


def test_the_key_is_in_the_first_variable_of_the_contract_that_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = DoubleSettings()
    names = (*bundled_contract().conventions.environment.key, "API_KEY")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    assert key_for(settings) == ("", " or ".join(names))
    monkeypatch.setenv("API_KEY", "last")
    monkeypatch.setenv(names[0], "  ")
    monkeypatch.setenv(names[1], " first ")
    assert key_for(settings)[0] == "first"


def test_what_is_played_is_the_bundled_contract_unless_another_is_named() -> None:
    contract = bundled_contract()
    assert contract_of(DoubleSettings()).title == contract.title
    assert contract_of(DoubleSettings(contract=contract)) is contract
