from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.scenes.choosing import Casting, Misread, Wish, cast, duration, wish
from bodydouble.mockserver.scenes.faults import Span


@pytest.mark.parametrize(
    "prefer",
    [
        b"scenario=x",
        b'scenario="x"',
        b"Scenario = x",
        b"respond-async, scenario=x",
        b"wait=5;scenario=x",
        b"respond-async; scenario=x, wait=3",
        b"respond-async;a=b, scenario=x,scenario=y",
    ],
)
def test_a_preference_asks_for_a_scenario(prefer: bytes) -> None:
    assert wish(prefer, b"{}") == Wish("x", preferred=True)


def test_a_preference_has_parameters() -> None:
    asked = wish(b"wait=1, scenario=x; after=20s, other; after=1s", b"{}")
    assert asked == Wish("x", 20.0, preferred=True)
    assert asked.applied == "scenario=x; after=20s"


def test_other_preferences_ask_for_nothing() -> None:
    assert wish(b"respond-async, wait=10, myscenario=x", b"{}") is None


def test_a_directive_in_any_text_of_the_body_asks_for_a_scenario() -> None:
    assert wish(None, b'{"prompt": "[[double: stuck-queued]] a cat"}') == Wish("stuck-queued")
    assert wish(None, b'{"prompt": "a cat [[double:fails  after=1.5m ]]"}') == Wish("fails", 90.0)


def test_the_preference_wins_over_the_directive() -> None:
    assert wish(b"scenario=x", b'{"prompt": "[[double: y]]"}') == Wish("x", preferred=True)


@pytest.mark.parametrize(
    ("prefer", "body", "told"),
    [
        (b"scenario=", b"", "names no scenario"),
        (b'scenario=""', b"", "names no scenario"),
        (b"scenario=x; after=soon", b"", "no duration"),
        (b"scenario=x; aftr=5s", b"", "did you mean 'after'"),
        (None, b"[[double: ]]", "names no scenario"),
        (None, b"[[double: after=5s]]", "names no scenario"),
        (None, b"[[double: x", "does not end"),
        (None, b"[[double: x after]]", "no duration"),
        (None, b"[[double: x after=-5s]]", "no duration"),
        (None, b"[[double: x after=1e9s]]", "no duration"),
        (None, b"[[double: x colour=red]]", "known is after"),
    ],
)
def test_a_wish_that_means_nothing_says_what_was_expected(
    prefer: bytes | None, body: bytes, told: str
) -> None:
    with pytest.raises(Misread, match=told):
        wish(prefer, body)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_header_and_any_body_can_be_asked(prefer: bytes, noise: bytes) -> None:
    try:
        asked = wish(prefer, b"[[double:" + noise)
    except Misread:
        return
    assert asked is None or asked.scenario


@given(st.integers(0, 10**6), st.sampled_from([("ms", 0.001), ("s", 1), ("", 1), ("m", 60), ("h", 3600)]))
def test_a_duration_has_a_unit_or_is_in_seconds(number: int, unit: tuple[str, float]) -> None:
    assert duration(f"{number}{unit[0]}") == number * unit[1]
    assert isfinite(duration(f"{number}.5{unit[0]}"))


CREATE = ("model-1", "a cat\non a boat", 3)


@pytest.mark.parametrize(
    ("rule", "takes"),
    [
        (Casting("x"), True),
        (Casting("x", models=("model-1", "model-2")), True),
        (Casting("x", models=("model-2",)), False),
        (Casting("x", prompt="c[ao]t"), True),
        (Casting("x", prompt="^on"), True),
        (Casting("x", prompt="^boat"), False),
        (Casting("x", prompt="dog"), False),
        (Casting("x", nth=Span(3, 3)), True),
        (Casting("x", nth=Span(1, 2)), False),
        (Casting("x", ("model-1",), "boat", Span(2)), True),
        (Casting("x", ("model-1",), "ship", Span(2)), False),
    ],
)
def test_a_rule_takes_a_create_if_all_of_it_fits(rule: Casting, takes: bool) -> None:  # noqa: FBT001 - a case
    assert rule.takes(*CREATE) is takes


def test_the_first_rule_that_takes_a_create_is_the_one() -> None:
    rules = (Casting("dogs", prompt="dog"), Casting("cats", prompt="cat"), Casting("all"))
    assert cast(rules, *CREATE) is rules[1]
    assert cast(rules[:1], *CREATE) is None


@pytest.mark.parametrize("prompt", ["(", "[a", "*", "(?P<a>x)(?P<a>y)"])
def test_a_rule_whose_prompt_is_no_regular_expression_is_refused_when_it_is_made(prompt: str) -> None:
    with pytest.raises(ValueError, match="is no regular expression"):
        Casting("slow", prompt=prompt)


def test_a_rule_looks_at_every_line_of_the_texts() -> None:
    rule = Casting("slow", prompt="^a cat$")
    assert rule.takes("m", "model-1\na cat\nmore", 1)
    assert not rule.takes("m", "model-1\nnot a cat", 1)
