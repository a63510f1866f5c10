from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.bundle import OVERLAY, bundled_text
from bodydouble.contracts.drift.carrying import Renamed, Renaming, renamings
from bodydouble.contracts.drift.comparing import compare
from bodydouble.contracts.drift.overlay_updates import updated
from bodydouble.contracts.drift.versions import Version
from bodydouble.contracts.loading import bundled
from bodydouble.contracts.overlay.overlays import OverlayError
from bodydouble.contracts.reading.fragments import Fragment, parse
from tests.apis import TEXT, document, posting, record

UPSTREAM = Path(__file__).parents[4] / "shared" / "upstream" / "history" / "video-01"


def fragment(name: str, path: str = "/jobs") -> Fragment:
    request = record(["prompt"], prompt=TEXT, **{name: {"type": "string", "description": "a picture"}})
    return Fragment("a.json", document({path: posting(request, record(id=TEXT))}))


OLD, NEW = fragment("image"), fragment("image_url")
KNOWN = (Renaming(Renamed.REQUEST, ("image",), "image_url"),)
BODY = "$.paths.*.post.requestBody.content['application/json'].schema"
HEAD = "overlay: 1.0.0\ninfo: {title: t, version: '1'}   # a comment\nactions:\n"


def update(actions: str, new: Fragment = NEW, known: Any = KNOWN) -> tuple[str, tuple[str, ...]]:
    made = updated(HEAD + actions, "o.yaml", [OLD], [new], known)
    assert made.text.startswith(HEAD)
    return made.text.removeprefix(HEAD), made.notices


def test_a_query_that_would_select_nothing_follows_and_comments_stay() -> None:
    before = f"  # the picture\n  - target: {BODY}.properties.image   # here\n    update: {{format: uri}}\n"
    text, notices = update(before)
    assert text == before.replace("properties.image ", "properties.image_url ")
    assert notices == ()


@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_stay_as_they_are(quote: str) -> None:
    query = f"{BODY}.properties.image".replace("'", "''" if quote == "'" else "'")
    before = f"  - {{target: {quote}{query}{quote}, remove: true}}\n"
    assert update(before)[0] == before.replace("properties.image", "properties.image_url")


def test_a_query_that_selects_as_much_as_before_stays() -> None:
    before = f"  - target: {BODY}.properties['image', 'image_url']\n    update: {{format: uri}}\n"
    assert update(before) == (before, ())


def test_names_that_an_update_declares_follow() -> None:
    declared = "      properties:\n        image: {format: uri}\n        prompt: {}\n"
    before = f"  - target: {BODY}\n    update:\n{declared}"
    assert update(before)[0] == before.replace("        image:", "        image_url:")


def test_a_name_that_only_looks_alike_stays() -> None:
    before = "  - target: $.info\n    update:\n      x-note: {image: image}\n"
    assert update(before) == (before, ())


def test_an_action_that_selects_nothing_any_more_is_told() -> None:
    text, notices = update(f"  - target: {BODY}.properties.image\n    update: {{}}\n", known=())
    assert "properties.image\n" in text
    (notice,) = notices
    assert "selected 1 place before, and selects nothing now" in notice


def test_a_path_that_moved_is_followed() -> None:
    known = (*KNOWN, Renaming(Renamed.PATH, ("/jobs",), "/v2/jobs"))
    before = "  - target: $.paths['/jobs'].post\n    update: {summary: create}\n"
    text, notices = update(before, fragment("image_url", "/v2/jobs"), known)
    assert text == before.replace("'/jobs'", "'/v2/jobs'")
    assert notices == ()


def test_an_overlay_in_json_is_updated_as_well() -> None:
    text = (
        '{"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": '
        f'[{{"target": "{BODY}.properties.image", "update": {{"format": "uri"}}}}]}}'
    )
    made = updated(text, "o.json", [OLD], [NEW], KNOWN)
    assert made.text == text.replace("properties.image", "properties.image_url")


def test_characters_beyond_the_first_plane_do_not_shift_an_edit() -> None:
    before = f"  # 🎬🎬🎬 ü\n  - target: {BODY}.properties.image\n    update: {{format: uri}}\n"
    assert update(before)[0] == before.replace("properties.image", "properties.image_url")


@pytest.mark.parametrize("text", ["", "a: b", "overlay: 1.0.0", "- ["])
def test_what_is_no_overlay_is_an_error(text: str) -> None:
    with pytest.raises(OverlayError):
        updated(text, "o.yaml", [OLD], [NEW], KNOWN)


def test_the_bundled_overlay_stays_as_it_is_where_nothing_changed() -> None:
    text = bundled_text(OVERLAY)
    assert updated(text, OVERLAY, bundled(), bundled(), KNOWN).text == text


def test_the_published_rename_of_a_year_is_carried_over() -> None:
    names = ("2025-11-20-168fc342.json", "2025-12-23-bb6ece14.json")
    if not UPSTREAM.exists():
        pytest.skip("the reference data is not here")
    old, new = (parse((UPSTREAM / name).read_bytes(), name) for name in names)
    known = renamings(compare(Version(old), Version(new)))
    quoted, moved = "['/v2/generate/video/minimax/generation']", "['/v2/video/generations']"
    text = f"{HEAD}  - target: {BODY.replace('.*', quoted)}.properties.first_frame_image\n    remove: true\n"
    made = updated(text, "o.yaml", old, new, known)
    assert f"{BODY.replace('.*', moved)}.properties.image_url\n" in made.text
    assert made.notices == ()
