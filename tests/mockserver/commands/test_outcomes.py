"""What generate and job end with: one code per meaning, a line that resumes, JSON."""

import json
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bodydouble.client import (
    ConfigurationError,
    Incomplete,
    Job,
    JobFailed,
    JobNotFound,
    KeyMissing,
    Kind,
    NoAnswer,
    NotSent,
    PollRefused,
    Refused,
    ResultMissing,
    SubmissionUnknown,
    Video,
    WaitTimeout,
)
from bodydouble.mockserver.commands.outcomes import (
    EXIT_CODES,
    Exit,
    Target,
    as_json,
    exit_code,
    explained,
    job_in,
    resume_line,
)

JOB = Job(id="job-1", status="generating")
UNKNOWN = SubmissionUnknown("m", client_request_id="c", inference_id=None, status=None, how_to_look="h")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (JobFailed("m", job=JOB), 1),
        (ConfigurationError("m"), 2),
        (KeyMissing("m"), 2),
        (UNKNOWN, 3),
        (NoAnswer("m", job=JOB, problem="p"), 3),
        (PollRefused("m", job=JOB, status=401), 3),
        (JobNotFound("m", job=JOB, status=404), 3),
        (WaitTimeout("m", job=JOB), 4),
        (NotSent("m", client_request_id="c"), 5),
        (Refused("m", client_request_id="c", status=400), 5),
        (Incomplete("m", job=JOB), 6),
        (ResultMissing("m", job=JOB), 6),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_end_has_its_code_and_the_code_is_documented(error: BaseException, code: int) -> None:
    assert exit_code(error) == code
    assert f" {code}  " in EXIT_CODES


def test_every_code_is_in_the_help_and_in_the_readme() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8").partition("## The client\n")[2]
    for text, pattern in (
        (EXIT_CODES, r"^ +([0-9]+)  "),
        (readme.partition("\n### ")[0], r"^\| ([0-9]+) \|"),
    ):
        assert [int(code) for code in re.findall(pattern, text, re.MULTILINE)] == list(Exit)


PRINTABLE = st.text(min_size=1).filter(str.isprintable)


@given(PRINTABLE, st.none() | PRINTABLE, st.none() | PRINTABLE)
def test_the_line_that_resumes_is_one_command_whatever_the_id(
    job_id: str, base_url: str | None, output: str | None
) -> None:
    words = shlex.split(resume_line(job_id, Target(base_url=base_url, output=output)))
    assert words[:3] == ["bodydouble", "job", "wait"]
    assert words[-2:] == ["--", job_id]
    assert ("--base-url" in words[:-2]) == (base_url is not None) or base_url == "--base-url"


@pytest.mark.skipif(shutil.which("bash") is None, reason="asks a shell what it reads")
@settings(max_examples=30)
@example(["\x1b[2J", "a\nb", "it's\x07", "\x9b1A\\0", "\u202e7", "\x1b12"])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)))
def test_a_shell_reads_the_id_from_the_line_that_resumes_and_a_terminal_obeys_none(ids: list[str]) -> None:
    lines = [resume_line(job_id, Target()) for job_id in ids]
    assert all(line.isprintable() for line in lines)
    script = "\n".join(["bodydouble() { printf '%s\\0' \"${@: -1}\"; }", *lines])
    read = subprocess.run(["bash", "-c", script], capture_output=True, check=True, timeout=60).stdout
    assert read.decode().split("\0")[:-1] == ids


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        WaitTimeout("over", job=JOB),
        Incomplete("broken", job=JOB),
        PollRefused("no", job=JOB, status=401),
    ],
)
def test_who_can_go_on_is_told_how(error: BaseException) -> None:
    text = explained(error, JOB, Target(base_url="http://h:1", output="my boat.mp4"))
    assert "bodydouble job wait --base-url http://h:1 --output 'my boat.mp4' -- job-1" in text


def test_a_failed_job_is_not_resumed() -> None:
    assert "job wait" not in explained(JobFailed("it failed", job=JOB), JOB, Target())


def test_an_interrupted_create_tells_how_to_look() -> None:
    stop = KeyboardInterrupt()
    stop.add_note("look for mine-1")
    assert "look for mine-1" in explained(stop, None, Target())


def test_a_terminal_is_not_obeyed_by_ids() -> None:
    text = explained(KeyboardInterrupt(), Job(id="a\x1b[2J\x9b\r"), Target())
    assert all(line.isprintable() for line in text.split("\n"))


def test_who_stops_a_download_is_not_told_that_the_job_goes_on() -> None:
    text = explained(KeyboardInterrupt(), replace(JOB, status="completed", kind=Kind.SUCCESS), Target())
    assert "goes on" not in text
    assert "job-1 is completed" in text
    assert "bodydouble job wait -- job-1" in text


def test_json_has_the_same_keys_at_every_end() -> None:
    done = Job(
        id="a", status="completed", kind=Kind.SUCCESS, videos=(Video(url="u", duration=6),), body=b'{"x": 1}'
    )
    target = Target(output="boat.mp4", json=True)
    ends = [
        as_json(Exit.DONE, done, target),
        as_json(Exit.FAILED, JOB, target, JobFailed("m", job=JOB)),
        as_json(Exit.COULD_NOT_LOOK, None, target, UNKNOWN),
        as_json(Exit.STILL_RUNNING, JOB, target, WaitTimeout("m", job=JOB)),
    ]
    assert len({tuple(end) for end in ends}) == 1
    first, failed, unknown, running = json.loads(json.dumps(ends))
    assert (first["outcome"], first["exit_code"], first["file"]) == ("done", 0, "boat.mp4")
    assert first["job"]["videos"] == [{"url": "u", "duration": 6}]
    assert first["job"]["reply"] == {"x": 1}
    assert failed["file"] is None
    assert failed["resume"] is None
    assert (unknown["job"], unknown["client_request_id"]) == (None, "c")
    assert running["resume"] == "bodydouble job wait --output boat.mp4 -- job-1"


def test_the_job_of_an_error_is_found() -> None:
    assert job_in(WaitTimeout("m", job=JOB)) is JOB
    assert job_in(UNKNOWN) is None


def test_a_create_whose_answer_was_lost_is_gone_on_from_by_the_id_in_its_head() -> None:
    lost = SubmissionUnknown("m", client_request_id="c", inference_id="-7", status=200, how_to_look="h")
    found = job_in(lost)
    assert found == Job(id="-7", client_request_id="c")
    assert explained(lost, found, Target(output="a.mp4")).endswith(
        "to go on:\n  bodydouble job wait --output a.mp4 -- -7"
    )
    assert as_json(exit_code(lost), found, Target(), lost)["resume"] == "bodydouble job wait -- -7"
