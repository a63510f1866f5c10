import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import closing, contextmanager
from typing import Any

from bodydouble.contracts.checks.exchanges import Ending
from bodydouble.contracts.verify.asgi_target import ORIGIN, Application, AppTarget
from bodydouble.contracts.verify.asking import Asked, Meant, result
from bodydouble.mockserver.clocks import ManualClock

Event = MutableMapping[str, Any]
Receive, Send = Callable[[], Awaitable[Event]], Callable[[Event], Awaitable[None]]
ASKED = Asked(Meant.POLL, "GET", "/a%20b?x=%C3%A9", (("x-name", "n"),))


@contextmanager
def target(app: Application, key: str = "sesame") -> Iterator[AppTarget]:
    with closing(AppTarget(app, ManualClock(), key)) as made:
        yield made


async def echo(scope: Event, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        raise TypeError
    body = (await receive())["body"]
    headers = dict(scope["headers"])
    text = f"{scope['method']} {scope['path']} {scope['query_string']!r} {headers.get(b'authorization')!r} {body!r}"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Upper", b"1")]})
    await send({"type": "http.response.body", "body": text.encode()})


async def short(_scope: Event, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
    await send({"type": "http.response.body", "body": b"1234"})


async def broken(_scope: Event, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("with a secret in it")


async def silent(_scope: Event, _receive: Receive, _send: Send) -> None:
    return


def test_an_application_gets_what_was_asked_and_the_key() -> None:
    with target(echo) as app:
        exchange = app.ask(ASKED)
    assert exchange.reply.decoded.decode() == "GET /a b b'x=%C3%A9' b'Bearer sesame' b''"
    assert exchange.reply.field("x-upper") == "1"


def test_the_key_is_not_in_the_exchange() -> None:
    with target(echo) as app:
        exchange = app.ask(ASKED)
    assert exchange.request.field("authorization") == "Bearer [key]"


def test_a_request_without_a_key_carries_none_and_nor_does_a_result() -> None:
    with target(echo) as app:
        for asked in (Asked(Meant.KEYLESS, "GET", "/", keyed=False), result(f"{ORIGIN}/file")):
            exchange = app.ask(asked)
            assert b" None " in exchange.reply.decoded
            assert exchange.request.field("authorization") is None


def test_a_body_shorter_than_announced_is_cut_as_a_server_would_cut_it() -> None:
    with target(short) as app:
        assert app.ask(ASKED).ending is Ending.CUT


def test_an_application_that_raises_answers_500_and_its_message_is_not_shown() -> None:
    with target(broken) as app:
        exchange = app.ask(ASKED)
    assert (exchange.status, exchange.trouble) == (500, "the application raised RuntimeError")


def test_an_application_that_says_nothing_has_sent_no_reply() -> None:
    with target(silent) as app:
        exchange = app.ask(ASKED)
    assert (exchange.status, exchange.ending) == (0, Ending.LOST)


def test_requests_at_once_have_all_begun_before_the_first_is_answered() -> None:
    with target(echo) as app:
        one, two = app.ask_together((ASKED, ASKED))
    assert max(one.started, two.started) < min(one.ended, two.ended)


def test_time_never_stands_still_between_requests_although_the_clock_does() -> None:
    with target(echo) as app:
        one, two = app.ask(ASKED), app.ask(ASKED)
    assert one.started < one.ended < two.started
    assert (one.number, two.number) == (1, 2)


def test_only_the_application_itself_is_reached() -> None:
    with target(echo) as app:
        assert app.reaches(f"{ORIGIN}/file.mp4")
        assert not app.reaches("https://cdn.example/file.mp4")


def test_an_application_is_started_and_stopped() -> None:
    told: list[str] = []

    async def lifespan(scope: Event, receive: Receive, send: Send) -> None:
        while scope["type"] == "lifespan":
            kind = (await receive())["type"]
            told.append(kind)
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
            await asyncio.sleep(0)

    with target(lifespan):
        assert told == ["lifespan.startup"]
    assert told == ["lifespan.startup", "lifespan.shutdown"]
