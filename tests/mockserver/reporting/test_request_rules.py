import json

import pytest

from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.reporting.request_rules import (
    key_missing,
    key_sent_with_result,
    legacy_paths,
    unknown_fields,
)
from bodydouble.mockserver.reporting.request_shapes import RequestShape
from tests.mockserver.clients import KEY, NEW, OLD, SHAPE, Script, lived

# key-missing


def test_a_call_without_the_key_that_others_have_is_noticed() -> None:
    script = lived(10)
    script.poll(20.0, job="", status=401, key="")
    script.poll(21.0, job="", status=401, key="")
    (found,) = key_missing(script.observed())
    assert found.message == "2 of 4 poll calls had no key"
    assert found.got == "401 on those; entry 1 had a key"
    assert [entry.number for entry in found.evidence] == [5, 6, 1]


def test_creates_and_polls_are_told_apart() -> None:
    script = lived(10)
    script.poll(20.0, job="", status=401, key="")
    script.create(21.0, job="", status=401, key="")
    assert [found.message for found in key_missing(script.observed())] == [
        "1 of 2 submit calls had no key",
        "1 of 3 poll calls had no key",
    ]


def test_a_call_that_needs_no_key_may_have_none() -> None:
    script = lived(10)
    script.poll(20.0, key="")
    script.fetch(21.0, key="")
    script.add(22.0, "GET", Purpose.UNKNOWN, 401, key="")
    assert not list(key_missing(script.observed()))


def test_a_wrong_key_is_not_a_missing_one() -> None:
    script = lived(10)
    script.poll(20.0, job="", status=401)
    assert not list(key_missing(script.observed()))


def test_a_client_that_never_has_a_key_knows_it_already() -> None:
    script = Script()
    script.create(0.0, job="", status=401, key="")
    assert not list(key_missing(script.observed()))


# key-sent-with-result


def test_a_key_on_a_download_is_noticed() -> None:
    script = lived(10)
    script.fetch(80.0, key=KEY, status=400)
    (found,) = key_sent_with_result(script.observed())
    assert found.message == "the key went to the result's host"
    assert found.got == f"key {KEY}"
    assert [entry.number for entry in found.evidence] == [5]
    script.fetch(81.0, key=KEY)
    (found,) = key_sent_with_result(script.observed())
    assert found.message == "the key went to the result's host 2 times"


def test_a_download_without_a_key_is_right() -> None:
    assert not list(key_sent_with_result(lived(10).observed()))


# legacy-path-used


def test_a_deprecated_path_is_noticed_with_its_replacement_once_for_each_method() -> None:
    script = Script()
    script.create(0.0, route=OLD, path=OLD)
    script.poll(10.0, route=OLD, path=OLD)
    script.poll(20.0, route=OLD, path=OLD)
    script.poll(30.0)
    found = list(legacy_paths(script.observed(legacy={OLD: NEW})))
    assert [(one.message, one.expected, one.got) for one in found] == [
        (f"POST {OLD} is deprecated", f"POST {NEW}", "one call"),
        (f"GET {OLD} is deprecated", f"GET {NEW}", "2 calls"),
    ]
    assert [entry.number for entry in found[1].evidence] == [2, 3]


def test_the_path_of_today_is_right_and_so_is_an_old_one_that_is_not_deprecated() -> None:
    script = lived(10)
    script.poll(10.0, route="/v1/alias")
    assert not list(legacy_paths(script.observed(legacy={OLD: NEW})))


# unknown-field-sent


def sent(*bodies: object, **facts: object) -> Script:
    script = Script()
    for at, body in enumerate(bodies):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        script.create(at, f"job-{at}", **{"body": raw, **facts})
    return script


def test_a_field_that_the_contract_does_not_know_is_noticed_once_with_what_may_have_been_meant() -> None:
    body = {"model": "video-01", "promt": "a cat", "prompt": "a cat"}
    (found,) = unknown_fields(sent(body, body, {**body, "promt": "a dog"}).observed(shapes=(SHAPE,)))
    assert found.message == f"the field promt is sent to {NEW}, and the contract does not know it"
    assert found.expected == "one of model, prompt"
    assert found.got == "3 creates"
    assert found.hint == "did you mean 'prompt'?"
    assert [entry.number for entry in found.evidence] == [1, 2, 3]


@pytest.mark.parametrize(
    "body",
    [
        {"model": "video-01", "prompt": "a cat"},
        {"model": "another", "promt": "a cat"},
        ["model"],
        b'{"model":"video-01","promt":"a ca',
        b"",
        b"sha256:0123456789ab:5000",
    ],
)
def test_a_body_that_is_known_or_cannot_be_judged_is_no_fault(body: object) -> None:
    assert not list(unknown_fields(sent(body).observed(shapes=(SHAPE,))))


def test_a_create_that_was_refused_has_been_told_already() -> None:
    script = Script()
    script.create(0.0, job="", status=400, body=b'{"model":"video-01","promt":"a cat"}')
    assert not list(unknown_fields(script.observed(shapes=(SHAPE,))))


def test_what_one_of_several_contracts_on_a_path_knows_is_known() -> None:
    other = RequestShape(
        frozenset({NEW}), "", frozenset(), frozenset({"", "/model", "/promt"}), frozenset({""})
    )
    body = {"model": "video-01", "promt": "a cat", "x": 1}
    (found,) = unknown_fields(sent(body).observed(shapes=(SHAPE, other)))
    assert found.message.startswith("the field x ")


def test_without_contracts_nothing_can_be_said() -> None:
    assert not list(unknown_fields(sent({"x": 1}).observed()))
