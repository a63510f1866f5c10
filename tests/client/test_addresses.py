"""URLs: origins in every form, ids encoded whole, nothing shown that may be a credential."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bodydouble.client import Client, ConfigurationError, default_api
from bodydouble.client.addresses import (
    base_url_from,
    poll_url,
    root_of,
    same_origin,
    usable_link,
    without_query,
)


@pytest.mark.parametrize(
    ("given_url", "root"),
    [
        ("https://api.example", "https://api.example"),
        ("https://api.example/", "https://api.example"),
        ("https://api.example/v1", "https://api.example"),
        ("https://api.example/v2/", "https://api.example"),
        ("http://127.0.0.1:8000/v2", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/v2", "http://[::1]:8000"),
        ("https://proxy.example/vendor/v2", "https://proxy.example/vendor"),
        ("https://proxy.example/v2x", "https://proxy.example/v2x"),
    ],
)
def test_an_origin_v1_and_v2_all_work(given_url: str, root: str) -> None:
    assert root_of(given_url, "base_url") == root


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "api.example",
        "ftp://api.example",
        "https://",
        "https://user:secret@api.example",
        "https://api.example?key=secret",
        "https://api.example#secret",
        "https://api.example:99999",
        "https://a b",
        "https://api.example\n",
        "https://[::1",
        "secret@host",
        "\ud800://x",
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused_without_showing_credentials(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="the variable X") as caught:
        root_of(wrong, "the variable X")
    assert "secret" not in str(caught.value)


def test_a_host_that_the_http_library_refuses_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        Client("k", base_url="http://-ä")


def test_the_three_variables_in_use_are_read_in_order() -> None:
    names = default_api().base_url_variables
    assert names == ("AIMLAPI_BASE_URL", "AIMLAPI_API_BASE", "AIML_API_BASE")
    assert base_url_from({names[2]: "http://c", names[1]: ""}, names, "o")[0] == "http://c"
    assert base_url_from({names[2]: "http://c", names[0]: "http://a"}, names, "o")[0] == "http://a"
    assert base_url_from({}, names, "http://own")[0] == "http://own"
    assert "127.0.0.1:5" in repr(Client("k", environ={names[1]: "http://127.0.0.1:5/v1"}))


@example("0e1f:vendor/model")
@example("a&b=c#d?e%41+f")
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_id_arrives_as_it_is(job_id: str) -> None:
    url = urlsplit(poll_url("https://x", "/v2/jobs?a=1", "generation_id", job_id))
    assert parse_qs(url.query, keep_blank_values=True) == {"a": ["1"], "generation_id": [job_id]}
    inside = urlsplit(poll_url("https://x", "/v1/stt/{id}", "", job_id))
    assert unquote(inside.path.removeprefix("/v1/stt/")) == job_id
    assert "/" not in inside.path.removeprefix("/v1/stt/")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a/x?y", "https://a", True),
        ("https://a:443/x", "https://a", True),
        ("http://a:80", "http://A/", True),
        ("http://a", "https://a", False),
        ("https://a:444", "https://a", False),
        ("https://a.evil", "https://a", False),
        ("https://a@evil", "https://a", False),
        ("https://a\\@evil", "https://a", False),
        ("nonsense", "nonsense", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, *, same: bool) -> None:
    assert same_origin(one, other) is same


@given(st.text())
def test_any_text_is_a_link_or_not(text: str) -> None:
    assert isinstance(usable_link(text), bool)
    assert "?" not in without_query("https://user:pw@host/path?" + text)
    assert "pw" not in without_query("https://user:pw@host/path?signature")
    assert without_query(text).isprintable() or usable_link(text)
