"""Cross-origin calls: a page from anywhere may call the double, there is nothing behind it to protect.

Starlette's middleware answers preflights and stands before files. Replies about jobs carry the same headers without
it: they never change, and passing every reply through the middleware costs as much as answering a poll.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp

from .messages import Headers

EXPOSED = (
    "retry-after",
    "content-range",
    "accept-ranges",
    "etag",
    "preference-applied",
    "x-double-decision",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
)


class Cors:
    """The same answer to every origin.

    Attributes:
        headers: What every reply carries.
    """

    def __init__(self, exposed: Iterable[str] = ()) -> None:
        self._exposed = (*exposed, *EXPOSED)
        self.headers: Headers = [
            (b"access-control-allow-origin", b"*"),
            (b"access-control-expose-headers", ", ".join(self._exposed).encode("latin-1")),
        ]

    def before(self, app: ASGIApp) -> ASGIApp:
        """Return ``app`` behind Starlette's middleware, which answers preflights and marks replies.

        Every method may be tried: a page learns more from a 405 than from a preflight that fails.
        """
        # Loading it takes a fifth of a start, and only pages ask first.
        from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415

        return CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["*"],
            allow_headers=["*"],
            allow_private_network=True,
            expose_headers=self._exposed,
        )
