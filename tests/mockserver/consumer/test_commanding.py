import sys

import pytest

from bodydouble.mockserver.consumer.behaviours import PLAIN, Behaviour
from bodydouble.mockserver.consumer.commanding import Command, Commander, Declared
from bodydouble.mockserver.consumer.endings import End
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.loopback import Loopback
from bodydouble.mockserver.consumer.processes import Finished

BEHAVIOUR = Behaviour(PLAIN, Level.CONTRACT)
SUBMITS = """
import json, os, urllib.request
body = json.dumps({"model": "video-01", "prompt": "a boat"}).encode()
headers = {"Authorization": "Bearer " + os.environ["MY_KEY"], "Content-Type": "application/json"}
request = urllib.request.Request(os.environ["MY_URL"] + "/video/generations", body, headers)
print(json.load(urllib.request.urlopen(request))["status"], os.environ["BASE_URL"] == os.environ["ORIGIN"])
"""


@pytest.mark.parametrize(
    ("declared", "finished", "end"),
    [
        (Declared(), Finished(0, ""), End.DONE),
        (Declared(), Finished(1, ""), End.FAILED),
        (Declared(), Finished(-11, ""), End.CRASHED),
        (Declared(), Finished(None, ""), End.HUNG),
        (Declared(fail_exit=frozenset({4})), Finished(1, ""), End.UNCLEAR),
        (Declared(fail_exit=frozenset({4})), Finished(4, ""), End.FAILED),
        (Declared(ok_exit=frozenset({0, 7})), Finished(7, ""), End.DONE),
        (Declared(ok_output="^saved"), Finished(0, "x\nsaved a.mp4"), End.DONE),
        (Declared(ok_output="^saved"), Finished(0, "nothing"), End.UNCLEAR),
        (Declared(fail_output="^FAILED"), Finished(0, "FAILED: no"), End.FAILED),
        (Declared(fail_output="^FAILED"), Finished(0, "fine"), End.DONE),
        (Declared(fail_output="^FAILED"), Finished(1, "what?"), End.UNCLEAR),
    ],
)
def test_exit_codes_and_output_say_how_a_command_ended(
    declared: Declared, finished: Finished, end: End
) -> None:
    assert declared.end(finished) is end


@pytest.mark.timeout(300)
def test_a_command_gets_its_variables_and_is_seen() -> None:
    variables = {"MY_URL": "{base_url}/v2", "MY_KEY": "{api_key}", "ORIGIN": "{origin}"}
    command = Command(words=(sys.executable, "-c", SUBMITS), environment=variables)
    with Loopback(None, speed=60, seed=1) as loopback:
        commander = Commander(command, loopback)
        one, two = commander.run(BEHAVIOUR), commander.run(BEHAVIOUR)
    assert (one.end, one.output) == (End.DONE, "queued True\n")
    assert [entry.operation for entry in one.entries] == ["submit"]
    assert one.key != two.key
    assert one.key.startswith("test-")


def test_what_cannot_be_started_is_an_ending() -> None:
    with Loopback(None, speed=60, seed=1) as loopback:
        life = Commander(Command(words=("/no/such/program",)), loopback).run(BEHAVIOUR)
    assert life.end is End.NOT_STARTED
    assert "cannot be started" in life.told
