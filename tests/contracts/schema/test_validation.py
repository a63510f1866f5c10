import math
import subprocess
import sys
from pathlib import Path
from threading import Thread

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.schema.validation import Validator, Violation
from bodydouble.contracts.schema.wellformed import MAX_DEPTH

UPSTREAM = Path(__file__).parents[3].parent / "shared" / "upstream"

CREATE: dict[str, JSON] = {
    "type": "object",
    "properties": {
        "model": {"type": "string", "enum": ["video-01"]},
        "prompt": {"type": "string", "maxLength": 2000},
        "image_url": {"type": "string", "format": "uri"},
        "seconds": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
    },
    "required": ["model", "prompt"],
}
LIST: dict[str, JSON] = {"$ref": "#/$defs/List", "$defs": {"List": {"items": {"$ref": "#/$defs/List"}}}}


def test_everything_wrong_is_told_at_once() -> None:
    wrong: JSON = {"seconds": 0, "prompt": "x" * 2001, "image_url": 12}
    assert Validator(CREATE).violations(wrong) == (
        Violation(
            "/seconds", "seconds must be at least 1; seconds may also be null", "at least 1", "0", "minimum"
        ),
        Violation(
            *(
                "/prompt",
                "prompt must be at most 2000 characters",
                "at most 2000 characters",
                "2001 characters",
                "maxLength",
            )
        ),
        Violation("/image_url", "image_url must be a string", "a string", "a number (12)", "type"),
        Violation("/model", "model is required", '"video-01"', "nothing", "required"),
    )


def test_what_is_valid_has_no_violations() -> None:
    right: JSON = {
        "model": "video-01",
        "prompt": "a",
        "image_url": "no uri: formats are not asserted",
        "seconds": None,
    }
    assert Validator(CREATE).is_valid(right)
    assert Validator(CREATE).verdict(right)
    assert Validator(CREATE).violations(right) == ()


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        ("\ud800", "", "text that is not valid Unicode"),
        ({"a": ["x", "a\udfff"]}, "/a/1", "text that is not valid Unicode"),
        ({"a": {"\ud800": 1}}, "/a", "a name that is not valid Unicode"),
        (math.nan, "", "not a JSON number"),
        ([math.inf], "/0", "not a JSON number"),
        ({"a": 10**400}, "/a", "too large"),
    ],
)
@pytest.mark.parametrize(
    "schema", [{}, CREATE, LIST, {"type": ["string", "number"]}, {"enum": [1]}, {"uniqueItems": True}]
)
def test_what_is_no_json_is_not_valid_and_does_not_raise(
    schema: dict[str, JSON], value: JSON, place: str, words: str
) -> None:
    validator = Validator(schema)
    assert not validator.is_valid(value)
    (violation,) = validator.violations(value)
    assert violation.pointer == place
    assert words in violation.message


def nested(levels: int) -> JSON:
    value: JSON = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    "schema", [{}, LIST, {"uniqueItems": True}, {"enum": [[[]]]}, {"items": {"uniqueItems": True}}]
)
@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 1_000, 10_000, 100_000])
def test_deep_nesting_is_told_and_crashes_nothing(schema: dict[str, JSON], levels: int) -> None:
    validator = Validator(schema)
    assert not validator.is_valid(nested(levels))
    assert [violation.message for violation in validator.violations(nested(levels))] == [
        "[0]" * MAX_DEPTH + " is nested too deeply"
    ]


def test_deep_nesting_crashes_no_thread_with_a_small_stack() -> None:
    told: list[bool] = []
    thread = Thread(target=lambda: told.append(Validator(LIST).is_valid(nested(100_000))))
    thread.start()
    thread.join()
    assert told == [False]


def test_nesting_up_to_the_limit_is_judged_by_the_schema() -> None:
    validator = Validator({**LIST, "$defs": {"List": {"type": "array", "items": {"$ref": "#/$defs/List"}}}})
    assert validator.is_valid(nested(MAX_DEPTH))
    deepest: JSON = 1
    for _ in range(MAX_DEPTH):
        deepest = [deepest]
    assert [violation.pointer for violation in validator.violations(deepest)] == ["/0" * MAX_DEPTH]


@pytest.mark.timeout(120)  # a step for each way to backtrack would take years
def test_expressions_that_backtrack_without_end_come_to_one() -> None:
    validator = Validator({"pattern": r"^(?=(a+)+$)b"})
    assert not validator.is_valid("a" * 40 + "c")
    assert len(validator.violations("a" * 40 + "c")) == 1


@pytest.mark.timeout(120)  # a step for each pair of characters would take hours
def test_expressions_without_look_around_take_linear_time() -> None:
    assert not Validator({"pattern": "^(a+)+$"}).is_valid("a" * 1_000_000 + "c")


@pytest.mark.parametrize(
    "schema", [{"type": "float"}, {"pattern": "("}, {"$ref": "#/nope"}, {"$ref": "http://127.0.0.1:1/a"}]
)
def test_what_is_no_schema_is_told(schema: dict[str, JSON]) -> None:
    with pytest.raises(ValueError, match=r"not|Pointer|offline|resolve|Failed|retriev"):
        Validator(schema)


values: st.SearchStrategy[JSON] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.just("video-01"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(list(CREATE["properties"])) | st.text(st.characters(), max_size=2),
            inner,
            max_size=4,
        )
    ),  # type: ignore[arg-type]
    max_leaves=8,
)
SCHEMAS: list[dict[str, JSON]] = [
    {},
    CREATE,
    LIST,
    {"not": {}},
    {"anyOf": [CREATE, {"type": ["integer", "array"]}]},
]


@given(values, st.sampled_from(SCHEMAS))
def test_valid_is_what_has_no_violations(value: JSON, schema: dict[str, JSON]) -> None:
    validator = Validator(schema)
    violations = validator.violations(value)
    assert validator.is_valid(value) == (violations == ())
    for violation in violations:
        assert all(text.isprintable() for text in (violation.message, violation.expected, violation.got))
        if violation.keyword != "required":
            look_up(value, violation.pointer)


def test_serving_does_not_import_what_only_explanations_need() -> None:
    code = (
        "import sys; from bodydouble.contracts.schema.validation import Validator; "
        "from bodydouble.contracts.schema.dialect import convert; v = Validator({'type': 'string'}); "
        "assert v.is_valid('a') and not v.is_valid(1) and v.violations('a') == (); "
        "assert not {'jsonschema', 'hypothesis', 'yaml', 'rich'} & sys.modules.keys(); "
        "v.violations(1); assert 'jsonschema' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_verdict_is_jsonschema_rs_with_nothing_around_it() -> None:
    assert isinstance(getattr(Validator(CREATE).verdict, "__self__", None), jsonschema_rs.Validator)
