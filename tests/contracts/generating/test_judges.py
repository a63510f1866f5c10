import pytest

from bodydouble.contracts.generating.image_values import as_data_uri
from bodydouble.contracts.generating.judges import IMAGE, Judge, images_of, rules_in
from bodydouble.contracts.generating.pixels import png

RULES = {"formats": ["png"], "shorterSideOver": 10}
PHOTO = {"type": "object", "properties": {"photo": {"type": "string", IMAGE: RULES}}}


def picture(side: int) -> dict[str, str]:
    return {"photo": as_data_uri(png(side, side), "image/png")}


def test_what_the_readings_disagree_about_is_neither_valid_nor_invalid() -> None:
    judge = Judge({"type": "string"}, {"type": ["string", "null"]})
    assert judge.is_valid("")
    assert not judge.is_invalid("")
    assert judge.is_invalid(1)
    assert not judge.is_valid(1)
    assert not judge.is_valid(None)
    assert not judge.is_invalid(None)


def test_an_image_is_judged_beside_the_schema() -> None:
    judge = Judge(PHOTO)
    assert judge.is_valid(picture(11))
    assert judge.is_invalid(picture(10))
    (violation,) = judge.violations(picture(10))
    assert (violation.pointer, violation.keyword) == ("/photo", "image")


@pytest.mark.parametrize("body", [{}, {"photo": None}, [], "x", {"photo": {"a": 1}}])
def test_where_no_image_is_the_schema_alone_judges(body: object) -> None:
    assert Judge(PHOTO).is_valid(body) is (body == {})  # type: ignore[arg-type]  # any JSON


def test_images_are_found_inside_objects() -> None:
    nested = {"type": "object", "properties": {"input": PHOTO}}
    assert [pointer for pointer, _ in images_of(nested)] == ["/input/photo"]


@pytest.mark.parametrize("rules", [{}, 7, {"formats": []}, {"formats": ["png"], "shorterSideOver": "x"}])
def test_rules_that_cannot_be_read_are_none(rules: object) -> None:
    assert rules_in({IMAGE: rules}) is None  # type: ignore[dict-item]  # any JSON
