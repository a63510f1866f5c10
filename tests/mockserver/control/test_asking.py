import json

from bodydouble.mockserver.control.asking import DONE, JSON_KIND, Asked, name_of, told
from tests.apis import service, world
from tests.mockserver.control.desk import request


def test_a_value_is_told_as_json() -> None:
    answered = told({"a": [1, None, "ü"]}, 201)
    assert (json.loads(answered.body), answered.kind, answered.status) == (
        {"a": [1, None, "ü"]},
        JSON_KIND,
        201,
    )


def test_nothing_more_to_say_is_no_content() -> None:
    assert (DONE.status, DONE.body, DONE.kind) == (204, b"", "")


def test_the_world_without_a_name_is_called_default() -> None:
    assert name_of(world()) == "default"
    assert name_of(service().worlds.named("w1")) == "w1"


def test_what_is_asked_knows_the_worlds_and_the_repertoire_of_the_double() -> None:
    playing = service()
    asked = Asked(playing, playing.world, request("GET", "/x"), {}, {}, None)
    assert (asked.worlds, asked.repertoire) == (playing.worlds, playing.repertoire)
