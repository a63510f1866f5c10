"""Scrubbing text: digests stand where secrets stood, everything else stays as it was.

Taken for secrets: what stands under a secret's name (:mod:`.secret_names`), what looks like a key, keys in use and
pieces of them, user and query of every absolute URL (a result's query is a credential), data URIs, and long runs of
Base64 digits. Percent-encoding and JSON's escapes are looked through, also in several layers.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote, unquote_plus

from .digests import FRAGMENT, Secrets, digest, is_digest
from .secret_names import NAME_MARKS, SCHEMES, SHAPE_MARKS, SHAPES, is_secret_name

LONGEST_RUN = 38
"""Base64 digits in a row that may still be a name or an id; a UUID has 36 characters."""

LONGEST_TEXT = 16_384
"""Characters of one text; a longer one is replaced as a whole."""

_LAYERS = 5
_LONGEST_PATH = 400
_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_RUN_FLAGS = bytes(97 if code in _DIGITS else 32 for code in range(256))
_TOO_LONG = "a" * (LONGEST_RUN + 1)
_MARKS = (*NAME_MARKS, *SHAPE_MARKS)

# Lines of a wrapped run belong to it; possessive, so that no first word of a sentence does.
_RUN = re.compile(r"[A-Za-z0-9+/_-]{39,}(?:\r?\n[A-Za-z0-9+/_-]{1,200}+(?![ \t.,;:]))*={0,2}")
_LINK = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,20}:)?//[^\s\"'<>\\^`{|}]+")
_LABEL = re.compile(
    r"data:(?:(?:image|video|audio|text|application)/[a-z0-9.+-]{1,40})?(?:;charset=[a-z0-9-]{1,20})?(?:;base64)?,",
    re.IGNORECASE,
)
_DATA = re.compile(rf"({_LABEL.pattern})([^\s\"'<>)]+)", re.IGNORECASE)
_SCHEME = re.compile(r"\b(bearer|basic)(\s{1,4})([^\s\"'<>,;)]+)", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"([A-Za-z][\w.-]{0,60})"
    r"(\\{0,9}[\"']?\s{0,4}[=:]\s{0,4}\\{0,9}[\"']?(?:(?:bearer|basic)\s{1,4})?)"
    r"([^\s\"'&,;\\<>]+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w*|[0-9a-f-]{36}", re.ASCII)
_SEPARATORS = re.compile(r"[/\s]")
_SPACES = re.compile(r"([\s\"'<>]+)")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(/))")


def is_plain(raw: bytes, secrets: Secrets) -> bool:
    """Return whether ``raw``, a text or a body, surely holds nothing to scrub; quick, and False when in doubt."""
    if len(raw) > LONGEST_TEXT:
        return False
    text = raw.decode("latin-1").lower()
    if "%" in text or "\\" in text or "\0" in text:
        return False
    for mark in _MARKS:
        if mark in text:
            return False
    for probe in secrets.probes:
        if probe in text:
            return False
    return len(raw) <= LONGEST_RUN or _TOO_LONG not in raw.translate(_RUN_FLAGS).decode("latin-1")


def scrub_text(text: str, secrets: Secrets) -> str:
    """Return ``text`` with digests where secrets stood."""
    if _is_key(text, secrets):
        return digest(text, secrets.salt)
    if _is_word(text, secrets):
        return text
    label = _LABEL.match(text)
    if label:
        return label[0] + digest(text[label.end() :], secrets.salt)
    if len(text) > LONGEST_TEXT:
        return digest(text, secrets.salt)
    if is_plain(text.encode("utf-8", "surrogatepass"), secrets):
        return text
    return _scrub_hidden(_scrub_seen(text, secrets), secrets)


def _is_key(text: str, secrets: Secrets) -> bool:
    """Whether it is a key in use or a piece of one: a key may be split across members of a body."""
    for key in secrets.keys:  # noqa: SIM110 - a generator takes twice as long
        if text == key or (len(text) >= FRAGMENT and text in key):
            return True
    return False


def _is_word(text: str, secrets: Secrets) -> bool:
    """Whether it is one word, number or UUID: most names and many values are, and they are done with quickly."""
    if len(text) > LONGEST_RUN or not _WORD.fullmatch(text):
        return False
    lowered = text.lower()
    for probe in secrets.probes:  # noqa: SIM110 - same
        if probe in lowered:
            return False
    return True


def _scrub_seen(text: str, secrets: Secrets) -> str:
    """What is not escaped; in an order in which no step takes apart what a later one looks for."""
    salt = secrets.salt
    text = _DATA.sub(lambda found: found[1] + digest(found[2], salt), text)
    text = _LINK.sub(lambda found: _scrub_link(found[0], secrets), text)
    text = _ASSIGNED.sub(lambda found: _scrub_assigned(found, salt), text)
    text = _SCHEME.sub(lambda found: found[1] + found[2] + digest(found[3], salt), text)
    for shape in SHAPES:
        text = shape.sub(lambda found: digest(found[0], salt), text)
    for key in secrets.keys:
        text = _without_key(text, key, salt)
    return _RUN.sub(lambda found: _scrub_run(found[0], salt), text)


def _scrub_assigned(found: re.Match[str], salt: bytes) -> str:
    name, between, value = found.groups()
    return name + between + digest(value, salt) if is_secret_name(name) else found[0]


def _scrub_run(run: str, salt: bytes) -> str:
    """A path is a long run, too, but none of its segments is one."""
    longest = max(map(len, _SEPARATORS.split(run)))
    return digest("".join(run.split()), salt) if longest > LONGEST_RUN or len(run) > _LONGEST_PATH else run


def _without_key(text: str, key: str, salt: bytes) -> str:
    """Replace the key wherever it stands, also where its beginning or its end stands alone."""
    if len(key) < FRAGMENT:
        return text
    text = text.replace(key, digest(key, salt))
    first, last = key[:FRAGMENT], key[-FRAGMENT:]
    text = "".join(_without_beginnings(text.split(first), key, salt)) if first in text else text
    return _without_ends(text.split(last), key, salt) if last in text else text


def _without_beginnings(parts: list[str], key: str, salt: bytes) -> Iterator[str]:
    yield parts[0]
    for part in parts[1:]:
        common = _common(part, key[FRAGMENT:])
        yield digest(key[: FRAGMENT + common], salt) + part[common:]


def _without_ends(parts: list[str], key: str, salt: bytes) -> str:
    made = []
    for part in parts[:-1]:
        common = _common(part[::-1], key[:-FRAGMENT][::-1])
        made.append(part[: len(part) - common] + digest(key[-FRAGMENT - common :], salt))
    return "".join(made) + parts[-1]


def _common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _scrub_hidden(text: str, secrets: Secrets) -> str:
    """Replace words that hold a secret below one or more layers of escapes."""
    if "%" not in text and "\\" not in text:
        return text
    return "".join(_scrub_word(word, secrets) for word in _SPACES.split(text))


def _scrub_word(word: str, secrets: Secrets) -> str:
    hidden = word
    for _ in range(_LAYERS):
        deeper = without_escapes(unquote(hidden))
        if deeper == hidden:
            return word
        if _is_key(deeper, secrets) or _scrub_seen(deeper, secrets) != deeper:
            return digest(deeper, secrets.salt)
        hidden = deeper
    return digest(word, secrets.salt)


def without_escapes(text: str) -> str:
    r"""Return ``text`` with JSON's ``\uXXXX`` and ``\/`` (RFC 8259 section 7) resolved."""
    return _ESCAPE.sub(lambda found: found[2] or chr(int(found[1], 16)), text) if "\\" in text else text


def scrub_url(url: str, secrets: Secrets) -> str:
    """Return a URL or a reference to one; its query is a credential, every value in it becomes a digest."""
    return scrub_text(_scrub_link(url, secrets), secrets)


def _scrub_link(link: str, secrets: Secrets) -> str:
    rest, hash_, fragment = link.partition("#")
    head, question, query = rest.partition("?")
    query = scrub_query(query, secrets, credential=True)
    if "=" in fragment:
        fragment = scrub_query(fragment, secrets, credential=True)
    return f"{_without_user(head, secrets.salt)}{question}{query}{hash_}{fragment}"


def _without_user(head: str, salt: bytes) -> str:
    """Replace ``user:password@`` (RFC 3986 section 3.2.1), also where the password has a slash that it may not have."""
    scheme, slashes, rest = head.partition("//")
    authority = rest.partition("/")[0]
    port = authority.rpartition(":")[2]
    if "@" not in rest or ("@" not in authority and (port == authority or port.isdecimal())):
        return head
    end = (authority if "@" in authority else rest).rindex("@")
    user = rest[:end]
    parts = (
        [user] if is_digest(user) else [digest(unquote(part), salt) for part in user.split(":", 1) if part]
    )
    return f"{scheme}{slashes}{':'.join(parts)}{rest[end:]}"


def scrub_query(query: str, secrets: Secrets, *, credential: bool = False) -> str:
    """Return a query; what is no secret stays as it was sent, escapes included.

    Args:
        query: As sent, without the question mark.
        secrets: What is known of the secrets in use.
        credential: Whether the query as a whole is one, as that of a signed URL; then every value goes.
    """
    return "&".join(_scrub_pair(pair, secrets, credential=credential) for pair in query.split("&"))


def _scrub_pair(pair: str, secrets: Secrets, *, credential: bool) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return digest(unquote_plus(pair), secrets.salt) if credential and pair else _scrub_sent(pair, secrets)
    plain_name = unquote_plus(name)
    if value and (credential or is_secret_name(plain_name, in_query=True)):
        return f"{_scrub_sent(name, secrets)}={digest(unquote_plus(value), secrets.salt)}"
    return f"{_scrub_sent(name, secrets)}={_scrub_sent(value, secrets)}"


def _scrub_sent(sent: str, secrets: Secrets) -> str:
    """Whether a plus sign is a blank is up to whoever reads it, so both are looked at."""
    readings = (unquote_plus(sent), unquote(sent)) if "%" in sent or "+" in sent else (sent,)
    for plain in dict.fromkeys(readings):
        scrubbed = scrub_text(plain, secrets)
        if scrubbed != plain:
            return quote(scrubbed, safe=":/?@,;=")
    return sent


def scrub_headers(headers: Iterable[tuple[str, str]], secrets: Secrets) -> tuple[tuple[str, str], ...]:
    """Return header fields; of credentials the scheme stays."""
    return tuple((scrub_text(name, secrets), _scrub_field(name, value, secrets)) for name, value in headers)


def _scrub_field(name: str, value: str, secrets: Secrets) -> str:
    if not is_secret_name(name) or not value:
        return scrub_text(value, secrets)
    scheme, blank, rest = value.partition(" ")
    if blank and rest.strip() and scheme.lower() in SCHEMES:
        return f"{scheme} {digest(rest.strip(), secrets.salt)}"
    return digest(value, secrets.salt)
