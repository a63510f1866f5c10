"""Which definitions of a schema contain themselves."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.pointers import JSON

_DEFINITIONS = "#/$defs/"


def circular_references(root: Mapping[str, JSON]) -> frozenset[str]:
    """Return the references by which a definition leads, over others or at once, back to itself."""
    defined = root.get("$defs")
    definitions = defined if isinstance(defined, dict) else {}
    leads = {f"{_DEFINITIONS}{name}": frozenset(_references(held)) for name, held in definitions.items()}
    left = _without_dead_ends(leads)
    return frozenset(name for name in left if name in _reached(left, name))


def _without_dead_ends(leads: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """What lies on circles or between them: most schemas have none, and then nothing is left to be searched."""
    leading: dict[str, list[str]] = {name: [] for name in leads}
    for name, targets in leads.items():
        for target in targets & leads.keys():
            leading[target].append(name)
    open_ends = {name: len(targets & leads.keys()) for name, targets in leads.items()}
    pending = [name for name, count in open_ends.items() if not count]
    while pending:
        dead = pending.pop()
        del open_ends[dead]
        for name in leading[dead]:
            open_ends[name] -= 1
            if not open_ends[name]:
                pending.append(name)
    return {name: leads[name] for name in open_ends}


def _reached(leads: Mapping[str, frozenset[str]], start: str) -> set[str]:
    reached: set[str] = set()
    pending = [*leads[start]]
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending.extend(leads.get(name, ()))
    return reached


def _references(schema: JSON) -> Iterator[str]:
    """Yield every text under ``$ref``; one that is data costs a little depth and nothing else."""
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                yield reference
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
