from hypothesis import given, settings
from markdown_it import MarkdownIt

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.silences import Silence, Silenced
from bodydouble.contracts.rendering.markdown import LIMIT, as_markdown, code, escaped
from tests.drifting import (
    BY_ID,
    RENAMED,
    UNREAD,
    asking,
    change,
    hostile_reports,
    place,
    replying,
    report,
    texts,
)

PARSER = MarkdownIt("commonmark")


def shown(text: str) -> str:
    """What a reader of one paragraph sees."""
    inline = PARSER.parse(f"x {text} x")[1]
    return "".join(child.content for child in inline.children or ())[2:-2]


def test_a_breaking_change_is_told_with_why_what_to_do_and_its_command() -> None:
    told = as_markdown(report(change(witness=asking({"a": 1}), consequences=("it follows",))), BY_ID)
    assert told.startswith("### Drift: 1 breaking\n\n`old.json` → `new.json`\n\n#### Breaking\n")
    assert BY_ID[RENAMED].why in told
    assert "So: it follows." in told
    assert "  ```sh\n  curl -X POST" in told


def test_a_reply_is_shown_as_json() -> None:
    assert '  ```json\n  {\n    "a": 1\n  }\n  ```' in as_markdown(
        report(change(witness=replying({"a": 1}))), BY_ID
    )


def test_safe_changes_and_noise_are_folded_away() -> None:
    told = as_markdown(report(change(impact=Impact.SAFE)), BY_ID)
    assert "<details><summary>Safe: 1</summary>" in told
    assert told.count("</details>") == 1


def test_many_files_silences_notices_and_what_was_not_seen_are_told() -> None:
    silenced = (Silenced(change(), Silence(1, RENAMED, "0" * 16, "known")),)
    many = change(places=tuple(place(f"{n}.json") for n in range(9)))
    told = as_markdown(report(many, silenced=silenced, notices=("hear",), unseen=(UNREAD,) * 30), BY_ID)
    assert "In 9 files: 0.json" in told
    assert "1 silenced." in told
    assert "Note: hear" in told
    assert "**Could not look**: new/broken.json" in told
    assert "and 10 more" in told


def test_a_comment_stays_below_what_github_takes_and_says_what_is_missing() -> None:
    many = [change(subject=str(n), message="x" * 300) for n in range(500)]
    told = as_markdown(report(*many, unseen=(UNREAD,)), BY_ID)
    assert len(told) <= LIMIT + 100
    assert "more changes" in told
    assert told.rstrip().endswith("passed over: not JSON \\(line 3\\)")


def test_nobody_is_mentioned_and_no_markup_gets_through() -> None:
    assert "@" not in escaped("@everyone <script>")
    assert "<" not in escaped("@everyone <script>")


@given(texts)
def test_a_code_span_shows_what_it_was_given(text: str) -> None:
    plain = text.encode("utf-8", "replace").decode()
    tokens = PARSER.parse(f"x {code(plain)} x")[1].children or []
    kinds = [child.type for child in tokens]
    assert kinds == ["text", "code_inline", "text"]


@given(texts)
def test_escaped_text_shows_as_it_was(text: str) -> None:
    plain = " ".join(text.encode("utf-8", "replace").decode().replace("\0", "").split())
    assert shown(escaped(plain)) == plain or not plain


@settings(max_examples=60)
@given(hostile_reports)
def test_whatever_is_told_every_fence_and_fold_is_closed(told: Report) -> None:
    text = as_markdown(told, BY_ID)
    assert text.count("<details>") == text.count("</details>")
    assert "<script" not in text
