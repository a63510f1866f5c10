import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.stages import STAGE_WORDS, Stage, rarity, stage_of

every_word = st.sampled_from([word for words in STAGE_WORDS.values() for word in words])


def test_no_word_means_two_stages() -> None:
    listed = [word for words in STAGE_WORDS.values() for word in words]
    assert len(listed) == len(set(listed))


def test_only_success_and_failure_are_final() -> None:
    assert [stage for stage in Stage if stage.is_final] == [Stage.SUCCESS, Stage.FAILURE]


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ("queued waiting submitted Preparing Queueing NotStarted PENDING", Stage.INITIAL),
        ("generating active processing IN_PROGRESS InProgress in-progress Running", Stage.RUNNING),
        ("completed succeeded succeed Success done ready", Stage.SUCCESS),
        ("error failed Fail cancelled CANCELED expired timed-out", Stage.FAILURE),
    ],
)
def test_words_that_apis_use_are_known(words: str, stage: Stage) -> None:
    assert {stage_of(word) for word in words.split()} == {stage}


@given(every_word, st.sampled_from(["JOB_STATE_", "TASK_STATUS_", "status-", "run.", ""]))
def test_a_prefix_and_the_case_do_not_matter(word: str, prefix: str) -> None:
    assert stage_of(f"{prefix}{word.upper()}") is stage_of(word)


@given(st.text())
def test_a_word_nobody_uses_has_no_stage_and_comes_last(word: str) -> None:
    if stage_of(word) is None:
        assert all(rarity(word) > rarity(known) for words in STAGE_WORDS.values() for known in words)


def test_the_word_for_a_failure_comes_before_the_words_for_a_job_that_was_stopped() -> None:
    assert rarity("error") < rarity("failed") < rarity("expired") < rarity("cancelled")
