import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.schema.violations import Violation, in_document_order


def at(*pointers: str) -> list[Violation]:
    return [Violation(pointer, "", "", "", "") for pointer in pointers]


def order(pointers: list[str], instance: JSON) -> list[str]:
    return [violation.pointer for violation in in_document_order(at(*pointers), instance)]


def test_places_are_ordered_as_they_stand_not_by_name() -> None:
    instance: JSON = {"z": [0] * 12, "a": {"c": 1, "b": 2}}
    wanted = ["", "/z", "/z/2", "/z/10", "/a", "/a/c", "/a/b", "/a/missing", "/missing"]
    assert order(sorted(wanted), instance) == wanted


def test_where_places_are_the_same_the_given_order_stays() -> None:
    first, second = Violation("/a", "first", "", "", ""), Violation("/a", "second", "", "", "")
    assert in_document_order([second, first], {"a": 1}) == (second, first)


def test_a_name_that_looks_like_an_index_is_a_name() -> None:
    assert order(["/10", "/9"], {"10": 1, "9": 2}) == ["/10", "/9"]


@pytest.mark.parametrize("instance", [None, 1, "text", [], {}])
def test_the_root_is_a_place_in_everything(instance: JSON) -> None:
    assert order([""], instance) == [""]


values: st.SearchStrategy[JSON] = st.recursive(
    st.none(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


def walk(node: JSON, place: str = "") -> list[str]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place, *(inner for key, child in items for inner in walk(child, join(place, key)))]


@given(values, st.randoms())
def test_any_document_is_told_as_it_is_read(instance: JSON, random: st.randoms) -> None:  # type: ignore[valid-type]
    as_read = walk(instance)
    shuffled = as_read.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order(shuffled, instance) == as_read
