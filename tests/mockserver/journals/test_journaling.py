import base64
import json
from email.utils import formatdate
from urllib.parse import quote, unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.schema.violations import Violation
from bodydouble.mockserver.http.messages import Headers, Request, Response
from bodydouble.mockserver.journals.har import as_har, as_json_lines
from bodydouble.mockserver.journals.journal import Entry, Journal, Purpose
from bodydouble.mockserver.journals.journaling import KEPT, MOST_KEYS, MOST_VIOLATIONS, Clerk, retry_after
from bodydouble.mockserver.reporting.histories import Observed
from bodydouble.mockserver.reporting.report import as_json, as_xml, lines, report

SALT = bytes(range(16))
JOB = "6a1f9c58-9c0a-4b53-8a6e-9a6f4ef3a6d0"
PATH = "/v2/video/generations"
KEY = "sk-live/0123+456=789abcdef"
JSON_TYPE = (b"content-type", b"application/json")


def clerk(*keys: str) -> Clerk:
    return Clerk(SALT, keys, "X-Client-Request-Id")


def request(
    method: str = "GET",
    path: str = PATH,
    query: str = "",
    body: bytes = b"",
    **headers: str,
) -> Request:
    fields = {name.replace("_", "-").encode(): value.encode("latin-1") for name, value in headers.items()}
    return Request(method, path, query.encode("latin-1"), fields, body)


def response(status: int = 200, body: bytes = b"", *headers: tuple[bytes, bytes]) -> Response:
    return Response(status, [JSON_TYPE, *headers], body)


def enter(asked: Request, told: Response, operation: Purpose = Purpose.POLL, *keys: str) -> Entry:
    return clerk(*keys).enter(Journal(), asked, told, operation, 100.0, 0.5)


# What an entry holds


def test_an_entry_holds_what_was_asked_and_answered() -> None:
    journal = Journal()
    entry = clerk().enter(
        journal,
        request(
            query=f"generation_id={JOB}",
            authorization=f"Bearer {KEY}",
            user_agent="python/3",
            x_client_request_id="mine-1",
            accept="*/*",
        ),
        response(200, b'{"status":"queued"}'),
        Purpose.POLL,
        100.0,
        0.5,
        route=PATH,
        job=JOB,
        asked=JOB,
        stage="initial",
        scenario="flaky",
        decision="flaky/poll/1/-",
        url_until=160.0,
    )
    assert entry == Entry(
        number=1,
        at=100.0,
        took=0.5,
        method="GET",
        path=PATH,
        operation=Purpose.POLL,
        status=200,
        route=PATH,
        job=JOB,
        asked=JOB,
        stage="initial",
        key=entry.key,
        query=f"generation_id={JOB}",
        headers=(("authorization", f"Bearer {entry.key}"), ("user-agent", "python/3")),
        reply=b'{"status":"queued"}',
        reply_size=19,
        decision="flaky/poll/1/-",
        scenario="flaky",
        client_request_id="mine-1",
        url_until=160.0,
    )
    assert entry.key.startswith("sha256:")
    assert list(journal) == [entry]


def test_an_entry_holds_how_a_result_was_sent() -> None:
    entry = clerk().enter(
        Journal(),
        request(path=f"/_double/media/{JOB}.mp4", query="expires=1&x=2", range="bytes=10-"),
        Response(206, [], b""),
        Purpose.RESULT,
        1.0,
        2.0,
        job=JOB,
        whole=False,
        gone=True,
        expired=True,
        first=10,
        sent=20,
        size=50,
    )
    assert (entry.whole, entry.gone, entry.expired) == (False, True, True)
    assert (entry.first, entry.sent, entry.size) == (10, 20, 50)
    assert "expires=sha256:" in entry.query
    assert "x=sha256:" in entry.query
    assert ("range", "bytes=10-") in entry.headers


def test_every_field_of_an_entry_can_be_given_or_is_made() -> None:
    """Fields go into an entry by position: a new one in between would shift the others."""
    facts = {
        "route": "r",
        "job": "j",
        "asked": "a",
        "stage": "running",
        "scenario": "s",
        "decision": "d",
        "whole": False,
        "gone": True,
        "url_until": 5.0,
        "expired": True,
        "first": 1,
        "sent": 2,
        "size": 3,
        "came": 0.5,
        "left": 0.75,
    }
    asked = request("POST", "/p", "q=1", b"{}", authorization="Bearer k", x_client_request_id="c")
    told = response(429, b"[]", (b"retry-after", b"7"))
    violations = [Violation("/a", "a is wrong", "b", "c", "type")]
    entry = clerk().enter(Journal(), asked, told, Purpose.SUBMIT, 1.0, 2.0, violations=violations, **facts)  # type: ignore[arg-type]  # told apart by their names
    given = {
        **facts,
        "number": 1,
        "at": 1.0,
        "took": 2.0,
        "method": "POST",
        "path": "/p",
        "operation": Purpose.SUBMIT,
        "status": 429,
        "key": entry.key,
        "query": "q=1",
        "headers": (("authorization", f"Bearer {entry.key}"),),
        "body": b"{}",
        "body_size": 2,
        "reply_headers": (("content-type", "application/json"), ("retry-after", "7")),
        "reply": b"[]",
        "reply_size": 2,
        "violations": ("a is wrong: expected b, received c",),
        "client_request_id": "c",
        "retry_after": 7.0,
    }
    assert msgspec.structs.asdict(entry) == given


def test_numbers_go_on_within_a_journal() -> None:
    one, other, journal, further = clerk(), clerk(), Journal(), Journal()
    numbers = [
        c.enter(j, request(), response(), Purpose.POLL, 1.0, 0.0).number
        for c, j in ((one, journal), (other, journal), (one, further), (one, journal))
    ]
    assert numbers == [1, 2, 1, 3]


def test_a_long_body_is_cut_and_its_size_is_kept() -> None:
    body = json.dumps({"list": ["a cat"] * KEPT}).encode()
    entry = enter(request("POST", body=body), response(200, body), Purpose.SUBMIT)
    assert len(entry.body) == len(entry.reply) == KEPT
    assert entry.body_size == entry.reply_size == len(body)


def test_reply_headers_are_kept_where_a_problem_is_told() -> None:
    cookie = (b"Set-Cookie", b"a=hunter2")
    assert enter(request(), response(200, b"", cookie)).reply_headers == ()
    told = dict(enter(request(), response(429, b"", cookie)).reply_headers)
    assert set(told) == {"content-type", "set-cookie"}
    assert told["set-cookie"].startswith("sha256:")


def test_of_many_violations_the_first_are_kept() -> None:
    violations = [Violation("", f"number {number}", "x", "y", "type") for number in range(50)]
    entry = clerk().enter(
        Journal(), request(), response(400), Purpose.SUBMIT, 1.0, 0.0, violations=violations
    )
    assert len(entry.violations) == MOST_VIOLATIONS
    assert entry.violations[0] == "number 0: expected x, received y"


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"authorization": f"Bearer {KEY}"}, True),
        ({"authorization": f"bearer   {KEY} "}, True),
        ({"authorization": KEY}, True),
        ({"x_api_key": KEY}, True),
        ({"authorization": "Bearer other"}, False),
    ],
)
def test_a_key_is_the_same_however_it_is_sent(headers: dict[str, str], same: bool) -> None:  # noqa: FBT001 - parametrised
    entry = enter(request(**headers), response())
    assert (entry.key == enter(request(authorization=f"Bearer {KEY}"), response()).key) is same


@pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"user_agent": "x"}])
def test_no_key_has_no_digest(headers: dict[str, str]) -> None:
    assert enter(request(**headers), response()).key == ""


# Retry-After


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("9" * 400, 1e8),
        (formatdate(1_000_030, usegmt=True), 30.0),
        (formatdate(999_000, usegmt=True), 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 1e8),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("Mon, 99 Jan 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text: str, seconds: float | None) -> None:
    assert retry_after(text, 1_000_000.0) == seconds


@given(st.text(), st.floats(0, 1e11))
def test_no_retry_after_is_too_strange(text: str, now: float) -> None:
    seconds = retry_after(text, now)
    assert seconds is None or 0.0 <= seconds <= 1e8


def test_the_pause_counts_from_the_end_of_the_reply() -> None:
    date = formatdate(1_000_030, usegmt=True).encode()
    told = response(503, b"", (b"retry-after", date))
    entry = clerk().enter(Journal(), request(), told, Purpose.POLL, 1_000_000.0, 10.0)
    assert entry.retry_after == 20.0


def test_a_reply_without_retry_after_asks_for_no_pause() -> None:
    assert enter(request(), response(503)).retry_after is None


# Secrets


IMAGE = base64.b64encode(bytes(range(256)) * 6).decode()
SIGNATURE = "f00dfeedc0ffee" * 4
COOKIE, PASSWORD, SHORT = "tasty-cookie-77", "correct-horse", "k3y"
SECRETS = (KEY, KEY[5:], KEY[12:], IMAGE, IMAGE[40:120], SIGNATURE, COOKIE, PASSWORD, "other-key-of-ours")
LINK = f"https://me:{PASSWORD}@cdn.example/{JOB}.mp4?Expires=1790000000&Signature={SIGNATURE}"


def plants() -> list[tuple[Request, Response, Purpose]]:
    """Return exchanges with secrets wherever a client or a server can put one."""
    headers: dict[str, str] = {
        "authorization": f"Bearer {KEY}",
        "cookie": f"session={COOKIE}",
        "x_api_key": KEY,
        "user_agent": f"app/1 ({KEY})",
        "prefer": f"scenario={KEY}",
        "x_client_request_id": KEY,
        "range": f"bytes={KEY}",
        "content_type": f"application/json; key={KEY}",
    }
    told: Headers = [
        (b"set-cookie", f"session={COOKIE}".encode()),
        (b"location", LINK.encode()),
        (b"www-authenticate", f'Bearer error="{KEY} is no key"'.encode()),
    ]
    nested = {
        "model": KEY,
        "api_key": PASSWORD,
        "image_url": f"data:image/png;base64,{IMAGE}",
        "images": [{"data": IMAGE}, LINK, f"see {LINK}&x={quote(KEY, safe='')}"],
        "a": KEY[:12],
        "b": KEY[12:],
        KEY: {"deep": [[{"password": PASSWORD}]]},
        "escaped": f'{KEY} \n \\ " é',
        "note": json.dumps({"cookie": COOKIE, "again": json.dumps({"token": PASSWORD})}),
    }
    reply = {
        "message": f"Body validation error: model: expected a model, received '{KEY[:20]}…'",
        "path": f"{PATH}?key={quote(KEY, safe='')}",
        "video": {"url": LINK},
        "echo": nested,
    }
    queries = [
        f"generation_id={quote(KEY, safe='')}",
        f"key={PASSWORD}&signature={SIGNATURE}&X-Amz-Credential={PASSWORD}",
        f"%73ignature={SIGNATURE}&tok%65n={PASSWORD}",
        f"u={quote(LINK, safe='')}&v={quote(quote(LINK, safe=''), safe='')}",
        f"{KEY}={KEY}",
        f"a=1;token={PASSWORD}",
    ]
    body, answer = json.dumps(nested).encode(), json.dumps(reply, ensure_ascii=False).encode()
    made = [
        (Request("POST", f"{PATH}/{KEY}", query.encode(), fields_of(headers), body), told, answer)
        for query in queries
    ]
    broken = [
        body[:-1],
        f"api_key={quote(KEY, safe='')}&x={PASSWORD}".replace("x=", "pwd=").encode(),
        body.decode().encode("utf-16"),
        b"\xff" + body,
        f'--x\r\nContent-Disposition: form-data; name="k"\r\n\r\n{KEY}\r\n--x--'.encode(),
    ]
    made += [(Request("POST", PATH, b"", fields_of(headers), raw), told, raw) for raw in broken]
    made += [
        (
            Request("GET", f"/_double/media/{JOB}.mp4", f"expires=1&signature={SIGNATURE}".encode(), {}, b""),
            told,
            b"",
        ),
        (
            Request("GET", f"//me:{PASSWORD}@host/{KEY}", b"", {b"authorization": KEY.encode()}, b""),
            told,
            answer,
        ),
        (
            Request("GET", PATH, b"", {b"authorization": b"Basic " + base64.b64encode(KEY.encode())}),
            told,
            b"",
        ),
        (Request("GET", PATH, b"x=other-key-of-ours", {b"user-agent": b"other-key-of-ours"}), told, b""),
    ]
    statuses = (200, 400, 404)
    return [
        (asked, Response(status, fields, told_body), purpose)
        for asked, fields, told_body in made
        for status in statuses
        for purpose in (Purpose.SUBMIT, Purpose.POLL, Purpose.RESULT)
    ]


def fields_of(headers: dict[str, str]) -> dict[bytes, bytes]:
    return {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}


def readings(text: str) -> list[str]:
    """Return what a curious reader makes of a file: escapes resolved, several times."""
    seen = [text]
    for _ in range(3):
        seen.append(unquote(seen[-1]).replace("\\/", "/").replace('\\"', '"').replace("\\\\", "\\"))
    return seen


def test_no_secret_is_in_anything_that_the_journal_gives_out() -> None:
    journal, writer = Journal(), clerk("other-key-of-ours")
    violation = Violation("/model", f"model is not '{KEY}'", f"not {LINK}", f"'{KEY[:30]}…", "enum")
    for asked, told, purpose in plants():
        writer.enter(
            journal,
            asked,
            told,
            purpose,
            1e9,
            0.1,
            asked=KEY,
            scenario=KEY,
            violations=[violation],
            route=PATH,
        )
    entries = tuple(journal)
    observed = Observed(entries=entries, jobs={}, now=2e9, over=True, legacy={PATH: "/new"})
    told_of = report(observed)
    outputs = {
        "lines": "".join(as_json_lines(entries)),
        "har": json.dumps(as_har(entries, origin="http://localhost", version="1"), ensure_ascii=False),
        "report": "\n".join(lines(told_of)),
        "report as JSON": json.dumps(as_json(told_of), ensure_ascii=False),
        "report as XML": as_xml(told_of),
        "entries": repr(entries),
        "raw": "".join(entry.body.decode() + entry.reply.decode() for entry in entries),
    }
    assert len(entries) > 100
    leaks = [
        (name, secret)
        for name, text in outputs.items()
        for read in readings(text)
        for secret in SECRETS
        if secret in read
    ]
    assert not leaks


def test_equal_keys_and_payloads_can_be_told_from_others() -> None:
    writer, journal = clerk(), Journal()
    bodies = [json.dumps({"image": IMAGE[::step]}).encode() for step in (1, 1, -1)]
    entries = [
        writer.enter(
            journal,
            request("POST", body=body, authorization=f"Bearer {key}"),
            response(),
            Purpose.SUBMIT,
            1.0,
            0.0,
        )
        for body, key in zip(bodies, ("one-key-of-mine", "one-key-of-mine", "another-key"), strict=True)
    ]
    assert entries[0].body == entries[1].body != entries[2].body
    assert entries[0].key == entries[1].key != entries[2].key


def test_another_process_gives_other_digests() -> None:
    asked = request(authorization=f"Bearer {SHORT}")
    other = Clerk(bytes(16)).enter(Journal(), asked, response(), Purpose.POLL, 1.0, 0.0)
    assert other.key != enter(asked, response()).key


def test_a_key_that_somebody_used_before_is_found_in_the_requests_of_others() -> None:
    writer, journal = clerk(), Journal()
    body = json.dumps({"prompt": "one of ours: first-key-of-ours"}).encode()
    other = request("POST", body=body, authorization="Bearer second-key")
    before = writer.enter(journal, other, response(), Purpose.SUBMIT, 1.0, 0.0)
    assert b"first-key-of-ours" in before.body
    writer.enter(
        journal, request(authorization="Bearer first-key-of-ours"), response(), Purpose.POLL, 1.0, 0.0
    )
    after = writer.enter(journal, other, response(), Purpose.SUBMIT, 1.0, 0.0)
    assert b"first-key-of-ours" not in after.body


def test_with_more_keys_than_are_remembered_each_requests_own_is_still_found() -> None:
    writer, journal = clerk(), Journal()
    for number in (*range(MOST_KEYS + 10), 3, MOST_KEYS + 5):
        key = f"key-number-{number:05}"
        body = json.dumps({"prompt": f"my key is {key}"}).encode()
        asked = request("POST", body=body, authorization=f"Bearer {key}")
        entry = writer.enter(journal, asked, response(200, body), Purpose.SUBMIT, 1.0, 0.0)
        assert key.encode() not in entry.body + entry.reply


def test_a_job_in_the_reply_changes_nothing_about_what_is_found() -> None:
    writer, journal = clerk(), Journal()
    for job in (JOB, "a:b/c", "x"):
        told = json.dumps(
            {"id": job, "token": "hunter2", "url": f"https://h.example/{job}.mp4?a=hunter2"}
        ).encode()
        asked = request(query=f"generation_id={job}&token=hunter2{job}")
        entry = writer.enter(journal, asked, response(200, told), Purpose.POLL, 1.0, 0.0, job=job)
        assert b"hunter2" not in entry.reply
        assert "hunter2" not in entry.query
        assert json.loads(entry.reply)["id"] == job


bytes_or_text = st.binary(max_size=60) | st.text(max_size=30).map(
    lambda text: text.encode("utf-8", "replace")
)


@given(
    st.text(max_size=10),
    bytes_or_text,
    st.dictionaries(st.sampled_from([b"authorization", b"prefer", b"x-client-request-id"]), bytes_or_text),
    bytes_or_text,
    st.integers(0, 599),
    st.sampled_from(Purpose),
)
def test_no_exchange_is_too_strange_to_be_entered_and_written_out(
    path: str, query: bytes, headers: dict[bytes, bytes], body: bytes, status: int, purpose: Purpose
) -> None:
    asked = Request("GET", path.encode("utf-8", "replace").decode(), query, headers, body)
    entry = clerk("x").enter(Journal(), asked, response(status, body), purpose, 1e9, 0.1, asked=path)
    (line,) = as_json_lines([entry])
    assert json.loads(line)["number"] == 1
    assert json.dumps(as_har([entry], origin="http://localhost", version="1"))
