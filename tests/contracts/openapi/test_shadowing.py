from typing import Any

from bodydouble.contracts.jobs.derivation import derive
from bodydouble.contracts.openapi.operations import Operation, operations_of
from bodydouble.contracts.openapi.shadowing import Played, unused_polls, with_shared_aliases, without_shadowed
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import TEXT, document, getting, posting, record, words

REPLY = record(["id", "status"], id=TEXT, status=words("queued", "done"))


def create(*models: str, name: str = "model", path: str = "/jobs") -> dict[str, Any]:
    return {path: posting(record(**({name: words(*models)} if models else {"prompt": TEXT})), REPLY)}


def poll(path: str = "/jobs") -> dict[str, Any]:
    return {path: getting("id", "query", REPLY)}


def operations(*paths: dict[str, Any]) -> tuple[Operation, ...]:
    fragments = [Fragment(f"{number}.json", document(each)) for number, each in enumerate(paths)]
    return tuple(operation for fragment in fragments for operation in operations_of(fragment))


def played(*paths: dict[str, Any]) -> Played:
    return without_shadowed(derive(operations(*paths, poll()))[0])


def kept(found: Played) -> list[tuple[str, tuple[str, ...]]]:
    return [(pattern.submit.source, pattern.models) for pattern in found.patterns]


def test_patterns_with_models_of_their_own_are_all_played() -> None:
    found = played(create("a"), create("b", "c"))
    assert kept(found) == [("0.json", ("a",)), ("1.json", ("b", "c"))]
    assert found.findings == ()


def test_of_two_with_one_model_the_first_is_played_and_the_other_told() -> None:
    found = played(create("a"), create("a"))
    assert kept(found) == [("0.json", ("a",))]
    (finding,) = found.findings
    assert (finding.rule, finding.source) == ("operation-shadowed", "1.json")
    assert finding.message == "POST /jobs for a is described by 0.json too, which comes first"


def test_one_that_shares_some_models_keeps_the_others() -> None:
    found = played(create("a", "b"), create("b", "c"))
    assert kept(found) == [("0.json", ("a", "b")), ("1.json", ("c",))]
    assert [finding.message for finding in found.findings] == [
        "POST /jobs for b is described by 0.json too, which comes first"
    ]


def test_the_same_model_on_another_path_is_another_job() -> None:
    assert played(create("a"), create("a", path="/v1/jobs")).findings == ()


def test_of_two_that_take_anything_the_first_is_played() -> None:
    found = played(create(), create())
    assert kept(found) == [("0.json", ())]
    assert "for any body is described by 0.json too" in found.findings[0].message


def test_one_that_takes_anything_cannot_be_meant_beside_those_with_models() -> None:
    found = played(create(), create("a"))
    assert kept(found) == [("1.json", ("a",))]
    (finding,) = found.findings
    assert finding.source == "0.json"
    assert "operations on this path are chosen by 'model', whose values it does not list" in finding.message


def test_all_on_one_path_are_chosen_by_one_property() -> None:
    stated = create("x", name="engine")
    stated["/jobs"]["post"]["x-bodydouble-job"] = {"model": "engine"}
    found = played(create("a"), stated)
    assert kept(found) == [("0.json", ("a",))]
    assert [finding.source for finding in found.findings] == ["1.json"]


# Aliases


def test_operations_on_one_path_share_their_aliases() -> None:
    first = create("a")
    second = {"/jobs": create("b")["/jobs"] | poll()["/jobs"]}
    second["/jobs"]["x-bodydouble-aliases"] = ["/old", "/older"]
    first["/jobs"]["x-bodydouble-aliases"] = ["/older", "/oldest"]
    shared = with_shared_aliases(operations(first, second, poll(), poll("/other")))
    assert [operation.paths for operation in shared] == [
        ("/jobs", "/older", "/oldest", "/old"),
        ("/jobs", "/older", "/oldest", "/old"),
        ("/jobs", "/old", "/older"),
        ("/jobs", "/old", "/older"),
        ("/other",),
    ]


# Polls described twice


def test_a_poll_that_is_described_twice_is_used_once_and_told() -> None:
    listed = operations(create("a"), poll(), poll())
    (finding,) = unused_polls(listed, derive(listed)[0])
    assert finding.source == "2.json"
    assert finding.message == "GET /jobs is described by 1.json too, which is used"


def test_gets_elsewhere_are_nobodys_poll() -> None:
    listed = operations(create("a"), poll(), {"/other": {"get": {}}})
    assert list(unused_polls(listed, derive(listed)[0])) == []
