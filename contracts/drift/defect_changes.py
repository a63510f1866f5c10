"""What became wrong with a contract, and what was mended."""

from collections.abc import Iterator

from bodydouble.contracts.findings import Finding
from bodydouble.contracts.words import count

from .changes import Change, Place
from .rules import BY_ID
from .versions import Version


def defect_changes(old: Version, new: Version) -> Iterator[Change]:
    """Yield each kind of defect that only one of the versions has.

    By kind, not by place: places move without anything being mended, and one generator makes one mistake everywhere.
    """
    for rule, found in new.defects.items():
        if rule not in old.defects:
            message = f"a defect is new{_often(found)}: {found[0].message}"
            places = tuple(
                Place(operation="", new_source=each.source, new_pointer=each.pointer) for each in found
            )
            yield _change("defect-introduced", rule, message, places, new=rule)
    for rule, found in old.defects.items():
        if rule not in new.defects:
            message = f"a defect is mended{_often(found)}: {found[0].message}"
            places = tuple(
                Place(operation="", old_source=each.source, old_pointer=each.pointer) for each in found
            )
            yield _change("defect-mended", rule, message, places, old=rule)


def _often(found: tuple[Finding, ...]) -> str:
    return f" in {count(len(found), 'place')}" if len(found) > 1 else ""


def _change(
    rule: str,
    defect: str,
    message: str,
    places: tuple[Place, ...],
    *,
    old: str | None = None,
    new: str | None = None,
) -> Change:
    return Change(
        rule=rule,
        impact=BY_ID[rule].impact,
        subject=f"defect {defect}",
        message=message,
        places=places,
        old=old,
        new=new,
    )
