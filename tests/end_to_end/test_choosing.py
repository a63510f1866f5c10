"""Who may choose a scenario, which choice wins, and what is said to those who choose one that does not exist."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.loading import load
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.schemas import properties_of
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.announcing import sample_body
from bodydouble.mockserver.http.messages import Response
from bodydouble.mockserver.jobs import Job
from bodydouble.mockserver.routes import IMAGE
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.faults import Span
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.service import Service
from bodydouble.mockserver.worlds import World
from tests.apis import service, submitted

from .doubles import BODY, COMMAND, VIDEO, Hosted, Received, Settings, hosted, over_socket, request

FRAGMENTS = Path(__file__).parents[3] / "shared" / "upstream" / "fragments"


@pytest.fixture(scope="module")
def playing() -> Iterator[Hosted]:
    with hosted(scenario="stuck-queued") as double:
        yield double


@pytest.fixture
def world(playing: Hosted) -> Iterator[World]:
    yield playing.worlds.named("c")
    playing.worlds.end("c")


def create(playing: Hosted, prompt: str = "a boat", prefer: str | None = None, **body: Any) -> Received:
    headers = {} if prefer is None else {"Prefer": prefer}
    return playing.raw(request("POST", VIDEO, {**BODY, "prompt": prompt, **body}, "test-c", **headers))


def played(world: World) -> Job:
    """The newest job."""
    return list(world.jobs)[-1]


DIRECTIVE = "[[double: fails-at-the-end after=20s]] a cat"


def test_the_nearest_choice_wins(playing: Hosted, world: World) -> None:
    """Command line, namespace, directive, preference, rule: each hides those before it."""
    chosen = []

    def choose(prompt: str = "a boat", prefer: str | None = None) -> None:
        received = create(playing, prompt, prefer)
        assert received.status == 200, received.whole
        chosen.append((played(world).scenario.name, received.fields.get("preference-applied")))

    choose()
    world.scenario = shipped()["slow"]
    choose()
    choose(DIRECTIVE)
    choose(DIRECTIVE, "scenario=nulls")
    world.castings = (Casting("absent", prompt="cat"),)
    choose(DIRECTIVE, "scenario=nulls")
    choose("a dog", "scenario=nulls")
    assert chosen == [
        ("stuck-queued", None),
        ("slow", None),
        ("fails-at-the-end", None),
        ("nulls", "scenario=nulls"),
        ("absent", None),
        ("nulls", "scenario=nulls"),
    ]


def test_a_directive_says_when_the_job_ends_and_a_rule_takes_that_away(playing: Hosted, world: World) -> None:
    create(playing, DIRECTIVE)
    job = played(world)
    assert job.ends - job.submitted == pytest.approx(20, abs=1e-6)
    world.clock.scale(0)
    told = []
    for moment in (19.9, 0.2):
        world.clock.jump(max(world.clock(), job.submitted + moment if moment > 1 else world.clock() + moment))
        polled = playing.raw(request("GET", f"{VIDEO}?generation_id={job.id}", None, "test-c"))
        told.append(json.loads(polled.body)["status"])
    assert told == ["generating", "error"]
    world.castings = (Casting("stuck-queued"),)
    create(playing, DIRECTIVE)
    assert played(world).ends == float("inf")


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("scenario=slow", "scenario=slow"),
        ('scenario="slow"', "scenario=slow"),
        ("SCENARIO = slow", "scenario=slow"),
        ("respond-async, scenario=slow; after=90s, wait=10", "scenario=slow; after=90s"),
        ("scenario=slow;after=1.5m", "scenario=slow; after=90s"),
        ("respond-async", None),
        ("return=minimal; foo=bar", None),
        ("", None),
    ],
)
def test_a_preference_is_read_as_a_list_and_what_was_applied_is_told(
    playing: Hosted, world: World, prefer: str, applied: str | None
) -> None:
    received = create(playing, prefer=prefer)
    assert received.fields.get("preference-applied") == applied
    assert played(world).scenario.name == ("slow" if applied else "stuck-queued")
    if applied and "after" in applied:
        assert played(world).ends - played(world).submitted == pytest.approx(90, abs=1e-6)


@pytest.mark.parametrize(
    ("casting", "numbers"),
    [
        (Casting("instant", nth=Span(2, 3)), (2, 3)),
        (Casting("instant", nth=Span(4)), (4, 5)),
        (Casting("instant", models=("video-01",)), (1, 2, 3, 4, 5)),
        (Casting("instant", models=("other",)), ()),
        (Casting("instant", prompt=r"^boat [35]$"), (3, 5)),
        (Casting("instant", models=("video-01",), prompt="boat", nth=Span(1, 1)), (1,)),
    ],
)
def test_a_rule_over_requests_is_about_model_prompt_and_number(
    playing: Hosted, world: World, casting: Casting, numbers: tuple[int, ...]
) -> None:
    world.castings = (casting, Casting("slow", nth=Span(1, 1), prompt="nothing of the kind"))
    found = []
    for number in range(1, 6):
        received = create(playing, f"boat {number}")
        found += [number] if json.loads(received.body)["status"] == "completed" else []
    assert tuple(found) == numbers


# What does not exist

UNKNOWN = (
    ("a boat", "scenario=fails-at-the-ned", "fails-at-the-end"),
    ("[[double: sucseeds]] a cat", None, "succeeds"),
    ("[[double: out-of-credits after=5s]]", None, "out-of-credit"),
    ("[[double: nulls]] a cat", "scenario=lost-creat", "lost-create"),
)


@pytest.mark.parametrize(("prompt", "prefer", "nearest"), UNKNOWN)
def test_an_unknown_name_is_refused_with_the_nearest_and_nothing_is_made(
    playing: Hosted, world: World, prompt: str, prefer: str | None, nearest: str
) -> None:
    received = create(playing, prompt, prefer)
    assert received.status == 400
    assert f"did you mean '{nearest}'" in json.loads(received.body)["message"]
    assert "preference-applied" not in received.fields
    assert not list(world.jobs)


@pytest.mark.parametrize(
    "prompt", ["[[double: ]]", "[[double: x", "[[double: after=3s]]", "[[double: slow at=3]]"]
)
def test_a_directive_that_means_nothing_is_refused_with_what_was_expected(
    playing: Hosted, world: World, prompt: str
) -> None:
    received = create(playing, prompt)
    assert received.status == 400
    assert "double" in received.body.decode() or "after" in received.body.decode()
    assert not list(world.jobs)


def test_a_name_like_no_other_is_refused_with_all_of_them(playing: Hosted, world: World) -> None:
    told = json.loads(create(playing, prefer="scenario=" + "z" * 500).body)["message"]
    assert all(name in told for name in shipped())
    assert len(told) < 2000
    assert not list(world.jobs)


def test_a_rule_that_names_nothing_is_refused_too(playing: Hosted, world: World) -> None:
    world.castings = (Casting("slwo"),)
    received = create(playing)
    assert (received.status, "did you mean 'slow'" in received.body.decode()) == (400, True)


def test_a_preference_on_a_poll_chooses_nothing_but_has_to_exist(playing: Hosted, world: World) -> None:
    create(playing)
    target = f"{VIDEO}?generation_id={played(world).id}"
    known = playing.raw(request("GET", target, None, "test-c", Prefer="scenario=instant"))
    assert (known.status, json.loads(known.body)["status"]) == (200, "queued")
    assert "preference-applied" not in known.fields
    unknown = playing.raw(request("GET", target, None, "test-c", Prefer="scenario=instnat"))
    assert (unknown.status, "did you mean 'instant'" in unknown.body.decode()) == (400, True)


def test_the_command_line_refuses_a_name_that_does_not_exist() -> None:
    done = subprocess.run(
        [COMMAND, "serve", "--port", "0", "--scenario", "fails-in-queu"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "did you mean 'fails-in-queue'" in " ".join(done.stderr.split())


def test_scenarios_of_ones_own_are_chosen_like_those_that_are_shipped(tmp_path: Path) -> None:
    own = [
        {
            "name": "mine",
            "outcome": {"failure": {"name": "Mine", "message": "as I said"}},
            "queued": 0,
            "running": 0,
        },
        {"name": "other", "polls": {"queued": 1, "running": 1}},
    ]
    (tmp_path / "own.yaml").write_text(json.dumps(own))
    with over_socket(Settings(scenario=str(tmp_path / "own.yaml"))) as running:
        assert running.create().json()["error"]["message"] == "as I said"
        job = running.create(prefer="scenario=other").json()["id"]
        told = [running.poll(job).json()["status"] for _ in range(3)]
        assert told == ["queued", "generating", "completed"]
        assert "did you mean 'mine'" in running.create(prefer="scenario=mien").json()["message"]


# Through every published API


@pytest.fixture(scope="module")
def every_fragment(upstream: Path) -> Service:  # noqa: ARG001 - skips without it
    return service(load([str(FRAGMENTS)], ("bundled",)))


def with_text(pattern: JobPattern, text: str) -> JSON:
    """A sample body that says ``text`` where the contract takes any, or None if it takes none."""
    schema: Mapping[str, Any] = pattern.submit.request.lenient if pattern.submit.request else {}
    sample: Any = sample_body(pattern)
    accepts = Validator(dict(schema)).verdict
    members = properties_of(schema, dict(schema)).items()
    free = [name for name, member in members if name != pattern.model and IMAGE not in str(member)]
    bodies = ({**sample, name: text} for name in free)
    return next((body for body in bodies if accepts(body)), None)


def test_every_published_api_can_be_told_by_header_and_by_directive(every_fragment: Service) -> None:
    told_in_body = 0
    for pattern in every_fragment.routes.patterns:
        by_header = submitted(every_fragment, pattern, prefer="scenario=stuck-generating; after=9s")
        assert dict(by_header.headers)[b"preference-applied"] == b"scenario=stuck-generating; after=9s"
        assert _newest(every_fragment).scenario.name == "stuck-generating"
        body = with_text(pattern, "[[double: fails-in-queue after=7s]] a cat")
        if body is not None:
            told_in_body += 1
            _accepted(submitted(every_fragment, pattern, body))
            job = _newest(every_fragment)
            assert job.scenario.name == "fails-in-queue"
            assert job.ends - job.submitted == pytest.approx(7, abs=1e-6)
    assert told_in_body >= 60


def test_every_published_api_refuses_names_that_do_not_exist(every_fragment: Service) -> None:
    before = len(every_fragment.world.jobs)
    for pattern in every_fragment.routes.patterns:
        replies = [submitted(every_fragment, pattern, prefer="scenario=stuck-in-queue")]
        body = with_text(pattern, "[[double: stuck-queue]]")
        replies += [submitted(every_fragment, pattern, body)] if body is not None else []
        for reply in replies:
            assert reply.status == 400
            assert b"did you mean 'stuck-queued'" in reply.body
    assert len(every_fragment.world.jobs) == before


def test_a_rule_over_the_model_chooses_through_every_published_api(every_fragment: Service) -> None:
    for pattern in every_fragment.routes.patterns:
        every_fragment.world.castings = (Casting("slow", models=pattern.models[:1]),)
        _accepted(submitted(every_fragment, pattern))
        assert _newest(every_fragment).scenario.name == "slow"
    every_fragment.world.castings = ()


def _accepted(reply: Response) -> None:
    assert reply.status in (200, 201), reply.body


def _newest(playing: Service) -> Job:
    return list(playing.world.jobs)[-1]
