"""What both clients share: settings, checked once, and the conversations they give rise to."""

import json
import math
import random
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, SupportsFloat, TypeAlias

import httpx2

from .addresses import base_url_from, root_of
from .api import Api
from .asking import Asking
from .downloading import Order, downloading
from .errors import ConfigurationError
from .exchange import Envelope, tick
from .images import Image, image_field
from .keys import checked, key_from
from .models import Job
from .parsing import usable_id
from .partfile import PartFile
from .retry import Pace
from .steps import Conversation, Headers
from .submission import Intent, creating
from .waiting import looking, waiting

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
"""Any JSON value."""

# What the client or the HTTP library sets itself.
_RESERVED = frozenset(
    {
        "host",
        "content-length",
        "content-type",
        "transfer-encoding",
        "connection",
        "accept-encoding",
        "user-agent",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The settings of one client.

    Attributes:
        envelope: Key and origin, for the driver.
        asking: Origin, API and pace, for conversations.
    """

    envelope: Envelope
    asking: Asking

    def create(
        self,
        prompt: str,
        *,
        image: Image | None,
        headers: Mapping[str, str] | None,
        request_id: str | None,
        timeout: float | None,
        fields: Mapping[str, JSON],
    ) -> Conversation[Job]:
        """Return the conversation that creates a job; everything about it is checked and frozen now."""
        asking = self.asking
        intent = Intent(
            client_request_id=self._request_id(request_id),
            body=body_of(prompt, image, fields, asking.api),
            headers=self._headers(headers or {}),
        )
        limit = asking.pace.create_timeout if timeout is None else seconds(timeout)
        return creating(intent, asking, timeout=limit, start=tick())

    def wait(self, job: Job | str, timeout: float) -> Conversation[Job]:
        """Return the conversation that follows a job to its end."""
        return waiting(attached(job), self.asking, timeout=seconds(timeout), start=tick())

    def look(self, job: Job | str) -> Conversation[Job]:
        """Return the conversation that asks for a job once."""
        return looking(attached(job), self.asking)

    def download(self, job: Job, part: PartFile, order: Order) -> Conversation[Job]:
        """Return the conversation that fetches a video."""
        return downloading(job, part, order, self.asking, tick())

    def _request_id(self, given: str | None) -> str:
        if given is None:
            return str(uuid.uuid4())
        pattern = self.asking.api.client_request_id_pattern
        if not re.fullmatch(pattern, given):
            raise ConfigurationError(f"request_id must match {pattern}, got {given[:200]!a}")
        return given

    def _headers(self, headers: Mapping[str, str]) -> Headers:
        api = self.asking.api
        taken = _RESERVED | {api.key_header.lower(), api.client_request_id_header.lower()}
        for name, value in headers.items():
            if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or name.lower() in taken:
                raise ConfigurationError(f"the header {name[:80]!a} cannot be set")
            if not re.fullmatch(r"(?:[!-~](?:[ -~]*[!-~])?)?", value):
                raise ConfigurationError(f"the value of the header {name!a} cannot be sent")
        return tuple(headers.items())


def session(
    *, api_key: str | None, base_url: str | None, api: Api, pace: Pace, environ: Mapping[str, str]
) -> Session:
    """Return checked settings.

    Raises:
        ConfigurationError: The key or the base URL is missing or cannot be used.
    """
    key = key_from(environ, api.key_variables) if api_key is None else checked(api_key, "api_key")
    if base_url is None:
        base_url, source = base_url_from(environ, api.base_url_variables, api.origin)
    else:
        source = "base_url"
    root = root_of(base_url, source)
    try:
        httpx2.URL(root)
    except httpx2.InvalidURL as error:
        raise ConfigurationError(f"the base URL from {source} cannot be used: {error}") from None
    return Session(
        envelope=Envelope(key=key, root=root, key_header=api.key_header, key_scheme=api.key_scheme),
        asking=Asking(root=root, api=api, pace=pace, rng=random.Random()),  # noqa: S311 - jitter is no secret
    )


def body_of(prompt: str, image: Image | None, fields: Mapping[str, JSON], api: Api) -> bytes:
    """Return the create's body.

    Raises:
        ConfigurationError: It cannot be written as JSON, or a field is given twice.
    """
    submit = api.submit
    body: dict[str, Any] = {**submit.fixed, submit.prompt_field: prompt}
    if image is not None:
        body[submit.image_field] = image_field(image, submit)
    twice = sorted(set(body) & set(fields) - set(submit.fixed))
    if twice:
        raise ConfigurationError(f"given twice: {', '.join(twice)}")
    try:
        return json.dumps({**body, **fields}, allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"the create's fields cannot be written as JSON: {error}") from None


def attached(job: object) -> Job:
    """Return ``job``, or a job never looked at for an id; the network is not asked.

    Raises:
        ConfigurationError: The id is empty or cannot be sent.
    """
    if isinstance(job, Job):
        return job
    if not isinstance(job, str) or not usable_id(job):
        raise ConfigurationError(f"a job's id is text that is not empty, got {str(job)[:80]!a}")
    return Job(id=job)


def seconds(value: object) -> float:
    """Return ``value`` as a float if it is a time limit; infinity stands for no limit.

    Raises:
        ConfigurationError: It is negative or not a number.
    """
    try:
        number = float(value) if isinstance(value, SupportsFloat) else math.nan
    except OverflowError:  # an integer beyond all floats
        number = math.inf if isinstance(value, int) and value > 0 else math.nan
    except ValueError:  # a decimal that signals
        number = math.nan
    if not number >= 0:
        raise ConfigurationError(
            f"a timeout is a number of seconds and not negative, got {str(value)[:80]!a}"
        )
    return number
