from bodydouble.mockserver.consumer.behaviours import PLAIN, Behaviour
from bodydouble.mockserver.consumer.consumer_rules import judge
from bodydouble.mockserver.consumer.endings import End, Life
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.outcomes import Failure, Outcome, Trial, Verdict, blindness
from bodydouble.mockserver.journals.journal import Purpose
from tests.consuming import entry

BEHAVIOUR = Behaviour(PLAIN, Level.CONTRACT)
ENTRIES = (entry(1, Purpose.SUBMIT, "initial"), entry(2, Purpose.POLL, "success"))
GOOD = Life(end=End.DONE, told="exit code 0", entries=ENTRIES)
BAD = Life(end=End.HUNG, told="it still runs", entries=ENTRIES)


def trial(life: Life) -> Trial:
    return Trial("sweep", BEHAVIOUR, life, judge(BEHAVIOUR, life))


def test_what_was_not_looked_at_is_never_fine() -> None:
    assert Outcome("c", 0).verdict() is Verdict.COULD_NOT_LOOK
    assert Outcome("c", 0, (trial(GOOD),), blind="it never starts").verdict() is Verdict.COULD_NOT_LOOK
    assert Outcome("c", 0, (trial(GOOD),)).verdict() is Verdict.KEPT


def test_a_failure_breaks_it() -> None:
    broken = trial(BAD)
    assert broken.breaks()
    failure = Failure(broken.findings[0], BEHAVIOUR, 1)
    assert Outcome("c", 0, (broken,), (failure,)).verdict() is Verdict.BROKEN
    assert Outcome("c", 0, (broken,), (failure,)).verdict(frozenset()) is Verdict.KEPT


def test_coverage_counts_the_edges_of_all_trials() -> None:
    outcome = Outcome("c", 0, (trial(GOOD), trial(BAD)))
    assert outcome.met == {"create → queued", "queued → success"}
    assert outcome.coverage == "your client met 2 of 22 edges of the job's life"


def test_a_client_that_cannot_be_seen_says_why() -> None:
    assert blindness(GOOD) == ""
    assert blindness(Life(end=End.NOT_STARTED, told="'x' cannot be started")) == "'x' cannot be started"
    assert "BASE_URL" in blindness(Life(end=End.DONE, told="exit code 0"))
    polls = Life(end=End.DONE, told="", entries=ENTRIES[1:])
    assert blindness(polls).startswith("the client never sent a create; its first request was GET /v2/")
