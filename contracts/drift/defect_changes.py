"""What became wrong with a contract, and what was mended."""

from collections import defaultdict
from collections.abc import Iterator

from bodydouble.contracts.lint.defect_rules import Description
from bodydouble.contracts.lint.defect_rules import Rule as DefectRule
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.words import count

from .changes import Change, Place
from .rules import BY_ID
from .versions import DEFECTS, Flawed, Version, speaking

_SELF_CONTAINED = frozenset(
    {Role.SCHEMA, Role.MEDIA_TYPE, Role.PARAMETER, Role.HEADER, Role.RESPONSE, Role.REQUEST_BODY}
)
"""Parts that are judged by themselves and by what they refer to."""


def defect_changes(old: Version, new: Version) -> Iterator[Change]:
    """Yield each kind of defect that only one of the versions has.

    By kind, not by place: places move without anything being mended, and one generator makes one mistake everywhere.
    """
    known = [side.was_compared() for side in (old, new)]
    if any(known):
        had, has = old.defective, new.defective
    else:
        had, has = map(speaking, _told_apart(old.descriptions, new.descriptions))
    for rule in DEFECTS:
        if (rule.id in has) is not (rule.id in had):
            found, missed = (new, old) if rule.id in has else (old, new)
            if not missed.flaws(rule):
                yield _change(rule, found.flaws(rule), is_new=found is new)


def _told_apart(
    old: tuple[Description, ...], new: tuple[Description, ...]
) -> tuple[tuple[Description, ...], tuple[Description, ...]]:
    """Descriptions without what both have: most of two versions is the same, and looking at it takes long.

    What both have is judged alike if what it may refer to is alike, too.
    """
    if len(old) != 1 or len(new) != 1 or _context(old[0]) != _context(new[0]):
        return old, new
    return (_without(old[0], new[0]),), (_without(new[0], old[0]),)


def _context(description: Description) -> tuple[bool, JSON]:
    return description.modern, description.document.get("components")


def _without(mine: Description, theirs: Description) -> Description:
    known = {
        (role, part.pointer): part.node for role in _SELF_CONTAINED for part in theirs.parts.get(role, ())
    }
    parts: dict[Role, list[Part]] = defaultdict(list)
    for role, listed in mine.parts.items():
        parts[role] = [part for part in listed if not _is_alike(part.node, known.get((role, part.pointer)))]
    return Description(mine.fragment, parts)


def _is_alike(first: JSON, second: JSON) -> bool:
    """Whether two parts are written alike, to the order of their members; to Python alone, true is 1."""
    return first == second and repr(first) == repr(second)


def _change(rule: DefectRule, flaws: tuple[Flawed, ...], *, is_new: bool) -> Change:
    ours = "defect-introduced" if is_new else "defect-mended"
    often = f" in {count(len(flaws), 'place')}" if len(flaws) > 1 else ""
    return Change(
        rule=ours,
        impact=BY_ID[ours].impact,
        subject=f"defect {rule.id}",
        message=f"a defect is {'new' if is_new else 'mended'}{often}: {flaws[0].message}",
        places=tuple(_place(flaw, is_new=is_new) for flaw in flaws),
        old=None if is_new else rule.id,
        new=rule.id if is_new else None,
    )


def _place(flaw: Flawed, *, is_new: bool) -> Place:
    if is_new:
        return Place(operation="", new_source=flaw.source, new_pointer=flaw.pointer)
    return Place(operation="", old_source=flaw.source, old_pointer=flaw.pointer)
