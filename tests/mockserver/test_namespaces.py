import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.journals.hiring import Hired
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.namespaces import BadName, Namespaces, seed_of
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS
from bodydouble.mockserver.worlds import WorldSettings


class Server:
    def __init__(self, keys: tuple[str, ...] = (), idle: float = 100.0, limit: int = 10) -> None:
        self.wall = ManualClock()
        settings = WorldSettings(ManualClock(), SUCCEEDS, 1)
        self.worlds = Namespaces(settings, Hired(b"salt" * 4), self.wall, keys=keys, idle=idle, limit=limit)

    def name(self, key: str | None = None, header: str | None = None, *, secured: bool = True) -> str:
        headers = {} if key is None else {b"authorization": key.encode()}
        if header is not None:
            headers[b"x-double-namespace"] = header.encode()
        return self.worlds.of(headers, secured=secured).name


@pytest.mark.parametrize(
    ("key", "header", "name"),
    [
        ("Bearer test-one", None, "one"),
        ("bearer  test-one", None, "one"),
        ("Bearer test", None, ""),
        ("Bearer test-", None, ""),
        ("Bearer sk-live-1", None, ""),
        ("Bearer test-a/b", None, ""),
        ("Bearer test-one", "two", "two"),
        ("Bearer any", "two", "two"),
        ("Bearer test-one", "default", ""),
    ],
)
def test_a_request_belongs_to_the_namespace_of_its_header_or_its_key(
    key: str, header: str | None, name: str
) -> None:
    server = Server()
    assert [server.name(key, header) for _ in range(3)] == [name] * 3


def test_without_a_key_a_request_is_refused_where_one_is_needed() -> None:
    server = Server()
    with pytest.raises(Refused):
        server.name(None)
    assert server.name(None, secured=False) == ""
    with pytest.raises(Refused):
        Server(keys=("good",)).name("Bearer test-one")
    assert Server(keys=("good",)).name("Bearer good", "one") == "one"


@pytest.mark.parametrize("name", ["-a", "a b", "a/b", "x" * 65, ".", "é", "a\n"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    server = Server()
    with pytest.raises(BadName, match="names no namespace"):
        server.worlds.named(name)
    with pytest.raises(Refused) as caught:
        server.name("Bearer x", name)
    assert caught.value.problem.status == 400


def test_a_world_that_nobody_uses_ends_and_one_that_is_used_does_not() -> None:
    server = Server()
    idle, used = server.worlds.named("idle"), server.worlds.named("used")
    for _ in range(3):
        server.wall.advance(60)
        assert server.worlds.of({b"authorization": b"Bearer test-used"}, secured=True) is used
    assert [world.name for world in server.worlds] == ["", "used"]
    assert server.worlds.named("idle") is not idle


def test_a_world_is_new_after_it_was_idle_even_for_a_key_that_is_known() -> None:
    server = Server()
    headers = {b"authorization": b"Bearer test-one"}
    before = server.worlds.of(headers, secured=True)
    server.wall.advance(101)
    assert server.worlds.of(headers, secured=True) is not before


def test_beyond_the_limit_the_world_unused_longest_ends() -> None:
    server = Server(limit=3)
    for number in range(5):
        server.wall.advance(1)
        server.worlds.named(f"n{number}")
    assert [world.name for world in server.worlds] == ["", "n2", "n3", "n4"]


def test_a_world_that_was_ended_begins_anew() -> None:
    server = Server()
    before = server.worlds.named("one")
    assert server.worlds.end("one")
    assert not server.worlds.end("one")
    assert server.worlds.get("one") is None
    assert server.worlds.named("one") is not before
    server.worlds.default.creates = 5
    assert server.worlds.end("default")
    assert server.worlds.default.creates == 0


@given(st.integers(), st.lists(st.text(max_size=5), unique=True, max_size=5))
def test_every_namespace_has_a_seed_of_its_own_and_always_the_same(seed: int, names: list[str]) -> None:
    seeds = [seed_of(seed, name) for name in names]
    assert seeds == [seed_of(seed, name) for name in names]
    assert len(set(seeds)) == len(names)


def test_a_world_can_begin_with_settings_of_its_own_and_comes_back_to_them() -> None:
    server = Server()
    own = replace(server.worlds.settings, seed=99, max_jobs=3, credit=5)
    world = server.worlds.begin("one", own)
    world.credit = None
    assert server.name("Bearer test-one") == "one"
    assert server.worlds.named("one") is world
    world.reset()
    assert (world.settings.seed, world.jobs.limit, world.credit) == (99, 3, 5)


@pytest.mark.parametrize("name", ["default", "", "a/b", "x" * 65])
def test_no_world_begins_under_a_name_that_cannot_be(name: str) -> None:
    server = Server()
    with pytest.raises(BadName):
        server.worlds.begin(name, server.worlds.settings)
