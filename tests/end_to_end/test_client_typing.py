"""Users under ``mypy --strict`` see precise types: no Any, and mistakes are refused."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest

from bodydouble import client

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).with_name("typed_client.py")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the type checker finds the package under its installed name."""
    pytest.importorskip("mypy", reason="types are checked where mypy is installed")
    folder = tmp_path_factory.mktemp("types") / "bodydouble"
    folder.mkdir()
    (folder / "client").symlink_to(ROOT / "client")
    return folder.parent


def check(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", *arguments],
        cwd=path,
        env={"MYPYPATH": str(path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


@pytest.mark.slow
def test_what_users_write_is_typed_precisely(path: Path) -> None:
    run = check(path, "--disallow-any-expr", "--follow-imports=silent", str(SAMPLE))
    assert run.returncode == 0, run.stdout


@pytest.mark.slow
def test_every_public_name_is_typed(path: Path) -> None:
    lines = ["import bodydouble.client as c"]
    lines += [f"reveal_type(c.{name})" for name in client.__all__]
    (path / "names.py").write_text("\n".join(lines))
    run = check(path, "names.py")
    assert run.returncode == 0, run.stdout
    revealed = [line for line in run.stdout.splitlines() if "Revealed type" in line]
    assert len(revealed) == len(client.__all__)
    assert not [line for line in revealed if 'is "Any"' in line]


def test_the_sample_uses_every_public_name_and_every_member_of_it() -> None:
    tree = ast.parse(SAMPLE.read_text("utf-8"))
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert imported >= set(client.__all__)
    assert not {name for kind in client.__all__ for name in members(getattr(client, kind))} - used


def members(kind: object) -> set[str]:
    """Return the public names that a class of ours offers: its fields, properties and methods."""
    if not inspect.isclass(kind) or not kind.__module__.startswith("bodydouble."):
        return set()
    names = {name for one in kind.__mro__ for name in getattr(one, "__annotations__", ())}
    names |= {name for name, value in vars(kind).items() if isinstance(value, FunctionType | property)}
    if issubclass(kind, client.ClientError) and "__init__" in vars(kind):
        names |= set(inspect.signature(kind).parameters)
    return {name for name in names if not name.startswith("_")} - {"message"}
