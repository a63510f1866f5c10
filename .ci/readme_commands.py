#!/usr/bin/env python3
"""Print one of the commands that the README promises, so that what runs is what is printed there.

A command is the ``sh`` block that follows the line ``<!-- command: NAME -->``:

    python3 .ci/readme_commands.py README.md demo
"""

import re
import sys
from pathlib import Path

TAGGED = re.compile(
    r"""
    ^<!--[ ]command:[ ](?P<name>[\w-]+)[ ]-->[ ]*\n   # the tag, on a line of its own
    (?:[ ]*\n)*                                       # empty lines
    ```sh[ ]*\n(?P<text>.*?)^```[ ]*$                 # the block
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
TAG = re.compile(r"^<!-- *command:", re.MULTILINE)


def commands(readme: str) -> dict[str, str]:
    """Return the text of every tagged block by its name.

    Raises:
        ValueError: A tag has no block, a block is empty, or a name is given twice.
    """
    found = [(match["name"], match["text"]) for match in TAGGED.finditer(readme)]
    if len(found) != len(TAG.findall(readme)):
        raise ValueError("each line `<!-- command: NAME -->` needs a closed ```sh block directly below it")
    if len(dict(found)) != len(found):
        raise ValueError(f"a command is given twice: {', '.join(sorted(name for name, _ in found))}")
    if empty := [name for name, text in found if not text.strip()]:
        raise ValueError(f"the block is empty: {', '.join(empty)}")
    return dict(found)


def main(path: str, name: str) -> int:
    """Print the command ``name`` of the file ``path``; return the exit code."""
    try:
        found = commands(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{path}: {error}\n")
        return 1
    if name not in found:
        sys.stderr.write(f"{path}: no command {name!r}; there are: {', '.join(found) or 'none'}\n")
        return 1
    sys.stdout.write(found[name])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
