import json
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.loading import load
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.announcing import announcement, curl, poll_curl, sample_body
from bodydouble.mockserver.routes import route_table
from bodydouble.mockserver.service import trials
from tests.apis import BUNDLED, CLIPS, TEXT, contract, jobs, record, speech, words

ORIGIN = "http://127.0.0.1:8000"


def lines(played: Contract) -> list[str]:
    return list(announcement(played, route_table(played, trials(played, CLIPS)), ORIGIN, "test"))


def test_what_is_served_is_listed_with_the_models_it_takes() -> None:
    told = lines(BUNDLED)
    assert told[0] == f"bodydouble plays {BUNDLED.title} {BUNDLED.version} on {ORIGIN}"
    assert "  POST  /v2/video/generations  (video-01)" in told
    assert "  GET   /v2/generate/video/minimax/generation" in told


def test_the_readme_shows_what_is_printed() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    _, _, sample = readme.partition("$ bodydouble serve --speed 10\n")
    shown = sample.partition("\n…\n")[0].splitlines()
    assert shown == lines(BUNDLED)[: len(shown)]
    assert len(shown) > 2


def test_of_many_models_three_are_named_and_the_rest_is_counted() -> None:
    told = lines(contract(*(jobs(model) for model in ("a", "b", "c", "d", "e"))))
    assert "  POST  /jobs  (a, b, c and 2 more)" in told


@pytest.mark.parametrize(
    "pattern", [BUNDLED.patterns[0], contract(speech()).patterns[0]], ids=["query", "path"]
)
def test_the_lines_to_paste_are_whole_requests(pattern: JobPattern) -> None:
    words = shlex.split(curl(pattern, ORIGIN, "test"))
    assert words[:3] == ["curl", "-sS", ORIGIN + pattern.submit.path]
    assert words[3:7] == ["-H", "Authorization: Bearer test", "-H", "Content-Type: application/json"]
    assert pattern.submit.request
    assert Validator(pattern.submit.request.lenient).is_valid(json.loads(words[-1]))
    poll = shlex.split(poll_curl(pattern, ORIGIN, "test"))
    assert urlsplit(poll[2]).netloc == "127.0.0.1:8000"
    assert "ID" in poll[2]
    assert "{" not in poll[2]


def test_a_body_that_a_shell_would_take_apart_stays_whole() -> None:
    tricky = 'it\'s $HOME `rm` "x" \\ !'
    pattern = contract(jobs(request=record(["style"], style=words(tricky)))).patterns[0]
    assert json.loads(shlex.split(curl(pattern, ORIGIN, "k"))[-1]) == {"style": tricky}


def test_a_prompt_is_something_to_read() -> None:
    body = sample_body(BUNDLED.patterns[0])
    assert isinstance(body, dict)
    assert " " in str(body["prompt"])


def test_a_body_that_nothing_satisfies_is_no_reason_not_to_start() -> None:
    impossible = record(["x"], x=TEXT | {"minLength": 2, "maxLength": 1})
    assert sample_body(contract(jobs(request=impossible)).patterns[0]) == {}


def test_the_operations_shown_are_those_that_can_be_played() -> None:
    never = TEXT | {"minLength": 2, "maxLength": 1}
    broken = record(["id", "status", "x"], id=TEXT, status=words("queued", "done"), x=never)
    told = "\n".join(lines(contract(jobs("broken", "/broken", reply=broken), jobs("fine"))))
    assert "/broken" not in told
    assert f"{ORIGIN}/jobs" in told


def test_every_fragment_has_a_sample_that_its_schema_accepts(upstream: Path) -> None:
    patterns = load([str(upstream / "fragments")]).patterns
    assert len(patterns) > 60
    for pattern in patterns:
        assert pattern.submit.request
        violations = Validator(pattern.submit.request.lenient).violations(sample_body(pattern))
        assert not violations, (pattern.submit.source, violations)
