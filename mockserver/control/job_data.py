"""A job as data: its plan, where it stands, what came from outside, and its life so far and to come."""

from math import isfinite

import msgspec

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.mockserver.jobs import Job
from bodydouble.mockserver.scenes.plans import Plan
from bodydouble.mockserver.states import Forced, state_at


def job_data(job: Job, now: float) -> dict[str, JSON]:
    """Return everything that is known of a job at ``now``, its world's time in seconds since the epoch."""
    stage = state_at(job.plan, job, now)
    return {
        "id": job.id,
        "model": job.model,
        "scenario": job.scenario.name,
        "status": status_of(job, stage),
        "stage": stage.value,
        "submitted": job.submitted,
        "ends": _end(job),
        "plan": _plan(job.plan),
        "facts": {"polls": job.polls, "fetches": job.fetches, "forced": _forced(job.forced)},
        "timeline": timeline(job, now),
    }


def _end(job: Job) -> float | None:
    counted = job.plan.polls is not None and job.forced is None
    held = job.forced is not None and not job.forced.stage.is_final
    return None if counted or held else _finite(job.ends)


def status_of(job: Job, stage: Stage) -> str:
    """Return the word that a poll's reply says for ``stage``; the stage itself where the reply says none."""
    shape = job.play.pattern.polled
    samples = {
        slot.value.encode(): msgspec.json.encode(trials[0]) for slot, trials in job.play.trials.items()
    }
    try:
        word = look_up(msgspec.json.decode(job.play.polled[stage].fill(samples)), shape.status)
    except (LookupError, ValueError):
        return stage.value
    return word if isinstance(word, str) else stage.value


def _plan(plan: Plan) -> JSON:
    failed = plan.outcome.stage is Stage.FAILURE
    outcome = plan.outcome
    return {
        "queued": _finite(plan.queued),
        "running": _finite(plan.running),
        "outcome": outcome.stage.value,
        "failure": {"name": outcome.error_name, "message": outcome.error_message} if failed else None,
        "seconds": plan.seconds,
        "polls": {"queued": plan.polls.queued, "running": plan.polls.running} if plan.polls else None,
    }


def _forced(forced: Forced | None) -> JSON:
    if forced is None:
        return None
    failure: JSON = {"name": forced.error_name, "message": forced.error_message}
    failed = forced.stage is Stage.FAILURE
    return {"stage": forced.stage.value, "at": forced.at, "failure": failure if failed else None}


def timeline(job: Job, now: float) -> list[JSON]:
    """Return the steps of a job's life in order; where somebody forced it, those before that, then where it was put."""
    steps = _timed(job, now) if job.plan.polls is None else _counted(job)
    forced = job.forced
    if forced is None:
        return steps
    before = [step for step in steps if isinstance(step, dict) and _came_before(step, forced.at)]
    return [*before, _step(job, forced.stage, forced.at, reached=True, forced=True)]


def _came_before(step: dict[str, JSON], at: float) -> bool:
    moment = step["at"]
    return bool(step["reached"]) and (not isinstance(moment, int | float) or moment <= at)


def _timed(job: Job, now: float) -> list[JSON]:
    plan, start = job.plan, job.submitted
    moments = [(Stage.INITIAL, start), (Stage.RUNNING, start + plan.queued)]
    moments.append((plan.outcome.stage, start + plan.queued + plan.running))
    # A stage that lasts no time is never seen.
    shown = [
        (stage, at)
        for (stage, at), following in zip(moments, [*(at for _, at in moments[1:]), None], strict=True)
        if following is None or following > at
    ]
    return [_step(job, stage, at, reached=at <= now) for stage, at in shown]


def _counted(job: Job) -> list[JSON]:
    count = job.plan.polls
    if count is None:
        return []
    first = [(Stage.INITIAL, 0), (Stage.RUNNING, count.queued + 1)]
    first.append((job.plan.outcome.stage, count.queued + count.running + 1))
    shown = [
        step for step, after in zip(first, [*first[1:], (None, None)], strict=True) if step[1] != after[1]
    ]
    return [
        _step(job, stage, job.submitted if poll == 0 else None, poll, reached=job.polls >= poll)
        for stage, poll in shown
    ]


def _step(
    job: Job, stage: Stage, at: float | None, poll: int | None = None, *, reached: bool, forced: bool = False
) -> JSON:
    return {
        "stage": stage.value,
        "status": status_of(job, stage),
        "at": None if at is None else _finite(at),
        "poll": poll,
        "reached": reached,
        "forced": forced,
    }


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
