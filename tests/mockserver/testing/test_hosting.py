import asyncio
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.testing.hosting import Host


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host(create_app(seed=1))
    yield host
    host.close()


async def where() -> str:
    return threading.current_thread().name


def test_work_is_done_in_the_one_loop(host: Host) -> None:
    assert host.do(where()) == host.do(where()) == "bodydouble"


def test_no_socket_is_opened_until_somebody_asks(host: Host) -> None:
    assert host.origin is None
    origin = host.serve()
    assert host.serve() == origin == host.origin
    reply = httpx2.get(f"{origin}/_double/namespaces", trust_env=False, timeout=60)
    assert reply.json()["namespaces"][0]["name"] == "default"


def test_nothing_is_left_when_it_ends() -> None:
    host = Host(create_app(seed=1))
    address = urlsplit(host.serve())
    waiting = host.start(asyncio.sleep(3600))
    host.close()
    assert waiting.cancelled()
    assert "bodydouble" not in {thread.name for thread in threading.enumerate()}
    with socket.socket() as probe:
        assert probe.connect_ex((address.hostname, address.port)) != 0


def test_a_failure_is_raised_to_whoever_asked_for_the_work(host: Host) -> None:
    async def fail() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        host.do(fail())
