"""HTTP clients reach the double of this process without a socket, and feel what goes wrong as they would over one."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from bodydouble.mockserver.control.client import Control
from bodydouble.mockserver.testing.allowances import Allowance
from bodydouble.mockserver.testing.stages import OwnDouble
from bodydouble.mockserver.testing.transports import ORIGIN, InProcess, OverHttp, ThroughHost

from .staging import BODY, PATH, Over, over, own

KEY = {"Authorization": "Bearer test-mine"}
CUT = {"on": ["poll"], "wire": "truncated"}
LOST = {"on": ["submit"], "wire": "lost"}
NEVER = {"on": ["submit"], "delay": "forever"}


@pytest.fixture(scope="module")
def stage() -> Iterator[OwnDouble]:
    with own() as stage:
        yield stage


@pytest.fixture
def control(stage: OwnDouble) -> Iterator[Control]:
    assert stage.control
    control = stage.control.within("mine")
    control.begin()
    yield control
    control.end()


@pytest.fixture
def client(stage: OwnDouble, control: Control) -> Iterator[httpx2.Client]:
    assert control
    with httpx2.Client(base_url=ORIGIN, transport=InProcess(stage.host), headers=KEY, timeout=60) as client:
        yield client


def test_requests_reach_the_double_as_they_were_sent(client: httpx2.Client, control: Control) -> None:
    made = client.post(PATH, json=BODY).json()
    client.get(PATH, params={"generation_id": f"{made['id']} x/y?ü"})
    first, second = control.journal()
    assert (first.body, first.job) == (BODY, made["id"])
    assert (second.status, second.path) == (404, PATH)


def test_asynchronous_clients_reach_it_too(stage: OwnDouble, control: Control) -> None:
    async def create() -> int:
        async with httpx2.AsyncClient(
            base_url=ORIGIN, transport=InProcess(stage.host), headers=KEY, timeout=60
        ) as client:
            replies = await asyncio.gather(*(client.post(PATH, json=BODY) for _ in range(5)))
            return sum(reply.status_code == 200 for reply in replies)

    assert asyncio.run(create()) == 5
    assert len(control.jobs()) == 5


def test_a_lost_reply_is_a_lost_reply(client: httpx2.Client, control: Control) -> None:
    control.set_faults(LOST)
    with pytest.raises(httpx2.RemoteProtocolError, match="without a reply"):
        client.post(PATH, json=BODY)
    assert len(control.jobs()) == 1


def test_a_reply_breaks_off_where_it_does(client: httpx2.Client, control: Control) -> None:
    made = client.post(PATH, json=BODY).json()
    control.set_faults(CUT)
    with client.stream("GET", PATH, params={"generation_id": made["id"]}) as reply:
        assert reply.status_code == 200
        with pytest.raises(httpx2.ReadError, match="within the reply"):
            reply.read()


def test_whoever_will_not_wait_does_not(client: httpx2.Client, control: Control) -> None:
    control.set_faults(NEVER)
    with pytest.raises(httpx2.ReadTimeout):
        client.post(PATH, json=BODY, timeout=0.05)


def test_nothing_leaves_the_process(client: httpx2.Client) -> None:
    with pytest.raises(httpx2.ConnectError, match=r"api\.example is not the double"):
        client.get("https://api.example/")


def test_the_socket_of_the_same_double_is_the_double(stage: OwnDouble, client: httpx2.Client) -> None:
    assert client.get(f"{stage.base_url}/_double/openapi.json").status_code == 200


def test_control_goes_the_same_way(stage: OwnDouble) -> None:
    control = Control(transport=ThroughHost(stage.host), namespace="a name/with slash")
    assert "default" in [each.name for each in control.namespaces()]
    assert Control(transport=ThroughHost(stage.host)).show().name == "default"


def test_a_job_is_counted_before_it_is_submitted(stage: OwnDouble, control: Control) -> None:
    transport = OverHttp(Allowance(1, over))
    with httpx2.Client(base_url=stage.base_url, transport=transport, headers=KEY, timeout=60) as client:
        made: dict[str, Any] = client.post(PATH, json=BODY).json()
        with pytest.raises(Over):
            client.post(PATH, json=BODY)
        assert client.get(PATH, params={"generation_id": made["id"]}).status_code == 200
    assert len(control.jobs()) == 1
    assert transport.noted == [f"POST {PATH}  200", f"GET {PATH}  200"]


def test_jobs_of_asynchronous_clients_are_counted_too(stage: OwnDouble, control: Control) -> None:
    async def create() -> None:
        async with httpx2.AsyncClient(
            base_url=stage.base_url, transport=OverHttp(Allowance(1, over)), headers=KEY, timeout=60
        ) as client:
            await client.post(PATH, json=BODY)
            with pytest.raises(Over):
                await client.post(PATH, json=BODY)

    asyncio.run(create())
    assert len(control.jobs()) == 1
