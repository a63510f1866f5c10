"""Models are frozen, hashable, pickled whole, and keep what the server said."""

import inspect
import pickle
import re
from dataclasses import FrozenInstanceError, is_dataclass
from typing import Any, get_type_hints

import pytest

from bodydouble import client
from bodydouble.client import Job, JobError, Kind, Usage, Video

JOB = Job(
    id="job-1",
    status="completed",
    kind=Kind.SUCCESS,
    videos=(Video(url="https://store/v.mp4?signature=secret", duration=6.0),),
    error=JobError(name="E", message="m"),
    usage=Usage(credits_used=1.0),
    client_request_id="mine",
    created_at=1.0,
    body=b'{"id": "job-1", "new_field": [1]}',
)


def test_a_job_is_frozen_and_hashable() -> None:
    with pytest.raises(FrozenInstanceError):
        JOB.status = "failed"  # type: ignore[misc]  # what must not work
    assert {JOB: 1}[JOB] == 1


@pytest.mark.parametrize(
    "kind", [member for member in vars(client).values() if inspect.isclass(member) and is_dataclass(member)]
)
def test_every_model_and_setting_is_frozen_down_to_its_fields(kind: type[Any]) -> None:
    hints = get_type_hints(kind)
    assert hints
    for name, hint in hints.items():
        assert not re.search(r"\b(list|dict|set|bytearray)\b", str(hint))
        with pytest.raises(FrozenInstanceError):
            setattr(kind.__new__(kind), name, None)


def test_a_job_survives_a_pickle_with_its_raw_body() -> None:
    again = pickle.loads(pickle.dumps(JOB))  # noqa: S301 - our own bytes
    assert again == JOB
    assert again.body == JOB.body


def test_the_raw_body_is_kept_and_cannot_be_changed() -> None:
    JOB.raw["new_field"].append(2)
    assert JOB.raw == {"id": "job-1", "new_field": [1]}
    assert Job(id="a").raw is None


def test_a_signed_link_is_not_shown() -> None:
    assert "secret" not in repr(JOB) + str(JOB)


def test_the_first_of_several_videos_is_the_video() -> None:
    assert JOB.video is JOB.videos[0]
    assert Job(id="a").video is None


@pytest.mark.parametrize(("kind", "terminal"), [(kind, kind in ("success", "failure")) for kind in Kind])
def test_only_success_and_failure_are_final(kind: Kind, *, terminal: bool) -> None:
    assert kind.terminal is terminal


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (JobError(name="E", message="m"), "E: m"),
        (JobError(message="m"), "m"),
        (JobError(), "no reason given"),
    ],
)
def test_an_error_says_what_it_can(error: JobError, text: str) -> None:
    assert str(error) == text
