"""The asynchronous client: the same conversations on asyncio."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, closing
from inspect import isawaitable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from .api import Api, default_api
from .calls import LIMIT, WAIT, Listener, described, naming, order_of, part_of
from .drivers import drive_async
from .errors import ConfigurationError
from .images import Image
from .models import Job
from .retry import Pace
from .session import JSON, attached, seconds, session
from .steps import Conversation, Done, Report, T


class AsyncClient:
    """:class:`Client` for asyncio: the same methods, arguments and errors, to be awaited.

    Cancelling a task stops what it does, closes its connection and leaves the job alone. Writing a video to
    disk is done in small pieces between reads. A client belongs to the event loop it is first used in, unless it
    is given a transport that belongs to none.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        api: Api | None = None,
        pace: Pace | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._session = session(
            api_key=api_key,
            base_url=base_url,
            api=api or default_api(),
            pace=pace or Pace(),
            environ=os.environ if environ is None else environ,
        )
        self._transport = httpx2.AsyncHTTPTransport() if transport is None else transport
        self._is_bound = transport is None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def api(self) -> Api:
        """Which API this is a client of."""
        return self._session.asking.api

    async def create(
        self,
        prompt: str,
        *,
        image: Image | None = None,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - a budget for retries, not a cancellation
        **fields: JSON,
    ) -> Job:
        """See :meth:`Client.create`."""
        return await self._run(
            self._session.create(
                prompt, image=image, headers=headers, request_id=request_id, timeout=timeout, fields=fields
            )
        )

    def attach(self, job_id: str) -> Job:
        """See :meth:`Client.attach`; nothing to await."""
        return attached(job_id)

    async def look(self, job: Job | str) -> Job:
        """See :meth:`Client.look`."""
        return await self._run(self._session.look(job))

    async def wait(
        self,
        job: Job | str,
        timeout: float = WAIT,  # noqa: ASYNC109 - a budget with a last poll, not a cancellation
        *,
        on_progress: Listener | None = None,
    ) -> Job:
        """See :meth:`Client.wait`."""
        return await self._run(self._session.wait(job, timeout), on_progress)

    async def events(
        self,
        job: Job | str,
        timeout: float = WAIT,  # noqa: ASYNC109 - a budget with a last poll, not a cancellation
    ) -> AsyncIterator[Job]:
        """See :meth:`Client.events`; for ``async for``."""
        async with aclosing(self._drive(self._session.wait(job, timeout))) as steps:
            async for step in steps:
                if not isinstance(step, Done) and step.progress.changed:
                    yield step.progress.job

    async def generate(
        self,
        prompt: str,
        *,
        image: Image | None = None,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        timeout: float = WAIT,  # noqa: ASYNC109 - a budget with a last poll, not a cancellation
        on_created: Callable[[Job], Awaitable[object] | object] | None = None,
        on_progress: Listener | None = None,
        **fields: JSON,
    ) -> Job:
        """See :meth:`Client.generate`; ``on_created`` may be asynchronous."""
        limit = seconds(timeout)  # a wait that cannot be made is not paid for
        job = await self.create(
            prompt, image=image, headers=headers, request_id=request_id, timeout=None, **fields
        )
        if on_created is not None:
            with naming(job):
                kept = on_created(job)
                if isawaitable(kept):
                    await kept
        return await self.wait(job, limit, on_progress=on_progress)

    async def download(
        self,
        job: Job | str,
        path: str | os.PathLike[str],
        *,
        index: int = 0,
        timeout: float = WAIT,  # noqa: ASYNC109 - a budget for retries, not a cancellation
        limit: int = LIMIT,
    ) -> Path:
        """See :meth:`Client.download`."""
        found, order = attached(job), order_of(index, timeout, limit)
        with closing(part_of(found, Path(path))) as part:
            await self._run(self._session.download(found, part, order))
        return Path(path)

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return described(self._session, "AsyncClient")

    def _drive(self, conversation: Conversation[T]) -> AsyncGenerator[Report | Done[T], None]:
        loop = asyncio.get_running_loop()
        if self._is_bound and self._loop not in (None, loop):
            raise ConfigurationError(
                "this client has connections of another event loop; make one in each, as in "
                "'async with AsyncClient() as client'"
            )
        self._loop = loop
        return drive_async(conversation, self._transport, self._session.envelope)

    async def _run(self, conversation: Conversation[T], listener: Listener | None = None) -> T:
        async with aclosing(self._drive(conversation)) as steps:
            async for step in steps:
                if isinstance(step, Done):
                    return step.value
                try:
                    if listener is not None:
                        listener(step.progress)
                except BaseException as error:  # noqa: BLE001 - raised again by the conversation, with the id
                    await steps.athrow(error)
        raise AssertionError("a conversation ends with its result")
