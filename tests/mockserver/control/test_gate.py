import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.mockserver.control.gate import FORWARDED, admit, carries, is_loopback
from bodydouble.mockserver.judging import Refused
from tests.mockserver.control.desk import request

PATH = "/_double/namespaces"
TOKEN = "c0ntrol-token"


def status(token: str | None = None, server: str = "127.0.0.1", **headers: str) -> int:
    """The status of the refusal; 0 for none."""
    try:
        admit(replace(request("GET", PATH, **headers), server=(server, 8000)), token)
    except Refused as refusal:
        return refusal.problem.status
    return 0


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "app.localhost",
        "127.0.0.1",
        "127.9.8.7",
        "::1",
        "::ffff:127.0.0.1",
        "0:0:0:0:0:0:0:1",
    ],
)
def test_names_and_addresses_that_can_only_mean_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "notlocalhost",
        "127.0.0.1.evil.example",
        "0.0.0.0",  # noqa: S104 - nothing listens there
        "::",
        "192.168.1.2",
        "::ffff:10.0.0.1",
        "2130706433",
        "127.1",
        "[::1]",
    ],
)
def test_everything_else_may_be_somebody_else(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_on_loopback_nobody_is_asked_for_a_token(host: str) -> None:
    assert status(host=host) == 0
    assert status(host=host, server="::1") == 0


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8000",
        "10.0.0.1",
        "localhost@evil.example",
        "localhost/x",
        "localhost, evil.example",
        "[::1",
        "a:b:c",
        "localhost:port",
        "127.0.0.1#",
        "0.0.0.0:8000",
        "127.0.0.1%00",
    ],
)
def test_a_name_that_was_made_to_point_here_is_refused(host: str) -> None:
    assert status(host=host) == 403


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:5173"])
def test_a_page_of_this_machine_may_control(origin: str) -> None:
    assert status(origin=origin) == 0


@pytest.mark.parametrize(
    "origin",
    ["null", "", "http://evil.example", "https://localhost.evil.example", "chrome-extension://abc", "localhost",
     "file://", "http://127.0.0.1@evil.example", "http://localhost http://evil.example"],
)  # fmt: skip
def test_a_page_from_elsewhere_may_not(origin: str) -> None:
    assert status(origin=origin) == 403


@pytest.mark.parametrize("header", FORWARDED)
def test_what_a_proxy_passed_on_may_come_from_anywhere(header: bytes) -> None:
    assert status(**{header.decode(): "127.0.0.1"}) == 403


@pytest.mark.parametrize("server", ["10.1.2.3", "2001:db8::1", "172.17.0.2", "fe80::1%eth0"])
def test_a_connection_to_an_address_that_others_can_reach_is_refused(server: str) -> None:
    assert status(server=server, host="localhost") == 403


def test_in_process_any_host_will_do() -> None:
    """What frameworks for tests put there points nowhere: there is no network."""
    assert status(server="testserver", host="testserver") == 0
    assert status(server="/run/double.sock", host="anything") == 0
    plain = request("GET", PATH)
    admit(replace(plain, server=None), None)


def test_a_client_without_a_host_header_is_no_browser() -> None:
    plain = request("GET", PATH)
    admit(replace(plain, headers={}), None)


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {TOKEN}"},
        {"authorization": f"bearer   {TOKEN}"},
        {"x-double-token": TOKEN},
        {"x-double-token": TOKEN, "authorization": "Bearer of-the-api"},
    ],
)
def test_a_token_settles_everything(headers: dict[str, str]) -> None:
    assert status(TOKEN, **headers) == 0
    assert status(TOKEN, server="10.0.0.1", host="evil.example", origin="http://evil.example", **headers) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": TOKEN},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"x-double-token": ""},
        {"x-double-token": TOKEN[:-1]},
        {"x-double-token": TOKEN + "x"},
        {"authorization": f"Bearer {TOKEN}, Bearer {TOKEN}"},
    ],
)
def test_without_the_token_nobody_controls_where_there_is_one(headers: dict[str, str]) -> None:
    assert status(TOKEN, **headers) == 401


@given(st.text(st.characters(max_codepoint=255), max_size=20))
def test_nothing_but_the_token_passes_for_it(given_token: str) -> None:
    asked = request("GET", PATH, x_double_token=given_token, authorization=f"Bearer {given_token}")
    assert carries(asked, TOKEN) is (given_token == TOKEN)


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(Refused, match="--control-token"):
        admit(request("GET", PATH, host="evil.example"), None)
    with pytest.raises(Refused, match="X-Double-Token") as refusal:
        admit(request("GET", PATH), TOKEN)
    assert dict(refusal.value.problem.headers)[b"www-authenticate"].startswith(b"Bearer")
    assert TOKEN not in refusal.value.problem.message
