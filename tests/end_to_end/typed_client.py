"""What a user of the client writes; checked by mypy --strict in test_client_typing.py, never run."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import assert_type

from bodydouble.client import (
    Api,
    AsyncClient,
    Client,
    ClientError,
    ConfigurationError,
    CreateError,
    DownloadError,
    Incomplete,
    Job,
    JobError,
    JobFailed,
    JobNotFound,
    KeyMalformed,
    KeyMissing,
    Kind,
    LinkRefused,
    Listener,
    NoAnswer,
    NotAVideo,
    NotSent,
    Pace,
    PollRefused,
    Progress,
    Refused,
    ResultMissing,
    StorageError,
    SubmissionUnknown,
    TooLarge,
    TrackingError,
    Usage,
    Video,
    WaitTimeout,
    api_from,
    bundled,
    default_api,
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
        assert_type(client.api, Api)
    Client("key", api=default_api(), environ={}).close()


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
        assert_type(client.api, Api)
    await AsyncClient("key").close()


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
    assert_type(job.retry_after, float)
    assert_type(job.looked_at, bool)
    assert_type(job.body, bytes)
    raw: object = job.raw  # any JSON: whoever reads it says what it expects
    assert_type(raw, object)
    for video in job.videos:
        assert_type(video.url, str)
        assert_type(video.duration, float | None)
        assert_type(video.content_type, str | None)
        assert_type(video.file_name, str | None)
        assert_type(video.file_size, int | None)
    if job.error is not None and job.usage is not None:
        assert_type((job.error.name, job.error.message), tuple[str, str])
        assert_type(job.usage.credits_used, float | None)
        assert_type(job.usage.tokens_used, float | None)
        assert_type(job.usage.usd_spent, float | None)


def settings(pace: Pace) -> None:
    assert_type((pace.first_poll, pace.interval, pace.growth), tuple[float, float, float])
    assert_type((pace.longest, pace.jitter, pace.poll_timeout), tuple[float, float, float])
    assert_type((pace.create_timeout, pace.least_answer), tuple[float, float])
    assert_type((pace.settle, pace.stall), tuple[float, float])
    assert_type(pace.connect_attempts, int)


def apis(text: Mapping[str, object]) -> None:
    assert_type(bundled(), Mapping[str, Api])
    api = api_from(text)
    assert_type(api, Api)
    assert_type((api.name, api.origin), tuple[str, str])
    assert_type((api.key_variables, api.base_url_variables), tuple[tuple[str, ...], tuple[str, ...]])
    assert_type((api.poll_path, api.poll_parameter), tuple[str, str])
    assert_type((api.key_header, api.key_scheme), tuple[str, str])
    assert_type((api.client_request_id_header, api.client_request_id_pattern), tuple[str, str])
    assert_type(api.inference_id_header, str)
    assert_type((api.submit.path, api.reading.status_field, api.lost.path), tuple[str, str, str])
    assert_type(api.kinds, Mapping[str, Kind])
    assert_type(api.kind_of("queued"), Kind)


def errors(client: Client) -> None:
    try:
        client.download(client.generate("x"), "a.mp4")
    except (JobFailed, ResultMissing) as error:
        assert_type(error.job, Job)
    except (WaitTimeout, NoAnswer) as error:
        assert_type(error.problem, str)
    except JobNotFound as error:
        assert_type(error.status, int)
    except PollRefused as error:
        assert_type((error.status, error.body), tuple[int, bytes])
    except LinkRefused as error:
        assert_type(error.status, int | None)
    except (NotAVideo, TooLarge, Incomplete, StorageError) as error:
        assert_type(error.job, Job)
    except (DownloadError, TrackingError) as error:
        assert_type(error.job, Job)


def errors_of_a_create(client: Client) -> None:
    try:
        client.create("x")
    except SubmissionUnknown as error:
        assert_type(error.client_request_id, str)
        assert_type(error.inference_id, str | None)
        assert_type(error.status, int | None)
        assert_type(error.how_to_look, str)
    except Refused as error:
        assert_type((error.status, error.body, error.request_id), tuple[int, bytes, str])
    except (NotSent, CreateError) as error:
        assert_type(error.client_request_id, str)
    except (KeyMissing, KeyMalformed) as error:
        assert_type(error, KeyMissing | KeyMalformed)
    except ConfigurationError as error:
        assert_type(error, ConfigurationError)
    except ClientError as error:
        assert_type(error, ClientError)


def listen(progress: Progress) -> None:
    assert_type(progress.job, Job)
    assert_type(progress.changed, bool)
    assert_type(progress.elapsed, float)
    assert_type(progress.next_poll, float | None)
    assert_type(progress.problem, str)


def listener(heard: Listener) -> None:
    assert_type(heard, Callable[[Progress], None])


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
