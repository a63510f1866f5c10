"""Namespaces: one server, many worlds; which of them a request belongs to, and when an idle one ends.

A client that cannot be changed is isolated by its key (``Bearer test-NAME``), any other by a header.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from bodydouble.mockserver.journals.hiring import Hired

from .clocks import Clock
from .judging import Refused, check_key
from .problems import Problem
from .worlds import World, WorldSettings

HEADER = b"x-double-namespace"
KEY_PREFIX = b"test-"
DEFAULT_IDLE = 3600.0
DEFAULT_LIMIT = 1000
DEFAULT_NAME = "default"
"""How the world of clients that name none is called where a name is needed."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_REMEMBERED = 4096


class BadName(ValueError):
    """No namespace can be called this; the message says what would do."""


class Namespaces:
    """The worlds of one server.

    Attributes:
        default: The world of clients that name none.
        settings: How a new world is set up.
        idle: Seconds after which an unused world ends; the default one never does.
        limit: How many worlds there may be beside the default one; beyond that the one unused longest ends.
    """

    def __init__(
        self,
        settings: WorldSettings,
        clerk: Hired,
        wall: Clock,
        *,
        keys: tuple[str, ...] = (),
        idle: float = DEFAULT_IDLE,
        limit: int = DEFAULT_LIMIT,
    ) -> None:
        self.settings = settings
        self.idle = idle
        self.limit = limit
        self.default = World("", settings, clerk)
        self._clerk = clerk
        self._wall = wall
        self._keys = tuple(key.encode() for key in keys)
        self._worlds: dict[str, World] = {}
        self._admitted: dict[bytes, World] = {}

    def __iter__(self) -> Iterator[World]:
        """Yield the worlds that have not ended, the default one first."""
        self._expire()
        return iter((self.default, *self._worlds.values()))

    def of(self, headers: Mapping[bytes, bytes], *, secured: bool) -> World:
        """Return the world that a request belongs to.

        Args:
            headers: The request's, names in lower case.
            secured: Whether a key is required; where the server knows its keys, it always is.

        Raises:
            Refused: 401, see :func:`~bodydouble.mockserver.judging.check_key`; 400 for a name that cannot be.
        """
        key = headers.get(b"authorization", b"")
        world = self._admitted.get(key)
        if world is None or HEADER in headers:
            return self._look_closely(headers, secured=secured)
        if world is not self.default:
            world = self._fresh(world)
        return world

    def _look_closely(self, headers: Mapping[bytes, bytes], *, secured: bool) -> World:
        key = headers.get(b"authorization")
        if secured or self._keys:
            check_key(key, self._keys)
        named = headers.get(HEADER)
        if named is not None:
            return self._asked(named.decode("latin-1"))
        if key is None:
            return self.default
        world = self.named(_name_in(key)) if _name_in(key) else self.default
        if secured or self._keys:
            if len(self._admitted) >= _REMEMBERED:
                self._admitted.clear()
            self._admitted[key] = world
        return world

    def _asked(self, name: str) -> World:
        try:
            return self.named(name)
        except BadName as problem:
            raise Refused(Problem(400, str(problem))) from None

    def named(self, name: str) -> World:
        """Return the world called ``name``; one that does not exist begins.

        Raises:
            BadName: It cannot be called this.
        """
        if name in ("", DEFAULT_NAME):
            return self.default
        world = self._worlds.get(name)
        return self._fresh(world) if world is not None else self._begin(name)

    def adopt(self, name: str, world: World, used: float) -> World | None:
        """Have the world called ``name`` be ``world``, and return it; None if it has been idle for too long.

        Args:
            name: The namespace; ``""`` for the default one, which never ends.
            world: From elsewhere.
            used: When it was last used, in the server's seconds.

        Raises:
            BadName: It cannot be called this.
        """
        if name and self._wall() - used > self.idle:
            return None
        mine = self.named(name)
        mine.become(world)
        return mine

    def get(self, name: str) -> World | None:
        """Return the world called ``name`` if there is one; it counts as no use."""
        return self.default if name in ("", DEFAULT_NAME) else self._worlds.get(name)

    def end(self, name: str) -> bool:
        """End the world called ``name`` and return whether there was one; the default one begins anew."""
        self._admitted.clear()
        if name in ("", DEFAULT_NAME):
            self.default.reset()
            return True
        return self._worlds.pop(name, None) is not None

    def _fresh(self, world: World) -> World:
        """Return ``world``, or a new one in its place if it has been idle for too long."""
        now = self._wall()
        if now - world.used > self.idle:
            self.end(world.name)
            return self._begin(world.name)
        world.used = now
        return world

    def begin(self, name: str, settings: WorldSettings) -> World:
        """Begin the world called ``name``, in place of any that there is, and return it.

        Args:
            name: Of the namespace.
            settings: How it is set up, the seed included; it comes back to them when it is reset.

        Raises:
            BadName: It cannot be called this, or is the default one, which always is.
        """
        if name == DEFAULT_NAME or not re.fullmatch(_NAME, name):
            raise BadName(
                f"{name[:80]!r} names no namespace; expected 1 to 64 letters, digits, dots, dashes or underscores"
            )
        self._expire()
        if len(self._worlds) >= self.limit:
            self.end(min(self._worlds.values(), key=lambda world: world.used).name)
        self._admitted.clear()
        world = World(name, settings, self._clerk)
        world.used = self._wall()
        self._worlds[name] = world
        return world

    def _begin(self, name: str) -> World:
        return self.begin(name, replace(self.settings, seed=seed_of(self.settings.seed, name)))

    def _expire(self) -> None:
        now = self._wall()
        for world in [world for world in self._worlds.values() if now - world.used > self.idle]:
            self.end(world.name)


def _name_in(authorization: bytes) -> str:
    """Return the namespace that a key names, or ``""``; the scheme is written in any case (RFC 9110 section 11.1)."""
    scheme, _, rest = authorization.partition(b" ")
    key = rest.lstrip(b" ")
    if scheme.lower() != b"bearer" or not key.startswith(KEY_PREFIX):
        return ""
    name = key.removeprefix(KEY_PREFIX).decode("latin-1")
    return name if re.fullmatch(_NAME, name) else ""


def seed_of(seed: int, name: str) -> int:
    """Return the seed of the world called ``name`` on a server with ``seed``: the same wherever both are the same."""
    # Hashing loads OpenSSL, a thirtieth of a start; the first create does without it.
    from hashlib import blake2b  # noqa: PLC0415

    digest = blake2b(f"{seed}\0{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")
