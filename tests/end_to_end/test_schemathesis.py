"""Schemathesis reads the served document and finds nothing in the double that the document forbids.

All of its checks are on, in all of its phases: examples, coverage, fuzzing, and runs along the links from create to
poll. Where it is wrong, :data:`EXCEPTIONS` says why.
"""

import json
import re
from collections import Counter
from typing import Any, ClassVar

import pytest
import schemathesis
from hypothesis import settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock
from tests.drawing import base64_png

from .doubles import KEY, LEGACY, VIDEO

EXCEPTIONS = {
    "positive_data_acceptance": "No schema can say what a picture is: text that is generated for image_url and is "
    "neither a link nor a picture is valid for every validator, and is replaced by a picture before it is sent. What "
    "is generated to be invalid is sent as it is.",
}
IMAGES = (base64_png(301, 301), base64_png(700, 301), "data:image/png;base64," + base64_png(301, 700))
DOCUMENT = "/_double/openapi.json"
FIXED = settings(derandomize=True, database=None, deadline=None)

schemathesis.openapi.format("base64-image", st.sampled_from(IMAGES))
clock = ManualClock()
app = create_app(clock=clock, seed=1, api_keys=["key"])
schema = schemathesis.openapi.from_asgi(DOCUMENT, app)


@schema.hook
def map_case(_context: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """See EXCEPTIONS."""
    body = case.body
    if case.meta and case.meta.generation.mode.is_positive and isinstance(body, dict):
        given = body.get("image_url")
        if isinstance(given, str) and given not in IMAGES and not re.match("https?://", given, re.IGNORECASE):
            body["image_url"] = IMAGES[0]
    return case


@schema.parametrize()
@settings(FIXED, max_examples=150)
def test_every_operation_does_what_the_document_says(case: schemathesis.Case) -> None:
    case.call_and_validate(headers=KEY)


class Life(schema.as_state_machine()):  # type: ignore[misc]  # a class that is made at run time
    """Runs that create, wait and poll with the ids from the replies."""

    answered: ClassVar[Counter[tuple[str, int, str]]] = Counter()

    def get_call_kwargs(self, _case: schemathesis.Case) -> dict[str, Any]:
        return {"headers": KEY}

    def after_call(self, response: schemathesis.Response, case: schemathesis.Case) -> None:
        status = json.loads(response.content).get("status", "") if response.content else ""
        self.answered[case.method, response.status_code, status] += 1
        clock.advance(20)
        super().after_call(response, case)


def test_along_the_links_every_job_keeps_to_the_document() -> None:
    Life.run(settings=settings(FIXED, max_examples=40, stateful_step_count=8))
    for status in ("queued", "generating", "completed"):
        assert Life.answered["GET", 200, status], f"no poll of a job that is {status}: {Life.answered}"


def test_every_operation_was_looked_at() -> None:
    operations = {operation.ok().label for operation in schema.get_all_operations()}
    assert operations == {f"{method} {path}" for method in ("GET", "POST") for path in (VIDEO, LEGACY)}


@pytest.mark.parametrize(
    "broken",
    [
        Response("{}", 200, media_type="application/json"),
        Response('{"id": "x", "status": "queued"}', 200, media_type="text/plain"),
        Response("{}", 418, media_type="application/json"),
        Response("{}", 500, media_type="application/json"),
    ],
)
def test_a_double_that_breaks_the_document_would_be_found(broken: Response) -> None:
    other = schemathesis.openapi.from_dict(schema.raw_schema)
    other.app = Starlette(routes=[Route(VIDEO, lambda _request: broken)])
    with pytest.raises(FailureGroup):
        other[VIDEO]["GET"].Case(query={"generation_id": "x"}).call_and_validate(headers=KEY)
