import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.http.ranges import MOST_RANGES, multipart, wanted

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        ("bytes=0-0", ((0, 0),)),
        ("bytes=0-499", ((0, 499),)),
        ("bytes=999-", ((999, 999),)),
        ("bytes=500-99999", ((500, 999),)),
        ("bytes=-1", ((999, 999),)),
        ("bytes=-99999", ((0, 999),)),
        ("BYTES=0-", ((0, 999),)),
        ("bytes=0-0,-1", ((0, 0), (999, 999))),
        ("bytes=0-0 ,\t5-6,, ", ((0, 0), (5, 6))),
        ("bytes=500-600,0-10", ((500, 600), (0, 10))),
        ("bytes=0-0,5000-", ((0, 0),)),
        ("bytes=50-60,0-10,55-70", ((0, 10), (50, 70))),
        ("bytes=0-9,10-19", ((0, 19),)),
        ("bytes=0-9,11-19", ((0, 9), (11, 19))),
        ("bytes=0-,5-6", ((0, 999),)),
        ("bytes=00000000000000000000000000007-8", ((7, 8),)),
        ("bytes=0-" + "9" * 6000, ((0, 999),)),
        ("bytes=-" + "9" * 6000, ((0, 999),)),
    ],
)
def test_what_can_be_satisfied_is_named_by_its_first_and_last_byte(
    header: str, ranges: tuple[tuple[int, int], ...]
) -> None:
    assert wanted(header, SIZE) == ranges


@pytest.mark.parametrize(
    "header", ["bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=5000-,-0", "bytes=" + "9" * 6000 + "-"]
)
def test_a_range_beyond_the_end_cannot_be_satisfied(header: str) -> None:
    assert wanted(header, SIZE) == ()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=5-4",
        "bytes=0-0,5-4",
        "bytes=a-b",
        "bytes=0-0,x",
        "bytes=--5",
        "bytes=-5-",
        "bytes=0--5",
        "bytes=+1-2",
        "bytes=1_0-20",
        "bytes=0x1-2",
        "bytes=1.0-2",
        "bytes=\u0661-2",
        "bytes=\u00b2-",
        "bytes=0 - 5",
        "bytes =0-5",
        "seconds=0-5",
        "bytes==0-5",
        "bytes=0-5;1-2",
    ],
)
def test_a_field_that_is_wrong_or_foreign_is_ignored(header: str) -> None:
    assert wanted(header, SIZE) is None


def test_no_more_ranges_are_served_than_a_player_asks_for() -> None:
    assert wanted("bytes=" + ",".join(["0-0"] * MOST_RANGES), SIZE) == ((0, 0),)
    assert wanted("bytes=" + ",".join(["0-0"] * (MOST_RANGES + 1)), SIZE) is None


@given(st.integers(0, 1100), st.integers(0, 1100))
def test_a_range_is_the_slice_that_it_names(first: int, last: int) -> None:
    content = bytes(index % 256 for index in range(SIZE))
    found = wanted(f"bytes={first}-{last}", SIZE)
    if last < first:
        assert found is None
    else:
        assert b"".join(content[a : b + 1] for a, b in found or ()) == content[first : last + 1]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), min_size=1, max_size=6))
def test_coalesced_ranges_are_the_same_bytes_each_once(asked: list[list[int]]) -> None:
    found = wanted("bytes=" + ",".join(f"{first}-{last}" for first, last in asked), 50)
    got = [index for first, last in found or () for index in range(first, last + 1)]
    assert set(got) == {index for first, last in asked for index in range(first, min(last, 49) + 1)}
    assert len(got) == len(set(got))


def test_several_ranges_travel_as_parts() -> None:
    assert multipart(b"0123456789", ((7, 9), (0, 0)), "text/plain", "xyz") == (
        b"--xyz\r\nContent-Type: text/plain\r\nContent-Range: bytes 7-9/10\r\n\r\n789\r\n"
        b"--xyz\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-0/10\r\n\r\n0\r\n"
        b"--xyz--\r\n"
    )


@given(st.text("bytes=0123456789-, ", max_size=40) | st.text(), st.integers(0, 10**6))
def test_any_field_gives_ranges_within_the_file(header: str, size: int) -> None:
    for text in (header, f"bytes={header}"):
        found = wanted(text, size)
        assert found is None or all(0 <= first <= last < size for first, last in found)


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
@pytest.mark.parametrize("part", [",", "0-0,", "9", "-", " ", "0-"])
def test_a_megabyte_of_anything_is_read_at_once(part: str) -> None:
    wanted("bytes=" + part * (1_000_000 // len(part)), SIZE)
