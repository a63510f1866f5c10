from typing import Any

from bodydouble.contracts.exporting.export_groups import Group, groups_of, repeated_by
from tests.apis import TEXT, contract, jobs, record, words

ALIASES = "x-bodydouble-aliases"


def places(groups: tuple[Group, ...]) -> list[tuple[str, str, int]]:
    return [(group.method, group.path, len(group.parts)) for group in groups]


def aliased(document: dict[str, Any], *aliases: str) -> dict[str, Any]:
    document["paths"]["/jobs"][ALIASES] = list(aliases)
    return document


def test_creates_come_first_and_share_a_path_with_others() -> None:
    groups = groups_of(contract(jobs("a"), jobs("b"), jobs("c", "/other")).patterns)
    assert places(groups) == [
        ("post", "/jobs", 2),
        ("post", "/other", 1),
        ("get", "/jobs", 2),
        ("get", "/other", 1),
    ]
    assert [group.chooses for group in groups] == [True, False, True, False]


def test_a_poll_that_many_share_is_one_part() -> None:
    first, second = jobs("a"), jobs("b")
    del second["paths"]["/jobs"]["get"]
    assert places(groups_of(contract(first, second).patterns)) == [("post", "/jobs", 2), ("get", "/jobs", 1)]


def test_parts_are_labelled_by_model_else_by_name() -> None:
    (post, get) = groups_of(contract(jobs("a")).patterns)
    assert (post.parts[0].label, get.parts[0].label) == ("a", "GET /jobs")


def test_the_success_is_the_one_that_the_job_has() -> None:
    document = jobs("a")
    del document["paths"]["/jobs"]["post"]["responses"]["200"]["content"]
    (post, _) = groups_of(contract(document).patterns)
    ((_, reply),) = post.answers()["200"]
    assert reply.schema is not None


def test_every_part_answers_by_status() -> None:
    other = jobs("b", reply=record(["id", "status"], id=TEXT, status=words("queued", "done", "failed")))
    other["paths"]["/jobs"]["post"]["responses"]["404"] = {"description": "gone"}
    (post, _) = groups_of(contract(jobs("a"), other).patterns)
    assert {status: len(answers) for status, answers in post.answers().items()} == {"200": 2, "404": 1}


def test_an_alias_only_repeats() -> None:
    groups = groups_of(contract(aliased(jobs("a"), "/old"), jobs("b")).patterns)
    assert repeated_by(groups) == {("/old", "post"): "/jobs", ("/old", "get"): "/jobs"}


def test_an_alias_that_two_paths_claim_is_a_path_of_its_own() -> None:
    other = jobs("b", "/v2/jobs")
    other["paths"]["/v2/jobs"][ALIASES] = ["/old"]
    groups = groups_of(contract(aliased(jobs("a"), "/old"), other).patterns)
    assert repeated_by(groups) == {}
    assert ("post", "/old", 2) in places(groups)
