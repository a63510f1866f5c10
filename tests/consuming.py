"""What tests of consumers share: the bundled replies, and a client that asks over HTTP and little more."""

import asyncio
import time
from functools import lru_cache
from typing import Any

import httpx2

from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.consumer.calling import Surroundings
from bodydouble.mockserver.consumer.staging import Staging
from bodydouble.mockserver.journals.journal import Entry, Purpose
from bodydouble.mockserver.replies import Play

PATH = "/v2/video/generations"
BODY = {"model": "video-01", "prompt": "a paper boat"}


class Failed(Exception):
    """The client has no result."""


@lru_cache(1)
def play() -> Play:
    return Staging(None, ManualClock()).play


def trusting(given: Surroundings) -> str:
    """Believes whatever it is told, and keeps the happy path."""
    with httpx2.Client(transport=given.transport, base_url=given.base_url) as http:
        http.headers["Authorization"] = f"Bearer {given.api_key}"
        job = http.post(PATH, json=BODY).json()["id"]
        while (reply := http.get(PATH, params={"generation_id": job}).json())["status"] != "completed":
            if reply["status"] == "error":
                raise Failed(str(reply.get("error")))
            time.sleep(5)
        return str(reply["video"]["url"])


async def trusting_async(given: Surroundings) -> Any:
    """The same without blocking."""

    async with httpx2.AsyncClient(transport=given.async_transport, base_url=given.base_url) as http:
        http.headers["Authorization"] = f"Bearer {given.api_key}"
        job = (await http.post(PATH, json=BODY)).json()["id"]
        while (reply := (await http.get(PATH, params={"generation_id": job})).json())[
            "status"
        ] != "completed":
            if reply["status"] == "error":
                raise Failed(str(reply.get("error")))
            await asyncio.sleep(5)
        return reply["video"]["url"]


def entry(number: int, operation: Purpose, stage: str = "", status: int = 200, **facts: Any) -> Entry:
    method = "POST" if operation is Purpose.SUBMIT else "GET"
    told: dict[str, Any] = {"stage": stage, **facts}
    return Entry(number, float(number), 0.0, method, PATH, operation, status, **told)
