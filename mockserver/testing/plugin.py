"""The plugin that pytest loads: options, the marker, fixtures, and what a failing test is told of its world.

Registering it costs next to nothing: whatever a fixture needs is imported when the first test asks for it, and never
where none does. The fixtures form a chain, each link of which may be overridden in a conftest.py::

    double_target -> double_settings -> double -> double_namespace -> double_base_url, double_client, double_control,
                                                                      double_clock, double_journal, double_environment
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import Any, NoReturn

import pytest

from .marks import MARK, BadMark, Wanted, wanted
from .options import (
    RUN,
    SEED,
    TARGETS,
    add_options,
    add_short_option,
    budget_of,
    check_options,
    contract_of,
    key_for,
    worker_of,
)
from .targets import Kind, Target

SECTION = "bodydouble"
WORLD = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Iterator[None]:
    """Add the short form of an option once everybody else has added theirs: the name is a common one."""
    yield
    add_short_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options, and tell pytest of the marker."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(*, scenario, speed, clock, seed, namespace, castings, faults, rate, credit, jobs): "
        "what the double does in this test",
    )
    check_options(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each target, where several are named."""
    targets = metafunc.config.stash[TARGETS]
    if len(targets) > 1 and "double_target" in metafunc.fixturenames:
        metafunc.parametrize("double_target", targets, ids=str, indirect=True, scope="session")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a marker that says what cannot be."""
    wanted_by(item)


def wanted_by(node: pytest.Item) -> Wanted:
    """Return what the markers of a test say, or fail it."""
    try:
        return wanted((mark.args, mark.kwargs) for mark in node.iter_markers(MARK))
    except BadMark as problem:
        reason = str(problem)
    # Outside of the handler, so that no traceback of ours is shown.
    pytest.fail(reason, pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell with a failure what happened in the test's world."""
    report = yield
    world = item.stash.get(WORLD, None)
    if world is not None and report.failed and report.when != "teardown":
        report.sections.append((SECTION, _story(world)))
    return report


def _story(world: Any) -> str:
    try:
        text: str = world.story()
    except Exception as problem:  # noqa: BLE001 - the failure of the test is what matters, whatever befell the double
        return f"what happened cannot be told: {type(problem).__name__}: {problem}"
    return text


# Fixtures


@pytest.fixture(scope="session")
def double_target(request: pytest.FixtureRequest) -> Target:
    """What tests run against: the double in this process, over a socket, or another server; see --double-target.

    Override it to run some tests against something else.
    """
    if hasattr(request, "param"):
        target: Target = request.param
        return target
    targets = request.config.stash[TARGETS]
    return targets[0] if targets else Target(Kind.IN_PROCESS)


@pytest.fixture(scope="session")
def double_settings(request: pytest.FixtureRequest) -> Any:
    """What the double of this run is started with: a ``DoubleSettings`` of ``bodydouble.mockserver.testing.settings``.

    Override it to play your own contract, scenarios, or a slower clock: ``DoubleSettings(contract=..., speed=60)``.
    """
    # What a run without the double never needs.
    from .settings import DoubleSettings  # noqa: PLC0415

    return DoubleSettings(seed=request.config.stash[SEED])


@pytest.fixture(scope="session")
def double_stages() -> Iterator[Any]:
    """Keep the servers of this run until its end; not for direct use."""
    # What a run without the double never needs.
    from .stages import Stages  # noqa: PLC0415

    stages = Stages()
    yield stages
    stages.close()


# pytest keeps what a fixture gave for as long as its scope lasts, whoever overrides what it depends on further down.
# Were this one of the session's, settings overridden for one folder would hold for all.
@pytest.fixture(scope="module")
def double(
    request: pytest.FixtureRequest, double_stages: Any, double_target: Target, double_settings: Any
) -> Any:
    """The server that tests run against, one for all that have the same settings: ``base_url``, ``transport()``."""
    # What a run without the double never needs.
    from .settings import DoubleSettings  # noqa: PLC0415

    if not isinstance(double_settings, DoubleSettings):
        pytest.fail(
            f"the fixture 'double_settings' gives {type(double_settings).__name__}; expected a DoubleSettings "
            "of bodydouble.mockserver.testing.settings",
            pytrace=False,
        )
    start = _elsewhere if double_target.kind is Kind.ELSEWHERE else _own
    return double_stages.of(
        double_target, double_settings, lambda: start(request.config, double_settings, double_target)
    )


def _elsewhere(config: pytest.Config, settings: Any, target: Target) -> Any:
    # What a run without the double never needs.
    from .stages import Elsewhere  # noqa: PLC0415

    return Elsewhere(target, key_for(settings)[0], budget_of(config, settings), config.stash[SEED])


def _own(config: pytest.Config, settings: Any, target: Target) -> Any:
    # What a run without the double never needs.
    from .settings import replaying  # noqa: PLC0415
    from .stages import OwnDouble, TokenError  # noqa: PLC0415 - same

    token = config.getoption("double_replay")
    try:
        return OwnDouble(replaying(settings, token) if token else settings, target)
    except TokenError as problem:
        reason = f"--double-replay: {problem}"
    # Outside of the handler, so that no traceback of ours is shown.
    pytest.fail(reason, pytrace=False)


@pytest.fixture(scope="module")
def double_drawings(request: pytest.FixtureRequest, double: Any) -> Any:
    """What makes the servers that tests decorated with ``given_server()`` are given; not for direct use."""
    # What a run without the double never needs.
    from .drawn import drawings_on  # noqa: PLC0415

    run = request.config.stash[RUN] if double.target.kind is Kind.ELSEWHERE else ""
    return drawings_on(double, worker_of(request.config)[0], run, _skip)


@pytest.fixture
def double_life(request: pytest.FixtureRequest) -> Any:
    """The life that jobs have in this test, where it is decorated with ``double_lives()``: a ``Life``; else None."""
    return getattr(request, "param", None)


@pytest.fixture
def double_namespace(
    request: pytest.FixtureRequest, double: Any, double_settings: Any, double_life: Any
) -> Iterator[Any]:
    """A world of the test's own, made as its marker says: ``name``, ``key``, ``control``, ``seed``."""
    # What a run without the double never needs.
    from .worlds import NotHere, Player, Unplayable, world_for  # noqa: PLC0415

    item: pytest.Item = request.node
    player = Player(
        item.nodeid,
        worker_of(request.config)[0],
        request.config.stash[RUN] if double.target.kind is Kind.ELSEWHERE else "",
        key_for(double_settings)[1],
    )
    scenario = double_life.scenario if double_life is not None else None
    with ExitStack() as stack:
        try:
            world = stack.enter_context(world_for(double, wanted_by(item), player, _skip, scenario))
        except (NotHere, Unplayable) as problem:
            reason, is_mistake = str(problem), isinstance(problem, Unplayable)
        else:
            item.stash[WORLD] = world
            yield world
            del item.stash[WORLD]
            return
    # Outside of the handler, so that no traceback of ours is shown.
    pytest.fail(reason, pytrace=False) if is_mistake else pytest.skip(reason)


@pytest.fixture
def double_key(double_namespace: Any) -> str:
    """The API key of this test: the double takes it for the name of the test's world; the real API gets its own."""
    key: str = double_namespace.key
    return key


@pytest.fixture
def double_base_url(double: Any, double_namespace: Any) -> str:
    """Where any client finds the server, in any process: ``http://127.0.0.1:PORT``. Requests carry ``double_key``."""
    del double_namespace  # whoever asks where the server is talks to it, and has a world and an allowance
    url: str = double.base_url
    return url


@pytest.fixture
def double_transport(double: Any, double_namespace: Any) -> Iterator[Any]:
    """A transport for blocking and asynchronous clients of httpx2: into this process, or over the network."""
    transport = double.transport(double_namespace.allowance)
    yield transport
    transport.close()


@pytest.fixture
def double_client(
    double: Any, double_namespace: Any, double_transport: Any, double_key: str
) -> Iterator[Any]:
    """A plain ``httpx2.Client`` that knows where the server is and carries the test's key."""
    del double_namespace
    # What a run without the double never needs.
    from .stages import client_of  # noqa: PLC0415

    with client_of(double, double_transport, double_key) as client:
        yield client


@pytest.fixture
def double_control(double_namespace: Any) -> Any:
    """The control of the test's world, a ``Control``: jobs, scenario, faults, limits; skips where there is none."""
    if double_namespace.control is None:
        pytest.skip(f"the test controls the double, and {double_namespace.stage.target} is none")
    return double_namespace.control


@pytest.fixture
def double_clock(double_control: Any) -> Any:
    """The clock of the test's world: ``advance(seconds)``, ``freeze()``, ``scale(speed)``, ``jump(moment)``."""
    return double_control.clock


@pytest.fixture
def double_journal(double_control: Any) -> Any:
    """What was asked and answered in the test's world: iterate, or ``verify({"operation": "poll", "at_least": 2})``."""
    # What a run without the double never needs.
    from .worlds import Journal  # noqa: PLC0415

    return Journal(double_control)


@pytest.fixture
def double_environment(
    double_settings: Any, double_base_url: str, double_key: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Patch the environment variables that tell clients of the API its key and base URL, as the contract names them."""
    named = contract_of(double_settings).conventions.environment
    values = dict.fromkeys(named.key, double_key) | dict.fromkeys(named.base_url, double_base_url)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


def _skip(reason: str) -> NoReturn:
    pytest.skip(reason)
