"""The register: puts exchanges down at once and has them entered in the journal when somebody asks for it.

Entering means scrubbing, which costs as much as a third of a poll; most exchanges of a busy server leave the journal
unread. Nobody sees the difference: whoever asks gets everything that there would be, and nothing else leaves here.
"""

from collections import deque
from typing import TypeAlias

from bodydouble.mockserver.http.messages import Request, Response

from .hiring import Hired
from .journal import Journal

ROOM = 32 * 1024 * 1024
"""Bytes of bodies that wait to be entered, together; beyond that they are entered at once."""


_Put: TypeAlias = tuple[
    Request, Response, float, bool, bool, int | None, float | None, float | None, float | None
]


class Register:
    """One world's way into its journal."""

    def __init__(self, hired: Hired, journal: Journal) -> None:
        self._hired = hired
        self._journal = journal
        self._waiting: deque[_Put] = deque()
        self._held = 0
        self._skipped = 0

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
        self._wait((request, response, until, whole, gone, sent, came, left, wall))

    def put_sent(self, request: Request, response: Response, until: float, base: float) -> None:
        """Put an exchange down whose reply was sent at once, whole, to a client that was there.

        Args:
            request: As received.
            response: As decided; it says what it is about.
            until: When it had been sent, in the world's seconds since the epoch.
            base: The same by the clock that the world's own follows.
        """
        self._wait((request, response, until, True, False, None, base, base, None))

    def _wait(self, put: _Put) -> None:
        waiting = self._waiting
        waiting.append(put)
        self._held += len(put[0].body) + len(put[1].body)
        if len(waiting) > self._journal.limit:
            self._skip()
        if self._held > ROOM:
            self._enter()

    def _skip(self) -> None:
        """Let go of the exchange that has waited longest: as many have followed it as the journal keeps."""
        request, response, *_ = self._waiting.popleft()
        self._held -= len(request.body) + len(response.body)
        self._skipped += 1

    @property
    def journal(self) -> Journal:
        """The journal with everything that was put down."""
        self._enter()
        return self._journal

    def _enter(self) -> None:
        waiting, self._waiting, self._held = self._waiting, deque(), 0
        if self._skipped:
            self._journal.skip(self._skipped)
            self._skipped = 0
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
