"""The command that repeats a request: for a POSIX shell, with the key as a variable."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .exchanges import Exchange, Message

KEY_NAME = "API_KEY"
"""The environment variable that stands for the key."""

MAX_INLINE = 2_000
"""Bytes of a body that stand in the command itself."""

_OWN = frozenset(
    {
        *("host", "content-length", "connection", "transfer-encoding", "accept-encoding", "user-agent"),
        *("keep-alive", "te", "trailer", "upgrade", "proxy-connection", "expect"),
    }
)
"""Header fields that curl writes itself, or that belong to one connection."""

_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"})
_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Key) +", re.IGNORECASE)
_GLOBBED = re.compile(r"[\[\]{}]")
_SQUASHED = re.compile(r"/\.\.?(/|$)")
_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""Characters that no command line should hold: a terminal would act on them, a shell would lose them."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line and what it needs.

    Attributes:
        text: To be pasted into a shell.
        body: What the file that it names holds; None if it names none.
    """

    text: str
    body: bytes | None = None


def curl(
    exchange: Exchange,
    origin: str,
    *,
    key_name: str = KEY_NAME,
    body_file: str = "body.bin",
    secrets: Sequence[str] = (),
) -> Command:
    """Return the command that sends a request again.

    Args:
        exchange: What was sent.
        origin: Scheme, host and port, such as ``https://api.example``.
        key_name: The environment variable that stands for the key, wherever the key occurs.
        body_file: Where a body is read from that is too long for a command line or no text; a body that was not
            kept as well, which the caller cannot write there.
        secrets: Further texts that the variable stands for.
    """
    request = exchange.request
    hidden = _Hidden(key_name, tuple(dict.fromkeys((*secrets, *_keys(request)))))
    url = origin.rstrip("/") + exchange.path + (f"?{exchange.query}" if exchange.query else "")
    content = request.body.content
    parts = ["curl", *_options(exchange, url), *_method(exchange), hidden.quoted(url)]
    parts += [f"-H {hidden.quoted(field)}" for field in _fields(request)]
    if not request.body.size:
        return Command(" ".join(parts))
    if content is None or not _is_inline(content):
        return Command(" ".join([*parts, f"--data-binary @{shlex.quote(body_file)}"]), content)
    return Command(" ".join([*parts, f"--data-raw {hidden.quoted(content.decode())}"]))


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Quotes texts for the shell; secrets in them become the variable."""

    name: str
    secrets: tuple[str, ...]

    def quoted(self, text: str) -> str:
        parts = re.split(f"({'|'.join(map(re.escape, self.secrets))})", text) if self.secrets else [text]
        shown = [f'"${self.name}"' if part in self.secrets else shlex.quote(part) for part in parts if part]
        return "".join(shown) or "''"


def _options(exchange: Exchange, url: str) -> Iterator[str]:
    yield "-sS"
    yield "-i"
    if _GLOBBED.search(url):
        yield "--globoff"
    if _SQUASHED.search(exchange.path):
        yield "--path-as-is"


def _method(exchange: Exchange) -> Iterator[str]:
    """What curl would choose by itself is left to it; of HEAD it must know that no body comes."""
    usual = "POST" if exchange.request.body.size else "GET"
    if exchange.method == "HEAD":
        yield "--head"
    elif exchange.method != usual:
        yield f"-X {shlex.quote(exchange.method)}"


def _fields(request: Message) -> Iterator[str]:
    """The header fields as curl takes them: one without a value ends in a semicolon, lest it be taken out."""
    declared = False
    for name, value in request.fields:
        declared = declared or name == "content-type"
        if name not in _OWN:
            yield f"{name}: {value}" if value else f"{name};"
    if request.body.size and not declared:
        yield "content-type:"  # curl would declare a form


def _keys(request: Message) -> Iterator[str]:
    for name, value in request.fields:
        if name in _SECRET and value:
            yield _SCHEME.sub("", value, count=1) or value


def _is_inline(content: bytes) -> bool:
    if len(content) > MAX_INLINE:
        return False
    try:
        return not _UNSPEAKABLE.search(content.decode())
    except UnicodeDecodeError:
        return False
