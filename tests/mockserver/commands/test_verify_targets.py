from contextlib import closing

import click
import pytest

from bodydouble.client import default_api
from bodydouble.mockserver.commands.verify_targets import (
    KEY_VARIABLE,
    contract_of,
    key_from,
    key_names,
    lacks_key,
    named_again,
    pattern_of,
    place_of,
)
from tests.apis import BUNDLED, contract, jobs


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*default_api().key_variables, KEY_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def test_the_key_is_that_of_the_variable_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", " one ")
    monkeypatch.setenv(KEY_VARIABLE, "two")
    assert key_from("MY_KEY") == "one"
    assert key_from(None) == "two"
    assert key_from("MISSING") == ""
    assert key_names("MY_KEY") == "MY_KEY"
    assert KEY_VARIABLE in key_names(None)


def test_the_double_in_process_has_a_clock_that_is_moved() -> None:
    place = place_of("bundled", BUNDLED, seed=1, key_variable=None, timeout=5)
    with closing(place.target):
        before = place.time.clock()
        place.time.sleep(3600)
        assert place.time.clock() - before == 3600
        assert place.is_local
        assert place.target.origin == "bundled"


@pytest.mark.parametrize(("url", "local"), [("http://127.0.0.1:8000", True), ("https://api.example", False)])
def test_a_url_is_local_or_not(url: str, local: bool) -> None:  # noqa: FBT001 - a case
    place = place_of(url, BUNDLED, seed=1, key_variable=None, timeout=5)
    place.target.close()
    assert place.is_local is local
    assert not place.time.moves


@pytest.mark.parametrize(
    "name", ["", "nowhere", "no.such.module:app", "json:nothing", "json:__doc__", "ftp://a.example"]
)
def test_what_is_no_server_is_told(name: str) -> None:
    with pytest.raises(click.BadParameter):
        place_of(name, BUNDLED, seed=1, key_variable=None, timeout=5)


def test_only_what_is_here_is_asked_again_without_being_named() -> None:
    assert named_again("bundled") == "bundled"
    assert named_again("http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    assert named_again("https://api.example") is None
    assert named_again("module:app") is None


def test_of_several_patterns_one_is_named() -> None:
    several = contract(jobs("alpha", path="/a"), jobs("beta", path="/b"))
    with pytest.raises(click.UsageError, match="--model alpha"):
        pattern_of(several, None)
    assert pattern_of(several, "beta").submit.path == "/b"
    with pytest.raises(click.UsageError, match="alpha"):
        pattern_of(several, "alpa")


def test_a_contract_that_cannot_be_read_is_usage() -> None:
    assert contract_of((), ()).patterns
    with pytest.raises(click.UsageError):
        contract_of(("missing.json",), ())


def test_only_somebody_elses_server_needs_a_key() -> None:
    for name, lacking in (("http://127.0.0.1:1", False), ("https://api.example", True)):
        place = place_of(name, BUNDLED, seed=1, key_variable=None, timeout=5)
        place.target.close()
        assert lacks_key(place, BUNDLED.patterns[0]) is lacking
        assert not lacks_key(place, contract(jobs("alpha")).patterns[0])
