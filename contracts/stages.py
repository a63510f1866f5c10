"""The stages of a job's life, and the words that job APIs use for them."""

from enum import StrEnum


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


STAGE_WORDS = {
    Stage.INITIAL: (
        "queued queueing in_queue pending waiting submitted created accepted scheduled starting not_started "
        "received new"
    ),
    Stage.RUNNING: (
        "generating processing running active in_progress inprogress started rendering working executing "
        "validating finalizing dreaming"
    ),
    Stage.SUCCESS: "completed complete succeeded success successful done finished ready ok",
    Stage.FAILURE: (
        "error errored failed failure cancelled canceled cancelling canceling expired rejected timeout timed_out "
        "aborted terminated moderated"
    ),
}


def stage_of(word: str) -> Stage | None:
    """Return the stage that a status word usually means, or None for a word nobody uses.

    Case, hyphens and blanks do not matter: ``IN-PROGRESS`` is ``in_progress``.
    """
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    return next((stage for stage, words in STAGE_WORDS.items() if plain in words.split()), None)
