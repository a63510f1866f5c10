import gc
from collections.abc import Iterator

import pytest

from bodydouble.mockserver.collecting import staying


class Wrong(Exception):
    """What went wrong in a block."""


@pytest.fixture(autouse=True)
def _nothing_stays_frozen() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_the_collector_does_not_look_while_things_are_built() -> None:
    with staying():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_built_is_looked_at_no_more() -> None:
    with staying():
        built = [["a list"]]
    assert not any(each is built for each in gc.get_objects())
    assert gc.get_freeze_count() > 0


def test_what_comes_later_is_collected() -> None:
    with staying():
        pass
    later: list[object] = []
    later.append(later)
    assert any(each is later for each in gc.get_objects())


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with staying():
        pass
    assert not gc.isenabled()


def test_a_collector_is_on_again_after_an_error() -> None:
    with pytest.raises(Wrong), staying():
        raise Wrong
    assert gc.isenabled()
