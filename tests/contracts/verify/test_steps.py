import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.verify.asking import Asked, Meant
from bodydouble.contracts.verify.steps import Deed, Step, StepError, as_json, body_as_json, from_json

texts = st.text("abc-", max_size=5)
asks = st.builds(
    Asked,
    st.sampled_from(Meant),
    st.sampled_from(["GET", "POST"]),
    st.just("/jobs?id=1"),
    st.dictionaries(texts, texts, max_size=2).map(lambda given: tuple(given.items())),
    st.binary(max_size=20)
    | st.sampled_from([b'{"a": 1}', b'{"a":1e999}', b"NaN", b'{"a":1}', b"null", b"[[["]),
    st.booleans(),
)
times = st.integers(0, 10**6).map(lambda milliseconds: milliseconds / 1000)
steps = st.builds(Step, st.sampled_from([Deed.CREATE, Deed.ASK]), times, asks) | st.builds(
    Step, st.sampled_from([Deed.POLL, Deed.POLL_TWICE, Deed.FETCH]), times, st.none()
)


@given(steps)
def test_a_step_survives_its_file(step: Step) -> None:
    assert from_json(json.loads(json.dumps(as_json(step))), "here") == step


def test_a_body_is_shown_as_what_it_is() -> None:
    assert body_as_json(b"") == {}
    assert body_as_json(b'{"a":1}') == {"json": {"a": 1}}
    assert body_as_json(b"{ }") == {"text": "{ }"}
    assert body_as_json(b"\xff") == {"base64": "/w=="}


@pytest.mark.parametrize(
    ("told", "place"),
    [
        (7, "here must be an object"),
        ({"do": "dance"}, "here.do must be create"),
        ({"do": "poll", "after": -1}, "here.after"),
        ({"do": "poll", "after": True}, "here.after"),
        ({"do": "ask", "meant": "poll", "method": "GET"}, "here.url"),
        ({"do": "ask", "meant": "poll", "method": "GET", "url": "//evil.example/"}, "here.url"),
        ({"do": "ask", "meant": "poll", "method": "GET", "url": "http://evil.example/"}, "here.url"),
        ({"do": "ask", "meant": "poll", "method": "GET", "url": "/", "headers": {"a": 1}}, "here.headers"),
        ({"do": "create", "meant": "create", "method": "POST", "url": "/", "base64": "?"}, "here.base64"),
    ],
)
def test_what_is_no_step_is_told_where_and_why(told: JSON, place: str) -> None:
    with pytest.raises(StepError) as problem:
        from_json(told, "here")
    assert place in str(problem.value)
