"""What a handler of the control API gets, and what it gives back."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.http.messages import Request
from bodydouble.mockserver.namespaces import DEFAULT_NAME, Namespaces
from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.worlds import World

JSON_KIND = "application/json"


class Asked(msgspec.Struct, frozen=True):
    """One control request that is well formed.

    Attributes:
        service: The double.
        world: Whose it is about; the default one where it is about none.
        request: As received.
        places: What its path says in place of the parameters.
        query: The query's parameters.
        body: Fits the operation's schema; None where none is taken.
    """

    service: Service
    world: World
    request: Request
    places: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any

    @property
    def worlds(self) -> Namespaces:
        """Every world of the server."""
        return self.service.worlds

    @property
    def repertoire(self) -> Repertoire:
        """The scenarios that can be asked for."""
        return self.service.repertoire


class Told(msgspec.Struct, frozen=True):
    """What a control request is answered.

    Attributes:
        body: As sent.
        kind: Its media type.
        status: The status code.
    """

    body: bytes = b""
    kind: str = ""
    status: int = 200


DONE = Told(status=204)
"""Nothing is left to say."""

Handler = Callable[[Asked], Told]
"""Does what an operation says."""


def told(value: JSON, status: int = 200) -> Told:
    """Return ``value`` as JSON."""
    return Told(msgspec.json.encode(value), JSON_KIND, status)


def name_of(world: World) -> str:
    """Return how a world is called in control requests."""
    return world.name or DEFAULT_NAME
