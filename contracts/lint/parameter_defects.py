"""Rules about parameters, and about the names in path templates that they stand for."""

import re
from collections.abc import Iterator

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import join
from bodydouble.contracts.words import either, show

from .defect_rules import Description, Flaw, Rule, got

LOCATIONS = ("query", "path", "header", "cookie")

_TEMPLATE = re.compile(r"\{([^{}]*)\}")


def parameter_location_wrong(_: Description, parameter: Part) -> Iterator[Flaw]:
    """``in`` is required and has four values (section 4.8.12)."""
    location = parameter.member("in")
    if location not in LOCATIONS:
        yield Flaw(
            pointer=join(parameter.pointer, "in") if "in" in parameter.members else parameter.pointer,
            message=f"the parameter {show(parameter.member('name'))} does not say where it goes",
            expected=f"'in' with {either(LOCATIONS)}",
            got=got(parameter, "in"),
            hint=did_you_mean(location, LOCATIONS) if isinstance(location, str) else "",
        )


def parameter_name_missing(_: Description, parameter: Part) -> Iterator[Flaw]:
    """``name`` is required (section 4.8.12)."""
    if not (isinstance(parameter.member("name"), str) and parameter.member("name")):
        yield Flaw(
            pointer=parameter.pointer,
            message="the parameter has no name",
            expected="'name' with text",
            got=got(parameter, "name"),
        )


def path_parameter_optional(_: Description, parameter: Part) -> Iterator[Flaw]:
    """A path parameter must say ``required: true`` (section 4.8.12): a path has no optional segments."""
    if parameter.member("in") == "path" and parameter.member("required") is not True:
        yield Flaw(
            pointer=parameter.pointer,
            message=f"the path parameter {show(parameter.member('name'))} is not marked as required",
            expected="'required' that is true",
            got=got(parameter, "required"),
        )


def path_parameter_undeclared(description: Description, operation: Part) -> Iterator[Flaw]:
    """Each name in the template needs a parameter (section 4.8.8)."""
    declared = {name for _, name in _path_parameters(description, operation)}
    for name in dict.fromkeys(_TEMPLATE.findall(operation.path)):
        if name not in declared:
            yield Flaw(
                pointer=operation.pointer,
                message=f"{{{name}}} in the path {show(operation.path)} has no parameter",
                expected=f"a parameter with name {show(name)} in path",
                hint=did_you_mean(name, declared),
            )


def path_parameter_unused(description: Description, operation: Part) -> Iterator[Flaw]:
    """A path parameter must be in the template (section 4.8.12)."""
    names = _TEMPLATE.findall(operation.path)
    for place, name in _path_parameters(description, operation) if operation.path else ():
        if name not in names:
            yield Flaw(
                pointer=place,
                message=f"the path {show(operation.path)} has no {{{name}}}",
                expected="a path parameter's name in the path",
                hint=did_you_mean(name, names),
            )


def _path_parameters(description: Description, operation: Part) -> Iterator[tuple[str, str]]:
    """Places and names of the path parameters of an operation, its path item's included."""
    item = operation.pointer.rpartition("/")[0]
    holders = ((operation.pointer, operation.node), (item, description.at(item)))
    for pointer, holder in holders:
        listed = description.resolved(holder).get("parameters")
        for index, node in enumerate(listed if isinstance(listed, list) else ()):
            parameter = description.resolved(node)
            if parameter.get("in") == "path" and isinstance(parameter.get("name"), str):
                yield join(pointer, "parameters", index), str(parameter["name"])


def path_malformed(_: Description, item: Part) -> Iterator[Flaw]:
    """A path begins with a slash (section 4.8.8) and its braces pair up."""
    rest = _TEMPLATE.sub("", item.path)
    if item.path and not (item.path.startswith("/") and not {"{", "}"} & set(rest)):
        yield Flaw(
            pointer=join("/paths", item.path),
            message=f"{show(item.path)} is no path template",
            expected="a slash first, and parameters as {name}",
        )


PARAMETER_RULES = (
    Rule(
        "parameter-location-wrong",
        Severity.ERROR,
        (Role.PARAMETER,),
        "A client cannot tell whether it goes into the path, the query, a header or a cookie.",
        parameter_location_wrong,
    ),
    Rule(
        "parameter-name-missing",
        Severity.ERROR,
        (Role.PARAMETER,),
        "A parameter without a name cannot be sent.",
        parameter_name_missing,
    ),
    Rule(
        "path-parameter-optional",
        Severity.WARNING,
        (Role.PARAMETER,),
        "A generated client may leave it out and call another address.",
        path_parameter_optional,
    ),
    Rule(
        "path-parameter-undeclared",
        Severity.ERROR,
        (Role.OPERATION,),
        "A generated client sends the braces as they are.",
        path_parameter_undeclared,
    ),
    Rule(
        "path-parameter-unused",
        Severity.WARNING,
        (Role.OPERATION,),
        "A generated client asks for a value that it has nowhere to put.",
        path_parameter_unused,
    ),
    Rule(
        "path-malformed",
        Severity.ERROR,
        (Role.PATH_ITEM,),
        "Joined to the server's address it names another place, or none.",
        path_malformed,
    ),
)
