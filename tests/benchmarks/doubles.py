"""The double in worlds that its command line has no option for, served as that serves it. See servers.py."""

import sys
from collections.abc import Callable, Mapping

from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.clocks import ScaledClock
from bodydouble.mockserver.serving import listen, run

from .servers import KEY


def finished() -> Double:
    """Return the double in a world where a job is done by the time that it is first asked for."""
    return create_app(api_keys=(KEY,), clock=ScaledClock(1e6))


def roomy() -> Double:
    """Return the double with room for two million jobs."""
    return create_app(api_keys=(KEY,), max_jobs=2_000_000)


WORLDS: Mapping[str, Callable[[], Double]] = {"finished": finished, "roomy": roomy}

if __name__ == "__main__":
    run(WORLDS[sys.argv[1]](), listen("127.0.0.1", int(sys.argv[2])))
