"""The stages of a job's life, and the words that job APIs use for them."""

import re
from collections.abc import Mapping
from enum import StrEnum

from .naming import snake_case


class Stage(StrEnum):
    """Where a job is in its life. It moves down this list only, and ends in one of the last two."""

    INITIAL = "initial"
    RUNNING = "running"
    SUCCESS = "success"
    FAILURE = "failure"

    @property
    def is_final(self) -> bool:
        """Whether nothing happens to the job any more."""
        return self in (Stage.SUCCESS, Stage.FAILURE)


STAGE_WORDS: Mapping[Stage, tuple[str, ...]] = {
    Stage.INITIAL: (
        *(
            "queued",
            "queueing",
            "enqueued",
            "in_queue",
            "pending",
            "waiting",
            "submitted",
            "created",
            "accepted",
        ),
        *("scheduled", "preparing", "starting", "initializing", "not_started", "received", "new"),
    ),
    Stage.RUNNING: (
        *(
            "generating",
            "processing",
            "running",
            "active",
            "in_progress",
            "inprogress",
            "in_process",
            "started",
        ),
        *(
            "rendering",
            "transcribing",
            "working",
            "executing",
            "ongoing",
            "retrying",
            "validating",
            "finalizing",
        ),
        *("uploading", "downloading", "dreaming", "cancelling", "canceling"),
    ),
    Stage.SUCCESS: (
        *(
            "completed",
            "complete",
            "succeeded",
            "succeed",
            "success",
            "successful",
            "done",
            "finished",
            "ready",
        ),
        *("processed", "generated", "ok"),
    ),
    Stage.FAILURE: (
        *(
            "error",
            "errored",
            "failed",
            "fail",
            "failure",
            "unsuccessful",
            "rejected",
            "timeout",
            "timed_out",
        ),
        *("expired", "aborted", "terminated", "killed", "stopped", "incomplete", "moderated", "blocked"),
        *("cancelled", "canceled"),
    ),
}
"""The commonest words for each stage first."""

_PREFIX = r"(?:(?:job|task|run|state|status)_)+"


def stage_of(word: str) -> Stage | None:
    """Return the stage that a status word usually means, or None for a word nobody uses.

    Case, hyphens, blanks and humps do not matter, nor does a prefix: ``IN-PROGRESS``, ``InProgress`` and
    ``JOB_STATE_IN_PROGRESS`` are ``in_progress``.
    """
    plain = _plain(word)
    return next((stage for stage, words in STAGE_WORDS.items() if plain in words), None)


def rarity(word: str) -> int:
    """Return how uncommon a word is for its stage: 0 for the commonest; words nobody uses come last."""
    plain = _plain(word)
    ranks = (words.index(plain) for words in STAGE_WORDS.values() if plain in words)
    return next(ranks, max(map(len, STAGE_WORDS.values())))


def _plain(word: str) -> str:
    plain = snake_case(word)
    return re.sub(_PREFIX, "", plain, count=1) if re.match(_PREFIX, plain) else plain
