import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.reporting.create_rules import create_sent_again
from bodydouble.mockserver.reporting.histories import JobFacts, Noticed
from tests.mockserver.clients import BODY, Script

LOST = {"whole": False}
OTHER = b'{"model":"video-01","prompt":"a dog"}'


def noticed(script: Script) -> list[Noticed]:
    return list(create_sent_again(script.observed()))


def twice(first: dict[str, object], again: dict[str, object], pause: float = 5.0) -> Script:
    script = Script()
    script.create(1000.0, "job-1", **first)
    script.create(1000.0 + pause, "job-2", **again)
    return script


def test_a_create_sent_again_after_its_reply_was_lost_is_noticed_with_the_sum() -> None:
    (found,) = noticed(twice(LOST, {}))
    assert found.message == (
        "a create was sent again because its reply was lost on its way or not waited for, "
        "and 2 jobs were bought instead of one"
    )
    assert found.expected == "one job for 0.06 USD or 120000 credits"
    assert found.got == "2 jobs for 0.12 USD or 240000 credits: job-1, job-2"
    assert [entry.number for entry in found.evidence] == [1, 2]


def test_a_create_is_sent_again_within_the_clients_own_time_however_fast_the_world_runs() -> None:
    fast = twice(LOST | {"came": 1.0, "left": 1.0}, {"came": 6.0, "left": 6.0}, pause=5000.0)
    slow = twice(LOST | {"came": 1.0, "left": 1.0}, {"came": 700.0, "left": 700.0}, pause=5.0)
    assert (len(noticed(fast)), len(noticed(slow))) == (1, 0)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ({"gone": True}, {}),
        ({"status": 500}, {}),
        ({"status": 504}, {}),
        ({**LOST, "client_request_id": "a"}, {"client_request_id": "a"}),
        ({**LOST, "client_request_id": "a"}, {"client_request_id": "a", "body": OTHER}),
        ({**LOST, "client_request_id": "a"}, {}),
        (LOST, {"client_request_id": "a"}),
        ({"took": 30.0, "client_request_id": "a"}, {"client_request_id": "a"}),
    ],
    ids=[
        "not waited for",
        "500",
        "504",
        "same name",
        "same name, other body",
        "name lost",
        "name gained",
        "same name while under way",
    ],
)
def test_however_the_reply_was_missed_the_second_create_is_noticed(
    first: dict[str, object], again: dict[str, object]
) -> None:
    assert len(noticed(twice(first, again))) == 1


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ({}, {}),
        (LOST, {"body": OTHER}),
        (LOST, {"key": "of somebody else"}),
        (LOST, {"scenario": "another"}),
        ({**LOST, "client_request_id": "a"}, {"client_request_id": "b"}),
        ({"client_request_id": "a"}, {"client_request_id": "a"}),
        ({"took": 30.0}, {}),
        ({"took": 30.0, "client_request_id": "a"}, {"client_request_id": "a", "body": OTHER}),
        ({"status": 503, "retry_after": 3.0}, {}),
        ({**LOST, "body": b""}, {"body": b""}),
    ],
    ids=[
        "a second video",
        "another prompt",
        "another client",
        "another scenario",
        "another name",
        "a name for good",
        "two at once",
        "a name for good, two at once",
        "asked to come back",
        "bodies unknown",
    ],
)
def test_what_may_have_been_meant_is_no_fault(first: dict[str, object], again: dict[str, object]) -> None:
    assert not noticed(twice(first, again))


def test_a_create_that_was_refused_may_be_sent_again() -> None:
    script = Script()
    for at, status in enumerate((500, 503, 429)):
        script.create(at, job="", status=status)
    script.create(10.0, "job-1")
    assert not noticed(script)


def test_refused_attempts_in_between_do_not_hide_the_second_purchase() -> None:
    script = Script()
    script.create(0.0, "job-1", **LOST)
    script.create(1.0, job="", status=503)
    script.create(2.0, "other", body=OTHER)
    script.create(3.0, "job-2")
    (found,) = noticed(script)
    assert [entry.job for entry in found.evidence] == ["job-1", "job-2"]


def test_a_name_proves_more_than_a_body() -> None:
    script = Script()
    script.create(0.0, "job-1", client_request_id="a", **LOST)
    script.create(1.0, "job-2")
    script.create(2.0, "job-3", client_request_id="a")
    (found,) = noticed(script)
    assert [entry.job for entry in found.evidence] == ["job-1", "job-3"]


def test_a_chain_of_lost_replies_is_one_finding() -> None:
    script = Script()
    for at in range(3):
        script.create(at, f"job-{at}", **LOST)
    script.create(3.0, "job-3")
    script.create(4.0, "job-4")
    (found,) = noticed(script)
    assert [entry.job for entry in found.evidence] == ["job-0", "job-1", "job-2", "job-3"]
    assert "4 jobs for 0.24 USD" in found.got


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ({"gone": True}, "because its reply was lost on its way or not waited for,"),
        ({"status": 502}, "because its reply was 502,"),
        ({"took": 30.0, "client_request_id": "a"}, "while its reply had not come yet,"),
    ],
)
def test_why_it_was_sent_again_is_told(first: dict[str, object], words: str) -> None:
    (found,) = noticed(twice(first, {"client_request_id": "a"}))
    assert words in found.message


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_an_outage_of_thousands_of_creates_is_judged_in_seconds() -> None:
    script = Script()
    for number in range(5000):
        names = {"client_request_id": f"name-{number}"} if number % 2 else {}
        body = BODY if number % 3 else b'{"prompt":"%d"}' % number
        script.create(number / 10, f"job-{number}", whole=False, body=body, **names)
    assert len(noticed(script)) > 0


def test_a_job_that_failed_costs_nothing() -> None:
    script = twice(LOST, {})
    script.jobs["job-1"] = JobFacts(ended=60.0)
    (found,) = noticed(script)
    assert found.expected == "one job for 0.06 USD or 120000 credits"
    assert found.got == "2 jobs for 0.06 USD or 120000 credits: job-1, job-2"
    script.jobs.clear()
    (found,) = noticed(script)
    assert (found.expected, found.got) == ("one job", "2 jobs: job-1, job-2")


def test_a_reply_that_gives_the_same_job_again_sells_nothing_twice() -> None:
    script = Script()
    script.create(0.0, "job-1", **LOST)
    script.create(1.0, "job-1")
    assert not noticed(script)


def test_long_afterwards_the_same_create_is_another_one() -> None:
    assert noticed(twice(LOST, {}, pause=599.0))
    assert not noticed(twice(LOST, {}, pause=601.0))


def test_who_always_sends_the_same_body_is_not_suspected() -> None:
    script = Script()
    script.create(0.0, "job-0")
    script.create(1.0, "job-1", **LOST)
    script.create(2.0, "job-2")
    assert not noticed(script)


def test_where_the_journal_has_lost_its_beginning_only_names_prove_anything() -> None:
    assert not list(create_sent_again(twice(LOST, {}).observed(dropped=1)))
    named = twice({**LOST, "client_request_id": "a"}, {"client_request_id": "a"})
    assert list(create_sent_again(named.observed(dropped=1)))


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([200, 200, 500]), st.floats(0, 100)), min_size=1, max_size=20
    )
)
def test_whoever_gives_each_request_its_own_name_is_never_suspected(
    creates: list[tuple[bool, int, float]],
) -> None:
    script = Script()
    at = 0.0
    for number, (whole, status, pause) in enumerate(creates):
        script.create(at, f"job-{number}", status, whole=whole, client_request_id=f"name-{number}")
        at += pause
    assert not noticed(script)
