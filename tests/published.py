"""Every schema that upstream has published, as it is and under the bundled overlay, each once."""

import json
from collections.abc import Iterator
from functools import cache

import pytest

from bodydouble.contracts.loading import gather
from bodydouble.contracts.openapi.operations import Operation, Schema, operations_of
from tests.conftest import UPSTREAM


@cache
def operations() -> tuple[Operation, ...]:
    """Return every operation; where upstream's files are absent, skip the test that asks."""
    if not UPSTREAM.is_dir():
        pytest.skip("upstream's published files are not beside this checkout (../shared/upstream)")
    paths = [str(UPSTREAM / name) for name in ("fragments", "history", "pages")]
    fragments = [each for overlays in ((), ("bundled",)) for each in gather(paths, overlays).fragments]
    return tuple(operation for fragment in fragments for operation in operations_of(fragment))


def _schemas() -> Iterator[Schema]:
    for operation in operations():
        held = (operation.request, *(reply.schema for reply in operation.replies))
        yield from (schema for schema in held if schema is not None)
        yield from (p.schema for p in operation.parameters if p.schema is not None)


@cache
def schemas() -> tuple[Schema, ...]:
    """Return every different schema of a request, a reply or a parameter."""
    return tuple({json.dumps(schema.strict): schema for schema in _schemas()}.values())
