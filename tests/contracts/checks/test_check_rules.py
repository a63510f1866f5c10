from dataclasses import replace

import pytest

from bodydouble.contracts.checks.check_rules import Observation, Validators
from bodydouble.contracts.openapi.operations import Schema
from tests.apis import BUNDLED, answering, contract, jobs
from tests.exchanging import JOBS, created, polled, seen


def test_a_validator_is_compiled_once_and_reads_leniently() -> None:
    schema = Schema("", strict=False, lenient={"type": ["string", "null"]})  # type: ignore[arg-type]  # not looked at
    validators = Validators()
    assert validators.of(schema) is validators.of(schema)
    assert validators.of(schema).is_valid(None)


def test_equal_schemas_of_two_places_are_not_confused() -> None:
    one, other = Schema("/a", {}, {"type": "string"}), Schema("/b", {}, {"type": "number"})
    validators = Validators()
    assert validators.of(one).is_valid("") is not validators.of(other).is_valid("")


@pytest.mark.parametrize(("status", "key"), [(200, "200"), (404, "404"), (499, "4XX"), (503, "DEFAULT")])
def test_a_reply_is_documented_by_code_then_range_then_default(status: int, key: str) -> None:
    invented = jobs("alpha")
    responses = invented["paths"]["/jobs"]["post"]["responses"]
    responses |= answering({}, "4xx") | answering({}, "404") | answering({}, "default")
    documented = seen(created(status=status), contract(invented)).documented
    assert documented is not None
    assert documented.status.upper() == key


def test_an_undocumented_status_has_no_reply() -> None:
    assert seen(created(status=500)).documented is None


def test_a_job_is_read_from_a_success_only() -> None:
    assert seen(polled("running")).job == {"id": polled("x").query[3:], "status": "running"}
    assert seen(polled("running", status=500)).job is None
    assert BUNDLED.conventions is not JOBS.conventions


def test_what_overlaps_does_not_precede() -> None:
    first = Observation(1, submitted=False, started=0, ended=2, code=200)
    assert first.precedes(replace(first, started=2, ended=3))
    assert not first.precedes(replace(first, started=1, ended=9))
