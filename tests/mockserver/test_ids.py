from itertools import islice
from random import Random
from uuid import UUID

from bodydouble.mockserver.ids import POOL, ids


def test_ids_are_version_4_uuids() -> None:
    for made in islice(ids(Random(1)), 2000):
        parsed = UUID(made)
        assert str(parsed) == made
        assert (parsed.version, parsed.variant) == (4, "specified in RFC 4122")


def test_ids_are_unique_across_pools() -> None:
    made = list(islice(ids(Random(1)), POOL * 20))
    assert len(set(made)) == len(made)


def test_a_seed_repeats_the_ids_and_another_gives_others() -> None:
    first, again, other = (list(islice(ids(Random(seed)), 600)) for seed in (7, 7, 8))
    assert first == again
    assert not set(first) & set(other)
