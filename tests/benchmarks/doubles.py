"""The double in worlds that its command line has no option for. Started by uvicorn, see servers.py."""

from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.clocks import ScaledClock

from .servers import KEY


def finished() -> Double:
    """Return the double in a world where a job is done by the time that it is first asked for."""
    return create_app(api_keys=(KEY,), clock=ScaledClock(1e6))


def roomy() -> Double:
    """Return the double with room for two million jobs."""
    return create_app(api_keys=(KEY,), max_jobs=2_000_000)
