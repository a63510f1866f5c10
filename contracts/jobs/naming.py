"""Names in one spelling, so that ``jobId``, ``job-id`` and ``JOB_ID`` are the same name."""

import re

_HUMP = r"(?<=[a-z0-9])(?=[A-Z])"
_OTHER = r"[^a-z0-9]+"


def snake_case(name: str) -> str:
    """Return ``name`` in lower case with underscores between its words; ASCII letters and digits are kept."""
    return re.sub(_OTHER, "_", re.sub(_HUMP, "_", name).lower()).strip("_")
