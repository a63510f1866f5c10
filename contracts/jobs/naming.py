"""Names in one spelling, so that ``jobId``, ``job-id`` and ``JOB_ID`` are the same name."""

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")


def snake_case(name: str) -> str:
    """Return ``name`` in lower case with underscores between its words; ASCII letters and digits are kept."""
    return _OTHER.sub("_", _HUMP.sub("_", name).lower()).strip("_")
