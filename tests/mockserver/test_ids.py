import json
from itertools import islice
from random import Random
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.ids import POOL, file_name, ids, named_by, odd_id
from bodydouble.mockserver.scenes.scenarios import Ids


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


@pytest.mark.parametrize("form", Ids)
def test_an_odd_id_is_as_unique_as_its_uuid_and_needs_no_escape_in_json(form: Ids) -> None:
    made = {odd_id(uuid, form) for uuid in islice(ids(Random(1)), 1000)}
    assert len(made) == 1000
    assert all(json.dumps(one) == f'"{one}"' for one in made)


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_a_file_name_is_one_segment_that_survives_decoding(job_id: str) -> None:
    name = file_name(job_id)
    assert "/" not in name
    assert unquote(name) == name
    assert named_by(name) == job_id


@pytest.mark.parametrize("skip", [0, 1, POOL - 1, POOL, POOL + 1, 3 * POOL, 1000])
def test_ids_that_are_skipped_are_those_that_would_have_come_first(skip: int) -> None:
    whole = list(islice(ids(Random(7)), skip + 300))
    assert list(islice(ids(Random(7), skip), 300)) == whole[skip:]
