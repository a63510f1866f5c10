import pytest

from bodydouble.mockserver.consumer.checking import assert_consumer, check_consumer
from bodydouble.mockserver.consumer.outcomes import Verdict
from bodydouble.mockserver.scenes.scenario_files import read
from tests.consuming import trusting, trusting_async


@pytest.mark.parametrize("client", [trusting, trusting_async])
def test_a_client_that_believes_everything_is_found_out_and_gets_scenarios_to_play(client: object) -> None:
    outcome = check_consumer(client, examples=60)  # type: ignore[arg-type]
    assert outcome.verdict() is Verdict.BROKEN
    found = {failure.finding.rule: failure.behaviour for failure in outcome.failures}
    assert {"client-crashed", "success-missed"} <= {*found}
    for behaviour in found.values():
        assert read(behaviour.as_data(), "saved") == (behaviour.scenario,)
    assert outcome.client == getattr(client, "__name__", "")


def test_a_client_that_asks_nobody_cannot_be_looked_at() -> None:
    assert check_consumer(lambda _given: None).verdict() is Verdict.COULD_NOT_LOOK


def test_an_assertion_says_what_was_found() -> None:
    with pytest.raises(AssertionError, match=r"client-crashed(.|\n)*the client breaks"):
        assert_consumer(trusting, first=True)
