"""``bodydouble drift update``: a new document taken over, with the overlay changes that follow, for review."""

from collections.abc import Sequence
from pathlib import Path

import click

from bodydouble.contracts.bundle import OVERLAY, bundled_text
from bodydouble.contracts.drift.carrying import renamings
from bodydouble.contracts.drift.judging import Exit
from bodydouble.contracts.drift.overlay_updates import updated
from bodydouble.contracts.drift.pairing import Named
from bodydouble.contracts.drift.published import compare_sides
from bodydouble.contracts.drift.sides import BUNDLED, Side, read_side
from bodydouble.contracts.drift.taking_over import planned, unified
from bodydouble.contracts.reading.fragments import FragmentError
from bodydouble.contracts.reading.sources import contents
from bodydouble.contracts.reading.texts import decode
from bodydouble.contracts.reading.web import DEFAULT_TIMEOUT
from bodydouble.mockserver.files import write_together

from .drift_reporting import could_not_look, say

NEW_OVERLAY = "overlay.yaml"
"""What the bundled overlay is called in a folder of the user's own."""

Files = dict[Path, str]
"""What is to be written."""


@click.command()
@click.argument("new_name", metavar="NEW")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of fragments; where it has none yet, the bundled contract is what is compared with.",
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    help=f"An overlay that belongs to the fragments; may be repeated. 'bundled' is taken over as DIR/{NEW_OVERLAY}.",
)
@click.option("--write", "writing", is_flag=True, help="Write the files; without it they are only shown.")
@click.option(
    "--timeout",
    default=DEFAULT_TIMEOUT,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds that an address may take, redirects included.",
)
def update(*, new_name: str, folder: Path, overlays: Sequence[str], writing: bool, timeout: float) -> None:
    """Take NEW over into a folder of fragments, and carry its renames over into overlays, as a diff for review.

    NEW is what 'bodydouble drift' takes: a file, a folder, a page, an address, git:REV:PATH. Each fragment of it
    replaces its earlier self in the folder, as indented JSON; nothing is deleted. In overlays, queries and pointers
    follow renamed properties, parameters, paths and statuses where they would select nothing any more; comments and
    layout stay. What cannot be carried over is told.

    \b
      bodydouble drift update https://docs.example.com/model.md --to contracts/ --overlay overlay.yaml
      bodydouble drift update model.json --to contracts/ --write

    Exit codes: 0 nothing to do, or written, 1 there is a diff to review, 2 usage, 3 could not look or write.
    """
    try:
        new = read_side(new_name, timeout=timeout)
        old = _old(folder)
        files, notices = _files(old, new, folder, overlays)
        diff = "".join(unified(str(path), _held(path), text) for path, text in files.items())
    except (ValueError, OSError) as problem:
        raise could_not_look(problem) from None
    say(diff)
    for notice in notices:
        click.echo(f"note: {notice}", err=True)
    if not diff:
        click.echo("nothing to do", err=True)
        return
    if not writing:
        click.echo("nothing was written; --write does", err=True)
        raise SystemExit(Exit.FINDINGS)
    _write(files)


def _old(folder: Path) -> Side:
    """What the folder holds, or the bundled contract where it holds nothing yet."""
    if not folder.exists() or not any(folder.iterdir()):
        return read_side(BUNDLED)
    return read_side(str(folder))


def _files(old: Side, new: Side, folder: Path, overlays: Sequence[str]) -> tuple[Files, tuple[str, ...]]:
    """The files to be written, and what needs a look."""
    plan = planned(_named(old), [Named(new.below(f.source), f) for f in new.fragments])
    files: Files = {folder / name: text for name, text in plan.files.items()}
    notices = [f"{folder / name} has no counterpart in {new.name}; it was left" for name in plan.left]
    known = renamings(compare_sides(old, new).changes)
    for name in dict.fromkeys(overlays):
        path = folder / NEW_OVERLAY if name == BUNDLED else Path(name)
        text = bundled_text(OVERLAY) if name == BUNDLED else decode(contents(path), name)
        made = updated(text, str(path), old.fragments, new.fragments, known)
        files[path] = made.text
        notices += made.notices
    return files, tuple(notices)


def _named(old: Side) -> list[Named]:
    if old.name == BUNDLED:
        return [Named(Path(fragment.source).name, fragment) for fragment in old.fragments]
    for fragment in old.fragments:
        if old.file_of(fragment.source) != fragment.source:
            raise FragmentError(
                fragment.source,
                "a file with several fragments cannot be taken over",
                expected="one fragment for each file",
                hint="'bodydouble contract import' puts the fragments of a page into a folder",
            )
    return [Named(old.below(fragment.source), fragment) for fragment in old.fragments]


def _held(path: Path) -> str | None:
    return decode(contents(path), str(path)) if path.exists() else None


def _write(files: Files) -> None:
    """Write what differs, all of it or nothing: fragments without their overlay would be no contract."""
    try:
        changed = {path: text for path, text in files.items() if _held(path) != text}
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_together(changed)
    except (OSError, ValueError) as problem:
        raise could_not_look(problem) from None
    for path in changed:
        click.echo(f"wrote {path}", err=True)
