import re

import pytest

from .unmeasured import TESTS, UNMEASURED


@pytest.mark.parametrize("path", UNMEASURED)
def test_what_is_not_measured_are_tests_that_exist(path: str) -> None:
    there = re.findall(r"^def (test_\w+)\(", (TESTS / path).read_text("utf-8"), re.MULTILINE)
    assert set(UNMEASURED[path]) <= set(there)


def test_they_and_no_others_are_left_out_by_the_plugin_that_measures(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        functions = UNMEASURED.get(item.path.relative_to(TESTS).as_posix(), ())
        assert bool(item.get_closest_marker("no_cover")) is (item.name.partition("[")[0] in functions)
