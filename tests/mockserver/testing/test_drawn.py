import httpx2
import pytest

from bodydouble.mockserver.consumer.behaviours import FAILURE, PLAIN, Behaviour
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.testing.allowances import Budget
from bodydouble.mockserver.testing.drawn import drawings_on
from bodydouble.mockserver.testing.stages import Elsewhere
from bodydouble.mockserver.testing.targets import target_of

from .staging import BODY, PATH, Over, over, own

PLAINLY = Behaviour(PLAIN, Level.CONTRACT)


def failing() -> Behaviour:
    scenario = type(PLAIN)(
        **{name: getattr(PLAIN, name) for name in PLAIN.__struct_fields__} | {"outcome": FAILURE}
    )
    return Behaviour(scenario, Level.CONTRACT)


def statuses(client: httpx2.Client) -> list[str]:
    job = client.post(PATH, json=BODY).json()["id"]
    return [client.get(PATH, params={"generation_id": job}).json()["status"] for _ in range(3)]


@pytest.mark.parametrize("name", ["double", "double-http"])
def test_an_example_is_played_in_a_world_of_its_own(name: str) -> None:
    with own(name) as stage:
        drawing = drawings_on(stage, "main", "", over)
        with drawing("t", PLAINLY, {"clock": "manual"}) as server, server.client() as client:
            assert statuses(client) == ["queued", "generating", "completed"]
            assert server.allowed == {"done"}
            assert server.why
            assert len(server.control.jobs()) == 1
            reply = httpx2.get(
                f"{server.base_url}{PATH}?generation_id=x",
                headers={"Authorization": f"Bearer {server.key}"},
                timeout=60,
            )
            assert reply.status_code == 404
        with (
            drawing("t", failing(), {}) as server,
            httpx2.Client(
                base_url=server.origin,
                transport=server.transport(),
                timeout=60,
                headers={"Authorization": f"Bearer {server.key}"},
            ) as client,
        ):
            assert statuses(client)[-1] == "error"
            assert server.allowed == {"failed"}
            assert len(server.control.jobs()) == 1
        assert stage.control
        assert [each.name for each in stage.control.namespaces()] == ["default"]


def test_the_same_behaviour_does_the_same_again() -> None:
    with own() as stage:
        drawing = drawings_on(stage, "main", "", over)
        told = []
        for _ in range(2):
            with drawing("t", PLAINLY, {}) as server, server.client() as client:
                told.append(client.post(PATH, json=BODY).json()["id"])
        assert told[0] == told[1]


def test_its_story_has_no_token_since_hypothesis_repeats_it() -> None:
    with (
        own() as stage,
        drawings_on(stage, "main", "", over)("t", PLAINLY, {}) as server,
        server.client() as client,
    ):
        statuses(client)
        assert "is initial)" in server.story()
        assert "replay token" not in server.story()
        assert server.scenario == PLAINLY.as_data()


def test_only_a_double_is_told_how_to_behave() -> None:
    there = Elsewhere(target_of("https://api.invalid"), "key", Budget(5))
    with pytest.raises(Over, match="is no double"), drawings_on(there, "main", "", over)("t", PLAINLY, {}):
        pass
