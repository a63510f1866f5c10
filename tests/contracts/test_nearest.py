import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.nearest import did_you_mean, nearest, ranked

KNOWN = ("prompt", "duration", "aspect_ratio", "image_url")


def test_a_slip_finds_the_name() -> None:
    assert nearest("promt", KNOWN) == ("prompt",)
    assert did_you_mean("image_uri", KNOWN) == "did you mean 'image_url'?"


def test_several_are_named_the_likeliest_first() -> None:
    assert did_you_mean("model-1", ["model-2", "model-10", "zzz"]) == "did you mean 'model-10' or 'model-2'?"


def test_nothing_is_said_where_nothing_comes_close() -> None:
    assert did_you_mean("qqqq", KNOWN) == ""
    assert did_you_mean("anything", []) == ""


def test_all_are_ranked_and_equals_keep_their_order() -> None:
    assert ranked("zz", ["ab", "cd", "ef"]) == ("ab", "cd", "ef")
    assert ranked("GET /v1/jobs/7", ["POST /v1/jobs", "GET /v1/jobs/{id}"])[0] == "GET /v1/jobs/{id}"


@given(st.text(), st.lists(st.text(max_size=20), max_size=8))
def test_nothing_is_lost_and_nothing_invented(name: str, known: list[str]) -> None:
    assert sorted(ranked(name, known)) == sorted(known)
    assert set(nearest(name, known)) <= set(known)


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_a_name_of_a_megabyte_costs_no_time() -> None:
    nearest("a" * 1_000_000, ["a" * 100] * 50)
    ranked("a" * 1_000_000, ["a" * 100] * 50)
