"""What clients send as parameters, and how that changed."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from bodydouble.contracts.openapi.operations import Operation, Parameter

from .changes import Change, Direction
from .described import Both, Part, schema_changes
from .renames import Named, renames
from .versions import Version
from .views import View
from .walking import named

_Key: TypeAlias = tuple[str, str]
_Held: TypeAlias = dict[_Key, Parameter]

_NOTHING_SAID = View({}, {})


def parameter_changes(both: Both) -> Iterator[Change]:
    """Yield what changed about the parameters; those of the path are known by their position in it."""
    old, new = _parameters(both.old), _parameters(both.new)
    gone = {key: held for key, held in old.items() if key not in new}
    come = {key: held for key, held in new.items() if key not in old}
    kept = [(held, new[key]) for key, held in old.items() if key in new]
    for before, after in [*_elsewhere(gone, come), *_renamed(both, gone, come)]:
        yield _moved(both, before, after)
        kept.append((before, after))
    for parameter in gone.values():
        message = f"{_words(parameter)} is gone"
        yield both.change("parameter-removed", _subject(parameter), message, old=parameter.name)
    for parameter in come.values():
        rule = "required-parameter-added" if parameter.required else "parameter-added"
        message = f"{_words(parameter)} is new{' and must be sent' if parameter.required else ''}"
        yield both.change(rule, _subject(parameter), message, new=parameter.name)
    for before, after in kept:
        yield from _same(both, before, after)


def _parameters(operation: Operation) -> _Held:
    placed = [parameter for parameter in operation.parameters if parameter.location == "path"]
    placed.sort(key=lambda parameter: operation.path.find(f"{{{parameter.name}}}"))
    positions = {parameter.name: str(index) for index, parameter in enumerate(placed)}
    return {(p.location, _name(p, positions)): p for p in operation.parameters}


def _name(parameter: Parameter, positions: Mapping[str, str]) -> str:
    if parameter.location == "path":
        return positions[parameter.name]
    return parameter.name.lower() if parameter.location == "header" else parameter.name


def _elsewhere(gone: _Held, come: _Held) -> list[tuple[Parameter, Parameter]]:
    """Parameters of the same name in another place; they are taken out of both."""
    found = [(a, b) for a in gone for b in come if gone[a].name == come[b].name]
    return [(gone.pop(a), come.pop(b)) for a, b in found if a in gone and b in come]


def _renamed(both: Both, gone: _Held, come: _Held) -> list[tuple[Parameter, Parameter]]:
    """Parameters of the same place with another name; they are taken out of both."""
    if not gone or not come:
        return []
    names = renames(_named(both.old_version, gone), _named(both.new_version, come))
    found = [(a, b) for a in gone for b in come if a[0] == b[0] and names.get(gone[a].name) == come[b].name]
    return [(gone.pop(a), come.pop(b)) for a, b in found if a in gone and b in come]


def _named(version: Version, held: _Held) -> list[Named]:
    made = []
    for position, parameter in enumerate(held.values()):
        view = version.view(parameter.schema, Direction.REQUEST) if parameter.schema else _NOTHING_SAID
        told = named(view, parameter.name, position, required=parameter.required)
        made.append(told if told.description else _described(told, parameter.description))
    return made


def _described(told: Named, description: str) -> Named:
    return Named(told.name, told.position, told.kinds, told.required, description, told.traits)


def _moved(both: Both, before: Parameter, after: Parameter) -> Change:
    if before.location != after.location:
        message = f"{_words(before)} is a {after.location} parameter now"
        return both.change(
            "parameter-moved", _subject(before), message, old=before.location, new=after.location
        )
    message = f"{_words(before)} is called {after.name} now"
    return both.change("parameter-renamed", _subject(before), message, old=before.name, new=after.name)


def _same(both: Both, before: Parameter, after: Parameter) -> Iterator[Change]:
    if after.required and not before.required:
        message = f"{_words(before)} must be sent"
        yield both.change("parameter-became-required", _subject(before), message)
    elif before.required and not after.required:
        message = f"{_words(before)} may be left out"
        yield both.change("parameter-became-optional", _subject(before), message)
    if before.schema is not None and after.schema is not None:
        yield from (change for _, change in schema_changes(_part(both, before), before.schema, after.schema))


def _part(both: Both, parameter: Parameter) -> Part:
    return Part(
        both=both,
        direction=Direction.REQUEST,
        subject=_subject(parameter),
        whole=_words(parameter),
        location=parameter.location,
        name=parameter.name,
    )


def _subject(parameter: Parameter) -> str:
    return f"{parameter.location} {parameter.name}"


def _words(parameter: Parameter) -> str:
    return f"the {parameter.location} parameter {parameter.name}"
