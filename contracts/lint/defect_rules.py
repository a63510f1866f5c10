"""What a rule about a document's defects is."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.openapi.parts import Part, Role, is_modern, parts_of
from bodydouble.contracts.openapi.references import UnresolvableReference, resolve
from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.words import show


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What a rule has found; the fields are those of a ``Finding``."""

    pointer: str
    message: str
    expected: str = ""
    got: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """A fragment laid out for the rules: its parts by role, each once, in document order."""

    fragment: Fragment
    parts: dict[Role, list[Part]] = field(default_factory=lambda: defaultdict(list))

    @property
    def document(self) -> dict[str, JSON]:
        """The document of the fragment."""
        return self.fragment.document

    @property
    def modern(self) -> bool:
        """Whether schemas are JSON Schema 2020-12 (OpenAPI 3.1 and later)."""
        return is_modern(self.document)

    def at(self, pointer: str) -> JSON:
        """What stands at ``pointer``, None where nothing does."""
        try:
            return look_up(self.document, pointer)
        except (LookupError, ValueError):
            return None

    def resolved(self, node: JSON) -> dict[str, JSON]:
        """``node`` or what it refers to, if that is an object, else an empty one."""
        if isinstance(node, dict) and "$ref" in node:
            try:
                node = resolve(self.document, node["$ref"])[1]
            except UnresolvableReference:
                return {}
        return node if isinstance(node, dict) else {}


def describe_fragment(fragment: Fragment) -> Description:
    """Return the fragment with its parts laid out by role."""
    description = Description(fragment)
    for part in parts_of(fragment.document):
        description.parts[part.role].append(part)
    return description


def got(part: Part, name: str) -> str:
    """Return what stands under ``name`` in words."""
    return show(part.member(name)) if name in part.members else "nothing"


Check: TypeAlias = Callable[[Description, Part], Iterator[Flaw]]
"""Looks at one document and yields its flaws."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a document can be defective.

    Attributes:
        id: Stable name in kebab-case.
        severity: ``error`` where a reader is misled or stopped, ``warning`` where the specification is broken
            without that, ``note`` where it is good to know.
        roles: The parts it looks at, one at a time; a rule about the whole looks at the document.
        why: Why it matters, one sentence.
        check: Yields what is wrong with one part.
    """

    id: str
    severity: Severity
    roles: tuple[Role, ...]
    why: str
    check: Check

    def flaws(self, description: Description) -> Iterator[Flaw]:
        """Yield what is wrong with all the parts of a fragment that the rule looks at."""
        for role in self.roles:
            for part in description.parts[role]:
                yield from self.check(description, part)
