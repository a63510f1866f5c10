"""Every broken client is found within the default budget, every sound one passes, the reference client among them."""

import asyncio
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bodydouble.client import AsyncClient, Client
from bodydouble.mockserver.commands.verify_consumer import consumer
from bodydouble.mockserver.consumer.calling import Surroundings
from bodydouble.mockserver.consumer.checking import check_consumer
from bodydouble.mockserver.consumer.edges import EDGES
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.outcome_reports import lines
from bodydouble.mockserver.consumer.outcomes import Outcome, Verdict
from bodydouble.mockserver.scenes.scenario_texts import read_file
from tests.zoo_tables import Zoo, note

from .consumer_zoo import FLAWED, SOUND, Animal, Sound, callable_of

REFERENCES = ("reference", "async_reference")
EXAMPLES = 130
COMMAND = shlex.quote(str(Path(sys.executable).with_name("bodydouble")))
NODE = shutil.which("node")
BROKEN = Zoo("Broken clients", ("flaw", "level", "found by", "runs", "smallest scenario"), len(FLAWED))
KEPT = Zoo("Sound clients", ("client", "what it does", "seeds passed"), len(SOUND) + 2)
Note = Callable[[str, object], None]


def told(outcome: Outcome) -> str:
    return "\n".join(lines(outcome))


@pytest.mark.parametrize("animal", FLAWED, ids=lambda animal: animal.flaw)
def test_a_flaw_is_found_within_the_default_budget(animal: Animal, record_property: Note) -> None:
    outcome = check_consumer(callable_of(animal.client), level=animal.level, first=True)
    found = {failure.finding.rule: failure for failure in outcome.failures}
    assert outcome.verdict() is Verdict.BROKEN, told(outcome)
    assert animal.rule in found, told(outcome)
    smallest = found[animal.rule].behaviour.scenario.description
    cells = (animal.flaw, animal.level, f"`{animal.rule}`", len(outcome.trials), smallest)
    note(record_property, BROKEN, FLAWED.index(animal), *cells)


def test_the_zoo_is_large_and_no_flaw_is_there_twice() -> None:
    assert len({animal.flaw for animal in FLAWED}) == len(FLAWED) >= 30


@pytest.mark.parametrize("kind", SOUND, ids=lambda kind: kind.__name__)
def test_a_sound_client_passes(kind: type[Sound], fixed_seed: int, record_property: Note) -> None:
    outcome = check_consumer(callable_of(kind), level=Level.FUTURES, seed=fixed_seed, examples=EXAMPLES)
    assert outcome.verdict() is Verdict.KEPT, told(outcome)
    note(record_property, KEPT, SOUND.index(kind), kind.__name__, kind.__doc__)


@pytest.fixture
def reference(tmp_path: Path) -> Callable[[Surroundings], None]:
    def client(given: Surroundings) -> None:
        with Client(given.api_key, base_url=given.base_url, transport=given.transport) as api:
            api.download(api.generate("a paper boat"), tmp_path / "boat.mp4")

    return client


@pytest.fixture
def async_reference(tmp_path: Path) -> Callable[[Surroundings], Any]:
    async def client(given: Surroundings) -> None:
        async with AsyncClient(
            given.api_key, base_url=given.base_url, transport=given.async_transport
        ) as api:
            await asyncio.sleep(0)
            await api.download(await api.generate("a paper boat"), tmp_path / "boat.mp4")

    return client


@pytest.mark.parametrize("level", [Level.CONTRACT, Level.FAULTS])
@pytest.mark.parametrize("name", REFERENCES)
def test_the_reference_client_passes_at_every_level(
    name: str, level: Level, request: pytest.FixtureRequest
) -> None:
    outcome = check_consumer(request.getfixturevalue(name), level=level, examples=EXAMPLES)
    assert outcome.verdict() is Verdict.KEPT, told(outcome)
    if level is Level.FAULTS:
        assert len(outcome.met) == len(EDGES), outcome.coverage


@pytest.mark.parametrize("name", REFERENCES)
def test_the_reference_client_passes_with_the_future_and_every_seed(
    name: str, fixed_seed: int, request: pytest.FixtureRequest, record_property: Note
) -> None:
    client = request.getfixturevalue(name)
    outcome = check_consumer(client, level=Level.FUTURES, seed=fixed_seed, examples=EXAMPLES)
    assert outcome.verdict() is Verdict.KEPT, told(outcome)
    assert len(outcome.met) == len(EDGES), outcome.coverage
    what = "The reference client, blocking." if name == "reference" else "The reference client, asynchronous."
    note(record_property, KEPT, len(SOUND) + REFERENCES.index(name), name, what)


# As commands

PYTHON_CLIENT = """
import http.client, json, os, sys, time, urllib.error, urllib.parse, urllib.request
KEY = {"Authorization": "Bearer " + os.environ["API_KEY"], "Content-Type": "application/json"}
URL = os.environ["BASE_URL"] + "/v2/video/generations"
BROKEN = (OSError, http.client.HTTPException, ValueError)
def ask(url, body=None):
    with urllib.request.urlopen(urllib.request.Request(url, body, KEY), timeout=5) as reply:
        data = json.load(reply)
    if not isinstance(data, dict):
        raise ValueError("no object")
    return data
try:
    job = ask(URL, json.dumps({"model": "video-01", "prompt": "a boat"}).encode())["id"]
except BROKEN as error:
    sys.exit(f"not submitted: {error}")
for _ in range(60):
    time.sleep(0.1)
    try:
        reply = ask(URL + "?generation_id=" + urllib.parse.quote(job, safe=""))
    except BROKEN as error:
        time.sleep(float(getattr(error, "headers", {}).get("retry-after", "0").removesuffix("GMT") or 0)
                   if getattr(error, "headers", {}).get("retry-after", "0").isdigit() else 0)
        continue
    if reply.get("status") == "completed":
        sys.exit(0)
    if reply.get("status") == "error":
        sys.exit(FAILURE)
sys.exit("not in time")
"""
NODE_CLIENT = """
const headers = {Authorization: `Bearer ${process.env.API_KEY}`, 'Content-Type': 'application/json'};
const url = process.env.BASE_URL + '/v2/video/generations';
const ask = async (target, options) => (await fetch(target, {headers, ...options})).json();
(async () => {
  const job = await ask(url, {method: 'POST', body: JSON.stringify({model: 'video-01', prompt: 'a boat'})});
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, 100));
    const reply = await ask(`${url}?generation_id=${encodeURIComponent(job.id)}`);
    if (reply.status === 'completed') { console.log(reply.video.url); return; }
    if (reply.status === 'error') { console.error(reply.error.message); process.exit(1); }
    reply.status.length;
  }
})();
"""


def run(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(consumer, list(words))
    return found.exit_code, found.output


@pytest.mark.timeout(110)
def test_a_sound_command_passes(tmp_path: Path) -> None:
    client = PYTHON_CLIENT.replace("FAILURE", "1")
    code, output = run(
        "--examples", "12", "--jobs", "2", "--save", str(tmp_path), sys.executable, "-c", client
    )
    assert code == 0, output


@pytest.mark.timeout(110)
@pytest.mark.parametrize(
    ("flaw", "rule"),
    [("0", "failure-taken-for-success"), ("reply['nothing']", "client-crashed"), ("KEY", "key-printed")],
)
def test_a_flawed_command_is_found_and_its_scenario_can_be_played(
    tmp_path: Path, flaw: str, rule: str
) -> None:
    client = PYTHON_CLIENT.replace("FAILURE", flaw if flaw != "KEY" else "str(KEY)")
    code, output = run("--first", "--save", str(tmp_path), sys.executable, "-c", client)
    assert code == 1, output
    assert read_file(tmp_path / f"{rule}.json")


@pytest.mark.timeout(110)
def test_a_command_that_hangs_is_ended(tmp_path: Path) -> None:
    client = PYTHON_CLIENT.replace("range(60)", "iter(int, 1)").replace('== "completed"', '== "done"')
    code, output = run("--first", "--examples", "1", "--deadline", "3", "--save", str(tmp_path), sys.executable,
                       "-c", client)  # fmt: skip
    assert code == 1, output
    assert "client-hung" in output


@pytest.mark.skipif(NODE is None, reason="there is no node on this machine")
@pytest.mark.timeout(110)
def test_a_flawed_client_in_another_language_is_found(tmp_path: Path) -> None:
    script = tmp_path / "client.js"
    script.write_text(NODE_CLIENT)
    code, output = run("--first", "--jobs", "2", "--save", str(tmp_path), str(NODE), str(script))
    assert code == 1, output
    assert "client-crashed" in output


@pytest.mark.timeout(110)
def test_the_reference_client_passes_as_a_command(tmp_path: Path) -> None:
    words = f"exec {COMMAND} generate boat --interval 0.1 -o {shlex.quote(str(tmp_path))}/$$.mp4"
    code, output = run(
        "--env", "AIMLAPI_API_KEY={api_key}", "--env", "AIMLAPI_BASE_URL={base_url}", "--level", "futures",
        "--examples", "10", "--jobs", "2", "--save", str(tmp_path), "sh", "-c", words,
    )  # fmt: skip
    assert code == 0, output
