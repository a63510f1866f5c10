import json
from typing import Any

import pytest

from bodydouble.contracts.building import build
from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.drift.changes import Change, Impact
from bodydouble.contracts.drift.comparing import compare
from bodydouble.contracts.drift.rules import BY_ID, RULES
from bodydouble.contracts.drift.surviving import _EVIDENCE, calls_in, survived
from bodydouble.contracts.drift.versions import Version
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import PATH, TEXT, document, getting, jobs, posting, record, words
from tests.exchanging import JOB_ID, message

STATUSES = ("queued", "running", "done")


def reply(*names: str, statuses: tuple[str, ...] = STATUSES, **more: Any) -> dict[str, Any]:
    plain = {name: {"type": "number"} for name in names}
    return record(["id", "status"], id=TEXT, status=words(*statuses), **plain, **more)


def post(asked: Any, told: Any, status: int = 200, path: str = PATH) -> Exchange:
    return Exchange(1, "POST", path, "", message(asked), status, message(told))


def get(told: Any, query: str = f"id={JOB_ID}", status: int = 200) -> Exchange:
    return Exchange(1, "GET", PATH, query, message(), status, message(told))


def told(status: str = "queued", **more: Any) -> dict[str, Any]:
    return {"id": JOB_ID, "status": status, **more}


def marked(old: dict[str, Any], new: dict[str, Any], *exchanges: Exchange) -> dict[str, bool]:
    """Whether each rule that counts is survived."""
    before, after = (Version([Fragment("a.json", json.loads(json.dumps(each)))]) for each in (old, new))
    played = build([Fragment("a.json", new)])
    found = survived(compare(before, after), before, after, calls_in(played, exchanges))
    return {each.rule: each.survives for each in found if each.impact in (Impact.BREAKING, Impact.RISKY)}


OLD = jobs(request=record(prompt=TEXT, picture=TEXT | {"format": "uri", "description": "The first frame."}))
RENAMED = jobs(request=record(prompt=TEXT, image=TEXT | {"format": "uri", "description": "The first frame."}))


def test_a_client_that_sends_the_new_name_survives_a_renamed_property() -> None:
    exchange = post({"prompt": "x", "image": "https://x/"}, told())
    assert marked(OLD, RENAMED, exchange) == {"request-property-renamed": True}


def test_a_client_that_does_not_use_a_property_survives_its_renaming() -> None:
    assert marked(OLD, RENAMED, post({"prompt": "x"}, told())) == {"request-property-renamed": True}


def test_a_client_that_sends_the_old_name_does_not_survive_though_the_server_is_silent() -> None:
    assert marked(OLD, RENAMED, post({"picture": "https://x/"}, told())) == {
        "request-property-renamed": False
    }


def test_one_request_of_the_old_kind_is_enough_to_be_broken() -> None:
    exchanges = post({"prompt": "x"}, told()), post({"picture": "https://x/"}, told())
    assert marked(OLD, RENAMED, *exchanges) == {"request-property-renamed": False}


@pytest.mark.parametrize(
    "exchanges",
    [
        (),
        (get(told()),),
        (post({"prompt": "x"}, {}, status=400),),
        (post({"prompt": "x"}, told(), path="/elsewhere"),),
        (post(b"{", told()),),
        (post({"prompt": 1}, told()),),
    ],
)
def test_who_did_not_call_the_operation_with_success_survives_nothing(
    exchanges: tuple[Exchange, ...],
) -> None:
    assert marked(OLD, RENAMED, *exchanges) == {"request-property-renamed": False}


def test_a_client_that_sends_what_became_required_survives() -> None:
    new = jobs(request=record(["prompt", "size"], prompt=TEXT, size=TEXT))
    old = jobs(request=record(["prompt"], prompt=TEXT, size=TEXT))
    assert marked(old, new, post({"prompt": "x", "size": "s"}, told())) == {
        "request-property-became-required": True
    }
    assert marked(old, new, post({"prompt": "x"}, told())) == {"request-property-became-required": False}


def test_a_client_survives_an_enum_that_lost_what_it_never_sends() -> None:
    old, new = (jobs(request=record(size=words(*sizes))) for sizes in (("s", "m", "l"), ("s", "m")))
    assert marked(old, new, post({"size": "s"}, told())) == {"request-enum-narrowed": True}
    assert marked(old, new, post({"size": "l"}, told())) == {"request-enum-narrowed": False}


def test_a_client_that_goes_on_without_a_property_survives_its_removal() -> None:
    old, new = jobs(reply=reply("took")), jobs(reply=reply())
    met = marked(old, new, post({}, told()), get(told("done")))
    assert met == {"reply-property-removed": True}
    assert marked(old, new, post({}, told())) == {"reply-property-removed": False}, (
        "the poll was never called"
    )


def test_a_nested_property_is_missed_only_where_its_parent_is() -> None:
    old, new = (
        document({PATH: posting(record(), reply()) | getting("id", "query", reply(meta=record(**held)))})
        for held in ({"used": TEXT, "kept": TEXT}, {"kept": TEXT})
    )
    assert marked(old, new, get(told())) == {"reply-property-removed": False}
    assert marked(old, new, get(told(meta=None))) == {"reply-property-removed": False}
    assert marked(old, new, get(told(meta={"kept": "x"}))) == {"reply-property-removed": True}


def test_a_client_survives_null_where_null_came() -> None:
    old, new = (
        document({PATH: posting(record(), reply()) | getting("id", "query", reply(size=schema))})
        for schema in (TEXT, TEXT | {"nullable": True})
    )
    assert marked(old, new, get(told(size="x"))) == {"reply-nullable-added": False}
    assert marked(old, new, get(told(size=None))) == {"reply-nullable-added": True}


def test_a_client_survives_a_new_status_where_it_was_told() -> None:
    old = document({PATH: posting(record(), reply()) | getting("id", "query", reply())})
    wider = reply(statuses=(*STATUSES, "moderating"))
    new = document({PATH: posting(record(), reply()) | getting("id", "query", wider)})
    assert marked(old, new, get(told("running")), get(told("done"))) == {"job-status-added": False}
    assert marked(old, new, get(told("moderating")), get(told("done"))) == {"job-status-added": True}


def test_a_client_that_polls_by_the_new_name_survives_a_renamed_parameter() -> None:
    old, new = (
        document({PATH: posting(record(), reply()) | getting(name, "query", reply())})
        for name in ("id", "generation_id")
    )
    assert marked(old, new, get(told(), "generation_id=1")) == {"job-poll-parameter-renamed": True}
    assert marked(old, new, get(told(), "generation_id=1&id=1")) == {"job-poll-parameter-renamed": False}


def test_a_client_that_finds_the_new_path_survives_that_it_moved() -> None:
    old, new = jobs(path="/v1/jobs"), jobs(path="/v2/jobs")
    called = [
        Exchange(1, "POST", "/v2/jobs", "", message({}), 200, message(told())),
        Exchange(1, "GET", "/v2/jobs", f"id={JOB_ID}", message(), 200, message(told())),
    ]
    assert marked(old, new, *called) == {"path-moved": True}
    assert marked(old, new, *called[:1]) == {"path-moved": False}, "both operations moved"


def test_an_operation_that_is_gone_is_survived_by_nobody() -> None:
    old, new = jobs(), jobs()
    old["paths"]["/extra"] = getting("n", "query", record(size=TEXT))
    assert marked(old, new, post({}, told()), get(told())) == {"operation-removed": False}


def test_what_no_run_can_show_is_not_survived() -> None:
    old, new = (
        {
            **jobs(request=record(size=TEXT | {"default": size})),
            "servers": [{"url": f"https://{size}.example"}],
        }
        for size in ("s", "m")
    )
    found = marked(old, new, post({}, told()), get(told()))
    assert found == {"request-default-changed": False, "server-changed": False}


def test_evidence_is_known_for_rules_that_count_only() -> None:
    counting = {rule.id for rule in RULES if rule.impact in (Impact.BREAKING, Impact.RISKY)}
    assert set(_EVIDENCE) <= counting
    assert "operation-removed" not in _EVIDENCE


def test_changes_that_do_not_count_are_left_as_they_are() -> None:
    old, new = jobs(request=record(prompt=TEXT)), jobs(request=record(prompt=TEXT, extra=TEXT))
    before, after = Version([Fragment("a.json", old)]), Version([Fragment("a.json", new)])
    changes = compare(before, after)
    calls = calls_in(build([Fragment("a.json", new)]), [post({}, told())])
    assert [each.impact for each in changes] == [Impact.SAFE]
    assert survived(changes, before, after, calls) == changes
    assert all(isinstance(each, Change) and each.rule in BY_ID for each in changes)
