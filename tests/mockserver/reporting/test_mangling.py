from urllib.parse import parse_qs, quote, unquote_plus, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bodydouble.mockserver.reporting.mangling import Issued

UUID = "6a1f9c58-9c0a-4b53-8a6e-9a6f4ef3a6d0"


@pytest.mark.parametrize(
    ("issued", "asked", "how"),
    [
        ("abc+def+ghi", "abc def ghi", "not percent-encoded, so that its '+' became a blank"),
        (f"{UUID}:vendor/model", f"{UUID}%3Avendor%2Fmodel", "percent-encoded twice"),
        (f"{UUID}:vendor/model", f"{UUID}%253Avendor%252Fmodel", "percent-encoded three times"),
        (f"{UUID}#vendor", UUID, "cut at '#', where a URL's fragment begins"),
        (f"{UUID}&vendor", UUID, "cut at '&', where a query's next parameter begins"),
        (f"{UUID}?vendor", UUID, "cut at '?', where a URL's query begins"),
        (f"{UUID};vendor", UUID, "cut at ';', where some query's next parameter begins"),
        (f"{UUID}/vendor", UUID, "cut at '/', where a path's next segment begins"),
        (f"{UUID}:vendor/model", UUID, "cut at ':'"),
        (f"{UUID}:vendor/model", f"{UUID}:vendor", "cut at '/', where a path's next segment begins"),
        ("abc%41defgh", "abcAdefgh", "not percent-encoded, so that its own '%' was decoded"),
        (UUID, UUID.upper(), "written in another case"),
        (UUID, f'"{UUID}"', "sent with something around it"),
        (UUID, f" {UUID}\n", "sent with something around it"),
        (UUID, f"{{{UUID}}}", "sent with something around it"),
        (UUID, f"{UUID}/", "sent with something around it"),
        ("001234567890123", "1234567890123", "read as a number and written again"),
        ("123456789012345678", "123456789012345680", "read as a number and written again"),
        ("123456789012345678", "1.2345678901234568e+17", "read as a number and written again"),
    ],
)
def test_an_id_is_recognised_by_what_happened_to_it(issued: str, asked: str, how: str) -> None:
    found = Issued(["another-id", issued]).mangled(asked)
    assert found is not None
    assert (found.id, found.how) == (issued, how)


@pytest.mark.parametrize(
    "asked", ["", UUID, UUID[:-1], UUID[:20], "undefined", "a", "nan", "inf", "1", "x" * 2000]
)
def test_an_id_that_was_issued_or_never_was_is_not_mangled(asked: str) -> None:
    assert Issued([UUID, "a:b", "1e999", ""]).mangled(asked) is None


def test_an_id_that_is_part_of_another_is_itself() -> None:
    issued = Issued([UUID, f"{UUID}:vendor"])
    assert UUID in issued
    assert issued.mangled(UUID) is None


def test_nothing_is_recognised_where_nothing_was_issued() -> None:
    assert Issued([]).mangled(UUID) is None


@pytest.mark.parametrize(
    "issued",
    [f"{UUID}+one+two", f"{UUID}:vendor&model", f"{UUID}#two", f"-nanoid{UUID}%41"],
)
def test_an_id_that_was_put_into_a_query_as_it_is_is_recognised(issued: str) -> None:
    query = urlsplit(f"http://h.example/p?id={issued}").query
    (asked,) = parse_qs(query)["id"]
    assert asked != issued
    found = Issued([issued]).mangled(asked)
    assert found is not None
    assert found.id == issued


ids = st.text("ab1-_:/+#&?;% ", min_size=1, max_size=30)


@given(st.lists(ids, max_size=4), ids)
def test_a_careful_client_is_never_suspected(others: list[str], issued: str) -> None:
    asked = unquote_plus(quote(issued, safe=""))
    known = Issued([*others, issued])
    assert asked in known
    assert known.mangled(asked) is None


@given(ids)
def test_encoding_twice_is_always_recognised(issued: str) -> None:
    twice = quote(issued, safe="")
    assume(twice != issued)
    found = Issued([issued]).mangled(twice)
    assert found is not None
    assert found.id == issued


@given(st.lists(st.text(max_size=9), max_size=5), st.text(max_size=9))
def test_what_is_recognised_was_issued(issued: list[str], asked: str) -> None:
    found = Issued(issued).mangled(asked)
    assert found is None or (found.id in issued and found.id != asked)


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_a_hundred_thousand_ids_are_prepared_in_no_time() -> None:
    many = [f"{number:08x}-9c0a-4b53-8a6e-9a6f4ef3a6d0:vendor/model" for number in range(100_000)]
    assert Issued(many).mangled(many[5].replace(":", "%3A").replace("/", "%2F")) is not None
