from msgspec.structs import replace

from bodydouble.contracts.drift.renames import Named, renames, words_of

IMAGE = Named(
    "first_frame_image", 2, frozenset({"string"}), False, "The picture to begin with", (None, "uri", None)
)
URL = replace(IMAGE, name="image_url")


def test_the_same_description_and_type_under_another_name_is_a_rename() -> None:
    assert renames([IMAGE], [URL]) == {"first_frame_image": "image_url"}


def test_another_type_is_another_thing() -> None:
    assert renames([IMAGE], [replace(URL, kinds=frozenset({"boolean"}))]) == {}


def test_a_place_and_a_type_alone_are_no_evidence() -> None:
    gone = Named("duration", 1, frozenset({"number"}), False, "", (None, None, None))
    assert renames([gone], [replace(gone, name="seed")]) == {}


def test_a_name_that_shares_a_word_is_evidence() -> None:
    gone = Named("tokens_used", 0, frozenset({"number"}), True, "", (None, None, None))
    assert renames([gone], [replace(gone, name="credits_used")]) == {"tokens_used": "credits_used"}


def test_two_that_are_as_likely_are_none() -> None:
    assert renames([IMAGE], [URL, replace(URL, name="picture_image")]) == {}


def test_each_finds_its_own() -> None:
    optimizer = Named(
        "prompt_optimizer", 3, frozenset({"boolean"}), False, "Whether to improve it", (True, None, None)
    )
    enhance = replace(optimizer, name="enhance_prompt")
    found = renames([IMAGE, optimizer], [enhance, URL])
    assert found == {"first_frame_image": "image_url", "prompt_optimizer": "enhance_prompt"}


def test_nothing_becomes_nothing() -> None:
    assert renames([], [URL]) == renames([IMAGE], []) == {}


def test_words_are_found_however_they_are_joined() -> None:
    assert words_of("firstFrameImages") == words_of("first-frame_image") == {"first", "frame", "image"}
    assert words_of("/v2/video/generations") == {"v", "2", "video", "generation"}
