from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.testing.targets import BadTarget, Kind, Target, is_loopback, target_of


def test_the_double_is_named_by_how_it_is_reached() -> None:
    assert target_of("double") == Target(Kind.IN_PROCESS)
    assert target_of("double-http") == Target(Kind.OVER_HTTP)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://api.example", "http://[::1]:9/base"])
def test_a_url_is_a_server_elsewhere(url: str) -> None:
    assert target_of(f"{url}/") == Target(Kind.ELSEWHERE, url)


@pytest.mark.parametrize("name", ["double", "double-http", "https://api.example"])
def test_a_target_is_shown_as_it_was_named(name: str) -> None:
    assert str(target_of(name)) == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("doubel", "did you mean 'double'"),
        ("double-https", "did you mean 'double-http'"),
        ("", "expected double, double-http or the URL"),
        ("api.example", "expected double, double-http or the URL"),
        ("ftp://api.example", "no URL of a server"),
        ("http://", "no URL of a server"),
        ("http://a:99999", "no URL of a server"),
        ("http://[", "no URL of a server"),
        ("https://me:secret@api.example", "the key comes from the environment"),
        ("https://api.example/?key=secret", "a query or a fragment"),
    ],
)
def test_a_mistake_says_what_was_expected(name: str, message: str) -> None:
    with pytest.raises(BadTarget, match=message) as caught:
        target_of(name)
    assert "secret" not in str(caught.value)


@given(st.text() | st.text().map(lambda text: f"http://{text}"))
def test_whatever_is_named_is_a_target_or_refused(name: str) -> None:
    with suppress(BadTarget):
        assert isinstance(target_of(name), Target)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1", True),
        ("http://localhost", True),
        ("http://LOCALHOST:80", True),
        ("http://[::1]:5", True),
        ("http://api.localhost", True),
        ("https://api.example", False),
        ("http://127.0.0.1.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_this_machine_costs_nothing(url: str, local: bool) -> None:  # noqa: FBT001 - parametrized
    assert is_loopback(url) is local
