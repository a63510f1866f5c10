import re
import sys

import pytest

from .unmeasured import TESTS, UNMEASURED, unmeasured


@pytest.mark.parametrize("path", UNMEASURED)
def test_what_is_not_measured_are_tests_that_exist(path: str) -> None:
    there = re.findall(r"^def (test_\w+)\(", (TESTS / path).read_text("utf-8"), re.MULTILINE)
    assert set(UNMEASURED[path]) <= set(there)


def test_only_what_is_named_is_not_traced_and_what_comes_after_is() -> None:
    path, (function, *_) = next(iter(UNMEASURED.items()))
    before = sys.gettrace()
    try:
        sys.settrace(trace)
        with unmeasured(TESTS / path, function):
            inside = sys.gettrace()
        after = sys.gettrace()
        with unmeasured(TESTS / path, "test_another"):
            elsewhere = sys.gettrace()
    finally:
        sys.settrace(before)
    assert (inside, after, elsewhere) == (None, trace, trace)


def trace(*_: object) -> None:
    """Trace nothing."""
