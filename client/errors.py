"""Everything the client raises on purpose.

::

    ClientError
    ├── ConfigurationError          nothing was sent: an argument or variable is wrong
    │   ├── KeyMissing              no key was given
    │   └── KeyMalformed            the key cannot be sent; it is not shown
    ├── CreateError                 no job is known; has client_request_id
    │   ├── NotSent                 the create surely never reached the server: nothing was bought
    │   ├── Refused                 the server refused the create: nothing was bought
    │   └── SubmissionUnknown       the create may have been accepted; says how to look
    └── TrackingError               a job exists: has job
        ├── JobFailed               the job ended in failure
        ├── ResultMissing           the job is complete and has no video
        ├── WaitTimeout             the wait is over, the job is not
        ├── NoAnswer                one look at the job told nothing
        ├── PollRefused             the server does not want to tell
        │   └── JobNotFound         the server knows no such job
        └── DownloadError           the video was not saved; the destination is untouched
            ├── LinkRefused         the host of the video refused, also after a fresh link
            ├── NotAVideo           something else was served: a web page, an error document, nothing
            ├── TooLarge            more bytes than allowed
            ├── Incomplete          the bytes stopped coming, or their number cannot be checked
            └── StorageError        the file could not be written

No error holds the key, a request or a response of the HTTP library; none is chained to one that does.
"""

from .models import Job


class ClientError(Exception):
    """Root of the tree."""


class ConfigurationError(ClientError, ValueError):
    """An argument or an environment variable is wrong; nothing was sent."""


class KeyMissing(ConfigurationError):
    """No key was given."""


class KeyMalformed(ConfigurationError):
    """The key cannot be sent in a header."""


class CreateError(ClientError):
    """A create did not lead to a known job.

    Attributes:
        client_request_id: The id that was sent with it, the same on every attempt.
    """

    def __init__(self, message: str, *, client_request_id: str) -> None:
        super().__init__(message)
        self.client_request_id = client_request_id

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.args, self.__dict__)


class NotSent(CreateError):
    """No attempt reached the server, so nothing was bought."""


class Refused(CreateError):
    """The server refused the create, which is billed nothing.

    Attributes:
        status: HTTP status.
        body: The reply's body.
        request_id: The server's own id for the request, for its support; empty if it gave none.
    """

    def __init__(
        self, message: str, *, client_request_id: str, status: int, body: bytes = b"", request_id: str = ""
    ) -> None:
        super().__init__(message, client_request_id=client_request_id)
        self.status = status
        self.body = body
        self.request_id = request_id


class SubmissionUnknown(CreateError):
    """The create was sent and its fate is unknown: it was not, and must not be, sent again.

    Attributes:
        inference_id: The job's id if the head of a reply arrived with it, else None.
        status: HTTP status if the head of a reply arrived, else None.
        how_to_look: What to do to find out whether a job exists.
    """

    def __init__(
        self,
        message: str,
        *,
        client_request_id: str,
        inference_id: str | None,
        status: int | None,
        how_to_look: str,
    ) -> None:
        super().__init__(message, client_request_id=client_request_id)
        self.inference_id = inference_id
        self.status = status
        self.how_to_look = how_to_look


class TrackingError(ClientError):
    """Something went wrong after a job came into being.

    Attributes:
        job: The job as last seen.
    """

    def __init__(self, message: str, *, job: Job) -> None:
        super().__init__(message)
        self.job = job

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.args, self.__dict__)


class JobFailed(TrackingError):
    """The job ended in failure; ``job.error`` says why if the server did."""


class ResultMissing(TrackingError):
    """The server calls the job complete and gives no video, also when asked once more."""


class WaitTimeout(TrackingError, TimeoutError):
    """The wait is over; the job goes on.

    Attributes:
        problem: Why the last poll told nothing; empty if it told something.
    """

    def __init__(self, message: str, *, job: Job, problem: str = "") -> None:
        super().__init__(message, job=job)
        self.problem = problem


class NoAnswer(TrackingError):
    """One look at the job told nothing: no reply, or none that could be read.

    Attributes:
        problem: What happened, in words.
    """

    def __init__(self, message: str, *, job: Job, problem: str) -> None:
        super().__init__(message, job=job)
        self.problem = problem


class PollRefused(TrackingError):
    """The server refused to tell about the job, and asking again would not help.

    Attributes:
        status: HTTP status.
        body: The reply's body.
    """

    def __init__(self, message: str, *, job: Job, status: int, body: bytes = b"") -> None:
        super().__init__(message, job=job)
        self.status = status
        self.body = body


class JobNotFound(PollRefused):
    """The server knows no job with this id."""


class DownloadError(TrackingError):
    """The video was not saved; what was at the destination is still there."""


class LinkRefused(DownloadError):
    """The host of the video refused it, also with a fresh link.

    Attributes:
        status: HTTP status; None if the link could not be used at all.
    """

    def __init__(self, message: str, *, job: Job, status: int | None = None) -> None:
        super().__init__(message, job=job)
        self.status = status


class NotAVideo(DownloadError):
    """A web page, an error document or an empty file was served instead of a video."""


class TooLarge(DownloadError):
    """The video has more bytes than allowed."""


class Incomplete(DownloadError):
    """The video could not be fetched whole; what came is kept beside the destination."""


class StorageError(DownloadError):
    """The file could not be written."""


def _revive(cls: type[ClientError], args: tuple[object, ...], state: dict[str, object]) -> ClientError:
    """Rebuild an error from a pickle; constructors with keyword-only arguments need this."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error
