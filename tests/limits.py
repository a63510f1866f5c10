"""Limits on real time, for what only a real socket can show: short at first, longer where a machine is slow."""

from collections.abc import Callable

import pytest

LIMITS = (0.3, 3.0, 30.0)
"""Seconds."""
FOR_EVER = 100_000
"""Bytes that take longer than any limit when they come one by one."""


def with_time(act: Callable[[float], None], limits: tuple[float, ...] = LIMITS) -> None:
    """Hold ``act`` to its assertions with a limit of some seconds; with the longest one they must hold.

    A machine may stop a process for longer than a limit that is worth waiting for in every run, and then a limit ends
    something else than what was meant. What is wrong with the program is wrong with every limit. No limit is
    measured: whatever it has to end goes on for ever, so that a limit that is not kept is a test that hangs.
    """
    *shorter, longest = limits
    for limit in shorter:
        try:
            act(limit)
        except (Exception, pytest.fail.Exception):  # noqa: BLE001, S112 - the longest limit decides
            continue
        return
    act(longest)
