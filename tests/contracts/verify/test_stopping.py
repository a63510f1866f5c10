import pytest

from bodydouble.contracts.verify.asking import Asked, Meant
from bodydouble.contracts.verify.stopping import Enough, Spent, Stopped, reason_to_stop
from tests.verifying import exchange


def reason(meant: Meant, status: int, *, keyed: bool = True, valid: bool | None = None) -> str:
    return reason_to_stop(Asked(meant, "GET", "/", keyed=keyed), exchange(status), valid=valid)


@pytest.mark.parametrize("status", [0, 401, 402, 403, 429])
def test_what_keeps_everybody_out_is_a_reason(status: int) -> None:
    assert reason(Meant.POLL, status)
    assert reason(Meant.CREATE, status, valid=True)


@pytest.mark.parametrize("status", [200, 400, 404, 405, 415, 422, 500, 503])
def test_what_concerns_one_request_is_none(status: int) -> None:
    assert not reason(Meant.POLL, status)


def test_a_refusal_that_was_asked_for_is_none() -> None:
    assert not reason(Meant.KEYLESS, 401, keyed=False)
    assert not reason(Meant.METHOD, 403)
    assert not reason(Meant.CREATE, 403, valid=False)
    assert not reason(Meant.RESULT, 403, keyed=False)


def test_searching_for_failures_does_not_take_a_stop_for_one() -> None:
    assert not issubclass(Stopped, Exception)
    assert issubclass(Spent, Stopped)
    assert issubclass(Enough, Stopped)
