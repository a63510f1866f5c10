import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.openapi.references import UnresolvableReference, locate, reachable, resolve
from bodydouble.contracts.pointers import JSON, join, look_up

UPSTREAM = Path(__file__).parents[3].parent / "shared" / "upstream"


def components(**schemas: JSON) -> JSON:
    return {"components": {"schemas": dict(schemas)}}


def ref(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}


def test_a_reference_leads_to_its_target() -> None:
    document = components(Video={"type": "object"})
    assert resolve(document, "#/components/schemas/Video") == (
        "/components/schemas/Video",
        {"type": "object"},
    )


def test_the_whole_document_is_a_target() -> None:
    assert resolve({"a": 1}, "#") == ("", {"a": 1})


def test_a_chain_is_followed_to_its_end() -> None:
    document = components(A=ref("B"), B=ref("C"), C={"type": "string"})
    assert resolve(document, "#/components/schemas/A") == ("/components/schemas/C", {"type": "string"})


def test_one_step_stops_at_the_next_reference() -> None:
    document = components(A=ref("B"), B={})
    assert locate(document, "#/components/schemas/A") == ("/components/schemas/A", ref("B"))


def test_a_long_chain_is_followed() -> None:
    last = 20_000
    document = components(**{f"S{i}": ref(f"S{i + 1}") for i in range(last)}, **{f"S{last}": {}})
    assert resolve(document, "#/components/schemas/S0") == (f"/components/schemas/S{last}", {})


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("#/components/schemas/Missing", "nothing at"),
        ("#/components/schemas/List/00", "nothing at"),
        ("#components", "nothing at"),
        ("#/components/schemas/%FF", "nothing at"),
        ("#/components/schemas/List/" + "9" * 5000, "nothing at"),
        ("other.json#/a", "within the document"),
        ("https://example.com/a.json", "within the document"),
        ("Video", "within the document"),
        ("", "within the document"),
        (5, "is a string"),
        (None, "is a string"),
        ({"a": 1}, "is a string"),
    ],
)
def test_what_leads_nowhere_is_told(reference: JSON, words: str) -> None:
    with pytest.raises(UnresolvableReference, match=words):
        resolve(components(List=[1, 2]), reference)


def test_a_chain_that_ends_nowhere_is_told() -> None:
    with pytest.raises(UnresolvableReference, match="nothing at"):
        resolve(components(A=ref("B")), "#/components/schemas/A")


def test_a_chain_that_ends_in_a_number_is_told() -> None:
    with pytest.raises(UnresolvableReference, match="is a string"):
        resolve(components(A={"$ref": 5}), "#/components/schemas/A")


@pytest.mark.parametrize("document", [components(A=ref("A")), components(A=ref("B"), B=ref("C"), C=ref("B"))])
def test_a_chain_that_goes_in_circles_is_told(document: JSON) -> None:
    with pytest.raises(UnresolvableReference, match="circles"):
        resolve(document, "#/components/schemas/A")


def test_a_property_named_ref_ends_a_chain() -> None:
    properties: JSON = {"$ref": {"type": "string"}}
    document: JSON = {"s": {"properties": properties}}
    assert resolve(document, "#/s/properties") == ("/s/properties", properties)


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("Video.v2.Poll", "Video.v2.Poll"),
        ("a/b", "a~1b"),
        ("a~b", "a~0b"),
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("100%", "100%"),
        ("a%20b", "a%20b"),
        ("видео", "видео"),
        ("видео", "%D0%B2%D0%B8%D0%B4%D0%B5%D0%BE"),
        ("", ""),
        ('"', "%22"),
    ],
)
def test_names_are_found_however_they_are_written(name: str, fragment: str) -> None:
    document = components(**{name: {"title": "it"}})
    assert resolve(document, f"#/components/schemas/{fragment}")[1] == {"title": "it"}


def test_decoding_goes_before_the_spelling_as_written() -> None:
    document = components(**{"a b": "decoded", "a%20b": "as written"})
    assert resolve(document, "#/components/schemas/a%20b")[1] == "decoded"


json_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("$ref"), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(json_values, json_values)
def test_any_reference_in_any_document_leads_somewhere_or_is_told(document: JSON, reference: JSON) -> None:
    for candidate in (reference, f"#{reference}", "#/$ref"):
        try:
            place, value = resolve(document, candidate)
        except UnresolvableReference:
            continue
        assert look_up(document, place) == value


def test_everything_referenced_is_reached() -> None:
    document = {
        "paths": {"/v": {"get": {"parameters": [{"$ref": "#/components/parameters/id"}]}}},
        "components": {
            "parameters": {"id": {"schema": ref("Id")}, "unused": {"schema": ref("Other")}},
            "schemas": {"Id": {"items": ref("Id")}, "Other": {}},
        },
    }
    assert reachable(document, ["/paths"]) == {"/components/parameters/id", "/components/schemas/Id"}


def test_nothing_referenced_is_nothing_reached() -> None:
    assert reachable({"paths": {}, "components": {"schemas": {"A": ref("A")}}}, ["/paths"]) == frozenset()


def test_references_that_lead_nowhere_are_passed_over() -> None:
    document = {"a": [ref("Missing"), {"$ref": 5}, {"$ref": "http://example.com"}, {"$ref": "#/b"}], "b": {}}
    assert reachable(document, ["/a"]) == {"/b"}


def test_a_property_named_ref_is_no_reference_but_its_schema_is_walked() -> None:
    document = {"s": {"properties": {"$ref": {"items": {"$ref": "#/t"}}}}, "t": {}}
    assert reachable(document, ["/s"]) == {"/t"}


def test_a_property_with_a_keyword_for_a_name_is_walked() -> None:
    names = ("enum", "default", "example", "examples", "const", "value", "x-a", "properties", "mapping")
    document = {
        "s": {"properties": {name: {"$ref": f"#/t/{name}"} for name in names}},
        "t": {name: {} for name in names},
    }
    assert reachable(document, ["/s"]) == {f"/t/{name}" for name in names}


@pytest.mark.parametrize(
    "keyword", ["enum", "default", "const", "example", "examples", "value", "x-anything"]
)
def test_data_that_looks_like_a_reference_is_none(keyword: str) -> None:
    document: JSON = {"s": {keyword: [{"$ref": "#/t"}]}, "t": {}}
    assert reachable(document, ["/s"]) == frozenset()


def test_a_map_of_examples_is_walked_but_their_values_are_not() -> None:
    document = {"m": {"examples": {"a": {"$ref": "#/t"}, "b": {"value": {"$ref": "#/u"}}}}, "t": {}, "u": {}}
    assert reachable(document, ["/m"]) == {"/t"}


def test_the_targets_of_a_discriminator_are_reached() -> None:
    mapping = {"a": "#/t", "b": "Name"}
    document = {"s": {"discriminator": {"propertyName": "kind", "mapping": mapping}}, "t": {}}
    assert reachable(document, ["/s"]) == {"/t"}


def test_chains_and_circles_are_reached_once() -> None:
    document = components(A=ref("B"), B={"anyOf": [ref("A"), ref("B"), ref("C")]}, C={})
    reached = reachable(document, ["/components/schemas/A"])
    assert reached == {join("/components/schemas", name) for name in "ABC"}


def test_depth_and_size_do_not_matter() -> None:
    deep: JSON = {"$ref": "#/chain/0"}
    for _ in range(50_000):
        deep = {"items": deep}
    chain: list[JSON] = [{"items": {"$ref": f"#/chain/{i + 1}"}} for i in range(30_000)]
    document: JSON = {"deep": deep, "chain": chain}
    assert len(reachable(document, ["/deep"])) == 30_000


def test_a_value_shared_by_many_places_is_walked_once() -> None:
    shared: JSON = {"$ref": "#/t"}
    for _ in range(200):
        shared = {"allOf": [shared, shared]}
    assert reachable({"s": shared, "t": {}}, ["/s"]) == {"/t"}


def test_a_place_that_is_not_there_is_told() -> None:
    with pytest.raises(LookupError):
        reachable({}, ["/paths"])


def test_components_of_two_megabytes_are_almost_all_unreachable() -> None:
    path = UPSTREAM / "fragments" / "Google" / "veo2-text-to-video.json"
    if not path.exists():
        pytest.skip(f"upstream's fragments are not beside the project: {path}")
    document = json.loads(path.read_text())
    reached = reachable(document, ["/paths"])
    assert 0 < len(reached) < len(document["components"]["schemas"])
    assert all(look_up(document, place) is not None for place in reached)
