import httpx2
import pytest

from bodydouble.mockserver.consumer.behaviours import PLAIN, Behaviour
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.loopback import Loopback
from tests.consuming import BODY, PATH


@pytest.mark.timeout(300)
def test_one_server_has_a_world_for_every_key() -> None:
    with Loopback(None, speed=60, seed=1) as loopback:
        world = loopback.on_server(lambda: loopback.staging.prepare("a-1", Behaviour(PLAIN, Level.CONTRACT)))
        with httpx2.Client(base_url=loopback.origin, trust_env=False, timeout=60) as http:
            for key in ("test-a-1", "other"):
                assert http.post(PATH, json=BODY, headers={"Authorization": f"Bearer {key}"}).is_success
        assert loopback.on_server(lambda: len(world.jobs)) == 1
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(loopback.origin, trust_env=False)


def test_an_error_on_the_server_is_the_callers() -> None:
    with Loopback(None, speed=1, seed=1) as loopback, pytest.raises(ZeroDivisionError):
        loopback.on_server(lambda: 1 // 0)
