import pytest
from msgspec.structs import replace

from bodydouble.contracts.drift.changes import SEVERITIES, Change, Impact, Place, finding_of
from bodydouble.contracts.drift.rules import BY_ID
from bodydouble.contracts.findings import Severity

PLACE = Place(
    operation="POST /things",
    old_source="old.json",
    old_pointer="/paths/~1things/post",
    new_source="new.json",
    new_pointer="/paths/~1things/post/requestBody",
)
CHANGE = Change(
    rule="request-enum-narrowed",
    impact=Impact.BREAKING,
    subject="request /model",
    message="model in the request is no longer a",
    places=(PLACE,),
    old=["a", "b"],
    new=["b"],
)


def test_a_fingerprint_does_not_depend_on_files_pointers_or_words() -> None:
    moved = replace(
        PLACE, old_source="x", old_pointer="/y", new_source="z", new_pointer="/components/schemas/A"
    )
    same = replace(CHANGE, places=(moved,), message="Said otherwise", impact=Impact.SAFE)
    assert same.fingerprint == CHANGE.fingerprint


def test_a_fingerprint_does_not_depend_on_the_order_or_number_of_places() -> None:
    other = replace(PLACE, operation="GET /things", new_source="b.json")
    one, two = (replace(CHANGE, places=places) for places in ((PLACE, other), (other, PLACE, other)))
    assert one.fingerprint == two.fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        {"rule": "request-enum-replaced"},
        {"subject": "request /style"},
        {"old": ["a"]},
        {"new": None},
        {"places": (replace(PLACE, operation="PUT /things"),)},
    ],
)
def test_a_fingerprint_tells_changes_apart(changed: dict[str, object]) -> None:
    assert replace(CHANGE, **changed).fingerprint != CHANGE.fingerprint


def test_a_fingerprint_is_sixteen_hexadecimal_digits() -> None:
    assert len(CHANGE.fingerprint) == 16
    assert len(bytes.fromhex(CHANGE.fingerprint)) == 8


def test_every_impact_has_a_severity_and_breaking_is_an_error() -> None:
    severities = dict(SEVERITIES)
    assert {*severities} == {*Impact}
    assert severities[Impact.BREAKING] is Severity.ERROR
    assert severities[Impact.SAFE] is severities[Impact.NOISE] is Severity.NOTE


def test_a_change_is_a_finding_in_the_new_document() -> None:
    finding = finding_of(CHANGE, BY_ID[CHANGE.rule])
    assert (finding.source, finding.pointer) == ("new.json", "/paths/~1things/post/requestBody")
    assert finding.severity is Severity.ERROR
    assert (finding.expected, finding.got) == ('["a", "b"]', '["b"]')
    assert finding.hint == BY_ID[CHANGE.rule].advice


def test_what_is_gone_is_a_finding_in_the_old_document() -> None:
    gone = replace(
        CHANGE, places=(Place(operation="GET /x", old_source="old.json", old_pointer="/paths"),), new=None
    )
    finding = finding_of(gone, BY_ID[CHANGE.rule])
    assert (finding.source, finding.pointer, finding.got) == ("old.json", "/paths", "")
