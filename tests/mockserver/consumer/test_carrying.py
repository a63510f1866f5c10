from collections.abc import Iterator

import httpx2
import pytest
from msgspec.structs import replace

from bodydouble.mockserver.consumer.behaviours import PLAIN, Behaviour
from bodydouble.mockserver.consumer.carrying import MOST_REQUESTS, AsyncCarrier, Carrier
from bodydouble.mockserver.consumer.endings import Hung
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.staging import Staging
from bodydouble.mockserver.consumer.virtual_time import VirtualClock, VirtualLoop, cancel_all
from bodydouble.mockserver.scenes.distributions import Fixed
from bodydouble.mockserver.scenes.faults import Fault, Rule, Target, Wire
from tests.consuming import BODY, PATH

CLOCK = VirtualClock()
STAGING = Staging(None, CLOCK)
KEY = {"Authorization": "Bearer key"}


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    CLOCK.reset()
    loop = VirtualLoop(CLOCK)
    carrier = AsyncCarrier(STAGING.app, CLOCK)
    with httpx2.Client(
        transport=Carrier(carrier, loop.run_until_complete), base_url="http://double.test"
    ) as client:
        yield client
    cancel_all(loop)
    loop.close()


def created(http: httpx2.Client, fault: Fault | None = None, target: Target = Target.POLL) -> str:
    rules = (Rule(on=(target,), fault=fault),) if fault else ()
    STAGING.prepare("", Behaviour(replace(PLAIN, faults=rules), Level.FAULTS))
    return str(http.post(PATH, json=BODY, headers=KEY).json()["id"])


def poll(http: httpx2.Client, job: str) -> httpx2.Response:
    return http.get(PATH, params={"generation_id": job}, headers=KEY)


def test_requests_arrive_and_replies_come_back(http: httpx2.Client) -> None:
    job = created(http)
    assert [poll(http, job).json()["status"] for _ in range(3)] == ["queued", "generating", "completed"]
    assert poll(http, "nobody").status_code == 404


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        (Wire.RESET_BEFORE, httpx2.ReadError),
        (Wire.RESET_DURING, httpx2.ReadError),
        (Wire.LOST, httpx2.RemoteProtocolError),
        (Wire.TRUNCATED, httpx2.RemoteProtocolError),
        (Wire.WRONG_LENGTH, httpx2.RemoteProtocolError),
    ],
)
def test_a_broken_reply_is_the_error_that_a_socket_would_give(
    http: httpx2.Client, wire: Wire, error: type[Exception]
) -> None:
    job = created(http, Fault(wire=wire))
    with pytest.raises(error):
        poll(http, job)


def test_a_read_timeout_is_of_virtual_time_and_the_double_sees_the_client_go(http: httpx2.Client) -> None:
    job = created(http, Fault(delay=Fixed(60.0)))
    with pytest.raises(httpx2.ReadTimeout):
        http.get(PATH, params={"generation_id": job}, headers=KEY, timeout=20.0)
    assert CLOCK.elapsed == pytest.approx(20, abs=1)
    (*_, last) = STAGING.app.service.worlds.default.journal
    assert last.gone


def test_a_drip_takes_its_time(http: httpx2.Client) -> None:
    job = created(http, Fault(wire=Wire.DRIP, rate=20.0))
    assert poll(http, job).json()["status"] == "queued"
    assert CLOCK.elapsed > 3


def test_whoever_asks_without_end_hangs(http: httpx2.Client) -> None:
    for _ in range(MOST_REQUESTS):
        http.get("/")
    with pytest.raises(Hung, match="after 3000 requests"):
        http.get("/")
