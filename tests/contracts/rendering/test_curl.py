import json
import shlex

import pytest
from hypothesis import given

from bodydouble.contracts.drift.changes import Direction, Witness
from bodydouble.contracts.rendering.curl import curl
from tests.drifting import asking, replying, witnesses


def test_a_body_is_sent_as_json() -> None:
    assert curl(asking({"it's": "ü"})) == (
        'curl -X POST "$BASE_URL"/v2/things -H "Authorization: Bearer $API_KEY" '
        """-H 'Content-Type: application/json' -d '{"it'"'"'s": "\\u00fc"}'"""
    )


@pytest.mark.parametrize(
    ("location", "piece"),
    [
        ("query", "'/things/{id}?id=a%20b%2F%26'"),
        ("path", "/things/a%20b%2F%26"),
        ("header", "'id: a b/&'"),
        ("cookie", "'id=a b/&'"),
    ],
)
def test_a_parameter_is_sent_where_it_belongs(location: str, piece: str) -> None:
    witness = Witness(
        direction=Direction.REQUEST,
        method="get",
        path="/things/{id}",
        location=location,
        name="id",
        value="a b/&",
    )
    assert piece in curl(witness)
    assert "-X" not in curl(witness)


def test_there_is_no_command_for_a_reply_or_without_a_request() -> None:
    assert curl(replying({})) == ""
    assert curl(asking(problem="too hard")) == ""


@given(witnesses)
def test_no_value_leaves_its_quotes(witness: Witness) -> None:
    command = curl(witness)
    words = shlex.split(command)
    if words:
        assert words[0] == "curl"
        assert words.count("Authorization: Bearer $API_KEY") == 1
        if witness.location == "body":
            assert json.loads(words[-1]) == witness.value
