"""Cross-origin calls: a page from anywhere may call the double, there is nothing behind it to protect.

Starlette's middleware answers preflights and stands before files. Replies about jobs carry the same headers without
it: they never change, and passing every reply through the middleware costs as much as answering a poll.
"""

from collections.abc import Sequence

from starlette.types import ASGIApp

ANY = "*"
"""Any origin; any header of a reply. The latter holds for calls without a browser's own credentials (Fetch, section
3.3.3), which any origin rules out anyway."""
HEADERS: Sequence[tuple[bytes, bytes]] = (
    (b"access-control-allow-origin", ANY.encode()),
    (b"access-control-expose-headers", ANY.encode()),
)
"""What every reply carries."""


def before(app: ASGIApp) -> ASGIApp:
    """Return ``app`` behind Starlette's middleware, which answers preflights and marks replies.

    Every method may be tried: a page learns more from a 405 than from a preflight that fails.
    """
    # Loading it takes a fifth of a start, and only pages ask first.
    from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415

    return CORSMiddleware(
        app,
        allow_origins=[ANY],
        allow_methods=[ANY],
        allow_headers=[ANY],
        allow_private_network=True,
        expose_headers=[ANY],
    )
