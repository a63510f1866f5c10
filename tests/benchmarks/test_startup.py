"""Start-up times."""

import pytest

from . import servers
from .startup import by_package, import_times, seconds_to_first_reply, table


def test_the_modules_of_a_package_are_added_up_the_heaviest_first() -> None:
    lines = [
        "import time: self [us] | cumulative | imported package",
        "import time:       100 |        100 |   a.b",
        "import time:       200 |        300 | a",
        "import time:      5000 |       5000 | c",
        "a warning",
    ]
    assert by_package(lines) == {"c": 0.005, "a": pytest.approx(0.0003)}


def test_the_interpreter_tells_what_an_import_takes() -> None:
    assert import_times("json")["json"] > 0


def test_the_first_reply_is_waited_for() -> None:
    assert 0.01 < seconds_to_first_reply(servers.bare) < 20


def test_a_server_that_ends_is_no_start() -> None:
    with pytest.raises(servers.StartError, match="no reply"):
        seconds_to_first_reply(lambda _: ["true"])


def test_the_ratio_is_to_the_bare_constant() -> None:
    rows = table({"bare ASGI constant": 0.2, "bodydouble": 0.25}, 3).rows
    assert rows[1] == ("bodydouble", "0.250 s", "1.25", "≤ 1.5")
