"""Pseudonyms: ids and prompts are replaced, the same one by the same name throughout a recording.

So that a life stays readable: the job is ``job-1`` wherever its id stood, in bodies, queries, headers and URLs.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from bodydouble.contracts.pointers import JSON

JOB = "job-1"
MAX_NAMES = 1_000
"""Names that are remembered in one recording; beyond that the oldest but the job's are forgotten."""
LEAST_ECHO = 8
"""Characters that a prompt needs to be looked for within other texts; a shorter one would hit half the words."""
LEAST_ID = 4
"""The same for an id."""
LONGEST = 16_384
"""Characters of a text that is looked through; scrubbing replaces a longer one as a whole."""
PROSE = 60
"""Characters from which on any text of several words is taken for a prompt."""

_ID_NAME = re.compile(r"(?:.*[_\-.])?(?:id|ids|uuid|guid)|.*[a-z](?:Id|ID|Ids|Uuid)", re.DOTALL)
_ID_FREE = re.compile(r"model|voice|type|version", re.IGNORECASE)
"""Names that end like an id's and hold the name of a kind."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{12}:([0-9]{1,20})")
_PROMPT_NAME = re.compile(
    r"prompt|text|script|lyrics|caption|description|story|message|content|instruction", re.IGNORECASE
)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TOKEN = re.compile(r"(?<=/)(?=[^/?#.\s]*\d)(?=[^/?#.\s]*[A-Za-z])[A-Za-z0-9_\-]{16,}(?=[/?#.]|$)")
"""A path segment that nobody can guess: where a URL has no signature, it is the secret."""


class Pseudonyms:
    """The names given within one recording.

    Args:
        keep: ``ids`` and ``prompts`` that are to stay as they are.
    """

    def __init__(self, keep: frozenset[str] = frozenset()) -> None:
        self._keep = keep
        self._names: dict[str, str] = {}
        self._ids = 0
        self._prompts = 0
        self._secrets: dict[str, int] = {}
        self._count = 0
        self._pattern: re.Pattern[str] | None = None

    def add_job(self, job_id: str) -> None:
        """Call the job ``job-1``."""
        if "ids" not in self._keep:
            self._name(job_id, JOB)

    def add_id(self, value: str) -> str:
        """Return the pseudonym of an id, a new one if need be."""
        if "ids" in self._keep or not value:
            return value
        if value not in self._names:
            self._ids += 1
            self._name(value, f"id-{self._ids}")
        return self._names[value]

    def _prompt(self, value: str) -> str:
        if "prompts" in self._keep or not value:
            return value
        name = self._names.get(value)
        if name is None:
            self._prompts += 1
            name = f"prompt-{self._prompts} ({len(value)} characters)"
            self._name(value, name)
        return name

    def _name(self, value: str, name: str) -> None:
        if value and value not in self._names:
            self._names[value] = name
            self._pattern = None
            _forget_oldest(self._names)

    def learn(self, other: "Pseudonyms") -> None:
        """Recognise what another recording has given names to, under names of this one."""
        for value, name in tuple(other._names.items()):  # noqa: SLF001 - of the same class
            if name.startswith("prompt-"):
                self._prompt(value)
            else:
                self.add_id(value)

    def text(self, text: str) -> str:
        """Return ``text`` with everything replaced that has a name or looks like an id."""
        if len(text) > LONGEST:
            return text
        if "ids" not in self._keep:
            for found in (*_UUID.findall(text), *_TOKEN.findall(text)):
                self.add_id(found)
        if text in self._names:
            return self._names[text]
        return self._compiled().sub(lambda match: self._named(match[0]), text)

    def _named(self, found: str) -> str:
        return self._names.get(found) or self._names.get(unquote(found), found)

    def _compiled(self) -> re.Pattern[str]:
        if self._pattern is None:
            values = {
                form
                for value in self._names
                if _is_findable(value, self._names[value])
                for form in _forms(value)
            }
            longest_first = sorted(values, key=lambda value: (-len(value), value))
            self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        return self._pattern

    def request(self, body: JSON) -> JSON:
        """Return the body of a request with ids and prompts replaced."""
        return self._walked(body, "", asking=True)

    def reply(self, body: JSON) -> JSON:
        """Return the body of a reply with ids replaced, and prompts that it repeats."""
        return self._walked(body, "", asking=False)

    def query(self, query: str) -> str:
        """Return a query with the values replaced that are ids, or named so; the others as they were sent."""
        pairs = (pair.partition("=") for pair in query.split("&")) if query else ()
        return "&".join(
            f"{self.text(name)}{equals}{self._sent(name, value)}" for name, equals, value in pairs
        )

    def _sent(self, name: str, value: str) -> str:
        plain = unquote(value)
        if plain in self._names or is_id_name(unquote(name)):
            return quote(self.add_id(plain), safe="")
        return self.text(value)

    def numbered(self, text: str) -> str:
        """Return ``text`` with every digest numbered: ``secret-1 (64 bytes)``."""
        return (
            _DIGEST.sub(lambda found: self._secret(found[0], found[1]), text) if "sha256:" in text else text
        )

    def _secret(self, digest: str, size: str) -> str:
        if digest not in self._secrets:
            self._count += 1
            self._secrets[digest] = self._count
            _forget_oldest(self._secrets)
        return f"secret-{self._secrets[digest]} ({size} bytes)"

    def header(self, name: str, value: str) -> str:
        """Return the value of a header: an id where its name says so, else a text."""
        return self.add_id(value) if name.endswith("-id") else self.text(value)

    def _walked(self, value: JSON, name: str, *, asking: bool) -> JSON:
        match value:
            case dict():
                return {
                    self.text(key): self._walked(member, key, asking=asking) for key, member in value.items()
                }
            case list():
                return [self._walked(member, name, asking=asking) for member in value]
            case str():
                return self._leaf(value, name, asking=asking)
            case int() if not isinstance(value, bool) and (is_id_name(name) or str(value) in self._names):
                return self.add_id(str(value)) if "ids" not in self._keep else value
        return value

    def _leaf(self, value: str, name: str, *, asking: bool) -> str:
        if value in self._names:
            return self._names[value]
        if is_id_name(name):
            return self.add_id(value)
        if asking and is_prompt(name, value):
            return self._prompt(value)
        return self.text(value)


def is_id_name(name: str) -> bool:
    """Return whether a property of this name holds an id."""
    return bool(_ID_NAME.fullmatch(name)) and not _ID_FREE.search(name)


def is_prompt(name: str, value: str) -> bool:
    """Return whether a text of a request is what a person wrote: its name says so, or it is long, or has lines."""
    if "://" in value[:20] or value.startswith("data:"):
        return False
    return bool(_PROMPT_NAME.search(name)) or (len(value) >= PROSE and " " in value) or "\n" in value


def _is_findable(value: str, name: str) -> bool:
    return len(value) >= (LEAST_ECHO if name.startswith("prompt-") else LEAST_ID)


def _forms(value: str) -> Iterator[str]:
    """The value itself and as queries and paths write it."""
    yield value
    yield quote(value, safe="")
    yield quote(value, safe="/:")


def _forget_oldest(names: dict[str, str] | dict[str, int]) -> None:
    if len(names) > MAX_NAMES:
        del names[next(value for value, name in names.items() if name != JOB)]
