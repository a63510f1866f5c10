"""One tree, drawn as it is; every error after a create carries the job."""

import inspect
import pickle
import re

import pytest

from bodydouble.client import (
    ClientError,
    CreateError,
    Job,
    JobNotFound,
    Refused,
    SubmissionUnknown,
    TrackingError,
    WaitTimeout,
    errors,
)


def classes() -> list[type[ClientError]]:
    found = [member for _, member in inspect.getmembers(errors, inspect.isclass)]
    return [member for member in found if issubclass(member, ClientError)]


def drawn() -> dict[str, str | None]:
    """Return each name in the docstring's drawing with the name above it."""
    parents: dict[str, str | None] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([│├└─ ]*)([A-Z]\w+)", line)
        if match:
            depth = len(match[1]) // 4
            path[depth:] = [match[2]]
            parents[match[2]] = path[depth - 1] if depth else None
    return parents


def test_the_drawing_is_the_tree() -> None:
    assert drawn() == {
        kind.__name__: None if kind is ClientError else kind.__bases__[0].__name__ for kind in classes()
    }


def test_every_error_is_public() -> None:
    import bodydouble.client as package  # noqa: PLC0415 - its __all__ is the subject

    assert {kind.__name__ for kind in classes()} <= set(package.__all__)


@pytest.mark.parametrize("kind", [kind for kind in classes() if issubclass(kind, TrackingError)])
def test_every_error_after_a_create_needs_the_job(kind: type[TrackingError]) -> None:
    parameters = inspect.signature(kind).parameters
    assert parameters["job"].default is inspect.Parameter.empty


@pytest.mark.parametrize("kind", [kind for kind in classes() if issubclass(kind, CreateError)])
def test_every_error_of_a_create_needs_the_id_it_was_sent_with(kind: type[CreateError]) -> None:
    parameters = inspect.signature(kind).parameters
    assert parameters["client_request_id"].default is inspect.Parameter.empty


@pytest.mark.parametrize(
    "error",
    [
        WaitTimeout("m", job=Job(id="a"), problem="p"),
        JobNotFound("m", job=Job(id="a"), status=404, body=b"x"),
        Refused("m", client_request_id="c", status=400, body=b"x", request_id="r"),
        SubmissionUnknown("m", client_request_id="c", inference_id="i", status=200, how_to_look="h"),
    ],
)
def test_an_error_survives_a_pickle(error: ClientError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_a_wait_that_is_over_is_a_timeout_to_everyone() -> None:
    assert issubclass(WaitTimeout, TimeoutError)
