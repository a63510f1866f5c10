"""Control over jobs: listed, shown, put where somebody wants them, forgotten."""

from collections.abc import Mapping

from msgspec.structs import replace

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.jobs import Job
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.problems import Problem
from bodydouble.mockserver.states import Forced, state_at
from bodydouble.mockserver.variants import play_for

from .asking import DONE, Asked, Told, name_of, told
from .inputs import wrong_body
from .job_data import job_data, status_of


def list_jobs(asked: Asked) -> Told:
    """Return the jobs that have all of what is asked for, a page of them."""
    now = asked.world.clock()
    query = asked.query
    found = [job for job in asked.world.jobs if _has(job, query, now)]
    offset, limit = query["offset"], query["limit"]
    page: list[JSON] = [job_data(job, now) for job in found[offset : offset + limit]]
    following = offset + limit
    return told({"jobs": page, "total": len(found), "next": following if following < len(found) else None})


def _has(job: Job, query: Mapping[str, str], now: float) -> bool:
    known = {"model": job.model, "scenario": job.scenario.name}
    if any(query.get(name, value) != value for name, value in known.items()):
        return False
    if "stage" not in query and "status" not in query:
        return True
    stage = state_at(job.plan, job, now)
    return query.get("stage", stage) == stage and (
        "status" not in query or query["status"] == status_of(job, stage)
    )


def show_job(asked: Asked) -> Told:
    """Return one job."""
    return told(job_data(_job(asked), asked.world.clock()))


def delete_job(asked: Asked) -> Told:
    """Forget one job."""
    asked.world.jobs.remove(_job(asked).id)
    return DONE


def force_job(asked: Asked) -> Told:
    """Have one job stand at a stage, or where the API says a word."""
    job = _job(asked)
    word = asked.body.get("status")
    stage = Stage(asked.body["stage"]) if word is None else _meaning(job, word)
    if word is not None and word != status_of(job, stage):
        # Several words may mean one stage; replies say the commonest, unless the scenario has another.
        words = {**dict(job.scenario.words), stage: word}
        play = play_for(job.play, replace(job.scenario, words=tuple(words.items())))
        job.part = replace(job.part, play=play)
    return _forced(asked, job, Forced(stage, asked.world.clock()))


def fail_job(asked: Asked) -> Told:
    """Have one job fail."""
    usual = Forced(Stage.FAILURE, asked.world.clock())
    name = asked.body.get("name", usual.error_name)
    message = asked.body.get("message", usual.error_message)
    return _forced(asked, _job(asked), replace(usual, error_name=name, error_message=message))


def _forced(asked: Asked, job: Job, forced: Forced) -> Told:
    asked.world.jobs.force(job, forced)
    return told(job_data(job, asked.world.clock()))


def _meaning(job: Job, word: str) -> Stage:
    """Return the stage that a status word of the API, or of the job's scenario, means."""
    meanings = {promise.status: promise.stage for promise in job.play.pattern.polled.promises}
    meanings |= {word: stage for stage, word in job.scenario.words}
    stage = meanings.get(word)
    if stage is None:
        hint = did_you_mean(word, meanings) or f"known are {', '.join(meanings)}"
        raise wrong_body(
            "/status", f"{word[:60]!r} is no status of this job's API; {hint}", "a status", repr(word[:60])
        )
    return stage


def _job(asked: Asked) -> Job:
    wanted = asked.places["job"]
    job = asked.world.jobs.get(wanted)
    if job is None:
        left = asked.world.jobs.evicted_end(wanted) is not None
        why = "it had to leave, others came" if left else "it was never issued there, or it was deleted"
        raise Refused(Problem(404, f"Namespace {name_of(asked.world)!r} has no job {wanted[:100]!r}: {why}"))
    return job
