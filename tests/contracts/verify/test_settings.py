from bodydouble.contracts.verify.settings import JOBS_AT_ONCE, Settings


def test_half_as_many_lives_are_interleaved_as_bodies_are_drawn() -> None:
    wanted = Settings(examples=20).wanted(7)
    assert (wanted.corners, wanted.drawn, wanted.stateful) == (7, 20, 10 * JOBS_AT_ONCE)


def test_no_examples_still_look_at_a_life_and_the_corners() -> None:
    wanted = Settings(examples=0).wanted(7)
    assert (wanted.lives, wanted.corners, wanted.drawn, wanted.stateful) == (2, 7, 0, 0)


def test_one_example_is_drawn_and_interleaved() -> None:
    assert Settings(examples=1).wanted(0).stateful == JOBS_AT_ONCE
