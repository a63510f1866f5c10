import subprocess
import sys

from bodydouble.mockserver.journals.hiring import Hired
from bodydouble.mockserver.journals.journaling import Clerk


def test_there_is_one_clerk_whoever_asks() -> None:
    hired = Hired(b"salt" * 4, ("key",), "x-name")
    assert isinstance(hired.clerk, Clerk)
    assert hired.clerk is hired.clerk


def test_he_is_loaded_when_he_is_needed() -> None:
    program = (
        "import sys; from bodydouble.mockserver.app import create_app; app = create_app();"
        "name = 'bodydouble.mockserver.journals.journaling'; print(name in sys.modules);"
        "app.service.world.journal; print(name in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
