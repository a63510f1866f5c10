from bodydouble.mockserver.consumer.levels import Level


def test_each_level_includes_those_before_it() -> None:
    assert Level.CONTRACT.included == (Level.CONTRACT,)
    assert Level.FUTURES.included == tuple(Level)
