import contextlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.recordings.recordings import (
    FORMAT,
    Asked,
    Misc,
    Recording,
    RecordingError,
    Said,
    Turn,
    parse,
    render,
    render_misc,
)

TEXT = st.text(max_size=12)
TIMES = st.floats(0, 1e6).map(lambda seconds: round(seconds, 3))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SAID = st.builds(Said, st.dictionaries(TEXT, TEXT, max_size=2), JSON_VALUES) | st.builds(
    Said, st.dictionaries(TEXT, TEXT, max_size=2), st.none(), TEXT
)
TURNS = st.builds(
    Turn,
    asked=st.sampled_from(["create", "poll"]),
    at=TIMES,
    took=TIMES,
    code=st.integers(0, 999),
    status=st.sampled_from(["", "queued", "completed", "x"]),
    said=st.none() | SAID,
    trouble=TEXT,
)
RECORDINGS = st.builds(
    Recording,
    job=TEXT,
    model=TEXT,
    upstream=TEXT,
    stages=st.dictionaries(TEXT, st.sampled_from(Stage), max_size=2),
    request=st.none() | st.builds(Asked, TEXT, TEXT, TEXT, SAID),
    turns=st.lists(TURNS, max_size=4).map(tuple),
)
LIFE = Recording(
    "job-1",
    "m",
    "https://api.example",
    {"queued": Stage.INITIAL, "done": Stage.SUCCESS},
    Asked("POST", "/jobs", "", Said({}, {"model": "m"})),
    (
        Turn("create", 0, 0.4, 200, "queued", Said({}, {"id": "job-1", "status": "queued"})),
        Turn("poll", 10, 0.2, 200, "queued"),
        Turn("poll", 20, 0.2, 502, "", Said({}, None, "text/html, 9 bytes")),
        Turn("poll", 30, 0.2, 200, "done", Said({}, {"id": "job-1", "status": "done"})),
    ),
)


@given(RECORDINGS)
def test_what_is_rendered_is_parsed_back(recording: Recording) -> None:
    assert parse(render(recording)) == recording


@given(RECORDINGS)
def test_rendering_is_stable(recording: Recording) -> None:
    assert render(parse(render(recording))) == render(recording)


def test_the_order_of_members_does_not_matter() -> None:
    body = {"b": 1, "a": {"d": 2, "c": 3}}
    other = {"a": {"c": 3, "d": 2}, "b": 1}
    one, two = (replace(LIFE, turns=(Turn("poll", 0, 0, 200, "", Said({}, each)),)) for each in (body, other))
    assert render(one) == render(two)


def test_times_are_rounded_to_a_thousandth() -> None:
    text = render(replace(LIFE, turns=(Turn("poll", 1.23456789, 0.1 + 0.2, 200),)))
    assert '"at": 1.235' in text
    assert '"took": 0.3,' in text


def test_a_transition_lies_between_the_last_question_before_and_the_answer_that_showed_it() -> None:
    assert [(t.status, t.stage, t.after, t.by) for t in LIFE.transitions] == [
        ("queued", "initial", 0, 0.4),
        ("done", "success", 10, 30.2),
    ]
    assert LIFE.transitions[1].middle == pytest.approx(20.1)
    assert json.loads(render(LIFE))["transitions"][1] == {
        "status": "done",
        "stage": "success",
        "after": 10,
        "by": 30.2,
    }


def test_a_reply_that_says_the_same_is_written_as_same() -> None:
    turns = json.loads(render(LIFE))["turns"]
    assert turns[1] == {"asked": "poll", "at": 10, "took": 0.2, "code": 200, "status": "queued", "same": True}
    assert turns[2]["omitted"] == "text/html, 9 bytes"


def test_a_line_is_for_one_fact_so_that_recordings_can_be_compared() -> None:
    later = replace(LIFE, turns=(*LIFE.turns[:1], replace(LIFE.turns[1], at=11.0), *LIFE.turns[2:]))
    one, two = render(LIFE).splitlines(), render(later).splitlines()
    assert [(a, b) for a, b in zip(one, two, strict=True) if a != b] == [
        ('      "after": 10,', '      "after": 11.0,'),
        ('      "at": 10,', '      "at": 11.0,'),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("[]", "no recording"),
        ("{}", f"expected an object with format '{FORMAT}'"),
        ('{"format": "bodydouble recording 2"}', "no recording"),
        (json.dumps({"format": FORMAT}), "job"),
        (json.dumps({"format": FORMAT, "job": 3}), "job"),
        (json.dumps({"format": FORMAT, "job": "", "turns": [{"asked": "create"}]}), "turns"),
        (json.dumps({"format": FORMAT, "job": "", "turns": 3}), "turns"),
        (json.dumps({"format": FORMAT, "job": "", "turns": [3]}), "turns"),
        (json.dumps({"format": FORMAT, "job": "", "request": []}), "request"),
        (json.dumps({"format": FORMAT, "job": "", "stages": {"a": "b"}}), "stages"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_recording_is_told_with_its_file_and_place(text: str, words: str) -> None:
    with pytest.raises(RecordingError, match=r"^f\.json: ") as problem:
        parse(text, "f.json")
    assert words in str(problem.value)


@given(st.text(max_size=50) | JSON_VALUES.map(json.dumps))
def test_parsing_is_total(text: str) -> None:
    with pytest.raises(RecordingError):
        parse(text)


@given(st.dictionaries(st.sampled_from(["job", "turns", "request", "stages", "model"]), JSON_VALUES))
def test_parsing_wrong_types_is_total(members: dict[str, Any]) -> None:
    with contextlib.suppress(RecordingError):
        assert parse(json.dumps({"format": FORMAT, **members})).job == members["job"]


def test_exchanges_of_no_job_are_listed() -> None:
    assert LIFE.request
    document = json.loads(render_misc(Misc(((LIFE.request, LIFE.turns[2]),), dropped=3)))
    assert document["dropped"] == 3
    assert document["exchanges"][0]["request"]["path"] == "/jobs"
    assert document["exchanges"][0]["reply"]["code"] == 502
