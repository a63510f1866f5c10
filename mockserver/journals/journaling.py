"""Journaling: from a request and its reply to an entry without secrets; a few microseconds, most of them remembered.

Clients repeat themselves: the same headers on every call, the same query on every poll, the same words in every reply.
What was scrubbed lately is therefore looked up before it is scrubbed again.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache

from bodydouble.contracts.schema.violations import Violation
from bodydouble.mockserver.http.messages import Request, Response

from .digests import Secrets, digest
from .journal import Entry, Journal, Purpose
from .scrubbing import scrub_headers, scrub_query, scrub_text
from .scrubbing_json import scrub_json

KEPT = 8192
"""Bytes of a scrubbed body that are kept."""

OF_INTEREST = ("authorization", "x-api-key", "user-agent", "content-type", "range")
"""Request headers that are kept; the first two carry the key."""

MOST_KEYS = 32
"""Keys that are looked for in every request; a request's own key always is."""

MOST_VIOLATIONS = 20
"""Violations of one request that are kept."""

_ANY_JOB = b"ffffffff-ffff-4fff-bfff-ffffffffffff"
_REMEMBERED = 4096
_SHORT = 1024
_CREATED, _PROBLEM = 201, 300
_LONGEST_WAIT = 1e8


class Caller:
    """Who asks, as the headers of a request tell it.

    Attributes:
        key: Digest of the key, or ``""``.
        headers: The headers of interest, scrubbed.
        secrets: What has to leave this caller's requests and their replies.
    """

    __slots__ = ("headers", "key", "secrets")

    def __init__(self, key: str, headers: tuple[tuple[str, str], ...], secrets: Secrets) -> None:
        self.key, self.headers, self.secrets = key, headers, secrets


class Clerk:
    """Makes entries; one serves all worlds of a process.

    It remembers keys, and texts of requests, as long as it lives; entries hold neither.
    """

    def __init__(self, salt: bytes, keys: Iterable[str] = (), id_header: str = "") -> None:
        """Set up.

        Args:
            salt: Random bytes, 16 or more, the same as long as digests have to be compared.
            keys: The good keys, as far as they are known.
            id_header: The header in which clients name their requests, or ``""``.
        """
        self._names = tuple(name.encode() for name in OF_INTEREST)
        self._id_header = id_header.lower().encode("latin-1")
        self._secrets = Secrets(salt, tuple(dict.fromkeys(key for key in keys if key)))
        self._room = MOST_KEYS
        self._caller = lru_cache(_REMEMBERED)(self._look_at)
        self._text = lru_cache(_REMEMBERED)(scrub_text)
        self._query = lru_cache(_REMEMBERED)(_scrub_query)
        self._body = lru_cache(_REMEMBERED)(scrub_json)

    def enter(
        self,
        journal: Journal,
        request: Request,
        response: Response,
        operation: Purpose,
        at: float,
        took: float,
        *,
        route: str = "",
        job: str = "",
        asked: str = "",
        stage: str = "",
        scenario: str = "",
        decision: str = "",
        violations: Sequence[Violation] = (),
        whole: bool = True,
        gone: bool = False,
        url_until: float | None = None,
        expired: bool = False,
        first: int = 0,
        sent: int = 0,
        size: int = 0,
        came: float | None = None,
        left: float | None = None,
        wall: float | None = None,
    ) -> Entry:
        """Put an exchange into ``journal`` and return the entry.

        Args:
            journal: Where it belongs.
            request: As received.
            response: As decided; a result's content stays out of it (an empty body, and ``sent`` and ``size``).
            operation: What the request was for.
            at: When it came, in the world's seconds since the epoch.
            took: The world's seconds until the reply had been sent.
            route: See :class:`~bodydouble.mockserver.journals.journal.Entry`, as for the following.
            job: One of ours.
            asked: As it arrived.
            stage: As told.
            scenario: As asked for.
            decision: Its name.
            violations: Everything that is wrong with the request.
            whole: Whether the reply was sent as meant.
            gone: Whether the client went before that.
            url_until: In the world's seconds since the epoch.
            expired: Whether that was the reason.
            first: In bytes.
            sent: In bytes.
            size: In bytes.
            came: By the clock that the world's own follows.
            left: By the same.
            wall: When it had been sent by the wall clock, which dates in headers are of; by the world's if None.
        """
        caller = self._caller(tuple(map(request.headers.get, self._names)))
        secrets = caller.secrets
        query, body, reply, status = request.query, request.body, response.body, response.status
        # By position, which is five times as fast as by name for as many fields.
        entry = Entry(
            journal.last + 1,
            at,
            took,
            request.method,
            self._text(request.path, secrets),
            operation,
            status,
            route,
            job,
            asked if asked == job else self._text(asked, secrets),
            stage,
            caller.key,
            self._query(query, secrets, operation) if query else "",
            caller.headers,
            self._kept(body, secrets) if body else b"",
            len(body),
            _fields(response, secrets) if status >= _PROBLEM else (),
            self._kept_about(job, reply, secrets) if reply else b"",
            len(reply),
            _in_words(violations, secrets) if violations else (),
            decision,
            scrub_text(scenario, secrets) if scenario else "",
            self._named(request, secrets) if self._id_header else "",
            _pause(response, at + took if wall is None else wall) if status > _CREATED else None,
            whole,
            gone,
            url_until,
            expired,
            first,
            sent,
            size,
            came,
            left,
        )
        journal.append(entry)
        return entry

    def _kept_about(self, job: str, reply: bytes, secrets: Secrets) -> bytes:
        """Scrub a reply; but for the id, those about different jobs are often the same."""
        if not job or len(reply) > _SHORT:
            return self._kept(reply, secrets)
        known = job.encode()
        return self._body(reply.replace(known, _ANY_JOB), secrets).replace(_ANY_JOB, known)

    def _kept(self, body: bytes, secrets: Secrets) -> bytes:
        scrubbed = self._body(body, secrets) if len(body) <= _SHORT else scrub_json(body, secrets)
        return scrubbed[:KEPT]

    def _named(self, request: Request, secrets: Secrets) -> str:
        name = request.headers.get(self._id_header)
        return scrub_text(name.decode("latin-1"), secrets) if name else ""

    def _look_at(self, values: tuple[bytes | None, ...]) -> Caller:
        fields = [
            (name, value.decode("latin-1"))
            for name, value in zip(OF_INTEREST, values, strict=True)
            if value is not None
        ]
        key = _key_in(dict(fields))
        secrets = self._with(key) if key else self._secrets
        return Caller(digest(key, secrets.salt) if key else "", scrub_headers(fields, secrets), secrets)

    def _with(self, key: str) -> Secrets:
        """Return what is known, ``key`` included; as long as there is room it counts for everybody's requests."""
        known = self._secrets
        if key in known.keys:
            return known
        more = Secrets(known.salt, (*known.keys, key))
        if self._room:
            self._room -= 1
            self._secrets = more
            for cache in (self._caller, self._text, self._query, self._body):
                cache.cache_clear()
        return more


def _key_in(fields: dict[str, str]) -> str:
    """Return the key: what follows the scheme (RFC 9110 section 11.4), or all of it where there is none."""
    given = fields.get("authorization", "").strip()
    scheme, _, rest = given.partition(" ")
    return rest.strip() or scheme or fields.get("x-api-key", "").strip()


def _scrub_query(query: bytes, secrets: Secrets, operation: Purpose) -> str:
    return scrub_query(query.decode("latin-1"), secrets, credential=operation is Purpose.RESULT)


def _fields(response: Response, secrets: Secrets) -> tuple[tuple[str, str], ...]:
    fields = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers)
    return scrub_headers(fields, secrets)


def _in_words(violations: Sequence[Violation], secrets: Secrets) -> tuple[str, ...]:
    told = (
        f"{one.message}: expected {one.expected}, received {one.got}" for one in violations[:MOST_VIOLATIONS]
    )
    return tuple(scrub_text(text, secrets) for text in told)


def _pause(response: Response, now: float) -> float | None:
    for name, value in response.headers:
        if name == b"retry-after":
            return retry_after(value.decode("latin-1"), now)
    return None


def retry_after(text: str, now: float) -> float | None:
    """Return the seconds that ``Retry-After`` asks for (RFC 9110 section 10.2.3), or None if it cannot be read.

    Args:
        text: Seconds, or a date; one in the past is 0.
        now: When it was said, in seconds since the epoch.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
        until = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(until - now, 0.0), _LONGEST_WAIT)
