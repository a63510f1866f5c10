"""The register: puts exchanges down at once and has them entered in the journal a batch at a time.

Entering means scrubbing, and a batch is scrubbed in a third of the time that as many requests take one by one: what
it needs is at hand. Nobody sees the difference: whoever asks for the journal gets everything.
"""

from typing import TypeAlias

from bodydouble.mockserver.http.messages import Request, Response

from .hiring import Hired
from .journal import Journal

BATCH = 64
LARGE = 16_384
"""Bytes of a body from which on it is entered at once, so that nothing large is held for long."""


_Put: TypeAlias = tuple[
    Request, Response, float, bool, bool, int | None, float | None, float | None, float | None
]


class Register:
    """One world's way into its journal."""

    def __init__(self, hired: Hired, journal: Journal) -> None:
        self._hired = hired
        self._journal = journal
        self._waiting: list[_Put] = []

    def put(
        self,
        request: Request,
        response: Response,
        until: float,
        *,
        whole: bool,
        gone: bool,
        sent: int | None = None,
        came: float | None = None,
        left: float | None = None,
        wall: float | None = None,
    ) -> None:
        """Put an exchange down.

        Args:
            request: As received.
            response: As decided; it says what it is about.
            until: When it had been sent, in the world's seconds since the epoch.
            whole: Whether it was sent as meant.
            gone: Whether the client went away before that.
            sent: Bytes of the body that were sent; None for all of them.
            came: When it came, by the clock that the world's own follows.
            left: When it had been sent, by the same.
            wall: When it had been sent, by the wall clock.
        """
        self._waiting.append((request, response, until, whole, gone, sent, came, left, wall))
        if len(self._waiting) >= BATCH or len(request.body) + len(response.body) > LARGE:
            self._enter()

    @property
    def journal(self) -> Journal:
        """The journal with everything that was put down."""
        self._enter()
        return self._journal

    def _enter(self) -> None:
        waiting, self._waiting = self._waiting, []
        for request, response, until, whole, gone, sent, came, left, wall in waiting:
            about = response.about
            if about is None:
                continue
            self._hired.clerk.enter(
                self._journal,
                request,
                response if not about.size else Response(response.status, response.headers, b""),
                about.purpose,
                about.at,
                until - about.at,
                route=about.route,
                job=about.job,
                asked=about.asked,
                stage=about.stage,
                scenario=about.scenario,
                decision=about.decision,
                violations=about.violations,
                whole=whole,
                gone=gone,
                url_until=about.url_until,
                expired=about.expired,
                first=about.first,
                sent=about.sent if sent is None else min(about.sent, sent),
                size=about.size,
                came=came,
                left=left,
                wall=wall,
            )
