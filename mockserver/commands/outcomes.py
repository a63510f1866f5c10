"""What ``generate`` and ``job`` end with: exit codes, the line that resumes, JSON for machines."""

import shlex
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bodydouble.client import (
    ClientError,
    ConfigurationError,
    CreateError,
    DownloadError,
    Job,
    JobFailed,
    NotSent,
    Refused,
    ResultMissing,
    SubmissionUnknown,
    TrackingError,
    WaitTimeout,
)


class Exit(IntEnum):
    """Exit codes; each has one meaning in every command that talks to a job API."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    COULD_NOT_LOOK = 3
    STILL_RUNNING = 4
    NOT_BOUGHT = 5
    NOT_SAVED = 6
    INTERRUPTED = 130


# First match wins, so the more special stand first.
_CODES: tuple[tuple[type[BaseException], Exit], ...] = (
    (KeyboardInterrupt, Exit.INTERRUPTED),
    (ConfigurationError, Exit.USAGE),
    (NotSent, Exit.NOT_BOUGHT),
    (Refused, Exit.NOT_BOUGHT),
    (JobFailed, Exit.FAILED),
    (WaitTimeout, Exit.STILL_RUNNING),
    (DownloadError, Exit.NOT_SAVED),
    (ResultMissing, Exit.NOT_SAVED),
    (ClientError, Exit.COULD_NOT_LOOK),
)

EXIT_CODES = """\b
Exit codes:
    0  done
    1  the job failed
    2  the command or a setting is wrong; nothing was sent
    3  could not look: no answer about the job, or the server does not tell;
       after a create: it may have been accepted, and the message says how to look
    4  the time is over, the job goes on; the message has the line that resumes
    5  the create was refused or never sent; nothing was bought
    6  the job is complete, but its file was not saved; the message has the line that resumes
  130  Ctrl-C; the job goes on, and the message has the line that resumes
"""
"""The table above as the commands' --help shows it; ``\\b`` keeps click from filling the lines."""

# Nothing can be resumed after these.
_FINAL = frozenset({Exit.DONE, Exit.FAILED, Exit.USAGE, Exit.NOT_BOUGHT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the user asked for, as far as a resuming command must repeat it.

    Attributes:
        base_url: The option ``--base-url``, or None.
        output: Where the file goes; None if none is wanted.
        json: Whether machines read the result.
    """

    base_url: str | None = None
    output: str | None = None
    json: bool = False


def exit_code(error: BaseException) -> Exit:
    """Return the exit code for ``error``, which is a ClientError or a KeyboardInterrupt."""
    return next(code for kind, code in _CODES if isinstance(error, kind))


def resume_line(job_id: str, target: Target) -> str:
    """Return the command that goes on with a job, as one printable line to be pasted into a shell."""
    words = ["bodydouble", "job", "wait"]
    if target.base_url is not None:
        words += ["--base-url", target.base_url]
    if target.output is not None:
        words += ["--output", target.output]
    # After --, an id may begin with a dash.
    return " ".join(map(_quoted, [*words, "--", job_id]))


def _quoted(word: str) -> str:
    """Return ``word`` quoted for a shell; what a terminal would obey is written in octal, as POSIX 2024 reads it."""
    if word.isprintable():
        return shlex.quote(word)
    parts = (c if c.isprintable() and c not in "\\'" else _octal(c) for c in word)
    return f"$'{''.join(parts)}'"


def _octal(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))


def explained(error: BaseException, job: Job | None, target: Target) -> str:
    """Return what a person is told when a command ends with ``error``.

    Args:
        error: What ended it.
        job: The job as last seen, or None if none is known.
        target: What was asked for.
    """
    code = exit_code(error)
    if code is Exit.INTERRUPTED:
        lines = [_stopped(job), *(getattr(error, "__notes__", []) if job is None else [])]
    else:
        lines = [str(error)]
    if job is not None and code not in _FINAL:
        lines += ["to go on:", f"  {resume_line(job.id, target)}"]
    return "\n".join(lines)


def _stopped(job: Job | None) -> str:
    if job is None:
        return "stopped"
    name = f"job {ascii(job.id)[1:-1]}"
    if job.kind.terminal:
        return f"stopped; {name} is {ascii(job.status)[1:-1]}"
    return f"stopped watching; {name} goes on"


def job_in(error: BaseException) -> Job | None:
    """Return the job that ``error`` carries or, of a create whose answer was lost, names; else None."""
    if isinstance(error, SubmissionUnknown) and error.inference_id is not None:
        return Job(id=error.inference_id, client_request_id=error.client_request_id)
    return error.job if isinstance(error, TrackingError) else None


def as_json(
    code: Exit, job: Job | None, target: Target, error: BaseException | None = None
) -> dict[str, Any]:
    """Return the result for machines.

    Keys: ``outcome`` (the exit code's name in lower case), ``exit_code``, ``job`` (null if none is known),
    ``file`` (null if none was saved), ``message`` (null if all went well), ``client_request_id``, ``resume``
    (the command that goes on, null if there is nothing to go on with).
    """
    request_id = error.client_request_id if isinstance(error, CreateError) else None
    resumable = job is not None and code not in _FINAL
    return {
        "outcome": code.name.lower(),
        "exit_code": int(code),
        "job": None if job is None else _job(job),
        "file": target.output if code is Exit.DONE else None,
        "message": None if error is None else explained(error, job, target),
        "client_request_id": request_id or (job.client_request_id if job else None),
        "resume": resume_line(job.id, target) if job is not None and resumable else None,
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "status": job.status,
        "kind": job.kind.value,
        "videos": [{"url": video.url, "duration": video.duration} for video in job.videos],
        "error": None if job.error is None else {"name": job.error.name, "message": job.error.message},
        "reply": job.raw,
    }
