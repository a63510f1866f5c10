"""Pictures for a create: a link stays a link, a file becomes a data URI (RFC 2397)."""

import base64
import os
import re
from pathlib import Path
from typing import TypeAlias

from .api import Submit
from .errors import ConfigurationError

Image: TypeAlias = str | os.PathLike[str] | bytes
"""A link or data URI as text, a file by its path, or the file's bytes."""


def image_field(image: Image, submit: Submit) -> str:
    """Return ``image`` as the create's body wants it: a link, or a data URI.

    Text that begins with ``http:``, ``https:`` or ``data:`` is taken as it is; all other text is a path.

    Raises:
        ConfigurationError: The file cannot be read, is too large, or is of no type that the API takes.
    """
    if isinstance(image, str) and re.match(r"(?i)https?://|data:", image):
        return image
    content, name = (image, "the picture") if isinstance(image, bytes) else _read(Path(image), submit)
    if len(content) > submit.image_max_bytes:
        raise ConfigurationError(f"{name} has {len(content)} bytes; the API takes {submit.image_max_bytes}")
    for media_type, beginning in submit.image_types.items():
        if content.startswith(beginning):
            return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
    raise ConfigurationError(f"{name} is neither {' nor '.join(submit.image_types)}, by its first bytes")


def _read(path: Path, submit: Submit) -> tuple[bytes, str]:
    try:
        with path.open("rb") as file:
            # One byte more than allowed tells too large from just right without reading a disk image.
            return file.read(submit.image_max_bytes + 1), str(path)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"cannot read the picture: {error}") from error
