import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.contracts.checks.curl import KEY_NAME, MAX_INLINE, curl
from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from tests.exchanging import KEY, created, message, polled

ORIGIN = "https://api.example"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


def words(command: str, key: str = "the-key") -> list[str]:
    """What the shell makes of a command line: the arguments that curl would get."""
    program = f"curl() {{ printf '%s\\0' \"$@\"; }}; {command}"
    run = subprocess.run(
        ["sh", "-c", program],
        capture_output=True,
        check=True,
        timeout=60,
        env={KEY_NAME: key, "PATH": "/usr/bin:/bin"},
    )
    return run.stdout.decode().split("\0")[:-1]


def asked(method: str = "GET", path: str = "/jobs", query: str = "", **more: object) -> Exchange:
    return replace(Exchange(1, method, path, query), **more)  # type: ignore[arg-type]  # its members


def test_a_poll_is_repeated() -> None:
    command = curl(polled("running", asked="a%2Fb"), ORIGIN).text
    assert command == (
        "curl -sS -i 'https://api.example/jobs?id=a%2Fb' -H 'authorization: Bearer '\"$API_KEY\""
    )


def test_a_create_is_repeated_byte_by_byte() -> None:
    body = {"prompt": 'it\'s\na "boat" \\ $HOME `date` @file \U0001f3ac'}
    got = words(curl(created(asked=body), ORIGIN).text)
    assert json.loads(got[got.index("--data-raw") + 1]) == body
    assert "content-type: application/json" in got
    assert "authorization: Bearer the-key" in got
    assert "-X" not in got


def test_the_key_is_never_shown_wherever_it_stands() -> None:
    leaky = replace(created(asked={"prompt": f"my key is {KEY}"}), query=f"key={KEY}")
    command = curl(leaky, ORIGIN)
    assert KEY not in command.text
    got = words(command.text, key=KEY)
    assert f"https://api.example/jobs?key={KEY}" in got
    assert KEY in got[got.index("--data-raw") + 1]


@pytest.mark.parametrize("field", ["cookie", "x-api-key", "proxy-authorization"])
def test_other_credentials_are_hidden_too(field: str) -> None:
    sent = Message(((field, "session=geheim"),))
    assert "geheim" not in curl(asked(request=sent), ORIGIN).text


def test_a_secret_that_the_caller_knows_is_hidden() -> None:
    assert "sig=abc" not in curl(asked(query="sig=abc"), ORIGIN, secrets=("sig=abc",)).text


@pytest.mark.parametrize(
    "content", [b"x" * (MAX_INLINE + 1), b"\xff\xfe", b"a\0b", b'{"a": "\x1b[2J"}', json.dumps("\r").encode()]
)
def test_what_no_command_line_holds_comes_from_a_file(content: bytes) -> None:
    command = curl(created(request=message(content)), ORIGIN, body_file="my body.json")
    if b"\\r" in content:
        assert command.body is None  # escaped, it is plain text
    else:
        assert command.body == content
        assert "--data-binary @'my body.json'" in command.text


def test_a_body_that_was_not_kept_is_said_to_be_in_a_file() -> None:
    command = curl(created(request=Message(message({}).fields, Body(None, 99))), ORIGIN)
    assert command.text.endswith("--data-binary @body.bin")
    assert command.body is None


@pytest.mark.parametrize(
    ("exchange", "options"),
    [
        (asked("HEAD"), ["--head"]),
        (asked("DELETE"), ["-X", "DELETE"]),
        (asked("POST"), ["-X", "POST"]),
        (asked(query="a[]={b}"), ["--globoff"]),
        (asked(path="/a/../b"), ["--path-as-is"]),
        (asked(path="/v1/.."), ["--path-as-is"]),
    ],
)
def test_curl_is_kept_from_changing_the_request(exchange: Exchange, options: list[str]) -> None:
    got = words(curl(exchange, ORIGIN).text)
    assert all(option in got for option in options)


def test_what_curl_writes_itself_is_left_out() -> None:
    sent = Message((("host", "h"), ("content-length", "3"), ("connection", "close"), ("x-mine", "1")))
    got = words(curl(asked(request=sent), ORIGIN).text)
    assert got == ["-sS", "-i", "https://api.example/jobs", "-H", "x-mine: 1"]


def test_an_empty_field_and_an_undeclared_body_stay_what_they_are() -> None:
    sent = Message((("x-mine", ""),), Body(b"{}", 2))
    got = words(curl(asked("POST", request=sent), ORIGIN).text)
    assert "x-mine;" in got
    assert "content-type:" in got


@settings(max_examples=40)
@given(TEXTS, TEXTS)
def test_the_shell_reads_what_was_written(prompt: str, value: str) -> None:
    one_line = "".join(value.split())
    request = Message((("x-mine", one_line or "-"),), Body(prompt.encode(), len(prompt.encode())))
    command = curl(asked("POST", request=request), ORIGIN)
    if command.body is None and prompt:
        got = words(command.text)
        assert got[got.index("--data-raw") + 1] == prompt
        assert f"x-mine: {one_line or '-'}" in got


def test_curl_itself_understands_the_command(tmp_path: Path) -> None:
    """Asked for its own reading of the options; it is not always installed."""
    try:
        subprocess.run(["curl", "--version"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("curl is not installed")
    target = tmp_path / "reply.json"
    target.write_text("{}")
    command = curl(asked(path=str(target)), "file://").text
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, timeout=60)
    assert "{}" in run.stdout
