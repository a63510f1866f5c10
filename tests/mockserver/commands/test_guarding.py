import pytest

from bodydouble.mockserver.commands.guarding import drawn_for, token_lines
from tests.mockserver.commands.test_serve import Stage, stage

__all__ = ["stage"]
NAMESPACES = "/_double/namespaces"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2", "app.localhost"])
def test_where_only_this_machine_can_reach_it_no_token_is_drawn(host: str) -> None:
    assert drawn_for(host, None) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "double.example", ""])  # noqa: S104 - not listened on
def test_where_others_can_a_token_is_drawn_unless_one_is_given(host: str) -> None:
    first, second = drawn_for(host, None), drawn_for(host, None)
    assert first
    assert second
    assert (first != second, len(first) >= 32) == (True, True)
    assert drawn_for(host, "mine") is None


def test_a_drawn_token_is_told_as_the_header_to_send() -> None:
    assert "X-Double-Token: abc\n" in token_lines("abc")


def test_a_usual_start_tells_of_no_token(stage: Stage) -> None:
    assert "X-Double-Token" not in stage.serve().output


def test_an_open_server_prints_the_token_it_asks_for_once(stage: Stage) -> None:
    output = stage.serve("--host", "0.0.0.0").output  # noqa: S104 - closed again at once
    (line,) = [line for line in output.splitlines() if "X-Double-Token" in line]
    token = line.partition(": ")[2]
    assert output.count(token) == 1
    assert stage.control_status(None) == 401
    assert stage.control_status(token) == 200


@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_given_token_is_asked_for_and_not_printed(stage: Stage, how: str) -> None:
    options = ("--control-token", "sesame") if how == "option" else ()
    env = {} if how == "option" else {"BODYDOUBLE_CONTROL_TOKEN": "sesame"}
    assert "sesame" not in stage.serve(*options, env=env).output
    assert (stage.control_status("sesame"), stage.control_status(None)) == (200, 401)


def test_an_empty_variable_names_no_token(stage: Stage) -> None:
    stage.serve(env={"BODYDOUBLE_CONTROL_TOKEN": ""})
    assert stage.control_status(None) == 200


@pytest.mark.parametrize("token", ["two words", "tökén", " ", "a\tb"])
def test_a_token_that_cannot_be_sent_is_a_usage_error(stage: Stage, token: str) -> None:
    result = stage.serve("--control-token", token)
    assert (result.exit_code, "one word" in result.output) == (2, True)
