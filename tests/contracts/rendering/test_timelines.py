import json
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.judging import Policy
from bodydouble.contracts.drift.reverting import Step
from bodydouble.contracts.drift.timeline import Timeline, told
from bodydouble.contracts.rendering.screen import plain
from bodydouble.contracts.rendering.timelines import as_data, as_lines, as_markdown
from tests.drifting import BY_ID, DEFAULT, UNREAD, asking, change, hostile, texts

FOLDER = Path(__file__).parents[3] / "contracts" / "rendering"
REPORT = json.loads((FOLDER / "drift.schema.json").read_text())
VALIDATOR = Draft202012Validator(
    json.loads((FOLDER / "history.schema.json").read_text()),
    registry=Registry().with_resource("drift.schema.json", Resource.from_contents(REPORT)),
)
POLICY = Policy(today=date(2026, 1, 1))
STORY = told(
    "history/model",
    (
        Step("2025-01-01", "2025-02-01", (change(witness=asking({"a": 1})),)),
        Step("2025-02-01", "2025-03-01", (change(impact=Impact.NOISE),)),
        Step(
            "2025-03-01",
            "2025-04-01",
            (change(DEFAULT, Impact.RISKY, reverted_to="2025-01-01"),),
            "2025-01-01",
        ),
    ),
    POLICY,
    notices=("a notice",),
    unseen=(UNREAD,),
)


def test_the_story_is_told_from_the_oldest_version_on() -> None:
    lines = plain(as_lines(STORY)).splitlines()
    assert lines[0] == "history/model: 4 versions"
    assert lines[1] == "2025-01-01  the first"
    assert lines[2] == "2025-02-01  1 breaking"
    assert lines[3].startswith("    breaking  image is called image_url  [request-property-renamed ")
    assert lines[4] == "2025-03-01  nothing that a client can observe"
    assert lines[5] == "2025-04-01  reverted: same as the version of 2025-01-01; 1 risky"
    assert "taken back: as in the version of 2025-01-01" in lines[6]
    assert lines[7:] == [
        "note: a notice",
        "could not look: new/broken.json: passed over: not JSON (line 3)",
    ]


def test_everything_tells_noise_and_witnesses_too() -> None:
    text = plain(as_lines(STORY, everything=True))
    assert "    noise     image is called" in text
    assert '      request body {"a": 1}' in text


def test_markdown_is_a_list_of_lists() -> None:
    text = as_markdown(STORY)
    assert text.startswith("### Drift of `history/model`\n\n- **2025\\-01\\-01**: the first\n")
    assert "  - breaking: image is called image\\_url (`request-property-renamed`" in text
    assert "\nNote: a notice\n" in text
    assert "**Could not look**: new/broken.json" in text


def test_data_follows_the_published_schema() -> None:
    data = as_data(STORY, BY_ID)
    VALIDATOR.validate(data)
    assert data["outcome"] == "findings"
    steps = data["steps"]
    assert isinstance(steps, list)
    assert [step["sameAs"] for step in steps if isinstance(step, dict)] == [None, None, "2025-01-01"]


def test_the_schema_notices_a_change_that_is_none() -> None:
    data = as_data(STORY, BY_ID)
    assert isinstance(data["steps"], list)
    assert isinstance(data["steps"][0], dict)
    data["steps"][0]["changes"] = [{}]
    assert not VALIDATOR.is_valid(data)


stories = st.lists(st.tuples(texts, texts, st.lists(hostile, max_size=2), texts), min_size=1, max_size=3).map(
    lambda steps: told("x", [Step(old, new, tuple(found), same) for old, new, found, same in steps], POLICY)
)


@settings(max_examples=40)
@given(stories)
def test_whatever_is_told_no_line_holds_what_moves_a_cursor_and_data_keep_the_schema(story: Timeline) -> None:
    lines = as_lines(story, everything=True)
    assert all(span.text.isprintable() for line in lines for span in line)
    assert "<script" not in as_markdown(story)
    VALIDATOR.validate(as_data(story, BY_ID))
