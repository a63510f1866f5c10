"""The blocking client: create, wait, download."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from .api import Api, default_api
from .calls import LIMIT, WAIT, Listener, described, naming, order_of, part_of
from .drivers import drive
from .images import Image
from .models import Job
from .retry import Pace
from .session import JSON, attached, seconds, session
from .steps import Conversation, Done, T
from .transport import DeadlineTransport


class Client:
    """A blocking client for one API; may be used from several threads.

    Args:
        api_key: The key; by default read from the API's environment variables.
        base_url: Origin, ``…/v1`` or ``…/v2``; by default read from the API's environment variables, else
            the API's own.
        api: Which API; by default the bundled one.
        pace: How fast to ask.
        transport: What carries requests; by default one that keeps total deadlines. Others are given
            timeouts per operation.
        environ: Where variables are read from; by default the process's environment.

    Raises:
        ConfigurationError: The key or the base URL is missing or cannot be used.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        api: Api | None = None,
        pace: Pace | None = None,
        transport: httpx2.BaseTransport | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._session = session(
            api_key=api_key,
            base_url=base_url,
            api=api or default_api(),
            pace=pace or Pace(),
            environ=os.environ if environ is None else environ,
        )
        self._transport = DeadlineTransport() if transport is None else transport

    @property
    def api(self) -> Api:
        """Which API this is a client of."""
        return self._session.asking.api

    def create(
        self,
        prompt: str,
        *,
        image: Image | None = None,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
        **fields: JSON,
    ) -> Job:
        """Create a job and return it at once.

        Args:
            prompt: What to generate.
            image: First frame: a link, a data URI, a file's path or bytes.
            headers: Further header fields.
            request_id: Id to find the create by if its answer is lost; minted if not given.
            timeout: Seconds for everything; by default the pace's ``create_timeout``.
            **fields: Further fields of the body.

        Raises:
            NotSent: It never reached the server.
            Refused: The server refused.
            SubmissionUnknown: It was sent and may have been accepted; it is not sent again.
            ConfigurationError: An argument cannot be used.
        """
        return self._run(
            self._session.create(
                prompt, image=image, headers=headers, request_id=request_id, timeout=timeout, fields=fields
            )
        )

    def attach(self, job_id: str) -> Job:
        """Return the job with this id without asking the network."""
        return attached(job_id)

    def look(self, job: Job | str) -> Job:
        """Ask for a job once; return it as it is now, whatever that is.

        Raises:
            NoAnswer: No reply came, or none that could be read.
            PollRefused: The server does not want to tell; JobNotFound if it knows no such job.
        """
        return self._run(self._session.look(job))

    def wait(self, job: Job | str, timeout: float = WAIT, *, on_progress: Listener | None = None) -> Job:
        """Follow a job until it is complete and return it with its video.

        Args:
            job: A job or its id.
            timeout: Seconds; the wait ends then, plus one poll at the most.
            on_progress: Told before every pause and of every change.

        Raises:
            JobFailed: It ended in failure.
            ResultMissing: It is complete without a video.
            WaitTimeout: The time is over; the job goes on.
            PollRefused: The server does not want to tell; JobNotFound if it knows no such job.
        """
        return self._run(self._session.wait(job, timeout), on_progress)

    def events(self, job: Job | str, timeout: float = WAIT) -> Iterator[Job]:
        """Yield a job each time it has changed, its end included; raise as :meth:`wait` does."""
        with closing(
            drive(self._session.wait(job, timeout), self._transport, self._session.envelope)
        ) as steps:
            for step in steps:
                if not isinstance(step, Done) and step.progress.changed:
                    yield step.progress.job

    def generate(
        self,
        prompt: str,
        *,
        image: Image | None = None,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        timeout: float = WAIT,
        on_created: Callable[[Job], object] | None = None,
        on_progress: Listener | None = None,
        **fields: JSON,
    ) -> Job:
        """Create a job and wait for it.

        Args:
            prompt: As for :meth:`create`, like all that is not listed here.
            image: See there.
            headers: See there.
            request_id: See there.
            timeout: Seconds for the wait.
            on_created: Given the job before the first poll, so that its id can be kept.
            on_progress: As for :meth:`wait`.
            **fields: Further fields of the body.
        """
        limit = seconds(timeout)  # a wait that cannot be made is not paid for
        job = self.create(prompt, image=image, headers=headers, request_id=request_id, timeout=None, **fields)
        if on_created is not None:
            with naming(job):
                on_created(job)
        return self.wait(job, limit, on_progress=on_progress)

    def download(
        self,
        job: Job | str,
        path: str | os.PathLike[str],
        *,
        index: int = 0,
        timeout: float = WAIT,
        limit: int = LIMIT,
    ) -> Path:
        """Save a video of a complete job; ``path`` is absent (or as it was) until it is whole.

        A former download to the same path that was cut off is gone on with.

        Args:
            job: A job or its id.
            path: Where to; a file there is replaced.
            index: Which of several videos.
            timeout: Seconds for everything.
            limit: Most bytes.

        Raises:
            DownloadError: It was not saved; see the tree for the kinds.
            ResultMissing: The job is complete and has no such video.
            PollRefused: A fresh link was needed and the API refused to tell.
        """
        found, order = attached(job), order_of(index, timeout, limit)
        with closing(part_of(found, Path(path))) as part:
            self._run(self._session.download(found, part, order))
        return Path(path)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return described(self._session, "Client")

    def _run(self, conversation: Conversation[T], listener: Listener | None = None) -> T:
        with closing(drive(conversation, self._transport, self._session.envelope)) as steps:
            for step in steps:
                if isinstance(step, Done):
                    return step.value
                try:
                    if listener is not None:
                        listener(step.progress)
                except BaseException as error:  # noqa: BLE001 - raised again by the conversation, with the id
                    steps.throw(error)
        raise AssertionError("a conversation ends with its result")
