import pytest

from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.limiting import admit, charge, check_credit
from bodydouble.mockserver.scenes.limits import RateLimit
from tests.apis import world

TWO = RateLimit(2, 0.5)


def test_a_key_gets_as_many_requests_as_the_bucket_holds_then_429() -> None:
    played = world()
    told = [dict(admit(played, TWO, b"key", 0.0))[b"x-ratelimit-remaining"] for _ in range(2)]
    assert told == [b"1", b"0"]
    with pytest.raises(Refused, match="Too Many Requests") as caught:
        admit(played, TWO, b"key", 0.0)
    assert caught.value.problem.status == 429
    headers = dict(caught.value.problem.headers)
    assert headers == {
        b"retry-after": b"2",
        b"x-ratelimit-limit": b"2",
        b"x-ratelimit-remaining": b"0",
        b"x-ratelimit-reset": b"4",
    }


def test_after_the_pause_that_was_asked_for_there_is_a_token() -> None:
    played = world()
    for _ in range(2):
        admit(played, TWO, b"key", 0.0)
    admit(played, TWO, b"key", 2.0)
    with pytest.raises(Refused):
        admit(played, TWO, b"key", 2.0)


def test_keys_do_not_share_a_bucket() -> None:
    played = world()
    for key in (b"one", b"two"):
        assert dict(admit(played, TWO, key, 0.0))[b"x-ratelimit-remaining"] == b"1"


def test_what_is_spent_is_gone_and_what_cannot_be_paid_is_refused() -> None:
    played = world(credit=250)
    for left in (150, 50):
        check_credit(played, 100)
        charge(played, 100)
        assert played.credit == left
    with pytest.raises(Refused, match="costs 100 credits, 50 are left") as caught:
        check_credit(played, 100)
    assert caught.value.problem.status == 403


def test_without_a_balance_nothing_is_spent() -> None:
    played = world()
    check_credit(played, 10**9)
    charge(played, 10**9)
    assert played.credit is None


@pytest.mark.parametrize(("speed", "told"), [(500.0, b"1"), (0.1, b"20"), (0.0, b"2")])
def test_a_client_is_told_to_wait_in_its_own_time(speed: float, told: bytes) -> None:
    played = world(speed=speed)
    for _ in range(2):
        admit(played, TWO, b"key", 0.0)
    with pytest.raises(Refused) as caught:
        admit(played, TWO, b"key", 0.0)
    assert dict(caught.value.problem.headers)[b"retry-after"] == told
