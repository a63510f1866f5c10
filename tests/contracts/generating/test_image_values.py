import pytest

from bodydouble.contracts.generating.image_values import sound_images, unsound_images
from bodydouble.contracts.schema.images import ImageRules, broken_rules

RULES = {
    "video": ImageRules(("jpeg", "png"), 300, (2, 5), (5, 2), 20_000_000),
    "only jpeg": ImageRules(("jpeg",), 300, (2, 5), (5, 2)),
    "only a size": ImageRules(("png",), 16),
    "nothing": ImageRules(("png",)),
    "only a ratio": ImageRules(("jpeg",), None, (1, 3), None),
    "a weight": ImageRules(("png", "jpeg"), 16, None, None, 5_000),
    "another format": ImageRules(("webp",), 300),
}


@pytest.mark.parametrize("name", RULES)
def test_sound_images_keep_the_rules(name: str) -> None:
    for what, image in sound_images(RULES[name]):
        assert broken_rules(image, RULES[name]) == (), what


@pytest.mark.parametrize("name", [name for name in RULES if name != "another format"])
def test_unsound_images_break_exactly_one_rule(name: str) -> None:
    for what, image in unsound_images(RULES[name]):
        assert len(broken_rules(image, RULES[name])) == 1, what


def test_links_data_uris_and_bare_base64_are_among_the_sound() -> None:
    images = [image for _, image in sound_images(RULES["video"])]
    assert any(image.startswith("https:") for image in images)
    assert any(image.startswith("data:image/png;base64,") for image in images)
    assert any(image.startswith("data:image/jpeg;base64,") for image in images)
    assert any(image.startswith("iVBOR") and "\r\n" in image for image in images)


def test_every_rule_is_broken_by_some_image() -> None:
    rules = RULES["video"]
    said = " ".join(broken_rules(image, rules)[0].message for _, image in unsound_images(rules))
    for part in (
        "shorter side",
        "must exceed 2:5",
        "must stay under 5:2",
        "it is GIF",
        "damaged",
        "labelled",
    ):
        assert part in said


def test_the_limit_in_bytes_is_tried_from_both_sides_unless_it_is_heavy() -> None:
    light, heavy = RULES["a weight"], RULES["video"]
    assert any("5000 bytes exactly" in what for what, _ in sound_images(light))
    assert any("5001 bytes" in what for what, _ in unsound_images(light))
    assert not any("bytes" in what for what, _ in (*sound_images(heavy), *unsound_images(heavy)))
