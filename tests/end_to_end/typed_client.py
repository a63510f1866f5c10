"""What a user of the client writes; checked by mypy --strict in test_client_typing.py, never run."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import assert_type

from bodydouble.client import (
    AsyncClient,
    Client,
    ClientError,
    Job,
    JobError,
    JobFailed,
    Kind,
    Pace,
    Progress,
    Refused,
    SubmissionUnknown,
    TrackingError,
    Usage,
    Video,
    WaitTimeout,
)


def blocking() -> None:
    with Client("key", base_url="http://127.0.0.1:8000", pace=Pace(interval=1)) as client:
        assert_type(client, Client)
        job = client.create(
            "x", image=Path("a.png"), headers={"Prefer": "x"}, enhance_prompt=False, tags=["a"]
        )
        assert_type(job, Job)
        assert_type(client.attach("id"), Job)
        assert_type(client.look("id"), Job)
        assert_type(client.wait(job, 60, on_progress=listen), Job)
        assert_type(client.events(job), Iterator[Job])
        assert_type(client.generate("x", on_created=keep, seed=1), Job)
        assert_type(client.download(job, "a.mp4", index=1, limit=10), Path)


async def asynchronous() -> None:
    async with AsyncClient("key") as client:
        assert_type(client, AsyncClient)
        job = await client.create("x")
        assert_type(job, Job)
        assert_type(client.attach("id"), Job)
        assert_type(await client.look("id"), Job)
        assert_type(await client.wait(job, 60, on_progress=listen), Job)
        assert_type(client.events(job), AsyncIterator[Job])
        assert_type(await client.generate("x", on_created=keep_later), Job)
        assert_type(await client.download(job, Path("a.mp4")), Path)


def models(job: Job) -> None:
    assert_type(job.id, str)
    assert_type(job.status, str)
    assert_type(job.kind, Kind)
    assert_type(job.kind.terminal, bool)
    assert_type(job.videos, tuple[Video, ...])
    assert_type(job.video, Video | None)
    assert_type(job.error, JobError | None)
    assert_type(job.usage, Usage | None)
    assert_type(job.client_request_id, str | None)
    assert_type(job.created_at, float | None)
    assert_type(job.body, bytes)
    for video in job.videos:
        assert_type(video.url, str)
        assert_type(video.duration, float | None)


def errors(client: Client) -> None:
    try:
        client.generate("x")
    except JobFailed as error:
        assert_type(error.job, Job)
    except WaitTimeout as error:
        assert_type(error.problem, str)
    except TrackingError as error:
        assert_type(error.job, Job)
    except SubmissionUnknown as error:
        assert_type(error.client_request_id, str)
        assert_type(error.inference_id, str | None)
        assert_type(error.how_to_look, str)
    except Refused as error:
        assert_type(error.status, int)
    except ClientError as error:
        assert_type(error, ClientError)


def listen(progress: Progress) -> None:
    assert_type(progress.next_poll, float | None)


def keep(job: Job) -> None:
    assert_type(job.id, str)


async def keep_later(job: Job) -> None:
    assert_type(job.id, str)


def mistakes(client: Client, job: Job) -> None:
    """Each line is refused: an ignore that silences nothing is an error under --strict."""
    client.create(7)  # type: ignore[arg-type]  # a prompt is text
    client.create("x", seed=object())  # type: ignore[arg-type]  # not JSON
    client.wait(job, "60")  # type: ignore[arg-type]  # seconds are a number
    client.wait(7)  # type: ignore[arg-type]  # neither a job nor an id
    client.wait(job).url  # type: ignore[attr-defined]  # noqa: B018 - a job has videos
    job.status = "done"  # type: ignore[misc]  # frozen
    job.video.url  # type: ignore[union-attr]  # noqa: B018 - there may be none
    Pace(intervall=1)  # type: ignore[call-arg]  # misspelt
