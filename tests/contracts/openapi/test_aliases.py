from typing import Any

import pytest

from bodydouble.contracts.openapi.aliases import ALIAS_OF, ALIASES, Alias, AliasError, aliases_of, repeats


def read(stated: Any) -> tuple[Alias, ...]:
    return tuple(aliases_of("/v2/jobs", {ALIASES: stated}))


def test_an_alias_is_a_path_or_an_object_with_one() -> None:
    assert read(["/v1/jobs", {"path": "/old", "deprecated": True}, {"path": "/other"}]) == (
        Alias("/v1/jobs", deprecated=False),
        Alias("/old", deprecated=True),
        Alias("/other", deprecated=False),
    )


def test_without_the_extension_there_is_none() -> None:
    assert tuple(aliases_of("/v2/jobs", {"get": {}})) == ()


@pytest.mark.parametrize(
    "stated",
    [
        None,
        "/v1/jobs",
        {"path": "/v1"},
        [5],
        [None],
        ["v1/jobs"],
        [""],
        [{"path": 5}],
        [{}],
        [{"path": "/v1", "deprecated": "yes"}],
    ],
)
def test_what_is_no_alias_is_an_error_that_names_the_path(stated: Any) -> None:
    with pytest.raises(AliasError, match="x-bodydouble-aliases of /v2/jobs must list paths"):
        read(stated)


def test_an_unknown_member_is_an_error() -> None:
    with pytest.raises(AliasError, match='the member "depricated"; known are path, deprecated'):
        read([{"path": "/v1", "depricated": True}])


@pytest.mark.parametrize(
    ("item", "repeating"),
    [
        ({ALIAS_OF: "/v2/jobs"}, True),
        ({ALIAS_OF: "/v3/jobs"}, False),
        ({ALIAS_OF: ["/v2/jobs"]}, False),
        ({}, False),
    ],
)
def test_an_operation_repeats_that_of_another_path_that_is_there(item: Any, *, repeating: bool) -> None:
    assert repeats(item, {"/v2/jobs": {}}) is repeating
