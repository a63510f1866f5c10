from bodydouble.contracts.checks.body_checks import as_breach, not_json, violations_of
from bodydouble.contracts.checks.exchanges import Body, Message
from bodydouble.contracts.openapi.operations import Schema
from bodydouble.contracts.schema.violations import Violation
from tests.exchanging import created, message, seen

SCHEMA = Schema("", {}, {"type": "object", "required": ["a", "b"]})


def test_every_violation_is_told() -> None:
    assert len(list(violations_of(seen(created()), SCHEMA, message({})))) == 2
    assert not list(violations_of(seen(created()), SCHEMA, message({"a": 1, "b": 2})))


def test_what_is_no_json_is_not_judged_by_schema() -> None:
    for body in (message(b"{"), message(b"<html>", content_type="text/html")):
        assert not list(violations_of(seen(created()), SCHEMA, body))


def test_what_was_not_kept_is_not_called_bad() -> None:
    assert not list(not_json(Message(message({}).fields, Body(None, 9))))
    assert [breach.got for breach in not_json(message(b"{"))] == ["1 bytes"]


def test_a_url_is_shown_without_its_query() -> None:
    shown = as_breach(Violation("/u", "no", "", '"https://a.example/b?sig=1"', "type"))
    assert shown.got == '"https://a.example/b?…'
    assert as_breach(Violation("/u", "no", "", '"why? because"', "type")).got == '"why? because"'
