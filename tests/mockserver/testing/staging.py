"""What the tests of this folder share: doubles on a stage, and worlds on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bodydouble.mockserver.testing.marks import Wanted
from bodydouble.mockserver.testing.settings import DoubleSettings
from bodydouble.mockserver.testing.stages import OwnDouble, Stage
from bodydouble.mockserver.testing.targets import target_of
from bodydouble.mockserver.testing.worlds import Player, TestWorld, world_for

PATH = "/v2/video/generations"
BODY: dict[str, Any] = {"model": "video-01", "prompt": "a paper boat"}
PLAYER = Player("tests/test_x.py::test_x[a b]")


class Over(BaseException):
    """What a test sees in place of a job that is one too many."""


def over(reason: str) -> None:
    raise Over(reason)


@contextmanager
def own(name: str = "double", **settings: Any) -> Iterator[OwnDouble]:
    stage = OwnDouble(DoubleSettings(**settings), target_of(name))
    try:
        yield stage
    finally:
        stage.close()


@contextmanager
def world(stage: Stage, **wanted: Any) -> Iterator[TestWorld]:
    with world_for(stage, Wanted(**wanted), PLAYER, over) as made:
        yield made
