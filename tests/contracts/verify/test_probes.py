from random import Random

from bodydouble.contracts.conventions import Conventions
from bodydouble.contracts.verify.asking import Meant, Requests
from bodydouble.contracts.verify.judging import Referee
from bodydouble.contracts.verify.probes import free_probes, risky_probes, unknown_ids
from tests.apis import BUNDLED, contract, speech
from tests.verifying import PATTERN

REQUESTS = Requests(PATTERN, BUNDLED.conventions)
BODY = b'{"model":"video-01","prompt":"x"}'


def test_what_is_free_only_polls() -> None:
    probes = [*free_probes(REQUESTS, Random(1))]
    assert {probe.method for probe in probes} == {"GET"}
    assert {probe.meant for probe in probes} == {Meant.UNKNOWN, Meant.KEYLESS, Meant.INCOMPLETE}


def test_the_first_probe_carries_the_key() -> None:
    first = next(free_probes(REQUESTS, Random(1)))
    assert first.keyed
    assert first.meant is Meant.UNKNOWN


def test_an_id_in_the_path_leaves_no_incomplete_poll() -> None:
    requests = Requests(contract(speech()).patterns[0], Conventions())
    assert Meant.INCOMPLETE not in {probe.meant for probe in free_probes(requests, Random(1))}


def test_unknown_ids_repeat_with_the_seed_and_differ_without() -> None:
    assert unknown_ids(Random(1)) == unknown_ids(Random(1))
    assert unknown_ids(Random(1))[:2] != unknown_ids(Random(2))[:2]
    assert len(set(unknown_ids(Random(1)))) == len(unknown_ids(Random(1)))


def test_every_broken_create_is_invalid() -> None:
    referee = Referee(BUNDLED, PATTERN)
    creates = [probe for probe in risky_probes(REQUESTS, BODY) if probe.meant is Meant.CREATE]
    assert creates
    assert all(referee.verdict(probe.body) is False for probe in creates)


def test_one_create_lacks_the_key() -> None:
    assert [probe.body for probe in risky_probes(REQUESTS, BODY) if not probe.keyed] == [BODY]
