"""Documented replies of an operation, read tolerantly."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from bodydouble.contracts.pointers import JSON, join

from .contents import Schema, content_of, members, resolved, schema_at, text

_STATUS = "[1-5](?:[0-9][0-9]|XX)|DEFAULT"


class Header(msgspec.Struct, frozen=True):
    """A documented header of a reply."""

    name: str
    description: str
    required: bool
    schema: Schema | None


class Reply(msgspec.Struct, frozen=True):
    """A documented reply.

    Attributes:
        status: The response key: ``"200"``, ``"2XX"`` or ``"default"``.
        media_type: Of its JSON content, as written; ``application/json`` if it documents none.
        schema: Of that content.
        description: As written, or ``""``.
        headers: In document order.
    """

    status: str
    media_type: str
    schema: Schema | None
    description: str = ""
    headers: tuple[Header, ...] = ()

    @property
    def is_success(self) -> bool:
        """Whether the key names a success outright (``default`` does not)."""
        return self.status.startswith("2")

    @property
    def status_code(self) -> int:
        """The code to answer with: the key itself, else the first of its range; ``default`` stands for 200."""
        return int(self.status.replace("X", "0")) if self.status != "default" else 200


def replies_of(document: Mapping[str, JSON], pointer: str, responses: JSON) -> Iterator[Reply]:
    """Yield the replies of the responses object at ``pointer``; a key that is no status is passed over.

    Keys in the wrong case (``2xx``) are put right.
    """
    for key, node in members(responses):
        place, reply = resolved(document, join(pointer, key), node)
        if isinstance(reply, dict) and re.fullmatch(_STATUS, key.upper()):
            media_type, schema = content_of(document, place, reply)
            yield Reply(
                status="default" if key.upper() == "DEFAULT" else key.upper(),
                media_type=media_type,
                schema=schema,
                description=text(reply.get("description")),
                headers=tuple(_headers(document, join(place, "headers"), reply.get("headers"))),
            )


def _headers(document: Mapping[str, JSON], pointer: str, listed: JSON) -> Iterator[Header]:
    for name, node in members(listed):
        place, header = resolved(document, join(pointer, name), node)
        if isinstance(header, dict):
            yield Header(
                name=name,
                description=text(header.get("description")),
                required=header.get("required") is True,
                schema=schema_at(document, join(place, "schema")) if "schema" in header else None,
            )
