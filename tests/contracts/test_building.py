from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.building import SHOWN, build
from bodydouble.contracts.contract import ContractError
from bodydouble.contracts.conventions import PROBLEM_DETAILS, ConventionsError
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.jobs.job_statement import PatternError
from bodydouble.contracts.loading import bundled, load
from bodydouble.contracts.openapi.aliases import AliasError
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import TEXT, contract, document, getting, jobs, posting, record, words
from tests.generating import JSON_VALUES, damaged

REPLY = record(["id", "status"], id=TEXT, status=words("queued", "done"))


def error(*documents: dict[str, Any]) -> str:
    with pytest.raises(ContractError) as caught:
        contract(*documents)
    return str(caught.value)


def test_a_contract_has_operations_patterns_and_conventions() -> None:
    built = contract(jobs("a"), jobs("b"))
    assert [str(operation) for operation in built.operations] == ["POST /jobs", "GET /jobs"] * 2
    assert [pattern.models for pattern in built.patterns] == [("a",), ("b",)]
    assert built.conventions.errors == PROBLEM_DETAILS


def test_what_is_described_twice_is_told() -> None:
    assert [(finding.rule, finding.source) for finding in contract(jobs("a"), jobs("a")).findings] == [
        ("operation-shadowed", "1.json"),
        ("operation-shadowed", "1.json"),
    ]


# Nothing servable


def test_a_document_without_operations_is_told_what_is_expected() -> None:
    assert error(document({})) == (
        "nothing in 0.json can be played: no job can be submitted and polled\n"
        "  expected: a POST that takes JSON and submits a job, and a GET that polls it\n"
        "  got: no operation at all"
    )


def test_a_document_with_other_operations_is_told_which() -> None:
    assert "got: GET /jobs, PUT /jobs" in error(document({"/jobs": {"get": {}, "put": {}}}))


def test_a_create_without_a_poll_is_told_what_to_add() -> None:
    said = error(document({"/jobs": posting(record(), REPLY)}))
    assert "0.json#/paths/~1jobs/post: nothing polls the jobs that POST /jobs creates" in said
    assert "expected: a GET that takes the job's id and replies with its status" in said
    assert "got: no GET at all" in said
    assert "try: add the fragment whose GET takes the job's id" in said


def test_a_poll_that_tells_no_status_is_named() -> None:
    paths = {"/jobs": posting(record(), REPLY) | getting("id", "query", record(id=TEXT))}
    assert "got: GET /jobs tells no status" in error(document(paths))


def test_many_fragments_are_counted_and_some_of_what_they_lack_is_shown() -> None:
    said = error(*[document({f"/jobs{n}": posting(record(), REPLY)}) for n in range(SHOWN + 5)])
    assert said.startswith("nothing in 15 fragments can be played")
    assert said.count("nothing polls") == SHOWN
    assert said.endswith("  and 5 more like these")


def test_no_fragment_at_all_can_be_played_neither() -> None:
    assert "nothing in no fragment can be played" in error()


# Upstream's fragments


def parts(pattern: JobPattern) -> dict[str, Any]:
    shapes = {"submitted": pattern.submitted, "polled": pattern.polled}
    told = {name: (shape.ids, shape.status, shape.promises) for name, shape in shapes.items()}
    return {"submit": str(pattern.submit), "poll": str(pattern.poll), "models": pattern.models, **told}


def test_all_fragments_together_give_a_pattern_each(upstream: Path) -> None:
    loaded = load([str(upstream / "fragments")])
    assert len(loaded.patterns) == 68
    assert sorted(finding.rule for finding in loaded.findings) == [
        "create-reply-borrowed",
        "create-reply-borrowed",
        "operation-shadowed",
    ]
    assert {str(pattern.poll) for pattern in loaded.patterns} == {"GET /v2/video/generations"}
    assert all(pattern.models for pattern in loaded.patterns)


@pytest.mark.parametrize("overlays", [[], ["bundled"]])
def test_each_fragment_gives_its_patterns_with_the_universal_poll(
    upstream: Path, overlays: list[str]
) -> None:
    folder = upstream / "fragments"
    poll = folder / "universal-video-fetch.json"
    creates = sorted(folder.glob("*/*.json"))
    assert len(creates) == 67
    for path in creates:
        loaded = load([str(path), str(poll)], overlays)
        posts = sum(operation.method == "post" for operation in loaded.operations)
        assert len(loaded.patterns) == posts >= 1, path
        assert {finding.rule for finding in loaded.findings} <= {"create-reply-borrowed"}, path


def test_the_page_alone_gives_the_bundled_pattern(upstream: Path) -> None:
    from_page = load([str(upstream / "pages" / "video-01.md")])
    published = build(bundled())
    assert [parts(pattern) for pattern in from_page.patterns] == [
        parts(pattern) for pattern in published.patterns
    ]
    assert from_page.findings == ()


def test_every_historical_version_gives_a_pattern_with_the_universal_poll(upstream: Path) -> None:
    poll = str(upstream / "fragments" / "universal-video-fetch.json")
    versions = sorted((upstream / "history").glob("*/*.json"))
    assert len(versions) == 21
    for path in versions:
        loaded = load([str(path), poll], ["bundled"])
        assert len(loaded.patterns) == 1, path
        assert loaded.findings == (), path


# Anything

WORDS = st.sampled_from(
    [
        *(
            "get",
            "post",
            "parameters",
            "name",
            "in",
            "required",
            "schema",
            "properties",
            "requestBody",
            "content",
        ),
        *(
            "application/json",
            "responses",
            "200",
            "type",
            "enum",
            "id",
            "status",
            "x-bodydouble",
            "anyOf",
            "items",
        ),
        *("x-bodydouble-job", "x-bodydouble-aliases", "headers", "errors", "poll", "statuses", "$ref"),
    ]
)
ANYTHING = st.recursive(
    JSON_VALUES | WORDS | st.just({"$ref": "#/paths"}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(ANYTHING, ANYTHING, ANYTHING, st.dictionaries(WORDS, ANYTHING, max_size=3))
def test_any_document_is_a_contract_or_a_clear_error(
    body: Any, create: Any, poll: Any, more: dict[str, Any]
) -> None:
    paths = {"/jobs": posting(body, create) | getting("id", "query", poll)}
    paths["/jobs"]["post"] |= more
    with suppress(ContractError, ConventionsError, PatternError, AliasError):
        assert build([Fragment("a", {**document(paths), **more})]).patterns


@given(damaged([fragment.document for fragment in load([]).fragments]))
def test_a_damaged_document_is_a_contract_or_a_clear_error(documents: list[dict[str, Any]]) -> None:
    with suppress(ContractError, ConventionsError, PatternError, AliasError):
        assert build(Fragment(str(number), each) for number, each in enumerate(documents)).patterns
