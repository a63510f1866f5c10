from bodydouble.contracts.jobs.job_pattern import Promise, ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.openapi.operations import Reply


def shape(**stages: Stage) -> ReplyShape:
    promises = tuple(Promise(word, stage, (), ()) for word, stage in stages.items())
    return ReplyShape(Reply("200", "application/json", None), ("/id",), "/status", promises)


def word(found: Promise | None) -> str | None:
    return found.status if found else None


def test_the_commonest_word_speaks_for_its_stage() -> None:
    told = shape(
        cancelled=Stage.FAILURE, failed=Stage.FAILURE, validating=Stage.RUNNING, running=Stage.RUNNING
    )
    assert word(told.promise(Stage.FAILURE)) == "failed"
    assert word(told.promise(Stage.RUNNING)) == "running"


def test_of_words_nobody_uses_the_first_speaks() -> None:
    assert word(shape(zap=Stage.SUCCESS, zip=Stage.SUCCESS).promise(Stage.SUCCESS)) == "zap"


def test_a_stage_without_a_word_has_no_promise() -> None:
    assert shape(done=Stage.SUCCESS).promise(Stage.FAILURE) is None
