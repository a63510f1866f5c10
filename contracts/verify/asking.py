"""What is sent to a server under test: requests as data, each with what it is meant to show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlencode

from bodydouble.contracts.checks.exchanges import Fields
from bodydouble.contracts.conventions import Conventions
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.openapi.operations import JSON_MEDIA_TYPE
from bodydouble.contracts.pointers import JSON

JSON_FIELDS: Fields = (("content-type", JSON_MEDIA_TYPE),)
NAME = "bd-{number:06}"
"""What a request calls itself where the API lets it; harmless in every log."""


class Meant(StrEnum):
    """What a request is to show; it decides which replies are right."""

    CREATE = "create"
    """Whether a body is taken exactly if the schema takes it."""
    POLL = "poll"
    """How a job stands."""
    UNKNOWN = "unknown"
    """That an id which was never issued is no job."""
    INCOMPLETE = "incomplete"
    """That a poll without an id is refused."""
    KEYLESS = "keyless"
    """That nobody gets in without a key."""
    METHOD = "method"
    """That a method which the path does not have is refused."""
    RESULT = "result"
    """That what a job has made can be fetched."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; the key is none of it, whoever sends it adds that.

    Attributes:
        meant: What it is to show.
        method: In upper case.
        url: Path and query below the server's base, or the whole URL of a result.
        fields: Header fields, names in lower case.
        body: What is sent after the head.
        keyed: Whether it carries the key.
    """

    meant: Meant
    method: str
    url: str
    fields: Fields = ()
    body: bytes = b""
    keyed: bool = True

    @property
    def is_foreign(self) -> bool:
        """Whether the URL is whole: a result's, which never gets the key."""
        return "://" in self.url


class Requests:
    """The requests of one job pattern.

    Args:
        pattern: Whose they are.
        conventions: They say by which header a request may call itself something.
    """

    def __init__(self, pattern: JobPattern, conventions: Conventions) -> None:
        self._pattern = pattern
        self._names = tuple(
            name for name, allowed in conventions.request_headers if allowed.fullmatch(NAME.format(number=0))
        )
        self._count = 0

    def create(self, body: JSON) -> Asked:
        """Return the request that submits ``body``."""
        return self.create_raw(encoded(body))

    def create_raw(self, body: bytes, *, keyed: bool = True) -> Asked:
        """Return a request that submits bytes, JSON or not."""
        meant = Meant.CREATE if keyed else Meant.KEYLESS
        fields = (*JSON_FIELDS, *self._called())
        return Asked(
            meant, self._pattern.submit.method.upper(), self._pattern.submit.path, fields, body, keyed
        )

    def poll(self, job: str, meant: Meant = Meant.POLL) -> Asked:
        """Return the request that asks how ``job`` stands."""
        keyed = meant is not Meant.KEYLESS
        return Asked(
            meant, self._pattern.poll.method.upper(), self.poll_url(job), self._called(), keyed=keyed
        )

    def poll_url(self, job: str) -> str:
        """Return where ``job`` is polled."""
        parameter, path = self._pattern.parameter, self._pattern.poll.path
        if parameter.location == "path":
            return path.replace(f"{{{parameter.name}}}", quote(job, safe=""))
        return f"{path}?{urlencode({parameter.name: job}, quote_via=quote)}"

    def incomplete_poll(self) -> Asked | None:
        """Return a poll without the id; None where the id is part of the path."""
        if self._pattern.parameter.location == "path":
            return None
        poll = self._pattern.poll
        return Asked(Meant.INCOMPLETE, poll.method.upper(), poll.path, self._called())

    def other_method(self, method: str) -> Asked:
        """Return a request with a method that the create's path does not have."""
        return Asked(Meant.METHOD, method, self._pattern.submit.path, self._called())

    def _called(self) -> Fields:
        self._count += 1
        return tuple((name, NAME.format(number=self._count)) for name in self._names)


def result(url: str) -> Asked:
    """Return the request that fetches a result; a store refuses one that carries a key it does not know."""
    return Asked(Meant.RESULT, "GET", url, keyed=False)


def encoded(body: JSON) -> bytes:
    """Return ``body`` as JSON in UTF-8; half of a surrogate pair, which UTF-8 does not have, is escaped."""
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode()


def fields_of(headers: Mapping[str, str]) -> Fields:
    """Return header fields as they stand in an exchange."""
    return tuple((name.lower(), value) for name, value in headers.items())
