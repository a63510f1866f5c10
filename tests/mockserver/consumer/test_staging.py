from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.consumer.behaviours import PLAIN, Behaviour
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.staging import Staging
from bodydouble.mockserver.http.messages import Request

BEHAVIOUR = Behaviour(PLAIN, Level.CONTRACT)
BODY = b'{"model":"video-01","prompt":"a boat"}'


def submit(staging: Staging, name: str) -> None:
    (route,) = [
        each
        for each in staging.app.service.routes.routes
        if each.submissions and each.path == "/v2/video/generations"
    ]
    headers = {b"authorization": b"Bearer test-" + name.encode(), b"content-type": b"application/json"}
    request = Request("POST", route.path, headers=headers, body=BODY)
    response = staging.app.service.answer(route, request)
    assert response.status == 200
    world = staging.app.service.worlds.named(name)
    world.register.put(request, response, world.clock(), whole=True, gone=False)


def test_each_run_has_a_world_of_its_own_and_begins_anew() -> None:
    staging = Staging(None, ManualClock())
    one, other = staging.prepare("one", BEHAVIOUR), staging.prepare("other", BEHAVIOUR)
    submit(staging, "one")
    assert (len(one.jobs), len(other.jobs)) == (1, 0)
    again = staging.prepare("one", BEHAVIOUR)
    assert len(again.jobs) == 0
    assert again.scenario is PLAIN


def test_a_run_is_seen_from_after_the_end_of_its_jobs() -> None:
    clock = ManualClock()
    staging = Staging(None, clock)
    timed = type(PLAIN)(**{**{f: getattr(PLAIN, f) for f in PLAIN.__struct_fields__}, "polls": None})
    world = staging.prepare("left", Behaviour(timed, Level.CONTRACT))
    submit(staging, "left")
    seen = staging.seen(world, clock.advance)
    assert [finding.rule for finding in seen.noticed if finding.severity == "error"] == ["job-orphaned"]
    assert [entry.operation for entry in seen.entries] == ["submit"]
