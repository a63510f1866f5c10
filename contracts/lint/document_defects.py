"""Rules about the head of a document: version, title, servers, and names that must be unique."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import JSON, join, tokens_of
from bodydouble.contracts.words import show

from .defect_rules import Description, Flaw, Rule

VERSIONS = ("3.0.", "3.1.")


def version_unknown(_: Description, document: Part) -> Iterator[Flaw]:
    """``openapi`` is required (section 4.8.1)."""
    stated = document.member("openapi")
    if not (isinstance(stated, str) and stated.startswith(VERSIONS)):
        yield Flaw(
            pointer="/openapi" if stated is not None else "",
            message="the document does not say which OpenAPI it follows",
            expected='\'openapi\' with a version such as "3.0.3" or "3.1.0"',
            got=_got(stated),
            hint="it is read as OpenAPI 3.0 where it does not say otherwise",
        )


def title_missing(_: Description, document: Part) -> Iterator[Flaw]:
    """``info.title`` is required (section 4.8.2)."""
    yield from _info_missing(document, "title")


def document_version_missing(_: Description, document: Part) -> Iterator[Flaw]:
    """``info.version`` is required (section 4.8.2)."""
    yield from _info_missing(document, "version")


def _info_missing(document: Part, name: str) -> Iterator[Flaw]:
    info = document.member("info")
    stated = info.get(name) if isinstance(info, dict) else None
    if not isinstance(stated, str):
        yield Flaw(
            pointer="/info" if info is not None else "",
            message=f"the document has no {name}",
            expected=f"info.{name} with text",
            got=_got(stated),
        )


def duplicate_key(description: Description, _: Part) -> Iterator[Flaw]:
    """Names within an object should be unique (RFC 8259 section 4)."""
    for pointer in description.fragment.duplicates:
        yield Flaw(
            pointer=pointer,
            message=f"the name {show(tokens_of(pointer)[-1])} occurs more than once in its object",
            expected="each name once",
            hint="the last one counts here; other tools may take the first",
        )


def operation_id_duplicate(description: Description, _: Part) -> Iterator[Flaw]:
    """``operationId`` is unique in a document (section 4.8.10)."""
    first: dict[str, str] = {}
    for operation in description.parts[Role.OPERATION]:
        name = operation.member("operationId")
        if isinstance(name, str) and first.setdefault(name, operation.pointer) != operation.pointer:
            yield Flaw(
                pointer=join(operation.pointer, "operationId"),
                message=f"the operationId {show(name)} is taken already",
                expected="each operationId once",
                got=f"the same at {first[name]}",
            )


def server_missing(_: Description, document: Part) -> Iterator[Flaw]:
    """Without ``servers`` the address is ``/`` (section 4.8.1)."""
    if not document.member("servers"):
        yield Flaw(
            pointer="",
            message="the document names no server",
            expected="'servers' with at least one address",
            got=_got(document.member("servers")),
        )


def server_url_missing(_: Description, server: Part) -> Iterator[Flaw]:
    """``url`` is required (section 4.8.5)."""
    if not (isinstance(server.member("url"), str) and server.member("url")):
        yield Flaw(
            pointer=server.pointer,
            message="the server has no address",
            expected="'url' with text",
            got=_got(server.member("url")),
        )


def server_url_relative(_: Description, server: Part) -> Iterator[Flaw]:
    """A relative address is relative to where the document was found (section 4.8.5)."""
    url = server.member("url")
    if isinstance(url, str) and url and not _has_host(url):
        yield Flaw(
            pointer=join(server.pointer, "url"),
            message="the server's address is relative, and a file does not say to what",
            expected="an address with scheme and host",
            got=show(url),
        )


def _has_host(url: str) -> bool:
    try:
        # A variable such as {host} is filled in by whoever calls; its braces stand for some host.
        return bool(urlsplit(url).netloc) or url.startswith("{")
    except ValueError:
        return False


def _got(value: JSON) -> str:
    return "nothing" if value is None else show(value)


DOCUMENT_RULES = (
    Rule(
        "openapi-version-unknown",
        Severity.WARNING,
        (Role.DOCUMENT,),
        "Versions differ in what their schemas mean, and the reader has to guess.",
        version_unknown,
    ),
    Rule(
        "info-title-missing",
        Severity.WARNING,
        (Role.DOCUMENT,),
        "The specification requires it, and strict tools refuse the whole document without it.",
        title_missing,
    ),
    Rule(
        "info-version-missing",
        Severity.WARNING,
        (Role.DOCUMENT,),
        "The specification requires it, and strict tools refuse the whole document without it.",
        document_version_missing,
    ),
    Rule(
        "duplicate-key",
        Severity.ERROR,
        (Role.DOCUMENT,),
        "Readers disagree about which of the values counts, and all but one are lost.",
        duplicate_key,
    ),
    Rule(
        "operation-id-duplicate",
        Severity.ERROR,
        (Role.DOCUMENT,),
        "Generated clients name their functions after it, and one overwrites the other.",
        operation_id_duplicate,
    ),
    Rule(
        "server-missing",
        Severity.NOTE,
        (Role.DOCUMENT,),
        "A client has to be told elsewhere where the API lives.",
        server_missing,
    ),
    Rule(
        "server-url-missing",
        Severity.WARNING,
        (Role.SERVER,),
        "A client has to be told elsewhere where the API lives.",
        server_url_missing,
    ),
    Rule(
        "server-url-relative",
        Severity.NOTE,
        (Role.SERVER,),
        "A client that has the document as a file cannot know the host.",
        server_url_relative,
    ),
)
