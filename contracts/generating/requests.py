"""Strategies for whole requests: valid ones, and ones that break exactly one rule."""

from dataclasses import replace
from functools import partial

from bodydouble.contracts.openapi.operations import Operation, Parameter
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Unsampleable

from .corners import corners
from .drafts import (
    Draft,
    Given,
    broken_drafts,
    corner_drafts,
    drafted,
    is_sendable,
    parameter_readings,
    plain_arguments,
    readings_of,
    with_body,
)
from .judges import Judge
from .library import SearchStrategy, st
from .near_invalid import Broken
from .strategies import near_invalid_values, values

NAME = r"\A[A-Za-z0-9._:-]{1,128}\Z"
"""A name of one's own for a request, as most servers take it."""


def requests(
    operation: Operation, given: Given | None = None, *, extras: bool = True
) -> SearchStrategy[Draft]:
    """Return a strategy for valid requests.

    Args:
        operation: What to call.
        given: Values of parameters that are known, such as the id of a job.
        extras: Whether bodies may have properties that the schema allows and does not name.

    Raises:
        Unsampleable: No valid request can be made.
    """
    fixed = given or {}
    required: dict[str, SearchStrategy[JSON]] = {}
    optional: dict[str, SearchStrategy[JSON]] = {}
    for parameter in operation.parameters:
        if parameter.name in fixed:
            required[parameter.name] = st.just(fixed[parameter.name])
        elif parameter.location != "cookie":
            (required if parameter.required else optional)[parameter.name] = _argument(parameter)
    drafts = st.fixed_dictionaries(required, optional=optional).map(partial(drafted, operation))
    readings = readings_of(operation)
    if not readings:
        return drafts.map(partial(replace, label="drawn"))
    bodies = values(*readings, extras=extras)
    return st.builds(with_body, drafts, bodies).map(partial(replace, label="drawn"))


def broken_requests(operation: Operation, given: Given | None = None) -> SearchStrategy[Draft]:
    """Return a strategy for requests that break exactly one rule.

    Raises:
        Unsampleable: No valid request can be made, or none that breaks exactly one rule.
    """
    fixed = given or {}
    found = list(broken_drafts(operation, fixed))
    if not found:
        raise Unsampleable(f"nothing was found that breaks exactly one rule of {operation}")
    listed = st.sampled_from(found)
    readings = readings_of(operation)
    if not readings:
        return listed
    plain = drafted(operation, plain_arguments(operation, fixed))
    return listed | near_invalid_values(*readings).map(partial(_broken, plain))


def _broken(plain: Draft, broken: Broken) -> Draft:
    return replace(
        with_body(plain, broken.value),
        label=broken.label,
        pointer=broken.pointer,
        keyword=broken.keyword,
        expected=broken.expected,
    )


def _argument(parameter: Parameter) -> SearchStrategy[JSON]:
    """Most texts cannot stand in a header: there it is a plain name, if the schema takes one, or a corner."""
    readings = parameter_readings(parameter)
    if parameter.location != "header":
        return values(*readings).filter(partial(is_sendable, parameter))
    found = [each.value for each in corners(*readings) if is_sendable(parameter, each.value)]
    listed = st.sampled_from(found) if found else st.nothing()
    plain = st.from_regex(NAME)
    return plain | listed if Judge(*readings).is_valid("a") else listed


__all__ = ["Draft", "broken_drafts", "broken_requests", "corner_drafts", "requests"]
