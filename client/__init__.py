"""The reference client for job APIs: never buys twice, never loses a paid job.

>>> with Client(api_key="…") as client:                          # doctest: +SKIP
...     job = client.create("a paper boat")
...     done = client.wait(job)
...     client.download(done, "boat.mp4")
"""

from .api import Api, api_from, bundled, default_api
from .async_client import AsyncClient
from .calls import Listener
from .client import Client
from .errors import (
    ClientError,
    ConfigurationError,
    CreateError,
    DownloadError,
    Incomplete,
    JobFailed,
    JobNotFound,
    KeyMalformed,
    KeyMissing,
    LinkRefused,
    NoAnswer,
    NotAVideo,
    NotSent,
    PollRefused,
    Refused,
    ResultMissing,
    StorageError,
    SubmissionUnknown,
    TooLarge,
    TrackingError,
    WaitTimeout,
)
from .models import Job, JobError, Kind, Progress, Usage, Video
from .retry import Pace

__all__ = [
    "Api",
    "AsyncClient",
    "Client",
    "ClientError",
    "ConfigurationError",
    "CreateError",
    "DownloadError",
    "Incomplete",
    "Job",
    "JobError",
    "JobFailed",
    "JobNotFound",
    "KeyMalformed",
    "KeyMissing",
    "Kind",
    "LinkRefused",
    "Listener",
    "NoAnswer",
    "NotAVideo",
    "NotSent",
    "Pace",
    "PollRefused",
    "Progress",
    "Refused",
    "ResultMissing",
    "StorageError",
    "SubmissionUnknown",
    "TooLarge",
    "TrackingError",
    "Usage",
    "Video",
    "WaitTimeout",
    "api_from",
    "bundled",
    "default_api",
]
