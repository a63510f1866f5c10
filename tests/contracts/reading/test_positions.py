import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.positions import Position, positions

TEXT = """{
  "openapi": "3.0.3",
  "paths": {
    "/a~b/c": {"get": {"x": [1, {"deep": "}]\\"{"}, 3]}}
  }
}
"""
YAML = """\
openapi: 3.0.3
paths:
  /things:
    get: &get
      responses:
        200: {description: fine}
    post: *get
tags:
  - one
  - name: two
"""


def at(text: str, source: str, pointer: str) -> tuple[int, int]:
    position = positions(text, source, [pointer])[pointer]
    return position.line, position.column


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", (1, 1)),
        ("/paths", (3, 3)),
        ("/paths/~1a~0b~1c", (4, 5)),
        ("/paths/~1a~0b~1c/get/x/1", (4, 33)),
        ("/paths/~1a~0b~1c/get/x/1/deep", (4, 34)),
        ("/paths/~1a~0b~1c/get/x/2", (4, 52)),
    ],
)
def test_a_place_in_json_is_where_its_name_stands(pointer: str, place: tuple[int, int]) -> None:
    assert at(TEXT, "a.json", pointer) == place


@pytest.mark.parametrize("pointer", ["/paths/~1gone", "/paths/~1gone/get", "/paths/-1"])
def test_what_is_not_there_stands_where_its_nearest_ancestor_does(pointer: str) -> None:
    assert at(TEXT, "a.json", pointer) == (3, 3)


def test_many_places_are_found_in_one_go() -> None:
    found = positions(TEXT, "a.json", ["", "/openapi", "/paths", "/paths/x"])
    assert found == {
        "": Position(1, 1),
        "/openapi": Position(2, 3),
        "/paths": Position(3, 3),
        "/paths/x": Position(3, 3),
    }


def test_of_a_name_that_stands_twice_the_last_one_counts() -> None:
    assert at('{"a": 1,\n "a": 2}', "a.json", "/a") == (2, 2)


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", (1, 1)),
        ("/paths/~1things/get/responses/200", (6, 9)),
        ("/paths/~1things/post", (7, 5)),
        ("/tags/1/name", (10, 5)),
        ("/tags/7", (8, 1)),
        ("/tags/" + "9" * 5000, (8, 1)),
    ],
)
def test_places_in_yaml_are_found(pointer: str, place: tuple[int, int]) -> None:
    assert at(YAML, "a.yaml", pointer) == place


def test_the_second_document_of_a_stream_is_looked_into() -> None:
    assert at("openapi: 1\n---\npaths:\n  /x: {}\n", "a.yaml#2", "/paths/~1x") == (4, 3)


def test_a_page_is_looked_into_block_by_block() -> None:
    other = '```json\n{"no": "contract"}\n```\n'
    block = '```json\n{\n  "openapi": "3.0.3",\n  "paths": {}\n}\n```\n'
    page = f"# A page\n\n{other}\n{block}\n{block}"
    assert at(page, "page.md#2", "/paths") == (17, 3)


def test_a_file_whose_name_ends_like_a_number_is_looked_into_all_the_same() -> None:
    assert at(TEXT, "a.json#1", "/paths") == (3, 3)


def test_what_cannot_be_read_is_an_error_and_no_position() -> None:
    with pytest.raises(DocumentError, match="not UTF-8"):
        positions(b"\xff{}", "a.json", [""])


def test_text_that_breaks_off_is_found_as_far_as_it_goes() -> None:
    assert at('{"a": {"b": [1,', "a.json", "/a/b/0") == (1, 14)


values = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def pointers_in(value: JSON, base: str = "") -> list[str]:
    pairs = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [base, *(p for name, child in pairs for p in pointers_in(child, join(base, name)))]


@settings(max_examples=60)
@given(st.dictionaries(st.text(), values, min_size=1), st.sampled_from([None, 1, 3]))
def test_every_place_of_every_json_text_is_where_its_text_is(
    value: dict[str, JSON], indent: int | None
) -> None:
    text = json.dumps(value, indent=indent)
    wanted = pointers_in(value)
    found = positions(text, "a.json", wanted)
    assert set(found) == set(wanted)
    lines = text.split("\n")
    for pointer, place in found.items():
        last = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        rest = lines[place.line - 1][place.column - 1 :]
        names = json.dumps(last)
        assert rest.startswith(names) or last.isdecimal() or not pointer
