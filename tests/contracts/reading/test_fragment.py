import pytest

from bodydouble.contracts.reading.fragment import Fragment


def test_a_fragment_is_equal_by_what_it_holds() -> None:
    assert Fragment("a.json", {"paths": {}}) == Fragment("a.json", {"paths": {}}, ())
    assert Fragment("a.json", {"paths": {}}) != Fragment("b.json", {"paths": {}})


def test_a_fragment_is_never_edited() -> None:
    with pytest.raises(AttributeError):
        Fragment("a.json", {}).source = "b.json"  # type: ignore[misc]  # that is the point
