from typing import Any

from .documents import drift, told

QUERY = {"name": "id", "in": "query", "required": True, "schema": {"type": "string"}}
WORDS = ["queued", "generating", "completed", "error"]


def reply(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)[:1]}


def job(name: str = "id", words: Any = WORDS, status: str = "status", **more: Any) -> dict[str, Any]:
    return {
        "request": {"type": "object"},
        "reply": reply(**{name: {"type": "string"}, status: {"type": "string", "enum": [*words]}, **more}),
    }


def polled(words: Any = WORDS, parameter: str = "id") -> dict[str, Any]:
    return {
        "method": "get",
        "parameters": [{**QUERY, "name": parameter}],
        "reply": reply(id={"type": "string"}, status={"enum": [*words]}),
    }


def test_an_id_that_stands_elsewhere_is_told_as_that_and_nothing_else() -> None:
    (change,) = drift(job("generation_id"), job("id"))
    assert (change.rule, change.old, change.new) == ("job-id-renamed", ["/generation_id"], ["/id"])
    assert change.witness is not None
    assert change.witness.value["id"]  # type: ignore[index,call-overload]  # an object, as is seen here


def test_an_id_that_is_there_twice_breaks_nobody() -> None:
    lines = told(drift(job("generation_id"), job("generation_id", id={"type": "string"})))
    assert lines == ["safe reply-property-added: reply 200 /id"]


def test_a_status_that_is_new_is_told_once_for_create_and_poll() -> None:
    old = {"operations": [job(), polled()]}
    new = {"operations": [job(words=[*WORDS, "paused"]), polled([*WORDS, "paused"])]}
    (change,) = drift(old, new)
    assert (change.rule, change.new, len(change.places)) == ("job-status-added", ["paused"], 2)
    assert change.message == 'among the statuses of a job "paused" is new'


def test_statuses_that_are_gone_and_new_are_one_change() -> None:
    (change,) = drift(job(), job(words=["queued", "generating", "succeeded", "failed"]))
    assert (change.rule, change.old, change.new) == (
        "job-status-replaced",
        ["completed", "error"],
        ["succeeded", "failed"],
    )


def test_a_reply_that_tells_of_no_job_is_told_as_what_it_is() -> None:
    def chat(name: str) -> dict[str, Any]:
        choices = {"type": "array", "items": {"type": "object"}}
        return {
            "request": {"type": "object"},
            "reply": reply(**{name: {"type": "string"}, "choices": choices}),
        }

    assert {change.rule for change in drift(chat("chat_id"), chat("id"))} <= {
        "reply-property-renamed",
        "reply-property-removed",
        "reply-property-added",
    }


def test_a_poll_whose_parameter_is_called_otherwise() -> None:
    (change,) = drift(polled(parameter="id"), polled(parameter="generation_id"))
    assert (change.rule, change.old, change.new) == ("job-poll-parameter-renamed", "id", "generation_id")


def test_a_status_that_became_free_text_is_told_as_values() -> None:
    new = job()
    new["reply"]["properties"]["status"] = {"type": "string"}
    assert told(drift(job(), new)) == ["breaking reply-enum-widened: reply 200 /status"]
