"""The rules of the house, read from the syntax trees of the three folders."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMESPACE = "bodydouble"
FOLDERS = ("contracts", "client", "mockserver")

# Which of the other folders each folder may import.
MAY_IMPORT = {"contracts": (), "client": (), "mockserver": ("contracts",)}

# The modules that touch the world outside, and what for. All others decide: they take data, now and rng,
# and return values.
SHELL: dict[str, str] = {
    "bodydouble.client.api": "reads the API's description from the package data",
    "bodydouble.client.async_client": "opens and closes the asynchronous connections, paths of files come in",
    "bodydouble.client.calls": "paths of files come in",
    "bodydouble.client.client": "opens and closes the blocking connections, paths of files come in",
    "bodydouble.client.drivers": "performs the steps of a conversation: sends, sleeps, looks at the clock",
    "bodydouble.client.exchange": "speaks to the HTTP library and times what it sends",
    "bodydouble.client.images": "reads pictures from files",
    "bodydouble.client.partfile": "writes what is downloaded",
    "bodydouble.client.session": "mints ids and seeds the jitter, where none are given",
    "bodydouble.client.transport": "keeps deadlines on sockets",
    "bodydouble.contracts.bundle": "reads the bundled fragments and overlay from the package data",
    "bodydouble.contracts.drift.histories": "reads the versions in a folder, or of a path in a repository",
    "bodydouble.contracts.drift.sides": "turns what the user names into paths, and has it read",
    "bodydouble.contracts.drift.snapshots": "keeps what was accepted of a folder that is watched",
    "bodydouble.contracts.loading": "turns what the user names into paths, and has them read",
    "bodydouble.contracts.preparing": "prints the prepared contract when it is run as a program",
    "bodydouble.contracts.reading.git_objects": "asks git for files as they were",
    "bodydouble.contracts.reading.sources": "reads the files and folders that the user names",
    "bodydouble.contracts.reading.web": "fetches the addresses that the user names",
    "bodydouble.contracts.testing.job_checking": "lets a run wait by the system's clock",
    "bodydouble.contracts.verify.asgi_target": "runs an ASGI application in an event loop of its own",
    "bodydouble.contracts.verify.url_target": "opens connections to the server under test",
    "bodydouble.mockserver.app": "draws a seed where none is given, paths of files come in",
    "bodydouble.mockserver.endpoint": "receives and sends over ASGI, and logs",
    "bodydouble.mockserver.commands.verify_consumer": "is the command line, and runs several clients at a time",
    "bodydouble.mockserver.consumer.calling": "runs the callables of users, and takes what they print",
    "bodydouble.mockserver.consumer.carrying": "carries requests over an event loop of its own",
    "bodydouble.mockserver.consumer.checking": "times a search by the machine's clock",
    "bodydouble.mockserver.consumer.commanding": "runs commands in the user's environment, and makes keys for them",
    "bodydouble.mockserver.consumer.loopback": "serves in a thread of its own",
    "bodydouble.mockserver.consumer.processes": "starts and ends the processes of users",
    "bodydouble.mockserver.consumer.virtual_time": "stands in for the system's clock and the event loop's",
    "bodydouble.mockserver.cli": "is the command line",
    "bodydouble.mockserver.commands.contract": "is the command line, and writes what is imported and exported",
    "bodydouble.mockserver.commands.demo": "is the command line, and runs server and client beside each other",
    "bodydouble.mockserver.commands.drift": "is the command line",
    "bodydouble.mockserver.commands.drift_compare": "is the command line",
    "bodydouble.mockserver.commands.drift_consumer": "is the command line, and has a client run against a double",
    "bodydouble.mockserver.commands.drift_history": "is the command line",
    "bodydouble.mockserver.commands.drift_live": "is the command line",
    "bodydouble.mockserver.commands.drift_recorded": "is the command line",
    "bodydouble.mockserver.commands.drift_options": "is the command line, and reads silences and today's date",
    "bodydouble.mockserver.commands.drift_reporting": "puts reports out on the terminal and into files",
    "bodydouble.mockserver.commands.drift_rules": "is the command line",
    "bodydouble.mockserver.commands.drift_update": "is the command line, and writes what was taken over",
    "bodydouble.mockserver.commands.finite": "reads numbers off the command line",
    "bodydouble.mockserver.commands.generate": "is the command line, and shows progress on the terminal",
    "bodydouble.mockserver.commands.guarding": "is the command line, and draws tokens",
    "bodydouble.mockserver.commands.job": "is the command line",
    "bodydouble.mockserver.commands.learn": "is the command line, and writes what was learned",
    "bodydouble.mockserver.commands.proxy": "is the command line",
    "bodydouble.mockserver.commands.serve": "is the command line, and sets up the log",
    "bodydouble.mockserver.commands.waiting": "shows progress on the terminal, and maps signals to exit codes",
    "bodydouble.mockserver.control.document": "reads the control API's document from the package data",
    "bodydouble.mockserver.control.transports": "sends control requests over HTTP",
    "bodydouble.mockserver.commands.verify": "is the command line",
    "bodydouble.mockserver.commands.verify_compare": "is the command line",
    "bodydouble.mockserver.commands.verify_options": "is the command line, and writes reports",
    "bodydouble.mockserver.commands.verify_progress": "shows progress on the terminal",
    "bodydouble.mockserver.commands.verify_provider": "is the command line, and saves failures",
    "bodydouble.mockserver.commands.verify_replay": "is the command line, and reads what was saved",
    "bodydouble.mockserver.commands.verify_targets": "reads keys from the environment, imports applications",
    "bodydouble.mockserver.clocks": "reads the system's clock",
    "bodydouble.mockserver.files": "writes files whole or not at all",
    "bodydouble.mockserver.proxy.fronting": "reads and writes the connections of the proxy's clients",
    "bodydouble.mockserver.media": "reads the clips from the package data",
    "bodydouble.mockserver.proxy.observing": "hands exchanges to a thread, so that traffic does not wait",
    "bodydouble.mockserver.proxy.proxy_server": "binds the proxy's port and listens to signals",
    "bodydouble.mockserver.proxy.proxying": "forwards to upstream, and times it",
    "bodydouble.mockserver.recordings.recording_files": "writes recordings to the folder that the user names",
    "bodydouble.mockserver.recordings.seen_files": "reads recordings and journals that the user names",
    "bodydouble.mockserver.collecting": "keeps the interpreter's collector from what stays",
    "bodydouble.mockserver.commands.scenarios": "is the command line",
    "bodydouble.mockserver.scenes.scenario_texts": "takes the path that the user names",
    "bodydouble.mockserver.scenes.scenario_files": "reads the shipped scenarios from the package data",
    "bodydouble.mockserver.state_file": "keeps the state in a SQLite file",
    "bodydouble.mockserver.recalling": "takes the path of the state file",
    "bodydouble.mockserver.commands.staying": "is the command line, and takes the path of the state file",
    "bodydouble.mockserver.serving": "binds the port, runs the event loop and listens to signals",
    "bodydouble.mockserver.testing.drawn": "makes HTTP clients for tests",
    "bodydouble.mockserver.testing.hosting": "runs the application in an event loop of a thread",
    "bodydouble.mockserver.testing.options": "reads the key from the environment, and draws a seed",
    "bodydouble.mockserver.testing.stages": "makes HTTP clients for tests",
    "bodydouble.mockserver.testing.transports": "carries requests of clients under test",
    "bodydouble.mockserver.http.upgrades": "parses what arrives on a connection",
    "bodydouble.mockserver.http.prompt": "answers what arrives on a connection",
    "bodydouble.mockserver.http.corking": "writes to real sockets",
    "bodydouble.mockserver.http.direct": "writes to real sockets",
    "bodydouble.mockserver.http.wire": "breaks real sockets",
}

IO_MODULES = {
    "files": (
        "fileinput",
        "glob",
        "io",
        "linecache",
        "mmap",
        "os",
        "pathlib",
        "shelve",
        "shutil",
        "tempfile",
        "zipfile",
    ),
    "packages": ("importlib", "pkgutil", "runpy"),
    "network": (
        "ftplib",
        "http.client",
        "http.server",
        "select",
        "selectors",
        "smtplib",
        "socket",
        "socketserver",
    ),
    "network, encrypted or by URL": ("ssl", "urllib.request", "webbrowser"),
    "clients and servers": ("httpcore2", "httpx2", "requests", "starlette.testclient", "uvicorn", "uvloop"),
    "event loops, threads and processes": (
        "_thread",
        "anyio",
        "asyncio",
        "concurrent",
        "multiprocessing",
        "queue",
    ),
    "the same, and the system": ("ctypes", "fcntl", "resource", "signal", "subprocess", "threading"),
    "clock": ("sched", "time"),
    "randomness": ("random", "secrets", "uuid"),
    "the interpreter": ("gc", "locale", "platform", "sys", "warnings"),
    "state around a call": ("contextvars",),
    "stores": ("dbm", "pickle", "sqlite3"),
    "terminal": ("argparse", "click", "curses", "getpass", "logging", "rich", "syslog", "termios"),
}
# Parts of those modules that neither touch anything outside nor read a clock or a source of randomness.
HARMLESS = frozenset(
    {
        "io.BytesIO",
        "io.StringIO",
        "os.PathLike",
        "pathlib.PurePath",
        "pathlib.PurePosixPath",
        "random.Random",
        "sys.float_info",
        "sys.maxsize",
        "warnings.catch_warnings",
        "warnings.simplefilter",
    }
)
IO_CALLS = frozenset({"__import__", "breakpoint", "eval", "exec", "input", "open", "print"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow"})

# Knowledge of one API is data. Its names, and those of its headers, must not be in code, comments or docstrings.
API_WORDS = (
    "video-01",
    "video_01",
    "aimlapi",
    "aiml_",
    "aiml-",
    "ai/ml",
    "minimax",
    "hailuo",
    "inference-id",
    "credits-used",
    "usd-spent",
)

# Modules without a test file of their own name, and test files without a module, with the reason.
UNTESTED: dict[str, str] = {}
TESTS_WITHOUT_MODULE: dict[str, str] = {}

# Libraries that serving does not need; each would be paid for at every start.
NOT_FOR_SERVING = (
    "httpx2",
    "hypothesis",
    "jsonpath_rfc9535",
    "jsonschema",
    "rich",
    "schemathesis",
    "yaml",
)

# What the bundled contract has been through ahead of every start.
BUILDING = (
    "bodydouble.contracts.building",
    "bodydouble.contracts.jobs.derivation",
    "bodydouble.contracts.overlay.overlays",
    "bodydouble.contracts.reading.fragments",
    "bodydouble.contracts.schema.dialect",
)

# Patterns that a start compiles, with the reason.
COMPILED_AT_ONCE = {
    "bodydouble.mockserver.judging": "every poll needs it, and asking re for it would take longer",
    "bodydouble.mockserver.media": "every start reads the names of the clips",
}

MUTABLE_CALLS = frozenset(
    {"bytearray", "Counter", "count", "defaultdict", "deque", "dict", "list", "set", "OrderedDict"}
)
READ_ONLY_TYPES = frozenset(
    {"Mapping", "Sequence", "Collection", "Iterable", "Container", "Set", "AbstractSet"}
)


@dataclass(frozen=True)
class Module:
    """One of our modules: its dotted name, its file and its text."""

    name: str
    path: Path
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, filename=str(self.path))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @property
    def folder(self) -> str:
        return self.name.split(".")[1]

    @property
    def stem(self) -> str:
        return self.path.stem


def dotted_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join((NAMESPACE, *(parts[:-1] if parts[-1] == "__init__" else parts)))


def read_modules() -> dict[str, Module]:
    """Read every module of a package; scripts that lie among the data are no modules."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    paths = [path for path in paths if path.with_name("__init__.py").exists()]
    return {dotted_name(path): Module(dotted_name(path), path, path.read_text("utf-8")) for path in paths}


MODULES = read_modules()
every_module = pytest.mark.parametrize("module", [pytest.param(m, id=n) for n, m in MODULES.items()])
every_pure_module = pytest.mark.parametrize(
    "module",
    [pytest.param(m, id=n) for n, m in MODULES.items() if n not in SHELL],
)


def package_of(module: Module) -> str:
    return module.name if module.stem == "__init__" else module.name.rpartition(".")[0]


def imported(module: Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Yield every import statement with each dotted name that it asks for, relative ones resolved."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package_of(module).split(".")
                base = ".".join((*parents[: len(parents) - node.level + 1], *filter(None, [node.module])))
            yield from ((node, f"{base}.{alias.name}") for alias in node.names)


def our_module(name: str) -> str | None:
    """Return which of our modules the imported ``name`` is, or is defined in."""
    return next((candidate for candidate in (name, name.rpartition(".")[0]) if candidate in MODULES), None)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def wordings(names: Iterator[str]) -> str:
    return "\n".join(sorted(set(names)))


def place(module: Module, node: ast.AST) -> str:
    return f"{module.path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


# Who may import whom


@every_module
def test_a_folder_imports_only_the_folders_it_may(module: Module) -> None:
    allowed = (module.folder, *MAY_IMPORT[module.folder])
    if module.name == "bodydouble.mockserver.cli" or is_within(module.name, "bodydouble.mockserver.commands"):
        allowed = FOLDERS  # the command line is the one place that may import all three
    wrong = [
        f"{place(module, node)} imports {name}"
        for node, name in imported(module)
        if is_within(name, NAMESPACE)
        and not any(is_within(name, f"{NAMESPACE}.{folder}") for folder in allowed)
    ]
    assert not wrong, wordings(iter(wrong))


@every_module
def test_our_folders_are_never_imported_as_top_level_packages(module: Module) -> None:
    wrong = [
        f"{place(module, node)} imports {name}, which is {NAMESPACE}.{name} where bodydouble is installed"
        for node, name in imported(module)
        if name.partition(".")[0] in (*FOLDERS, "tests")
    ]
    assert not wrong, wordings(iter(wrong))


def test_imports_have_no_cycle() -> None:
    graph = {
        name: {ours for _, wanted in imported(module) if (ours := our_module(wanted)) and ours != name}
        for name, module in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


@every_module
def test_an_import_inside_a_function_gives_its_reason(module: Module) -> None:
    lines = module.source.splitlines()
    wrong = []
    for function in module.nodes:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    near = (
                        lines[node.lineno - 1].partition("#")[2],
                        lines[node.lineno - 2].partition("#")[2],
                    )
                    if not any(near):
                        wrong.append(f"{place(module, node)}: no comment on the line or above it says why")
    assert not wrong, wordings(iter(wrong))


@every_module
def test_no_import_hides_behind_a_type_checking_guard(module: Module) -> None:
    wrong = [
        place(module, node)
        for node in module.nodes
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
    ]
    assert not wrong, wordings(iter(wrong))


@cache
def loaded_for_serving() -> frozenset[str]:
    """Return what is loaded by the time that ``bodydouble serve`` listens with nothing said."""
    pytest.importorskip("bodydouble.mockserver.app", exc_type=ModuleNotFoundError)
    program = (
        "import sys, bodydouble.mockserver.cli, bodydouble.mockserver.commands.serve as serve; "
        "serve.create_app(serve.bundled_contract()).replay_token; print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return frozenset(run.stdout.split())


def test_serving_loads_no_library_that_it_does_not_need() -> None:
    loaded = {name.partition(".")[0] for name in loaded_for_serving()}
    assert "starlette" in loaded
    assert not loaded & set(NOT_FOR_SERVING)


def test_serving_the_bundled_contract_loads_nothing_that_builds_contracts() -> None:
    assert {*BUILDING} <= MODULES.keys()
    assert not loaded_for_serving() & {*BUILDING}


def test_serving_compiles_a_pattern_before_its_first_use_for_a_reason_only() -> None:
    # A start that compiled every pattern would take a thirtieth longer; re keeps what it has compiled.
    ours = [module for name, module in MODULES.items() if name in loaded_for_serving()]
    found = {module.name for module in ours if any(map(is_compiling, module_level(module.tree.body)))}
    assert found == COMPILED_AT_ONCE.keys()


def is_compiling(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    return value is not None and any(
        isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile" for node in ast.walk(value)
    )


# Pure core, thin shell


def io_imports(module: Module) -> Iterator[str]:
    for node, name in imported(module):
        if any(is_within(name, io) for group in IO_MODULES.values() for io in group) and name not in HARMLESS:
            renamed = any(alias.asname for alias in node.names)
            whole = isinstance(node, ast.Import) and not renamed
            if whole and name in {part.rpartition(".")[0] for part in HARMLESS}:
                yield from io_attributes(module, name)
            else:
                yield f"{place(module, node)} imports {name}"


def io_attributes(module: Module, imported_name: str) -> Iterator[str]:
    """Yield the uses of a module that has harmless parts and was imported whole."""
    for node in module.nodes:
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == imported_name
        ):
            used = f"{imported_name}.{node.attr}"
            if used not in HARMLESS:
                yield f"{place(module, node)} uses {used}"


def io_calls(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) if name in IO_CALLS:
                yield f"{place(module, node)} calls {name}()"
            case ast.Name(id="Random") | ast.Attribute(attr="Random") if not node.args:
                yield f"{place(module, node)} seeds Random from the operating system"
            case ast.Name(id="formatdate") | ast.Attribute(attr="formatdate") if not node.args:
                yield f"{place(module, node)} formats the present moment"
            case (
                ast.Attribute(
                    value=ast.Name(id="datetime" | "date") | ast.Attribute(attr="datetime" | "date")
                ) as call
            ):
                if call.attr in CLOCK_CALLS:
                    yield f"{place(module, node)} reads the clock with {call.attr}()"


@every_pure_module
def test_a_module_that_decides_touches_nothing_outside(module: Module) -> None:
    found = wordings(iter([*io_imports(module), *io_calls(module)]))
    assert not found, (
        f"{found}\n\nTake the value as an argument, or name the module in SHELL with its reason."
    )


@pytest.mark.parametrize("name", SHELL)
def test_a_shell_module_exists_and_needs_to_be_one(name: str) -> None:
    assert name in MODULES, f"{name} is in SHELL and nowhere else"
    assert len(SHELL[name].split()) > 2, "a reason is a sentence"
    assert [*io_imports(MODULES[name]), *io_calls(MODULES[name])], (
        f"{name} decides only: take it out of SHELL"
    )


def module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run at import, those within branches and classes included."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for field in ("body", "orelse", "finalbody"):
                yield from module_level(getattr(statement, field, []))


def is_mutable(value: ast.expr | None) -> bool:
    match value:
        case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in MUTABLE_CALLS
    return False


def is_read_only(annotation: ast.expr) -> bool:
    """Return whether the annotation lets the type checker refuse changes: ``Mapping`` and its like."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="Final" | "ClassVar"), slice=inner):
            return is_read_only(inner)
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name):
            return name in READ_ONLY_TYPES
    return False


def mutable_state(module: Module) -> Iterator[str]:
    for statement in module_level(module.tree.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__" | "__match_args__")]):
                continue
            case ast.AnnAssign(annotation=annotation) if is_read_only(annotation):
                continue
            case ast.Assign(value=value) | ast.AnnAssign(value=value) if is_mutable(value):
                yield f"{place(module, statement)}: {ast.unparse(statement).splitlines()[0][:70]}"
            case ast.AugAssign():
                yield f"{place(module, statement)}: {ast.unparse(statement).splitlines()[0][:70]}"
    yield from (f"{place(module, node)}: global" for node in module.nodes if isinstance(node, ast.Global))


@every_module
def test_no_module_keeps_mutable_state(module: Module) -> None:
    found = wordings(mutable_state(module))
    assert not found, (
        f"{found}\n\nUse a tuple, frozenset or MappingProxyType, or annotate it Mapping or Sequence."
    )


# Shape


@every_module
def test_no_package_lies_deeper_than_two_levels(module: Module) -> None:
    assert len(module.path.relative_to(ROOT).parts) <= 3, "folder/package/module.py is as deep as it goes"


@every_module
def test_code_does_not_know_the_api_it_plays(module: Module) -> None:
    text = module.source.lower()
    found = [
        f"{module.path.relative_to(ROOT)}:{number}: {word}"
        for number, line in enumerate(text.splitlines(), 1)
        for word in API_WORDS
        if word in line
    ]
    assert not found, (
        f"{wordings(iter(found))}\n\nKnowledge of an API is data: move it to a JSON or YAML file."
    )


def public_definitions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield public functions and classes, and the public methods of public classes."""
    pending: list[ast.Module | ast.ClassDef] = [tree]
    while pending:
        for node in pending.pop().body:
            if isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef):
                    pending.append(node)


@every_module
def test_what_is_public_is_documented(module: Module) -> None:
    missing = [
        f"{place(module, node)}: {node.name}"
        for node in public_definitions(module.tree)
        if not ast.get_docstring(node)
    ]
    if not ast.get_docstring(module.tree):
        missing.append(f"{place(module, module.tree)}: the module")
    assert not missing, wordings(iter(missing))


def raised_by(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Raise]:
    """Yield what a function itself raises; what it merely passes on is no error of its own."""
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Raise) and node.exc:
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))


def is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is run from the command line, where errors are exit codes and its docstring is the help."""
    return any("command" in ast.unparse(decorator) for decorator in function.decorator_list)


def hushed_errors(tree: ast.Module) -> list[str]:
    """Return the public functions that raise and do not say so."""
    return [
        node.name
        for node in public_definitions(tree)
        if not isinstance(node, ast.ClassDef)
        and not is_command(node)
        and any(raised_by(node))
        and not re.search(r"\braises?\b", ast.get_docstring(node) or "", re.IGNORECASE)
    ]


@every_module
def test_what_raises_says_so(module: Module) -> None:
    hushed = hushed_errors(module.tree)
    assert not hushed, f"{module.path.relative_to(ROOT)}: {hushed}: add 'Raises:' to the docstring"


@pytest.mark.parametrize(
    ("source", "hushed"),
    [
        ('def f():\n    """Do."""\n    if x: raise ValueError', ["f"]),
        ('class C:\n    async def f(self):\n        """Do."""\n        raise ValueError from None', ["f"]),
        ('def f():\n    """Do.\n\n    Raises:\n        ValueError: So.\n    """\n    raise ValueError', []),
        ('def f():\n    """Do."""\n    try: g()\n    except E: raise', []),
        ('def f():\n    """Do."""\n    def g(): raise ValueError', []),
        ('def _f():\n    """Do."""\n    raise ValueError', []),
        ('@click.command()\ndef f():\n    """Do."""\n    raise ClickException', []),
    ],
)
def test_an_error_that_is_kept_quiet_is_noticed(source: str, hushed: list[str]) -> None:
    assert hushed_errors(ast.parse(source)) == hushed


def exclusions(configuration: str) -> Iterator[str]:
    """Yield each line of pyproject.toml that takes a lint rule out, or anything back from the type checker."""
    inside = False
    for line in configuration.splitlines():
        if inside and line.startswith("]"):
            inside = False
        elif inside or re.match(r"(ignore_|disable_|follow_|allow_)\w+ *=|module *=", line):
            yield line.strip()
        elif re.match(r'(ignore|extend-ignore|omit|exclude\w*|"\S+") *= *\[$', line):
            inside = True


def test_every_exclusion_from_lint_and_types_gives_its_reason() -> None:
    found = list(exclusions((ROOT / "pyproject.toml").read_text("utf-8")))
    assert len(found) > 20
    assert [line for line in found if not re.search(r"# \w+", line)] == []


@every_module
def test_a_suppression_in_the_code_gives_its_reason(module: Module) -> None:
    # An import inside a function says its reason in a comment above, which has a test of its own.
    bare = r"# (noqa: (?!PLC0415)[A-Z0-9, ]+|noqa(?!:).*|type: ignore(\[[\w, -]*\])?|pragma: no cover|fmt: \w+) *$"
    found = [line.strip() for line in module.source.splitlines() if re.search(bare, line)]
    assert not found, f"{module.path.relative_to(ROOT)}: {found}"


def test_file_of(path: Path) -> Path:
    relative = path.relative_to(ROOT)
    return ROOT / "tests" / relative.parent / f"test_{relative.name}"


test_file_of.__test__ = False  # type: ignore[attr-defined]  # its name says what it returns


def test_every_module_has_a_test_file_of_its_name() -> None:
    missing = [
        f"{module.path.relative_to(ROOT)} has no {test_file_of(module.path).relative_to(ROOT)}"
        for name, module in MODULES.items()
        if module.stem != "__init__" and name not in UNTESTED and not test_file_of(module.path).exists()
    ]
    assert not missing, wordings(iter(missing))


def test_every_test_file_has_a_module_of_its_name() -> None:
    expected = {test_file_of(path) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    orphans = [
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / "tests" / folder).rglob("test_*.py")
        if path not in expected and str(path.relative_to(ROOT)) not in TESTS_WITHOUT_MODULE
    ]
    assert not orphans, wordings(iter(orphans))


def test_the_tables_of_exceptions_hold_nothing_that_is_mended() -> None:
    mended = [name for name in UNTESTED if name not in MODULES or test_file_of(MODULES[name].path).exists()]
    mended += [name for name in TESTS_WITHOUT_MODULE if not (ROOT / name).exists()]
    assert not mended


@every_module
def test_an_init_module_only_speaks_for_its_package(module: Module) -> None:
    if module.stem == "__init__":
        allowed = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
        assert all(isinstance(statement, allowed) for statement in module.tree.body)


# The rules themselves


def written(source: str, name: str = "bodydouble.contracts.example") -> Module:
    return Module(name, ROOT / "contracts" / "example.py", source)


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "import os\nos.stat('x')",
        "import os as system",
        "from pathlib import Path",
        "import random\nrandom.choice([1])",
        "from random import Random\nRandom()",
        "import io\nio.open('x')",
        "from importlib.resources import files",
        "def f():\n    import socket  # no reason is good enough",
        "print('x')",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import date\ndate.today()",
        "from email.utils import formatdate\nformatdate()",
    ],
)
def test_touching_the_world_outside_is_noticed(source: str) -> None:
    assert [*io_imports(written(source)), *io_calls(written(source))]


@pytest.mark.parametrize(
    "source",
    [
        "from random import Random\nRandom(7)",
        "import random\ndef f(rng: random.Random) -> float: return rng.random()",
        "from pathlib import PurePosixPath",
        "from datetime import datetime, UTC\ndatetime.fromtimestamp(0, UTC)",
        "from http import HTTPStatus",
        "from .clock import now\nnow()",
    ],
)
def test_deciding_is_not_mistaken_for_touching(source: str) -> None:
    assert not [*io_imports(written(source)), *io_calls(written(source))]


@pytest.mark.parametrize(
    "source",
    [
        "X = {}",
        "X: list[int] = [1]",
        "X = dict(a=1)",
        "X = collections.deque()",
        "if True:\n    X = []",
        "class A:\n    x = []",
        "X = 0\ndef f():\n    global X",
        "__all__ = ['a']\n__all__ += ['b']",
    ],
)
def test_mutable_state_is_noticed(source: str) -> None:
    assert list(mutable_state(written(source)))


@pytest.mark.parametrize(
    "source",
    [
        "__all__ = ['a']",
        "X = (1, 2)",
        "X = frozenset({1})",
        "X = MappingProxyType({1: 2})",
        "X: Final[Mapping[int, int]] = {1: 2}",
        "X: Sequence[int] = [1]",
        "def f():\n    x = []",
    ],
)
def test_what_cannot_change_is_not_mistaken_for_state(source: str) -> None:
    assert not list(mutable_state(written(source)))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from . import pointers", "bodydouble.contracts.pointers"),
        ("from .pointers import JSON", "bodydouble.contracts.pointers.JSON"),
        ("from ..client import get", "bodydouble.client.get"),
        ("import bodydouble.client.app", "bodydouble.client.app"),
        ("def f():\n    from bodydouble import client", "bodydouble.client"),
    ],
)
def test_imports_are_resolved_wherever_they_stand(source: str, name: str) -> None:
    assert [found for _, found in imported(written(source))] == [name]
