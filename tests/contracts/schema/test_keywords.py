import math
import re
import warnings

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_specifications import REGISTRY

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.keywords import ANNOTATIONS, ASSERTIONS, MeaninglessError

CHECKED = {**ASSERTIONS, **ANNOTATIONS}
VOCABULARIES = ("validation", "meta-data", "format-annotation", "content")


def test_every_keyword_of_the_vocabularies_is_checked() -> None:
    base = "https://json-schema.org/draft/2020-12/meta/"
    keywords = {
        name for vocabulary in VOCABULARIES for name in REGISTRY.contents(base + vocabulary)["properties"]
    }
    assert keywords - {"contentSchema"} == CHECKED.keys() - {"$comment"}


values: st.SearchStrategy[JSON] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=4)
    | st.sampled_from(["string", "float", "^a", "(", "a{,2}", 1.0, 2**64, 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(values)
def test_what_passes_is_valid_to_everybody_and_passes_again(value: JSON) -> None:
    for keyword, check in CHECKED.items():
        try:
            checked = check(value)
        except MeaninglessError:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            jsonschema.Draft202012Validator.check_schema({keyword: checked})
        jsonschema_rs.Draft202012Validator({keyword: checked})
        assert check(checked) == checked


VALID: dict[str, list[JSON]] = {
    "type": ["string", ["string", "null"]],
    "enum": [[], ["a", None, {"a": 1}]],
    "const": [None, {"a": [1]}],
    "multipleOf": [0.01, 5, 1e308],
    "minimum": [0, -1.5, 10**308],
    "maxLength": [0, 2**64],
    "pattern": ["", "^[A-Z]{2}$", r"^(0?[1-9]|1[0-2])\/(0?[1-9])\/\d{4}$", "(?=a)b", r"[^<>()[\]\\.,;:\s@]+"],
    "uniqueItems": [True, False],
    "required": [[], ["a", "b"]],
    "dependentRequired": [{}, {"a": ["b"]}],
    "default": [None, "x", {"$ref": "#/nope"}],
    "examples": [[], [1, {"a": 1}]],
    "format": ["uri", "anything"],
}


@pytest.mark.parametrize("keyword", VALID)
def test_what_is_allowed_is_not_touched(keyword: str) -> None:
    for value in VALID[keyword]:
        assert CHECKED[keyword](value) == value


def test_whole_numbers_become_integers() -> None:
    assert isinstance(ASSERTIONS["maxItems"](3.0), int)


@pytest.mark.parametrize("value", [True, -1, 1.5, math.nan, math.inf, "3", None, 10**400])
def test_an_amount_is_a_whole_number(value: JSON) -> None:
    with pytest.raises(MeaninglessError):
        ASSERTIONS["maxItems"](value)


@pytest.mark.parametrize(
    "expression", ["(", r"\p{L}", "a{,2}", r"\Z", "[]", "(?#c)a", "\ud800", "a" * 10 + "**"]
)
def test_an_expression_to_one_side_only_is_none(expression: str) -> None:
    with pytest.raises(MeaninglessError):
        ASSERTIONS["pattern"](expression)


def test_an_expression_that_python_warns_of_is_one_without_a_warning() -> None:
    with pytest.warns(FutureWarning):
        re.compile("[[a]")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ASSERTIONS["pattern"]("[[b]") == "[[b]"  # another one: the module re remembers the first
