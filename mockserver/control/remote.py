"""The remote: what a server has of the control API until somebody asks for it."""

from typing import Protocol

from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.problems import Problem
from bodydouble.mockserver.service import Service


class Answering(Protocol):
    """Whatever answers control requests; :class:`~bodydouble.mockserver.control.controlling.Controller` does."""

    def answer(self, request: Request) -> Response:
        """Return the reply to one request."""
        ...

    def refuse(self, problem: Problem, request: Request) -> Response:
        """Return the reply that tells ``problem``."""
        ...


class Remote:
    """Has control requests answered; what that takes is loaded when the first one comes."""

    def __init__(self, service: Service, token: str | None = None) -> None:
        """Set up.

        Args:
            service: The double.
            token: What has to come with every control request, or None where being on this machine is enough.
        """
        self._service = service
        self._token = token
        self._answering: Answering | None = None

    def answer(self, request: Request) -> Response:
        """Return the reply to one control request."""
        return self._loaded().answer(request)

    def refuse(self, problem: Problem, request: Request) -> Response:
        """Return the reply that tells ``problem`` about one that was not even read."""
        return self._loaded().refuse(problem, request)

    def _loaded(self) -> Answering:
        if self._answering is None:
            # Most servers are never controlled; the rules for clients alone would make a start longer by a third.
            from .controlling import Controller  # noqa: PLC0415

            self._answering = Controller(self._service, self._token)
        return self._answering
