"""What is shipped: the three folders with their data, and nothing else.

Wheel and source distribution are built once per run, from a copy of the tree; ``BODYDOUBLE_DIST`` names
a folder that holds both already.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("contracts", "client", "mockserver")
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT: dict[str, Any] = PYPROJECT["project"]
PACKAGES: list[str] = PYPROJECT["tool"]["setuptools"]["packages"]
NAME_AND_VERSION = f"{PROJECT['name']}-{PROJECT['version']}"

# Python files that stay in the repository: they make data that is shipped, and are no part of any package.
NOT_SHIPPED = {"mockserver/videos/render.py": "renders the clips beside it, by hand"}

# What is shipped beside Python code. The packages' own lists of data are patterns, and would take in more.
DATA = {
    "client/apis/video-01.json",
    "client/py.typed",
    "contracts/bundled/create.json",
    "contracts/bundled/overlay.yaml",
    "contracts/bundled/poll.json",
    "contracts/bundled/prepared.json",
    "contracts/py.typed",
    "contracts/rendering/drift.schema.json",
    "contracts/rendering/history.schema.json",
    "mockserver/control/openapi.json",
    "mockserver/py.typed",
    "mockserver/scenes/schema.json",
    "mockserver/scenes/shipped.json",
    *(f"mockserver/videos/{seconds}s.mp4" for seconds in (2, 4, 5, 6, 8, 10)),
}

# What a source distribution holds beside the three folders and setuptools' own egg-info.
SDIST_TOP = {"CHANGELOG.md", "LICENSE", "MANIFEST.in", "PKG-INFO", "README.md", "pyproject.toml", "setup.cfg"}


def tree_packages() -> set[str]:
    """Return the packages that the tree holds, by their import names."""
    folders = {
        path.parent for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if not is_kept_back(path)
    }
    return {".".join(("bodydouble", *path.relative_to(ROOT).parts)) for path in folders}


def is_kept_back(path: Path) -> bool:
    return path.relative_to(ROOT).as_posix() in NOT_SHIPPED


def tree_files() -> set[str]:
    """Return every file of the three folders that must be shipped, relative to the root."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return {
        path.relative_to(ROOT).as_posix()
        for path in found
        if path.is_file() and "__pycache__" not in path.parts and not is_kept_back(path)
    }


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one wheel, built from the one source distribution beside it."""
    if given := os.environ.get("BODYDOUBLE_DIST"):
        return Path(given)
    copy = tmp_path_factory.mktemp("tree") / "checkout"
    passing = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=passing)
    command = [sys.executable, "-m", "build", "--outdir", str(copy / "dist"), str(copy)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=copy)
    assert run.returncode == 0, run.stdout + run.stderr
    return copy / "dist"


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def sdist(dist: Path) -> Path:
    (path,) = dist.glob("*.tar.gz")
    return path


@pytest.fixture(scope="session")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return Parser().parsestr(archive.read(f"{NAME_AND_VERSION}.dist-info/METADATA").decode())


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh virtual environment that holds the wheel, and finds what it depends on where the tests do.

    A path in a ``.pth`` file is searched, but the ``.pth`` files that lie there are not read: an editable
    installation beside the dependencies stays out.
    """
    environment = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = str(environment / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True)
    (site_packages,) = environment.glob("lib/python*/site-packages")
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return environment


def run_installed(environment: Path, program: str) -> str:
    """Run ``program`` with the installed wheel, in a folder from which the checkout cannot be imported."""
    command = [str(environment / "bin" / "python"), "-I", "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=environment)
    assert run.returncode == 0, run.stderr
    return run.stdout


# The list and the tree


def test_the_list_of_packages_equals_the_tree() -> None:
    assert set(PACKAGES) == tree_packages()
    assert len(PACKAGES) == len(set(PACKAGES))


def test_every_package_has_an_init_module_and_says_that_it_is_typed() -> None:
    for package in PACKAGES:
        folder = ROOT.joinpath(*package.split(".")[1:])
        assert (folder / "__init__.py").is_file(), package
    for folder_name in FOLDERS:
        assert (ROOT / folder_name / "py.typed").is_file(), folder_name


@pytest.mark.parametrize("path", NOT_SHIPPED)
def test_what_is_kept_back_exists_and_says_why(path: str) -> None:
    assert (ROOT / path).is_file()
    assert len(NOT_SHIPPED[path].split()) > 2


def test_no_test_and_no_stray_file_lies_among_what_is_shipped() -> None:
    files = tree_files()
    assert {name for name in files if not name.endswith(".py")} == DATA
    tests = re.compile(r"(test_\w+|\w+_test|conftest)\.py")
    assert [name for name in sorted(files) if tests.fullmatch(Path(name).name)] == []


# The wheel


@pytest.mark.slow
def test_the_wheel_holds_the_three_folders_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {f"bodydouble/{name}" for name in tree_files()}


@pytest.mark.slow
def test_the_wheel_holds_each_file_as_it_is_in_the_tree(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        changed = [n for n in tree_files() if archive.read(f"bodydouble/{n}") != (ROOT / n).read_bytes()]
    assert not changed


@pytest.mark.slow
def test_the_wheel_is_for_every_system(wheel: Path) -> None:
    assert wheel.name == f"{NAME_AND_VERSION}-py3-none-any.whl"


@pytest.mark.slow
def test_the_metadata_are_the_projects(metadata: Message) -> None:
    assert metadata["Name"] == PROJECT["name"]
    assert metadata["Version"] == PROJECT["version"]
    assert metadata["Summary"] == PROJECT["description"]
    assert metadata["Requires-Python"] == PROJECT["requires-python"]
    assert metadata["License-Expression"] == PROJECT["license"]
    assert metadata.get_all("License-File") == PROJECT["license-files"]
    assert metadata.get_all("Classifier") == PROJECT["classifiers"]
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert str(metadata.get_payload()).strip() == (ROOT / "README.md").read_text("utf-8").strip()


def squeezed(requirement: str) -> str:
    return re.sub(r"[\s\"']+", "", requirement)


def required(metadata: Message) -> Iterator[tuple[str, str]]:
    """Yield each requirement with the extra that asks for it; the base install is ``""``."""
    for line in metadata.get_all("Requires-Dist", []):
        extra = re.search(r"""(?:; | and )extra == ["'](.+?)["']""", line)
        yield (extra[1] if extra else ""), squeezed(line[: extra.start()] if extra else line)


@pytest.mark.slow
def test_the_requirements_are_the_projects(metadata: Message) -> None:
    wanted = [("", squeezed(requirement)) for requirement in PROJECT["dependencies"]]
    for extra, requirements in PROJECT["optional-dependencies"].items():
        wanted += [(extra, squeezed(requirement)) for requirement in requirements]
    assert sorted(required(metadata)) == sorted(wanted)
    assert metadata.get_all("Provides-Extra") == list(PROJECT["optional-dependencies"])


# The source distribution


@pytest.mark.slow
def test_the_source_distribution_holds_what_a_wheel_is_built_from_and_nothing_else(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {member.name for member in archive.getmembers() if member.isfile()}
    shipped = {name.removeprefix(f"{NAME_AND_VERSION}/") for name in names}
    assert {name for name in shipped if "/" not in name} == SDIST_TOP
    assert {n for n in shipped if "/" in n and not n.startswith("bodydouble.egg-info/")} == tree_files()


# Installed


@pytest.mark.slow
def test_every_installed_module_can_be_imported(installed: Path) -> None:
    modules = [
        ".".join(("bodydouble", *Path(name).with_suffix("").parts)).removesuffix(".__init__")
        for name in tree_files()
        if name.endswith(".py") and not name.endswith("__main__.py")
    ]
    program = (
        f"import sys, {', '.join(sorted(modules))}\nfor name in {modules}: print(sys.modules[name].__file__)"
    )
    for path in run_installed(installed, program).splitlines():
        assert Path(path).is_relative_to(installed)


@pytest.mark.slow
def test_the_installed_data_are_found_as_package_resources(installed: Path) -> None:
    program = (
        "from importlib.resources import files\n"
        "for folder in ('contracts', 'client', 'mockserver'):\n"
        "    for path in sorted(files('bodydouble.' + folder).rglob('*')):\n"
        "        if path.is_file() and path.suffix not in ('.py', '.pyc'):\n"
        "            print(folder, path.relative_to(files('bodydouble.' + folder)).as_posix(), sep='/')\n"
    )
    found = run_installed(installed, program).splitlines()
    assert sorted(found) == sorted(name for name in tree_files() if not name.endswith(".py"))


@pytest.mark.slow
def test_the_installed_command_starts_the_command_line(installed: Path) -> None:
    program = (
        "from importlib.metadata import entry_points\n"
        "(point,) = entry_points(group='console_scripts', name='bodydouble')\n"
        "print(point.value)"
    )
    assert run_installed(installed, program).strip() == PROJECT["scripts"]["bodydouble"]
    assert os.access(installed / "bin" / "bodydouble", os.X_OK)
    module, _, function = PROJECT["scripts"]["bodydouble"].partition(":")
    source = ROOT.joinpath(*module.split(".")[1:]).with_suffix(".py").read_text("utf-8")
    assert re.search(rf"^(async )?def {function}\(", source, re.MULTILINE)


# The plugins


def test_pytest_finds_the_plugins_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    """Beside a folder ``contracts`` of the user's own, which they must not shadow."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "__init__.py").write_text("OURS = True\n", "utf-8")
    (tmp_path / "test_mine.py").write_text(
        "import bodydouble.mockserver.app\n"
        "import contracts\n"
        "from bodydouble.mockserver.testing.lives import double_lives\n"
        "@double_lives('instant')\n"
        "def test_it(double_client, exchange_checker, double_life):\n"
        f"    assert {str(installed)!r} in bodydouble.mockserver.app.__file__\n"
        "    reply = double_client.post('/v2/video/generations', json={'model': 'video-01', 'prompt': 'a boat'})\n"
        "    exchange_checker(reply)\n"
        "    assert contracts.OURS and double_life.succeeds and reply.json()['status'] == 'completed'\n",
        "utf-8",
    )
    command = [
        installed / "bin" / "python",
        "-I",
        "-m",
        "pytest",
        "-q",
        "-pno:cacheprovider",
        "-pno:schemathesis",
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout
