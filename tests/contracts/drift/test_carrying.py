import pytest

from bodydouble.contracts.drift.carrying import (
    Renamed,
    Renaming,
    carried_name,
    carried_pointer,
    carried_query,
    renamings,
)
from tests.drifting import DEFAULT, RENAMED, change

IMAGE = Renaming(Renamed.REQUEST, ("image",), "image_url")
TOKENS = Renaming(Renamed.REPLY, ("meta", "usage", "tokens"), "credits")
VIDEO = Renaming(Renamed.REPLY, ("video",), "film")
PATH = Renaming(Renamed.PATH, ("/old",), "/v2/new")
STATUS = Renaming(Renamed.STATUS, ("default",), "200")
PARAMETER = Renaming(Renamed.PARAMETER, ("id",), "generation_id")
ALL = (IMAGE, TOKENS, VIDEO, PATH, STATUS, PARAMETER)
BODY = "$.paths.*.post.requestBody.content['application/json'].schema"
REPLY = "$.paths.*.get.responses['200'].content['application/json'].schema"


def test_renames_are_read_from_changes() -> None:
    changes = [
        change(RENAMED, subject="request /a/b", old="b", new="c"),
        change("reply-property-renamed", subject="reply 200 /list/*/x~1y", old="x/y", new="z"),
        change("path-moved", subject="path", old="/old", new="/v2/new"),
        change("reply-status-moved", subject="reply default", old="default", new="200"),
        change("job-poll-parameter-renamed", subject="job poll", old="id", new="generation_id"),
        change("path-moved", subject="path", old="/old", new="/v2/new"),
    ]
    assert renamings(changes) == (
        Renaming(Renamed.REQUEST, ("a", "b"), "c"),
        Renaming(Renamed.REPLY, ("list", "x/y"), "z"),
        PATH,
        STATUS,
        PARAMETER,
    )


def test_other_changes_and_ones_without_names_rename_nothing() -> None:
    assert renamings([change(DEFAULT, old="a", new="b"), change(RENAMED, old=None, new="b")]) == ()
    assert renamings([change(RENAMED, subject="request", old="a", new="b")]) == ()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"{BODY}.properties.image", f"{BODY}.properties.image_url"),
        (f"{BODY}.properties['image'].format", f"{BODY}.properties['image_url'].format"),
        (f"{BODY}.properties['prompt', 'image']", f"{BODY}.properties['prompt', 'image_url']"),
        (f"{BODY}.properties.other.properties.image", None),
        (f"{BODY}.required.image", None),
        (f"{REPLY}.properties.image", None),
        (
            f"{REPLY}.properties.meta.properties.usage.properties.tokens",
            f"{REPLY}.properties.meta.properties.usage.properties.credits",
        ),
        (
            f"{REPLY}.properties.meta.properties.*.properties.tokens",
            f"{REPLY}.properties.meta.properties.*.properties.credits",
        ),
        (f"{REPLY}.properties.tokens", None),
        (f"{REPLY}.properties.video.properties.url", f"{REPLY}.properties.film.properties.url"),
        ("$..properties.image", "$..properties.image_url"),
        ("$..usage.properties.tokens", "$..usage.properties.credits"),
        ("$.paths['/old'].post", "$.paths['/v2/new'].post"),
        ("$.paths['/older'].post", None),
        ("$.tags['/old']", None),
        ("$.paths.*.get.responses.default", "$.paths.*.get.responses['200']"),
        ("$.paths.*.get.parameters[?@.name == 'id']", "$.paths.*.get.parameters[?@.name == 'generation_id']"),
        ("$.tags[?@.name == 'id']", None),
        ("no query", None),
    ],
)
def test_a_query_follows_what_it_names_and_nothing_else(query: str, expected: str | None) -> None:
    assert carried_query(query, ALL) == (expected or query)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/video", "/film"),
        ("/video/url", "/film/url"),
        ("/videos", None),
        ("/meta/usage/tokens", "/meta/usage/credits"),
        ("/meta/usage", None),
        ("$response.body#/video/url", "$response.body#/film/url"),
        ("#/components/schemas/video", None),
        ("/image", None),
        ("video", None),
        ("", None),
        ("https://x/#", None),
    ],
)
def test_a_pointer_into_a_reply_follows_its_properties(text: str, expected: str | None) -> None:
    assert carried_pointer(text, ALL) == (expected or text)


def test_a_name_that_is_declared_follows() -> None:
    above = tuple(
        (name,) for name in ("paths", "/x", "post", "requestBody", "content", "schema", "properties")
    )
    assert carried_name("image", above, ALL) == "image_url"
    assert carried_name("image", above[:-1], ALL) == "image"
    assert carried_name("image", (*above, ("properties",), ("properties",)), ALL) == "image"
