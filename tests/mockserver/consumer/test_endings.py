from contextlib import suppress

import pytest

from bodydouble.mockserver.consumer.endings import End, Hung, Life


def test_a_hang_passes_every_except_exception() -> None:
    def hangs() -> None:
        raise Hung("for ever")

    def swallows() -> None:
        with suppress(Exception):
            hangs()

    with pytest.raises(Hung):
        swallows()


def test_a_life_begins_with_nothing_seen() -> None:
    life = Life(end=End.DONE, told="exit code 0")
    assert (life.entries, life.noticed, life.output) == ((), (), "")
