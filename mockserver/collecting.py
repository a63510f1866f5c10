"""The cyclic collector, kept from looking at what is there to stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def staying() -> Iterator[None]:
    """Count on everything that exists at the end of the block to stay: the collector looks at it neither now nor later.

    Modules, contracts and tables are some fifty thousand objects that live as long as the process. Looking through
    them again and again while they grow takes a tenth of a start, and finds next to nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
