import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.naming import snake_case


@pytest.mark.parametrize(
    "name", ["jobId", "job-id", "job_id", "JOB_ID", "Job Id", "job.id", "_job_id_", "jobID", "$jobId"]
)
def test_every_spelling_is_the_same_name(name: str) -> None:
    assert snake_case(name) == "job_id"


@pytest.mark.parametrize(("name", "plain"), [("", ""), ("---", ""), ("Ünïcode", "n_code"), ("v2Id", "v2_id")])
def test_what_is_no_letter_or_digit_separates(name: str, plain: str) -> None:
    assert snake_case(name) == plain


@given(st.text())
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    plain = snake_case(name)
    assert snake_case(plain) == plain
    assert plain == plain.lower()
    assert not plain.startswith("_")
