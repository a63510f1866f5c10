import json

import pytest

from bodydouble.contracts.bundle import (
    OVERLAY,
    PREPARED,
    SOURCES,
    bundled_contract,
    bundled_fragments,
    bundled_text,
)


@pytest.mark.parametrize("name", [*SOURCES, OVERLAY, PREPARED])
def test_every_bundled_file_is_there(name: str) -> None:
    assert bundled_text(name).strip()


def test_the_prepared_fragments_are_the_bundled_ones_in_order() -> None:
    fragments = bundled_fragments()
    assert [fragment.source for fragment in fragments] == [*SOURCES]
    for name, fragment in zip(SOURCES, fragments, strict=True):
        published = json.loads(bundled_text(name))
        assert fragment.document["paths"].keys() == published["paths"].keys()  # type: ignore[union-attr]


def test_the_bundled_contract_submits_and_polls_on_one_path() -> None:
    (pattern,) = bundled_contract().patterns
    assert pattern.submit.path == pattern.poll.path
    assert pattern.submit.security
    assert bundled_contract().findings == ()
