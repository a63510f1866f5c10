import contextlib
import json
import re
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading import yaml_text
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.yaml_text import MAX_ALIASED, parse_yaml

printable = st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), max_size=8)
DISPUTED = re.compile(r'"[-+.0-9]*(?:[eE][-+]?[0-9]+|0o[0-7]+)"')
"""Text that YAML 1.1, which PyYAML writes, leaves unquoted, and YAML 1.2, which we read, takes for a number."""

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | printable,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(printable, children, max_size=4),
    max_leaves=20,
)


@pytest.fixture(autouse=True, params=["libyaml", "pure"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fact holds with either of PyYAML's parsers."""
    if request.param == "pure":
        monkeypatch.setattr(yaml_text, "_LOADER", yaml.BaseLoader)


def one(text: str) -> JSON:
    (document,) = parse_yaml(text, "api.yaml")
    return document.value


def refused(text: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parse_yaml(text, "api.yaml")
    return caught.value


@pytest.mark.parametrize("text", ["200: ok", '"200": ok', "200 : ok"])
def test_a_response_code_is_text(text: str) -> None:
    assert one(text) == {"200": "ok"}


@pytest.mark.parametrize("name", ["on", "no", "y", "1.0", "~", "null", "true", "2024-10-01", "0x1F", "3.10"])
def test_a_name_is_the_text_the_author_wrote(name: str) -> None:
    assert one(f"{name}: 1") == {name: 1}


STAYS_TEXT = [
    *["no", "No", "off", "on", "yes", "y", "2024-10-01", "2001-12-14t21:59:43.10-05:00", "12:30:45"],
    *["1_000", "010", "-007", ".nan", ".inf", "-.INF", "1e999", "0o8", "0xg"],
    *["1.2.3", "+", ".", "nulll", "tRue", "=", "<<", "1e"],
]


@pytest.mark.parametrize("text", [*STAYS_TEXT, "9" * 5000, "0x" + "f" * 2000])
def test_what_json_has_no_type_for_stays_text(text: str) -> None:
    assert one(f"a: {text}") == {"a": text}


CORE_SCHEMA: list[tuple[str, JSON]] = [
    *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
    *[(text, text.lower() == "true") for text in ("true", "True", "TRUE", "false", "False", "FALSE")],
    *[("0", 0), ("-12", -12), ("+5", 5), ("0o17", 15), ("0x1F", 31)],
    *[("1.5", 1.5), (".5", 0.5), ("-1.", -1.0), ("1e3", 1000.0), ("1E-2", 0.01)],
]


@pytest.mark.parametrize(("text", "value"), CORE_SCHEMA)
def test_plain_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: JSON) -> None:
    read = one(f"a: {text}")
    assert read == {"a": value}
    assert isinstance(read, dict)
    assert type(read["a"]) is type(value)


@pytest.mark.parametrize("text", ['"5"', "'5'", "!!str 5", "! 5", "|-\n  5", ">-\n  5"])
def test_a_quoted_block_or_tagged_scalar_is_text(text: str) -> None:
    assert one(f"a: {text}") == {"a": "5"}


@pytest.mark.parametrize("tag", ["!!binary", "!!timestamp", "!Ref", "!!python/object/apply:os.system"])
def test_a_tag_that_json_does_not_know_makes_text_and_nothing_else(tag: str) -> None:
    assert one(f"a: {tag} 'echo'") == {"a": "echo"}


def test_a_core_tag_says_how_to_read_a_quoted_scalar() -> None:
    assert one('[!!int "5", !!float "1.5", !!bool "true", !!null ""]') == [5, 1.5, True, None]


@given(values)
def test_json_is_yaml(value: JSON) -> None:
    assert one(json.dumps(value)) == value


@given(values.filter(lambda value: not DISPUTED.search(json.dumps(value))))
def test_what_a_yaml_writer_writes_is_read_back(value: JSON) -> None:
    assert one(yaml.safe_dump(value)) == value


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_one_error(text: str) -> None:
    with contextlib.suppress(DocumentError):
        parse_yaml(text, "api.yaml")


@given(st.text(st.sampled_from("a:*&x-[]{},?!|>'\"#\n  <%@`0."), max_size=40))
def test_any_run_of_indicators_is_read_or_refused_with_one_error(text: str) -> None:
    with contextlib.suppress(DocumentError):
        parse_yaml(text, "api.yaml")


def test_every_document_of_a_stream_is_read_on_its_own() -> None:
    documents = parse_yaml("--- {a: 1, a: 2}\n--- [1]\n---\n", "api.yaml")
    assert [document.value for document in documents] == [{"a": 2}, [1], None]
    assert [document.duplicates for document in documents] == [("/a",), (), ()]


def test_an_anchor_does_not_reach_into_the_next_document() -> None:
    assert "refers to nothing" in refused("--- &a 1\n--- *a\n").message


def test_of_repeated_names_the_last_wins_and_each_is_listed_once_with_its_pointer() -> None:
    (document,) = parse_yaml("a: {b: 1, b: 2, b: 3}\nl:\n - x/y: 1\n   x/y: 2\nc: 1\nc: 2\n", "api.yaml")
    assert document.value == {"a": {"b": 3}, "l": [{"x/y": 2}], "c": 2}
    assert document.duplicates == ("/a/b", "/l/0/x~1y", "/c")


def test_aliases_are_copies() -> None:
    value = one("a: &shared {x: [1]}\nb: *shared\n")
    assert isinstance(value, dict)
    assert value["a"] == value["b"] == {"x": [1]}
    assert value["a"] is not value["b"]


def test_an_alias_may_name_a_member_that_was_named_before() -> None:
    assert one("&name key: 1\nb: {*name : 2}\n") == {"key": 1, "b": {"key": 2}}


def test_merge_keys_bring_members_that_do_not_replace_what_is_there() -> None:
    text = "base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\nmany: {y: 4, <<: [*b, {y: 5, z: 6}]}\n"
    value = one(text)
    assert isinstance(value, dict)
    assert value["one"] == {"x": 1, "y": 3}
    assert value["many"] == {"x": 1, "y": 4, "z": 6}


def test_a_merge_key_that_is_quoted_or_brings_no_mapping_is_a_name() -> None:
    assert one('{"<<": {a: 1}}') == {"<<": {"a": 1}}
    assert one("{<<: 5}") == {"<<": 5}


@pytest.mark.parametrize("text", ["*a", "&a [*a]", "&a {x: *a}", "&a {x: &b [*a]}", "a: &a\n  - *a"])
def test_an_alias_to_nothing_or_to_what_contains_it_is_refused(text: str) -> None:
    error = refused(text)
    assert "refers to nothing" in error.message
    assert error.line


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    error = refused("\n".join(lines))
    assert "explode" in error.message
    assert error.line < 10


def test_many_aliases_of_something_large_are_refused_together() -> None:
    large = ", ".join(["x"] * 1000)
    assert "explode" in refused(f"a: &a [{large}]\nb: [{', '.join(['*a'] * (MAX_ALIASED // 1000))}]").message


def test_aliases_may_add_a_hundred_thousand_values() -> None:
    large = ", ".join(["x"] * 999)
    assert one(f"a: &a [{large}]\nb: [{', '.join(['*a'] * 100)}]")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_absurd_nesting_is_refused(opening: str) -> None:
    # Recursion would show at this depth already, and the pure parser is slow.
    assert "nested too deep" in refused(opening * 3000).message


def test_nesting_that_aliases_add_is_refused() -> None:
    chain = "".join(f"- &a{n} [*a{n - 1}]\n" for n in range(1, 300))
    assert "nested too deep" in refused("- &a0 []\n" + chain).message


@pytest.mark.parametrize("text", ["? [a]\n: 1", "{[a]: 1}", "{{a: 1}: 1}", "&l [1]: 2", "a: &l [1]\n*l : 2"])
def test_a_name_that_is_no_scalar_is_refused_where_it_stands(text: str) -> None:
    error = refused(text)
    assert "key is no text" in error.message
    assert error.line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1", 1),
        ("a: b: c", 1),
        ("\t- x", 1),
        ("a:\n  - 1\n b: 2", 3),
        ('a: "x', 1),
        ("a: @x", 1),
        ("%YAML 9.9\n---\na", 1),
    ],
)
def test_what_is_no_yaml_is_refused_where_it_stands(text: str, line: int) -> None:
    error = refused(text)
    assert error.message.startswith("not YAML")
    assert error.line >= line
    assert error.got


@pytest.mark.parametrize("text", ["a: \x01", 'a: "\\ud800"'])
def test_characters_that_no_text_may_hold_are_refused(text: str) -> None:
    assert refused(text)


def test_an_empty_stream_has_no_document() -> None:
    assert parse_yaml("# only a comment\n", "api.yaml") == ()


def test_nothing_is_imported_or_run_by_a_document() -> None:
    before = set(sys.modules)
    one("a: !!python/module:antigravity x\nb: !!python/name:antigravity.fly x")
    assert "antigravity" not in set(sys.modules) - before
