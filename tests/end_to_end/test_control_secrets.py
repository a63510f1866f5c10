"""Secrets planted wherever a client can put them, and everything searched that the double gives out about clients."""

import base64
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.control.client import Control
from bodydouble.mockserver.control.document import control_document
from bodydouble.mockserver.control.operations import operations
from bodydouble.mockserver.control.transports import InProcess
from bodydouble.mockserver.reporting.report import rendered
from tests.end_to_end.doubles import VIDEO

KEY = "sk-live-N33DLEkey0123456789"
PLAIN_KEY = "wordlikeN33DLEkey"
OTHER_KEY = "N33DLExApiKeyValue42"
TOKEN = "N33DLEcontrolToken77"
SIGNATURE = "N33DLEsignature99aa"
PASSWORD = "N33DLEpassword!"
PIXELS = base64.b64encode(b"N33DLE pixels " * 40).decode()
SECRETS = (KEY, PLAIN_KEY, OTHER_KEY, TOKEN, SIGNATURE, PASSWORD, PIXELS[:40], PIXELS[-40:])
SIGNED = f"https://bucket.example/cat.png?X-Amz-Signature={SIGNATURE}&token={SIGNATURE}"
PROMPTS = (
    f"a boat, my key is {KEY}",
    f"a boat {PLAIN_KEY}",
    f"password={PASSWORD}",
    f"Authorization: Bearer {OTHER_KEY}",
    f"see {SIGNED}",
    f"data:image/png;base64,{PIXELS}",
    f"[[double: {KEY}]] a boat",
)


def keys() -> Iterator[dict[str, str]]:
    yield {"Authorization": f"Bearer {KEY}", "X-API-Key": OTHER_KEY}
    yield {
        "Authorization": f"Bearer {PLAIN_KEY}",
        "X-Client-Request-Id": PLAIN_KEY,
        "User-Agent": f"me/{KEY}",
    }


def planted(app: Double) -> None:
    """Call the double with secrets in every place."""
    http = TestClient(app, raise_server_exceptions=False)
    # A key that looks like a word is one from its first use on.
    for headers in keys():
        http.get(VIDEO, headers=headers)
    for headers in keys():
        for prompt in PROMPTS:
            for more in ({}, {"image_url": SIGNED}, {"image_url": f"data:image/png;base64,{PIXELS}"},
                         {"password": PASSWORD, "api_key": OTHER_KEY}, {KEY: KEY}):  # fmt: skip
                http.post(VIDEO, json={"model": "video-01", "prompt": prompt, **more}, headers=headers)
        http.post(VIDEO, json={"model": KEY, "prompt": "x"}, headers=headers)
        http.post(VIDEO, content=f'{{"prompt": "{KEY}", '.encode(), headers=headers)
        job = http.post(VIDEO, json={"model": "video-01", "prompt": "x"}, headers=headers).json()["id"]
        for query in (
            {"generation_id": job, "signature": SIGNATURE},
            {"generation_id": KEY},
            {"api_key": OTHER_KEY},
        ):
            http.get(VIDEO, params=query, headers=headers | {"Cookie": f"session={PASSWORD}"})
        http.get(VIDEO, params={"generation_id": job}, headers=headers | {"Prefer": f"scenario={KEY}"})
        http.get(f"/nowhere/{KEY}", params={"token": SIGNATURE}, headers=headers)
        http.get(
            f"/_double/media/{job}.mp4", params={"expires": "1", "signature": SIGNATURE}, headers=headers
        )
        http.get(f"/_double/media/{KEY}.mp4", params={"signature": SIGNATURE})


def given_out(app: Double) -> Iterator[tuple[str, str]]:
    """Yield everything that control reads, by operation and query."""
    transport = InProcess(app, TOKEN)
    queries = {
        "getJournal": ("?format=har", "?format=jsonl"),
        "getReport": ("?format=text", "?format=junit", "?over=false"),
    }
    control = Control.of(app, token=TOKEN)
    jobs = [job.id for job in control.jobs()]
    decisions = [entry.decision for entry in control.journal() if entry.decision]
    for operation in operations(control_document()):
        if operation.method != "GET":
            continue
        path = operation.path.replace("{namespace}", "default")
        for job, decision in zip(jobs[:3], decisions[:3], strict=False):
            target = path.replace("{job}", job).replace("{decision}", decision)
            for query in ("", *queries.get(operation.name, ())):
                answer = transport.send("GET", target + query, None)
                assert answer.status == 200, (target, answer.body)
                yield f"{operation.name}{query}", answer.body.decode()


@pytest.fixture(scope="module")
def everything() -> dict[str, str]:
    records: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())  # type: ignore[method-assign]  # it emits
    logging.getLogger("bodydouble").addHandler(handler)
    app = create_app(seed=1, control_token=TOKEN)
    planted(app)
    found: dict[str, str] = {}
    for name, text in given_out(app):
        found[name] = found.get(name, "") + text
    for form in ("text", "json", "junit"):
        found[f"report {form}"] = rendered(app.report(), form)
    verdict: Any = Control.of(app, token=TOKEN).verify({"operation": "submit", "exactly": 0})
    found["verify"] = str(verdict)
    logging.getLogger("bodydouble").removeHandler(handler)
    found["log"] = "\n".join(records)
    return found


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret[:24])
def test_no_secret_that_was_planted_comes_out_again(everything: dict[str, str], secret: str) -> None:
    leaks = {
        name: text[max(0, text.find(secret) - 80) :][:200]
        for name, text in everything.items()
        if secret in text
    }
    assert not leaks


def test_no_part_of_one_does_either(everything: dict[str, str]) -> None:
    """Every secret holds this word."""
    leaks = {
        name: text[max(0, text.find("N33DLE") - 80) :][:200]
        for name, text in everything.items()
        if "N33DLE" in text
    }
    assert not leaks


def test_there_was_something_to_search(everything: dict[str, str]) -> None:
    assert everything["getJournal"].count("\n") > 80
    assert "sha256:" in everything["getJournal?format=har"]
    assert {"getSnapshot", "explainDecision", "listJobs", "getReport", "report junit"} <= set(everything)
    assert everything["verify"].startswith("there were more requests")
