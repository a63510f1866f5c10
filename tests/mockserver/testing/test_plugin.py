"""The plugin as users have it: pytest runs in processes of its own, in folders of their own, and loads it by itself."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client.faults import html, serving

HELPERS = """
    import time
    BODY = {"model": "video-01", "prompt": "a paper boat"}
    PATH = "/v2/video/generations"
    FINAL = ("completed", "error")

    def ended(client, step=lambda: time.sleep(0.02), polls=500):
        job = client.post(PATH, json=BODY).json()["id"]
        for _ in range(polls):
            reply = client.get(PATH, params={"generation_id": job})
            if reply.json().get("status") in FINAL:
                return reply
            step()
        return None
"""

QUICK = [
    f"-pno:{name}" for name in ("cacheprovider", "schemathesis", "pytest_cov", "anyio", "hypothesispytest")
]
"""What these runs need not load."""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run pytest on files in a process of its own, without what the environment says to ours."""
    for name in [
        name for name in os.environ if name.startswith(("PYTEST_", "COV_", "AIML")) or name == "API_KEY"
    ]:
        monkeypatch.delenv(name)
    pytester.makepyfile(helpers=HELPERS)

    def go(*options: str, **files: str) -> pytest.RunResult:
        for name, text in files.items():
            pytester.makepyfile(**{name: text})
        return pytester.runpytest_subprocess(*QUICK, *options, timeout=250)

    return go


def test_every_link_of_the_chain_works_and_is_documented(run: Run) -> None:
    result = run(
        "-v",
        test_all="""
        import os
        import urllib.request

        import httpx2
        import pytest
        from bodydouble.mockserver.testing.lives import double_lives
        from helpers import BODY, PATH, ended


        def test_plainly(double_client):
            assert ended(double_client).json()["status"] == "completed"


        @pytest.mark.double(scenario="fails-while-generating", clock="manual", seed=5)
        def test_with_a_clock(double_client, double_clock, double_journal, double_control):
            assert ended(double_client, lambda: double_clock.advance(10)).json()["status"] == "error"
            double_journal.verify({"operation": "submit", "exactly": 1}, {"operation": "poll", "at_least": 2})
            assert double_control.show().seed == 5


        def test_by_url_alone(double_base_url, double_key):
            request = urllib.request.Request(
                f"{double_base_url}{PATH}?generation_id=none", headers={"Authorization": f"Bearer {double_key}"}
            )
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(request)


        def test_by_the_environment(double_environment, double_base_url, double_key):
            assert os.environ["AIMLAPI_API_KEY"] == os.environ["AIML_API_KEY"] == double_key
            assert os.environ["AIMLAPI_BASE_URL"] == double_base_url
            assert set(double_environment) <= set(os.environ)


        def test_the_environment_is_as_before():
            assert "AIMLAPI_BASE_URL" not in os.environ


        def test_by_ones_own_client(double_transport, double_key, double):
            with httpx2.Client(base_url=double.origin, transport=double_transport) as client:
                assert client.post(PATH, json=BODY, headers={"Authorization": f"Bearer {double_key}"}).is_success


        @double_lives(but=("slow",))
        @pytest.mark.double(clock="manual")
        def test_every_life(double_life, double_client, double_clock):
            reply = ended(double_client, lambda: double_clock.advance(30), 10)
            assert (reply is None) is (double_life.ends == "never")
            if reply:
                assert (reply.json()["status"] == "completed") is double_life.succeeds


        def test_nobody_sees_anothers_jobs(double_control):
            assert double_control.jobs() == ()
        """,
    )
    result.assert_outcomes(passed=16)
    result.stdout.fnmatch_lines(["*test_every_life[[]fails-in-queue]*PASSED*"])


def test_a_failure_tells_the_story_and_how_to_repeat_it(run: Run) -> None:
    failing = {
        "test_fail": """
        import httpx2
        import pytest
        from helpers import BODY, PATH

        def asked(client, job):
            try:
                return client.get(PATH, params={"generation_id": job}).status_code
            except httpx2.HTTPError as error:
                return type(error).__name__

        @pytest.mark.double(scenario="flaky", clock="manual")
        def test_it(double_client, double_clock):
            job = double_client.post(PATH, json=BODY).json()["id"]
            print("seen", job, [asked(double_client, job) for _ in range(12) if double_clock.advance(10)])
            assert False

        def test_without_a_double():
            assert False
        """
    }
    first = run("--double-seed=random", **failing)
    first.assert_outcomes(failed=2)
    first.stdout.fnmatch_lines(
        [
            "*- bodydouble -*",
            "namespace main-test-it-* on double, scenario flaky; its clock stands still",
            "job *, scenario flaky, is * after * polls: queued at 0.0 s*",
            "*0.0 s  POST /v2/video/generations  200 (submit, job * is initial)",
            "replay token: pytest test_fail.py::test_it --double-replay=bd*",
        ]
    )
    assert first.stdout.str().count("- bodydouble -") == 1
    (token,) = {line.split()[-1] for line in first.outlines if line.startswith("replay token")}
    again = run(token, **failing)
    assert statuses(again) == statuses(first)
    wrong = run(token[:-3], **failing)
    wrong.stdout.fnmatch_lines(["--double-replay: this replay token is mistyped or cut off*"])
    wrong.stdout.no_fnmatch_line("*Traceback*")


def statuses(result: pytest.RunResult) -> str:
    return next(line for line in result.outlines if line.startswith("seen "))


def test_mistakes_are_told_without_a_traceback(run: Run) -> None:
    result = run(
        test_wrong="""
        import pytest

        @pytest.mark.double(senario="flaky")
        def test_typo(double_client): ...

        @pytest.mark.double("flaky")
        def test_positional(): ...

        @pytest.mark.double(scenario="flakey")
        def test_unknown(double_client): ...
        """
    )
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.double has no argument 'senario'; did you mean 'scenario'*",
            "@pytest.mark.double takes keywords only, got 'flaky'; try @pytest.mark.double(scenario='flaky')",
            "@pytest.mark.double cannot be played: no scenario is called 'flakey'; did you mean 'flaky'*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*plugin.py*")


def test_an_option_that_cannot_be_is_a_usage_error(run: Run) -> None:
    result = run("--double-target=doubel", test_empty="def test_it(): ...")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--double-target: no target is called 'doubel'; did you mean 'double'*"])


def test_every_link_can_be_overridden_by_itself(run: Run) -> None:
    """A user's own folder ``contracts``, option ``--target`` and fixture ``contract`` are theirs, too."""
    result = run(
        "--target=mine",
        **{
            "conftest": """
        import dataclasses
        import pytest
        from bodydouble.mockserver.scenes.scenario_files import shipped

        def pytest_addoption(parser):
            parser.addoption("--target")

        @pytest.fixture(scope="session")
        def double_settings(double_settings):
            return dataclasses.replace(double_settings, scenario=shipped()["instant"], speed=7.0)

        @pytest.fixture
        def double_key(double_key):
            return double_key

        @pytest.fixture
        def double_client(double_client):
            double_client.headers["x-client-request-id"] = "mine"
            return double_client

        @pytest.fixture
        def contract():
            return "a contract of ours"
        """,
            "slow/conftest": """
        import dataclasses
        import pytest

        @pytest.fixture(scope="session")
        def double_settings(double_settings):
            return dataclasses.replace(double_settings, scenario="slow")
        """,
            "slow/test_slow": """
        def test_settings_of_a_folder(double_control):
            assert double_control.show().scenario == "slow"
        """,
            "wrong/test_wrong": """
        import pytest

        @pytest.fixture(scope="session")
        def double_settings():
            return {"scenario": "slow"}

        def test_it(double_client): ...
        """,
            "contracts/__init__": "",
            "contracts/terms": "PENALTY = 5",
            "test_mine": """
        import contracts.terms
        from helpers import BODY, PATH

        def test_settings(double_client, double_clock):
            reply = double_client.post(PATH, json=BODY)
            assert reply.json()["status"] == "completed"
            assert reply.headers["x-client-request-id"] == "mine"
            assert double_clock.read().speed == 7

        def test_ours(request, contract):
            assert request.config.getoption("--target") == "mine"
            assert contract == "a contract of ours"
            assert contracts.terms.PENALTY == 5

        def test_theirs(exchange_checker): ...
        """,
        },
    )
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(
        [
            "the fixture 'contract' gives str; bodydouble expects a Contract*Rename yours*",
            "the fixture 'double_settings' gives dict; expected a DoubleSettings*",
        ]
    )


def test_workers_share_nothing(run: Run) -> None:
    result = run(
        "-n2",
        test_many="""
        import pytest
        from helpers import ended

        @pytest.mark.double(namespace="same", clock="manual")
        @pytest.mark.parametrize("number", range(8))
        def test_it(number, double_client, double_clock, double_control, double_namespace, worker_id):
            assert ended(double_client, lambda: double_clock.advance(60)).json()["status"] == "completed"
            assert len(double_control.jobs()) == 1
            assert double_namespace.name == f"{worker_id}-same"

        def test_fails(double_client):
            ended(double_client)
            assert False
        """,
    )
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(
        ["*- bodydouble -*", "namespace gw?-test-fails-* on double*", "replay token: *"]
    )


TARGETED = {
    "test_targets": """
        import pytest
        from helpers import BODY, PATH, ended

        def test_anywhere(double_client):
            assert double_client.post(PATH, json=BODY).status_code == 200

        @pytest.mark.double(jobs=2)
        def test_twice(double_client):
            for _ in range(3):
                assert double_client.post(PATH, json=BODY).status_code == 200

        @pytest.mark.double(scenario="flaky")
        def test_scenario(double_client): ...

        def test_controlling(double_clock): ...
        """
}


def test_one_suite_runs_against_every_target(run: Run) -> None:
    result = run("-v", "--target=double", "--target=double-http", **TARGETED)
    result.assert_outcomes(passed=8)
    result.stdout.fnmatch_lines(["*test_anywhere[[]double]*", "*test_anywhere[[]double-http]*"])


def test_a_server_of_this_machine_is_asked_for_nothing_that_only_a_double_has(run: Run) -> None:
    with serving(lambda seen: html(200 if seen.method == "POST" else 404)) as server:
        result = run("-rs", f"--target={server.url}", **TARGETED)
    result.assert_outcomes(passed=2, skipped=2)
    result.stdout.fnmatch_lines(
        [
            f"SKIPPED*the scenario 'flaky', and {server.url} is no double",
            f"SKIPPED*the test controls the double, and {server.url} is none",
        ],
        consecutive=False,
    )


def test_the_real_api_is_not_asked_without_a_key(run: Run) -> None:
    result = run("-rs", "--target=https://api.invalid", **TARGETED)
    result.assert_outcomes(skipped=4)
    result.stdout.fnmatch_lines(
        ["SKIPPED*https://api.invalid wants a key and none is set: set AIMLAPI_API_KEY or *"]
    )


def test_the_real_api_gets_no_more_jobs_than_are_allowed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy of this machine, which stands for the API as far as the client can tell."""
    with serving(lambda _: html(200)) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("AIMLAPI_API_KEY", "sk-never-shown-0123456789")
        result = run(
            "-rs",
            "--target=http://api.invalid",
            "--double-max-cost=0.19",
            test_targets=TARGETED["test_targets"],
            test_too="""
                def test_too_much(double_client):
                    raise AssertionError("never")
            """,
        )
        assert [request.method for request in server.requests] == ["POST", "POST", "POST"]
    result.assert_outcomes(passed=1, skipped=4)
    result.stdout.fnmatch_lines_random(
        [
            "SKIPPED*may submit 2 jobs and was about to submit one more*jobs=3*",
            "SKIPPED*may submit 1 jobs, and 3 of 3 are taken; --double-max-jobs*",
        ]
    )
    assert "sk-never-shown" not in result.stdout.str() + result.stderr.str()


def test_help_tells_of_options_fixtures_and_the_marker(run: Run) -> None:
    run("--help").stdout.fnmatch_lines(["*--double-target=TARGET*", "*--target=TARGET*"])
    fixtures = run("--fixtures", "-v").stdout.str()
    run("--markers").stdout.fnmatch_lines(["@pytest.mark.double(*, scenario, speed, clock*"])
    for name in FIXTURES:
        assert f"\n{name} " in fixtures or f"\n{name}\n" in fixtures, name


FIXTURES = (
    "contract",
    "exchange_checker",
    "job_machine",
    "double_base_url",
    "double_client",
    "double_clock",
    "double_control",
    "double_environment",
    "double_journal",
    "double_key",
    "double_life",
    "double_namespace",
    "double_transport",
)


def test_a_run_that_does_not_use_it_loads_next_to_nothing() -> None:
    program = (
        "import sys, pytest; before = set(sys.modules)\n"
        "import bodydouble.contracts.testing.plugin, bodydouble.mockserver.testing.plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.split()
    others = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert others == {"bodydouble"}
    assert len([name for name in loaded if name.startswith("bodydouble.")]) < 15


def test_pytest_is_no_dependency_of_the_double() -> None:
    program = (
        "import sys, bodydouble.mockserver.app, bodydouble.mockserver.cli; print('pytest' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    assert (
        subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.strip()
        == "False"
    )


def test_the_plugins_are_registered_under_the_names_that_our_own_run_leaves_out() -> None:
    root = Path(__file__).parents[3]
    text = (root / "pyproject.toml").read_text("utf-8")
    for name in ("bodydouble", "bodydouble-contracts"):
        assert f'"-p no:{name}"' in text
        assert f"\n{name} = " in text
