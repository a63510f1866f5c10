import json
from dataclasses import replace
from typing import Any

import pytest

from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.checks.matching import Matcher
from bodydouble.mockserver.recordings import recorder as module
from bodydouble.mockserver.recordings.recorder import MISC, Change, Recorder, job_of
from bodydouble.mockserver.recordings.recordings import Recording, parse
from tests.exchanging import JOB_ID, JOBS, KEY, created, done, message, polled

SALT = b"0123456789abcdef"
MATCHER = Matcher(JOBS)
HTML = Message((("content-type", "text/html"),), Body(None, 9))


def record(*exchanges: Exchange, keep: str = "") -> list[Change]:
    made = Recorder("https://api.example", SALT, frozenset(keep.split()))
    return [made.saw(exchange, MATCHER.match(exchange)) for exchange in exchanges]


def recording(*exchanges: Exchange, keep: str = "") -> Recording:
    return parse(record(*exchanges, keep=keep)[-1].text)


def test_a_life_is_recorded_from_create_to_end() -> None:
    told = recording(created(), polled("queued", at=5), polled("running", at=10), polled(done(), at=20))
    assert (told.job, told.model, told.upstream) == ("job-1", "alpha", "https://api.example")
    assert [(turn.asked, turn.at, turn.status) for turn in told.turns] == [
        ("create", 0, "queued"),
        ("poll", 5, "queued"),
        ("poll", 10, "running"),
        ("poll", 20, "done"),
    ]
    assert [(t.status, t.stage) for t in told.transitions] == [
        ("queued", "initial"),
        ("running", "running"),
        ("done", "success"),
    ]
    assert told.request
    assert told.request.said.body == {"model": "alpha", "prompt": "prompt-1 (6 characters)"}


def test_times_count_from_the_create() -> None:
    told = recording(created(at=1000.0), polled("queued", at=1005.5))
    assert [turn.at for turn in told.turns] == [0, 5.5]


def test_a_file_is_given_whole_after_every_turn() -> None:
    changes = record(created(), polled("queued"), polled("running"))
    assert [len(parse(change.text).turns) for change in changes] == [1, 2, 3]
    assert {change.key for change in changes} == {JOB_ID}


def test_the_same_said_again_is_not_written_again() -> None:
    told = recording(created(), polled("queued", at=1), polled("running", at=2), polled("running", at=3))
    assert [turn.said is None for turn in told.turns] == [False, True, False, True]


def test_two_recordings_of_one_scene_differ_in_nothing_but_times() -> None:
    other = "0b0e3a52-1111-4000-8000-000000000000"

    def life(job: str, key: str) -> list[Exchange]:
        sent = message({"model": "alpha", "prompt": "a boat"}, authorization=f"Bearer {key}")
        link = f"https://cdn.example/{job}.mp4?sig={key}{job}"
        return [
            created({"id": job, "status": "queued"}, request=sent),
            polled({**done(link), "id": job}, asked=job),
        ]

    one, two = record(*life(JOB_ID, KEY)), record(*life(other, KEY[::-1]))
    assert one[-1].text == two[-1].text
    assert '"url": "https://cdn.example/job-1.mp4?sig=secret-' in one[-1].text


SECRETS = {
    "key": KEY,
    "id": JOB_ID,
    "prompt": "a very secret boat",
    "signature": "c2lnbmF0dXJlLW9mLXRoZS1yZXN1bHQ",
    "image": "QUJD" * 3000,
    "password": "hunter2hunter2",
}


def planted() -> list[Exchange]:
    """Secrets wherever one can stand."""
    link = f"https://me:{SECRETS['password']}@cdn.example/{JOB_ID}.mp4?X-Signature={SECRETS['signature']}&k={KEY}"
    asked = {
        "model": "alpha",
        "prompt": SECRETS["prompt"],
        "image_url": f"data:image/png;base64,{SECRETS['image']}",
        "frame": SECRETS["image"],
        "api_key": KEY,
    }
    headers = {"authorization": f"Bearer {KEY}", "cookie": f"s={SECRETS['password']}", "x_request_id": JOB_ID}
    told = {"id": JOB_ID, "status": "queued", "note": f"{KEY} asked for {SECRETS['prompt']} as {JOB_ID}"}
    ended = {**done(link), "id": JOB_ID, "meta": {JOB_ID: KEY, "echo": SECRETS["prompt"]}}
    reply = message(ended, set_cookie=f"a={SECRETS['password']}", location=link, x_inference_id=JOB_ID)
    return [
        created(told, request=message(asked, **headers)),
        polled("queued", request=message(**headers), query=f"id={JOB_ID}&key={KEY}"),
        polled({"message": f"no {KEY}"}, status=500, request=message(**headers), trouble=f"lost {KEY}"),
        polled(ended, request=message(**headers), reply=reply),
        replace(
            polled("queued"), path="/other", query=f"sig={SECRETS['signature']}&token={KEY}", reply=reply
        ),
        replace(created(), path=f"/jobs/{JOB_ID}/x", request=message(asked, **headers), reply=reply),
    ]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_reaches_a_recording(secret: str) -> None:
    for change in record(*planted()):
        value = SECRETS[secret]
        assert value not in change.text
        assert value[: len(value) // 2] not in change.text


@pytest.mark.parametrize("secret", ["key", "signature", "image", "password"])
def test_keeping_ids_and_prompts_keeps_no_secret(secret: str) -> None:
    changes = record(*planted(), keep="ids prompts")
    assert all(SECRETS[secret] not in change.text for change in changes)
    assert JOB_ID in changes[0].text
    assert SECRETS["prompt"] in changes[0].text


def test_what_belongs_to_no_job_goes_aside() -> None:
    other = replace(polled("x"), path="/health", reply=HTML)
    refused = created({"message": "no"}, status=400)
    unknown = polled({"message": "no"}, status=404, asked="nobody")
    changes = record(other, refused, unknown)
    assert {change.key for change in changes} == {MISC}
    listed = json.loads(changes[-1].text)["exchanges"]
    assert [entry["reply"]["code"] for entry in listed] == [200, 400, 404]
    assert listed[0]["reply"]["omitted"] == "text/html, 9 bytes"


def test_a_job_that_was_created_before_is_recorded_without_its_create() -> None:
    told = recording(polled("running"))
    assert told.request is None
    assert [turn.asked for turn in told.turns] == ["poll"]


def test_trouble_on_the_way_is_part_of_the_life() -> None:
    lost = polled(None, status=0, reply=Message(), ending=Ending.LOST, trouble="a reset", at=5)
    told = recording(created(), lost, polled("running", at=9))
    assert [(turn.code, turn.trouble) for turn in told.turns] == [(200, ""), (0, "a reset"), (200, "")]


def test_a_create_that_gives_an_id_again_does_not_spoil_the_recording() -> None:
    changes = record(created(), created(number=2))
    assert [change.key for change in changes] == [JOB_ID, MISC]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_JOBS", 2)
    monkeypatch.setattr(module, "MAX_MISC", 2)
    made = Recorder("", SALT)

    def saw(exchange: Exchange) -> Any:
        return made.saw(exchange, MATCHER.match(exchange))

    for number in range(4):
        saw(created({"id": f"job-number-{number}", "status": "queued"}))
    assert len(made._lives) == 2
    for _ in range(600):
        change = saw(replace(polled("x"), path="/health"))
    assert json.loads(change.text)["dropped"] == 598


def test_polling_for_ever_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TURNS", 10)
    polls = [polled("running", at=float(n)) for n in range(50)]
    told = recording(created(), *polls, polled(done(), at=99))
    assert len(told.turns) == 11
    assert told.turns[-1].status == "done"


def test_an_id_is_taken_from_the_question_or_the_answer() -> None:
    assert job_of(created(), MATCHER.match(created())) == JOB_ID
    assert job_of(polled("x", asked="7"), MATCHER.match(polled("x", asked="7"))) == "7"
    refused = created({"id": "5"}, status=400)
    assert job_of(refused, MATCHER.match(refused)) == ""
    assert job_of(created(), None) == ""
