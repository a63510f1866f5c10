"""Whom to ask and how fast: what every conversation needs besides its own subject."""

import random
from dataclasses import dataclass

from .api import Api
from .retry import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whom to ask, and how fast.

    Attributes:
        root: Origin and path prefix of the API.
        api: The API.
        pace: Pauses and time limits.
        rng: For jitter.
    """

    root: str
    api: Api
    pace: Pace
    rng: random.Random
