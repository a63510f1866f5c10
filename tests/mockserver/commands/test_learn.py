import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.commands.learn import learn_command
from bodydouble.mockserver.recordings.recorder import Change
from bodydouble.mockserver.recordings.recording_files import RecordingFolder
from bodydouble.mockserver.recordings.recordings import Asked, Recording, Said, Turn

STAGES = {"queued": Stage.INITIAL, "running": Stage.RUNNING, "done": Stage.SUCCESS, "failed": Stage.FAILURE}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = RecordingFolder(tmp_path / "recordings")
    for number, end in enumerate(("done", "failed", "running")):
        words = ("queued", "running", end)
        turns = [Turn("create", 0, 0, 200, "queued", Said())]
        turns += [Turn("poll", 10.0 * at, 0, 200, word, Said()) for at, word in enumerate(words, 1)]
        made.save(Change(str(number), Recording("job-1", "m", "", STAGES, Asked("POST", "/"), tuple(turns))))
    return made.folder


def test_scenarios_are_printed_as_data(folder: Path) -> None:
    result = CliRunner().invoke(learn_command, [str(folder), "--name", "mine"])
    assert result.exit_code == 0
    scenarios = json.loads(result.stdout)
    assert [scenario["name"] for scenario in scenarios] == ["mine", "mine-fails"]
    assert scenarios[0]["queued"] == {"empirical": [15, 15]}
    assert scenarios[0]["running"] == {"empirical": [10, 10]}
    assert result.stderr == (
        "2 jobs, 1 failed; half waited under 15.0 s and ran under 10.0 s, to about 5.0 s; "
        "1 without an end left out\n"
    )


def test_scenarios_are_written_whole(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "learned.json"
    assert CliRunner().invoke(learn_command, [str(folder), "-o", str(target)]).exit_code == 0
    assert len(json.loads(target.read_text())) == 2


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no recording at"),
        ({"job-0001.json": "{"}, "no JSON"),
        (
            {"job-0001.json": '{"format": "bodydouble recording 1", "job": "j"}'},
            "nothing to learn from 1 recordings",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_told(tmp_path: Path, files: dict[str, str], words: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    result = CliRunner().invoke(learn_command, [str(tmp_path)])
    assert result.exit_code == 1
    assert words in result.output


def test_a_target_that_cannot_be_written_is_told(folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(learn_command, [str(folder), "-o", str(tmp_path / "none" / "x.json")])
    assert result.exit_code == 1
    assert "cannot write" in result.output
