"""What is written down of a message: noise left out, ids and prompts under other names, secrets not at all."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from bodydouble.contracts.checks.exchanges import Message, NotJSON, Unread
from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.journals.digests import Secrets
from bodydouble.mockserver.journals.scrubbing import scrub_headers, scrub_query, scrub_text
from bodydouble.mockserver.journals.scrubbing_json import scrub_json

from .pseudonyms import Pseudonyms
from .recordings import Said

NOISE = frozenset(
    [
        "accept-ranges",
        "age",
        "alt-svc",
        "cache-control",
        "cf-cache-status",
        "cf-ray",
        "connection",
        "content-length",
        "date",
        "etag",
        "expect-ct",
        "host",
        "keep-alive",
        "last-modified",
        "nel",
        "pragma",
        "report-to",
        "server-timing",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "x-cache",
        "x-powered-by",
        "x-response-time",
    ]
)
"""Headers that change with every reply and tell nothing about a job."""
NOISY_PREFIXES = ("access-control-", "sec-", "x-forwarded-", "x-envoy-")


@dataclass(slots=True)
class Scribe:
    """Writes down what was said, for one recording.

    First ids and prompts are given other names, so that a job is recognised whatever its id looks like; then whatever
    still looks like a secret becomes a digest; then digests are numbered, so that two recordings can be compared.

    Attributes:
        names: The names given so far.
        secrets: The keys in use.
    """

    names: Pseudonyms
    secrets: Secrets

    def text(self, text: str) -> str:
        """Return a text as it is written down."""
        return self.names.numbered(scrub_text(self.names.text(text), self.secrets))

    def query(self, query: str) -> str:
        """Return a query as it is written down."""
        return self.names.numbered(scrub_query(self.names.query(query), self.secrets))

    def said(self, message: Message, limit: int, *, asking: bool) -> Said:
        """Return what a message said.

        Args:
            message: What was sent.
            limit: Bytes from which on a body is left out; 0 for no limit.
            asking: Whether it is a request.
        """
        body, omitted = _content(message, limit)
        named = self.names.request(body) if asking else self.names.reply(body)
        return Said(self._headers(message), self._scrubbed(named), omitted)

    def _scrubbed(self, value: JSON) -> JSON:
        raw = scrub_json(json.dumps(value, ensure_ascii=False).encode(), self.secrets)
        try:
            scrubbed: JSON = json.loads(raw)
        except ValueError:  # it was replaced as a whole
            scrubbed = raw.decode("utf-8", "replace")
        return _strings(scrubbed, self.names.numbered)

    def _headers(self, message: Message) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, value in scrub_headers(message.fields, self.secrets):
            if name not in NOISE and not name.startswith(NOISY_PREFIXES):
                shown = self.names.numbered(self.names.header(name, value))
                headers[name] = f"{headers[name]}, {shown}" if name in headers else shown
        return headers


def _content(message: Message, limit: int) -> tuple[JSON, str]:
    """The JSON body, or what another body was."""
    if not message.body.size:
        return None, ""
    what = f"{message.media_type or 'no media type'}, {message.body.size} bytes"
    if not message.is_json or (limit and message.body.size > limit):
        return None, what
    try:
        return message.json, ""
    except (NotJSON, Unread):
        return None, what


def _strings(value: JSON, change: Callable[[str], str]) -> JSON:
    match value:
        case dict():
            return {change(name): _strings(member, change) for name, member in value.items()}
        case list():
            return [_strings(member, change) for member in value]
        case str():
            return change(value)
    return value
