"""Tests that are given servers, run by pytest in a process of its own, and what they are told when they fail."""

import json
import os
from typing import Any

import pytest

from bodydouble.mockserver.scenes.scenario_files import read
from bodydouble.mockserver.testing.drawing import given_server
from tests.mockserver.testing.test_plugin import HELPERS, QUICK

GIVEN = """
    import pytest
    from bodydouble.mockserver.testing.drawing import given_server
    from helpers import BODY, PATH

    SEEN = set()

    def outcome(server):
        with server.client() as client:
            job = client.post(PATH, json=BODY).json()["id"]
            for _ in range(50):
                server.control.clock.advance(30)
                body = client.get(PATH, params={"generation_id": job}).json()
                if body["status"] in ("completed", "error"):
                    return body

    @given_server(clock="manual", examples=30)
    def test_sound(server, tmp_path_factory):
        assert tmp_path_factory
        body = outcome(server)
        SEEN.add(body["status"])
        assert ("done" if body["status"] == "completed" else "failed") in server.allowed

    def test_both_ends_were_drawn():
        assert SEEN == {"completed", "error"}

    class TestMethods:
        @given_server("contract", clock="manual", examples=100, argument="drawn")
        def test_broken(self, drawn):
            assert outcome(drawn)["status"] != "error"
"""


def test_what_fails_is_shrunk_and_told_as_a_scenario(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(("PYTEST_", "COV_"))]:
        monkeypatch.delenv(name)
    pytester.makepyfile(helpers=HELPERS)
    pytester.makepyfile(test_given=GIVEN)
    quick = [option for option in QUICK if "hypothesis" not in option]
    result = pytester.runpytest_subprocess(*quick, "--hypothesis-seed=1", timeout=250)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["*bodydouble: the smallest scenario found*", "*POST /v2/video/generations  200 (submit*"]
    )
    scenario = told_scenario(result.outlines)
    (made,) = read(scenario, "told")
    assert made.outcome.stage == "failure"
    assert not made.faults
    assert not made.edits


def told_scenario(lines: list[str]) -> Any:
    plain = [line.removeprefix("E").strip() for line in lines]
    begin = next(number for number, line in enumerate(plain) if "the smallest scenario found" in line)
    end = next(
        number for number, line in enumerate(plain) if number > begin and line.startswith("namespace ")
    )
    return json.loads("\n".join(plain[begin + 1 : end]))


def test_a_level_that_is_none_is_told_the_nearest() -> None:
    with pytest.raises(ValueError, match="there is no level 'faluts'; did you mean 'faults'"):
        given_server("faluts")


def test_a_test_without_the_parameter_is_told_so() -> None:
    def test(client: object) -> None: ...

    with pytest.raises(TypeError, match="has no parameter 'server' for the server; it has client"):
        given_server()(test)


def test_an_asynchronous_test_is_told_what_to_do() -> None:
    async def test(server: object) -> None: ...

    with pytest.raises(TypeError, match=r"asyncio\.run"):
        given_server()(test)  # type: ignore[arg-type]  # that is the mistake
