"""A token stands for a run, wherever it is pasted."""

import binascii
import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.replay_tokens import PREFIX, Run, TokenError, fingerprint, run_of, token_of
from bodydouble.mockserver.scenes.distributions import Fixed
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS
from tests.apis import BUNDLED, contract, jobs, polled, route, submitted

PATTERN = BUNDLED.patterns[0]
OWN = replace(shipped()["flaky"], name="mine", queued=Fixed(1.5))
SHIPPED = tuple(shipped().values())
SCENARIOS = (*SHIPPED, OWN, replace(SUCCEEDS, queued=Fixed(2.0)))


RUNS = st.builds(
    Run,
    st.integers(),
    st.sampled_from(SCENARIOS),
    st.lists(st.sampled_from(SCENARIOS), max_size=2).map(tuple),
    st.floats(0.001, 1e9),
    st.floats(0.001, 1e9),
    st.integers(1, 10**9),
)


@given(RUNS)
@settings(max_examples=20, deadline=None)
def test_a_token_is_read_back_as_the_run_it_was_made_of(run: Run) -> None:
    token = token_of(run, BUNDLED)
    read = run_of(token, BUNDLED)
    assert replace(read, scenarios=()) == replace(run, scenarios=())
    named = {scenario.name: scenario for scenario in (*run.scenarios, run.scenario)}
    assert all(scenario in (*SHIPPED, *read.scenarios) for scenario in named.values())
    assert run_of(token_of(read, BUNDLED), BUNDLED) == read


def test_a_token_is_one_short_word() -> None:
    token = token_of(Run(2**62, shipped()["flaky"], speed=60.0), BUNDLED)
    assert len(token) < 120
    assert token == "".join(token.split())
    assert all(letter.isalnum() or letter in "-_." for letter in token)
    assert run_of(f"  {token}\n", BUNDLED).seed == 2**62


def wrapped(payload: bytes) -> str:
    raw = binascii.crc32(payload).to_bytes(4, "big") + payload
    return PREFIX + binascii.b2a_base64(raw, newline=False).decode().translate(
        str.maketrans("+/", "-_")
    ).rstrip("=")


GOOD = token_of(Run(7), BUNDLED)
MARK = fingerprint(BUNDLED)


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("", "is no replay token"),
        ("7", "is no replay token"),
        ("bdx.abc", "is no replay token"),
        ("ghp." + GOOD[4:], "is no replay token"),
        ("bd2." + GOOD[4:], "has version bd2"),
        ("bd1.", "mistyped or cut off"),
        ("bd1.é", "mistyped or cut off"),
        ("bd1.====", "mistyped or cut off"),
        (GOOD[:-1], "mistyped or cut off"),
        (GOOD[:20] + ("A" if GOOD[20] != "A" else "B") + GOOD[21:], "mistyped or cut off"),
        (GOOD + "AAAA", "mistyped or cut off"),
        (wrapped(b"{"), "damaged"),
        (wrapped(b"{}"), "damaged"),
        (wrapped(b'{"seed": 7, "contract": 1}'), "damaged"),
        (wrapped(b"\0\1\2 not packed"), "damaged"),
        (wrapped(zlib.compress(b"x" * 5_000_000)), "damaged"),
        (wrapped(zlib.compress(b"[" * 500_000)), "damaged"),
        (wrapped(b'{"seed": "7", "contract": 1}'), "another contract"),
        (wrapped(json.dumps({"seed": "x", "contract": MARK}).encode()), "cannot be used"),
        (wrapped(json.dumps({"seed": "7", "contract": MARK, "play": "flakey"}).encode()), "did you mean"),
        (wrapped(json.dumps({"seed": "7", "contract": MARK, "speed": 0}).encode()), "above zero"),
        (wrapped(json.dumps({"seed": "7", "contract": MARK, "jobs": 0}).encode()), "damaged"),
        (wrapped(json.dumps({"seed": "7", "contract": MARK, "own": [{}]}).encode()), "cannot be used"),
        (wrapped(json.dumps({"seed": "7", "contract": MARK, "new": 1}).encode()), "damaged"),
    ],
)
def test_a_wrong_token_is_refused_with_a_reason(token: str, told: str) -> None:
    with pytest.raises(TokenError, match=told):
        run_of(token, BUNDLED)


@given(st.text(max_size=60) | st.binary(max_size=60).map(wrapped))
def test_whatever_is_pasted_is_a_token_or_refused(token: str) -> None:
    with pytest.raises(TokenError):
        run_of(token, BUNDLED)


def test_another_contract_has_another_fingerprint() -> None:
    marks = {fingerprint(each) for each in (BUNDLED, contract(jobs()), contract(jobs(path="/other")))}
    assert len(marks) == 3


def double(**options: Any) -> Double:
    return create_app(BUNDLED, clock=ManualClock(), **options)


def story(played: Double, namespaces: tuple[str, ...] = ("default", "one", "two")) -> list[object]:
    """Everything that a client sees of a run, decisions included."""
    service, told = played.service, []
    assert route(service, PATTERN.submit.path)
    for turn in range(60):
        name = namespaces[turn % len(namespaces)]
        reply = submitted(service, PATTERN, x_double_namespace=name)
        told.append((reply.status, reply.headers, reply.body))
        for job in list(service.worlds.named(name).jobs)[-2:]:
            seen = polled(service, PATTERN, job.id, x_double_namespace=name)
            about = seen.about
            told.append((seen.status, seen.headers, seen.body, about and about.fault, about and about.share))
        service.worlds.default.clock._base.advance(3)  # type: ignore[attr-defined]  # a manual clock
    return told


@pytest.mark.parametrize(
    "options",
    [
        {"scenario": "flaky"},
        {"scenario": OWN, "scenarios": [shipped()["slow"]], "speed": 60.0, "max_jobs": 5, "url_ttl": 9.0},
    ],
)
def test_a_token_runs_the_identical_schedule_again(options: dict[str, Any]) -> None:
    first = double(**options)
    again = double(replay_token=first.replay_token)
    told = story(first)
    assert story(again) == told
    assert story(double(**options)) != told


def test_a_token_of_another_contract_is_refused_by_the_application() -> None:
    other: Contract = contract(jobs())
    with pytest.raises(TokenError, match="another contract"):
        create_app(other, replay_token=GOOD)
