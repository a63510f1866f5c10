from typing import Any

import pytest

from bodydouble.contracts.jobs.job_statement import STATED, PatternError, statements_of
from bodydouble.contracts.jobs.reply_shapes import places_of, see
from bodydouble.contracts.jobs.statement_checks import check
from bodydouble.contracts.openapi.contents import schema_at
from bodydouble.contracts.openapi.operations import Reply, operations_of
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import TEXT, document, record, words

STATUS = words("queued", "done", "failed")
CREATED = record(["id", "status"], id=TEXT, status=STATUS, count={"type": "integer"})
POLLED = record(
    ["id", "status", "log"],
    id=TEXT,
    status=STATUS,
    video=record(url=TEXT),
    log=TEXT,
    note=TEXT | {"nullable": True},
)


def run(stated: Any, created: Any = CREATED, polled: Any = POLLED) -> None:
    (operation,) = operations_of(Fragment("a.json", document({"/jobs": {"post": {STATED: stated}}})))
    (statement,) = statements_of(operation)
    replies = [
        places_of(Reply("200", "application/json", schema_at({"openapi": "3.0.3", "x": schema}, "/x")))
        for schema in (created, polled)
    ]
    told = see(replies[1], "id", statement.about_polled)
    check(statement, see(replies[0], "id", statement.about_submitted, told.shape.promises), told)


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"id": "/id", "status": "/status"},
        {"statuses": {"done": {"present": ["/video", "/video/url"], "absent": ["/note"]}}},
        {"submitted": {"statuses": {"done": {"absent": ["/count"]}}}},
        {"polled": {"statuses": {"done": {"present": ["/log"]}}}},
        {"statuses": {"queued": {}}},
    ],
)
def test_what_is_true_of_the_replies_passes(stated: Any) -> None:
    run(stated)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"id": "/ident"}, 'no reply has "/ident"'),
        ({"status": "/stats"}, "no reply has \"/stats\"; did you mean '/status'"),
        (
            {"statuses": {"done": {"present": ["/vidoe/url"]}}},
            "no reply has \"/vidoe/url\"; did you mean '/video/url'",
        ),
        ({"statuses": {"done": {"absent": ["/eror"]}}}, 'no reply has "/eror"'),
        ({"submitted": {"statuses": {"done": {"present": ["/video"]}}}}, 'no reply has "/video"'),
        ({"polled": {"statuses": {"done": {"absent": ["/count"]}}}}, 'no reply has "/count"'),
        ({"statuses": {"dnoe": {}}}, "no reply has the status \"dnoe\"; did you mean 'done'"),
        ({"id": "/count"}, '"/count" is no text; ids and status words are'),
        ({"status": "/video"}, '"/video" is no text'),
        (
            {"statuses": {"done": {"present": ["/video/url"], "absent": ["/video"]}}},
            'the status "done" has "/video/url" present and "/video" absent at once',
        ),
        ({"statuses": {"failed": {"absent": ["/log"]}}}, 'the status "failed" cannot be without "/log"'),
    ],
)
def test_what_cannot_be_true_is_an_error_that_says_where(stated: Any, says: str) -> None:
    with pytest.raises(PatternError, match=rf"^x-bodydouble-job of POST /jobs in a\.json: .*{says}"):
        run(stated)


@pytest.mark.parametrize(
    "stated",
    [
        {"id": ["/ident"]},
        {"status": "/stats"},
        {"statuses": {"done": {"present": ["/vidoe"], "absent": ["/eror", "/log"]}, "dnoe": {}}},
        {"polled": {"id": "/nowhere"}},
    ],
)
def test_optional_statements_may_be_about_nothing(stated: Any) -> None:
    run({**stated, "optional": True})


def test_even_an_optional_id_must_be_a_text() -> None:
    with pytest.raises(PatternError, match="is no text"):
        run({"id": "/count", "optional": True})


def test_a_poll_whose_reply_tells_no_status_cannot_be_one() -> None:
    with pytest.raises(PatternError, match="the reply of the poll tells no status"):
        run({}, polled=record(id=TEXT))
