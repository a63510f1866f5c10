"""What the three folders offer by name is written down, so that no name comes or goes by accident.

When a change of the surface is meant, write the list anew and commit it with the change:

    python tests/test_public_names.py
"""

import ast
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("contracts", "client", "mockserver")
LISTED = ROOT / "tests" / "public_names.json"
UPDATE = "If the change is meant, run `python tests/test_public_names.py` and commit tests/public_names.json."

Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def modules() -> dict[str, Path]:
    paths = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return {dotted(path): path for path in paths if is_public(path)}


def is_public(path: Path) -> bool:
    """Return whether the file is a module without an underscore; scripts among the data are no modules."""
    in_package = path.with_name("__init__.py").exists()
    return in_package and (path.stem == "__init__" or not path.stem.startswith("_"))


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("bodydouble", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def bindings(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield each name that a module defines itself, with the statement; imports define nothing."""
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, statement
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, statement
            case ast.Assign(targets=targets):
                names = (node for target in targets for node in ast.walk(target))
                yield from ((node.id, statement) for node in names if isinstance(node, ast.Name))


def declared(tree: ast.Module) -> tuple[str, ...] | None:
    """Return the names in ``__all__``, or None if the module has none."""
    found = next((statement for name, statement in bindings(tree) if name == "__all__"), None)
    if not isinstance(found, ast.Assign | ast.AnnAssign) or found.value is None:
        return None
    return tuple(ast.literal_eval(found.value))


def public_names(source: str) -> list[str]:
    tree = ast.parse(source)
    names = declared(tree)
    if names is None:
        names = tuple(name for name, _ in bindings(tree) if not name.startswith("_"))
    return sorted(set(names))


def surface() -> dict[str, list[str]]:
    return {name: public_names(path.read_text("utf-8")) for name, path in sorted(modules().items())}


def differences(listed: dict[str, list[str]], found: dict[str, list[str]]) -> Iterator[str]:
    for module in sorted({*listed, *found}):
        before, after = set(listed.get(module, [])), set(found.get(module, []))
        if module not in listed or module not in found:
            yield f"{'+' if module in found else '-'} module {module}"
        yield from (f"+ {module}.{name}" for name in sorted(after - before))
        yield from (f"- {module}.{name}" for name in sorted(before - after))


def is_described(tree: ast.Module, statement: ast.stmt, lines: list[str]) -> bool:
    """Return whether a docstring, for constants also a comment, says what the name stands for.

    A comment above several constants without an empty line between them speaks for all of them.
    """
    if isinstance(statement, Named):
        return bool(ast.get_docstring(statement))
    after = tree.body[tree.body.index(statement) + 1 :][:1]
    docstring = any(isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) for s in after)
    block = itertools.takewhile(str.strip, reversed(lines[: statement.lineno - 1]))
    return docstring or "  # " in lines[statement.lineno - 1] or any(line.startswith("#") for line in block)


def undescribed(source: str) -> list[str]:
    """Return the names that nothing describes. A constant may speak for itself by its name and value."""
    tree = ast.parse(source)
    lines = source.splitlines()
    public = [name for name in public_names(source) if not name.isupper()]
    return [n for n, stmt in bindings(tree) if n in public and not is_described(tree, stmt, lines)]


def test_the_public_names_are_the_ones_that_are_listed() -> None:
    listed = json.loads(LISTED.read_text("utf-8"))
    changed = "\n".join(differences(listed, surface()))
    assert not changed, f"the public names have changed:\n{changed}\n\n{UPDATE}"


def test_every_declared_name_is_defined_or_imported() -> None:
    for name, path in modules().items():
        tree = ast.parse(path.read_text("utf-8"))
        imported = {
            alias.asname or alias.name
            for node in (
                *tree.body,
                *(inner for each in tree.body if isinstance(each, ast.Try) for inner in each.body),
            )
            if isinstance(node, ast.ImportFrom | ast.Import)
            for alias in node.names
        }
        missing = set(declared(tree) or ()) - imported - {bound for bound, _ in bindings(tree)}
        assert not missing, f"__all__ of {name} promises {sorted(missing)}"


def test_every_public_name_is_described_where_it_is_defined() -> None:
    found = [
        f"{module}.{n}" for module, path in modules().items() for n in undescribed(path.read_text("utf-8"))
    ]
    assert not found, "no docstring or comment:\n" + "\n".join(found)


def test_a_name_that_comes_or_goes_is_a_difference() -> None:
    assert list(differences({"m": ["a", "b"]}, {"m": ["b", "c"]})) == ["+ m.c", "- m.a"]
    assert list(differences({"m": ["a"]}, {})) == ["- module m", "- m.a"]


def test_imports_and_private_names_are_not_public() -> None:
    source = "from os import path\nimport sys\n_x = 1\nA = B = 2\nc: int = 3\ndef f(): ...\nclass _G: ...\n"
    assert public_names(source) == ["A", "B", "c", "f"]
    assert public_names('__all__ = ["path"]\nfrom os import path\nhidden = 1\n') == ["path"]


def test_a_name_without_a_word_about_it_is_noticed() -> None:
    assert undescribed(
        'A = 1\n"""What A is."""\n# What B and C are.\nB = 2\nC = 3\n\nD = 4\n\ndef e(): ...\n'
    ) == ["e"]


if __name__ == "__main__":
    LISTED.write_text(json.dumps(surface(), indent=2) + "\n", "utf-8")
    sys.stdout.write(f"wrote {LISTED.relative_to(ROOT)}\n")
