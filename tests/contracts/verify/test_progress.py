from bodydouble.contracts.verify.progress import Progress
from bodydouble.contracts.verify.running import Run
from bodydouble.contracts.verify.settings import Settings
from tests.apis import BUNDLED
from tests.verifying import PATTERN, player


def test_a_listener_hears_of_every_exchange_and_the_counts_only_grow() -> None:
    heard: list[Progress] = []
    sender = player().sender
    outcome = Run(
        BUNDLED, PATTERN, sender.target, sender.time, Settings(seed=1, examples=4), listener=heard.append
    )()
    assert len(heard) >= outcome.exchanges - 20
    assert [each.exchanges for each in heard] == sorted(each.exchanges for each in heard)
    assert heard[-1].jobs == outcome.jobs
    assert heard[-1].open_jobs == 0
    assert [*dict.fromkeys(each.phase for each in heard)] == [looked.phase for looked in outcome.looked]
