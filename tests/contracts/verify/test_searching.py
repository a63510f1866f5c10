import json

import pytest
from hypothesis import strategies as st

from bodydouble.contracts.verify.searching import SHRINKING, Search
from bodydouble.contracts.verify.settings import Settings
from bodydouble.contracts.verify.stopping import Spent
from tests.end_to_end.provider_zoo import Said, Sound
from tests.verifying import found, player

BODIES = st.fixed_dictionaries({"model": st.just("video-01"), "prompt": st.text(max_size=30)})


class Picky(Sound):
    """Fails at an exclamation mark, refuses a question mark."""

    def create(self, body: bytes) -> Said:
        return self.refuse(500, "oh") if b"x" in body else super().create(body)

    def wrong_value(self, asked: object) -> str:
        text = str(asked.get("prompt"))  # type: ignore[attr-defined]  # an object of JSON
        return "no" if len(text) > 12 else ""


def search(kind: type[Sound], **told: object) -> Search:
    settings = Settings(seed=3, **told)  # type: ignore[arg-type]  # as the caller says
    return Search(player(kind), settings)


def test_several_failures_are_found_and_each_is_small() -> None:
    searching = search(Picky)
    searching.bodies(BODIES | st.just({"model": "video-01", "prompt": "a fox"}), 60)
    assert found(searching.player) == {"answer-failed", "valid-refused"}
    prompts = {failure.finding.rule: failure.steps[0].asked for failure in searching.player.ledger}
    refused, failed = prompts["valid-refused"], prompts["answer-failed"]
    assert refused
    assert failed
    assert len(json.loads(refused.body)["prompt"]) == 13
    assert len(failed.body) <= len(b'{"model":"video-01","prompt":"a fox"}')


def test_a_sound_server_is_asked_as_often_as_was_said() -> None:
    searching = search(Sound)
    searching.bodies(BODIES, 15)
    assert searching.player.spending.jobs == 15
    assert not found(searching.player)


def test_failures_are_left_as_they_are_where_nothing_more_may_be_sent() -> None:
    careful, thorough = search(Picky, shrink=False), search(Picky)
    for searching in (careful, thorough):
        searching.bodies(BODIES, 30)
    assert careful.player.sender.count < thorough.player.sender.count
    assert found(careful.player) == found(thorough.player)


def test_making_a_failure_smaller_has_an_end() -> None:
    class Moody(Sound):
        def create(self, body: bytes) -> Said:  # noqa: ARG002 - whatever is asked
            return self.refuse(500, "oh")

    searching = search(Moody)
    searching.bodies(BODIES, 10)
    assert searching.player.sender.count < 3 * (SHRINKING + 100)


def test_a_server_that_fails_now_and_then_is_no_error_of_ours() -> None:
    class Moody(Sound):
        def wrong_value(self, asked: object) -> str:  # noqa: ARG002 - whatever is asked
            return "" if next(self.numbers) % 5 else "no"

    searching = search(Moody)
    searching.bodies(BODIES, 30)
    assert found(searching.player) == {"valid-refused"}


def test_a_search_ends_with_the_budget() -> None:
    searching = search(Sound)
    searching.player.spending.most = 7
    with pytest.raises(Spent):
        searching.bodies(BODIES, 30)
    assert searching.player.spending.jobs == 7


def test_no_example_sends_nothing() -> None:
    searching = search(Sound)
    searching.bodies(BODIES, 0)
    assert not searching.player.sender.count
