from bodydouble.contracts.verify.lives import Life


def test_a_job_is_open_until_it_has_ended_or_is_given_up() -> None:
    life = Life("x", 0.0)
    assert life.open
    life.ended = True
    assert not life.open
    assert not Life("y", 0.0, endless=True).open
