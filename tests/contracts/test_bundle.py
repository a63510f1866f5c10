import json
from typing import Any

import pytest

from bodydouble.client import default_api
from bodydouble.contracts.bundle import (
    OVERLAY,
    PREPARED,
    SOURCES,
    bundled_contract,
    bundled_text,
)
from bodydouble.contracts.conventions import Price
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.loading import bundled
from bodydouble.contracts.openapi.references import resolve
from bodydouble.contracts.pointers import look_up
from bodydouble.contracts.schema.images import ImageRules
from bodydouble.contracts.schema.validation import Validator

CONTRACT = bundled_contract()
PATTERN = CONTRACT.patterns[0]
BOTH = (PATTERN.submit, PATTERN.poll)


@pytest.mark.parametrize("name", [*SOURCES, OVERLAY, PREPARED])
def test_every_bundled_file_is_there(name: str) -> None:
    assert bundled_text(name).strip()


def test_the_prepared_fragments_are_the_bundled_ones_in_order() -> None:
    fragments = bundled_contract().fragments
    assert [fragment.source for fragment in fragments] == [*SOURCES]
    for name, fragment in zip(SOURCES, fragments, strict=True):
        published = json.loads(bundled_text(name))
        assert fragment.document["paths"].keys() == published["paths"].keys()  # type: ignore[union-attr]


def test_the_bundled_contract_submits_and_polls_on_one_path() -> None:
    (pattern,) = bundled_contract().patterns
    assert pattern.submit.path == pattern.poll.path
    assert pattern.submit.security
    assert bundled_contract().findings == ()


# What the overlay adds


def test_the_published_fragments_say_none_of_it() -> None:
    text = json.dumps([fragment.document for fragment in bundled()])
    for added in (
        "x-bodydouble",
        "security",
        "400",
        "minimax",
        "links",
        "x-inference-id",
        'generation_id": {',
    ):
        assert added not in text


def test_a_bearer_key_is_required() -> None:
    for operation in BOTH:
        assert operation.security == ("bearer",)
        assert look_up(dict(operation.document), "/components/securitySchemes/bearer/scheme") == "bearer"


def statuses(replies: Any) -> set[str]:
    return {reply.status for reply in replies}


def test_every_documented_error_is_a_reply() -> None:
    common = {"200", "400", "401", "429", "500", "502", "503", "504"}
    assert statuses(PATTERN.submit.replies) == common | {"403", "413", "415"}
    assert statuses(PATTERN.poll.replies) == common | {"404"}


def test_every_error_has_upstreams_shape_and_every_reply_a_description() -> None:
    error = {
        "message": "m",
        "path": "/p",
        "requestId": "r",
        "statusCode": 400,
        "timestamp": "2026-01-01T00:00:00Z",
    }
    violation = {"pointer": "/a", "message": "m", "expected": "e", "got": "g"}
    for reply in (reply for operation in BOTH for reply in operation.replies):
        assert reply.description.strip()
        if not reply.is_success:
            assert reply.schema is not None
            validator = Validator(reply.schema.strict)
            assert validator.is_valid(error)
            assert validator.is_valid({**error, "violations": [violation]})
            assert not any(
                validator.is_valid({k: v for k, v in error.items() if k != name}) for name in error
            )
            assert not validator.is_valid({**error, "violations": [{"pointer": "/a"}]})


def test_the_error_body_is_filled_from_what_went_wrong() -> None:
    assert CONTRACT.conventions.errors.media_type == "application/json"
    assert CONTRACT.conventions.errors.body == {
        "message": "$error.message",
        "path": "$request.path",
        "requestId": "$reply.id",
        "statusCode": "$error.status",
        "timestamp": "$reply.time",
        "violations": "$error.violations",
    }


def test_replies_about_a_job_carry_tracing_headers() -> None:
    named = ["x-inference-id", "x-client-request-id", "x-aimlapi-credits-used", "x-aimlapi-usd-spent"]
    for operation in BOTH:
        assert operation.success is not None
        headers = {header.name: header for header in operation.success.headers}
        assert list(headers) == named
        assert [name for name in named if headers[name].required] == ["x-inference-id"]
        assert all(header.schema and header.description for header in headers.values())
    assert dict(CONTRACT.conventions.headers) == {
        "x-inference-id": "$reply.id",
        "x-client-request-id": "$request.header.x-client-request-id",
        "x-aimlapi-credits-used": "$job.credits",
        "x-aimlapi-usd-spent": "$job.usd",
    }


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("a", True),
        ("A0._:-", True),
        ("x" * 128, True),
        ("x" * 129, False),
        ("", False),
        ("a b", False),
        ("a/b", False),
        ("é", False),
        ("a\n", False),
    ],
)
def test_a_request_may_be_named_by_128_plain_characters(value: str, *, fits: bool) -> None:
    ((name, pattern),) = CONTRACT.conventions.request_headers
    assert name == "x-client-request-id"
    assert bool(pattern.fullmatch(value)) is fits
    assert "X-Client-Request-Id" in [p.name for p in PATTERN.submit.parameters if p.location == "header"]


def test_the_url_with_the_vendors_name_is_a_deprecated_alias_of_both() -> None:
    for operation in BOTH:
        assert operation.path == "/v2/video/generations"
        assert [(alias.path, alias.deprecated) for alias in operation.aliases] == [
            ("/v2/generate/video/minimax/generation", True)
        ]


def test_the_creates_reply_tells_the_id_under_both_names() -> None:
    assert PATTERN.submitted.ids == ("/id", "/generation_id")
    assert PATTERN.polled.ids == ("/id",)


def test_a_link_leads_from_the_create_to_the_poll() -> None:
    document = dict(PATTERN.submit.document)
    _, reply = resolve(document, f"#{PATTERN.submit.pointer}/responses/200")
    assert isinstance(reply, dict)
    link: Any = look_up(reply, "/links/poll")
    assert link["operationId"] == PATTERN.poll.operation_id == "VideoControllerV2_pollVideo_v2"
    assert link["parameters"] == {PATTERN.parameter.name: "$response.body#/id"}


PENDING = ("/video", "/duration", "/error")


def test_what_each_status_promises() -> None:
    promised = {each.status: (each.stage, each.present, each.absent) for each in PATTERN.polled.promises}
    assert promised == {
        "queued": (Stage.INITIAL, (), PENDING),
        "generating": (Stage.RUNNING, (), PENDING),
        "completed": (Stage.SUCCESS, ("/video", "/video/url"), ("/error",)),
        "error": (Stage.FAILURE, ("/error",), ("/video", "/duration")),
    }
    created = {each.status: (each.present, each.absent) for each in PATTERN.submitted.promises}
    assert created["completed"] == (("/video", "/video/url"), ("/error",))
    assert created["queued"] == ((), ("/video", "/error"))


def image() -> dict[str, Any]:
    assert PATTERN.submit.request is not None
    found: Any = look_up(dict(PATTERN.submit.request.lenient), "/properties/image_url")
    return dict(found)


def test_images_have_the_documented_limits() -> None:
    rules = ImageRules.from_json(image()["x-bodydouble-image"])
    assert ImageRules.from_json(rules_as_documented()) == rules


def rules_as_documented() -> Any:
    """JPG, JPEG or PNG; strictly between 2:5 and 5:2; shorter side over 300 px; at most 20 MB."""
    return {
        "formats": ["jpeg", "png"],
        "shorterSideOver": 300,
        "ratioOver": "2:5",
        "ratioUnder": "5:2",
        "maxBytes": 20_000_000,
    }


@pytest.mark.parametrize(
    "value", ["https://example.com/a.png", "HTTP://x", "iVBORw0KGgo=", "data:image/png;base64,AAAA"]
)
def test_an_image_is_a_link_or_base64(value: str) -> None:
    assert "format" not in image()
    assert Validator(image()).is_valid(value)


def test_a_job_has_upstreams_example_price() -> None:
    assert CONTRACT.conventions.price == Price(120_000, 0.06)


def test_a_file_that_is_missing_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        bundled_text("bundled/gone.json")


def test_the_contract_names_the_variables_that_the_client_reads() -> None:
    named, api = bundled_contract().conventions.environment, default_api()
    assert (named.key, named.base_url) == (api.key_variables, api.base_url_variables)
