from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.drift.pairing import Named, Pair, models_of, pairs
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import jobs


def named(name: str, model: str | None = None, path: str = "/jobs", **more: Any) -> Named:
    return Named(name, Fragment(name, {**jobs(model, path), **more}))


def matched(old: list[Named], new: list[Named]) -> list[tuple[str, str]]:
    return [
        ("+".join(f.source for f in pair.old), "+".join(f.source for f in pair.new))
        for pair in pairs(old, new)
    ]


def test_sides_without_repetition_are_compared_as_a_whole() -> None:
    old, new = [named("create", path="/a"), named("poll", path="/b")], [named("page#1", path="/c")]
    assert matched(old, new) == [("create+poll", "page#1")]


def test_of_many_models_of_one_operation_each_is_compared_with_its_own_file() -> None:
    old = [named("a.json", "m1"), named("b.json", "m2")]
    new = [named("b.json", "m2"), named("a.json", "m1")]
    assert matched(old, new) == [("a.json", "a.json"), ("b.json", "b.json")]


def test_a_file_that_was_renamed_is_found_by_its_operations_and_models() -> None:
    old = [named("a.json", "m1"), named("b.json", "m2")]
    assert matched(old, [named("z.json", "m2"), named("a.json", "m1")]) == [
        ("a.json", "a.json"),
        ("b.json", "z.json"),
    ]


def test_a_file_that_was_renamed_and_moved_its_path_is_found_by_its_models() -> None:
    old = [named("a.json", "m1"), named("b.json", "m2")]
    new = [named("z.json", "m2", "/elsewhere"), named("a.json", "m1")]
    assert ("b.json", "z.json") in matched(old, new)


def test_what_has_no_counterpart_has_come_or_gone() -> None:
    old = [named("a.json", "m1"), named("b.json", "m2")]
    new = [named("a.json", "m1"), named("c.json", "m3"), named("d.json", "m4")]
    assert matched(old, new) == [("a.json", "a.json"), ("b.json", ""), ("", "c.json"), ("", "d.json")]


def test_the_bundled_contract_finds_its_model_among_many() -> None:
    folder = [named(f"{number}.json", f"m{number}") for number in range(5)]
    assert ("bundled", "3.json") in matched([named("bundled", "m3")], folder)


def test_an_empty_side_leaves_everything_come_or_gone() -> None:
    one = named("a.json")
    assert pairs([], [one]) == (Pair((), (one.fragment,)),)


def test_models_are_read_from_lists_and_constants() -> None:
    assert models_of(named("a", "m1").fragment) == {"m1"}
    assert models_of(named("a").fragment) == frozenset()
    constant = jobs("x")
    schema = constant["paths"]["/jobs"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["model"] = {"type": "string", "const": "m9"}
    assert models_of(Fragment("a", constant | {"openapi": "3.1.0"})) == {"m9"}


def test_documents_that_make_no_sense_are_paired_by_name() -> None:
    odd = [
        Named("a", Fragment("a", {"paths": {"/x": {"post": {}, "x-bodydouble-aliases": 3}}})),
        named("b", "m1"),
        named("c", "m2"),
    ]
    assert matched(odd, odd) == [(each.name, each.name) for each in odd]


files = st.lists(
    st.builds(
        named, st.sampled_from("abcde"), st.sampled_from(["m1", "m2", None]), st.sampled_from(["/x", "/y"])
    ),
    max_size=5,
)


@given(files, files)
def test_every_fragment_is_in_exactly_one_pair(old: list[Named], new: list[Named]) -> None:
    found = pairs(old, new)
    assert sorted(id(f) for pair in found for f in pair.old) == sorted(id(each.fragment) for each in old)
    assert sorted(id(f) for pair in found for f in pair.new) == sorted(id(each.fragment) for each in new)
