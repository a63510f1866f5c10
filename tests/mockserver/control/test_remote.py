import subprocess
import sys

from bodydouble.mockserver.control.remote import Remote
from bodydouble.mockserver.problems import Problem
from tests.apis import service
from tests.mockserver.control.desk import request

PROGRAM = """
import sys
from bodydouble.mockserver.app import create_app
app = create_app()
loaded = [name for name in sys.modules if name.startswith("bodydouble.mockserver.control.")]
assert loaded == ["bodydouble.mockserver.control.remote"], loaded
from bodydouble.mockserver.control.client import Control
Control.of(app).namespaces()
assert "bodydouble.mockserver.control.controlling" in sys.modules
"""


def test_what_control_takes_is_loaded_when_somebody_controls() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr


def test_a_remote_answers_as_the_controller_does() -> None:
    remote = Remote(service())
    assert remote.answer(request("GET", "/_double/namespaces")).status == 200
    assert remote.refuse(Problem(413, "too large"), request("POST", "/_double/namespaces")).status == 413


def test_a_token_is_handed_on() -> None:
    assert Remote(service(), "secret").answer(request("GET", "/_double/namespaces")).status == 401
