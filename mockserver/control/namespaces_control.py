"""Control over namespaces: listed, begun with settings of their own, begun anew, ended."""

from typing import Any

from msgspec.structs import replace

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.namespaces import BadName, seed_of
from bodydouble.mockserver.problems import Problem
from bodydouble.mockserver.worlds import World, WorldSettings

from .asking import DONE, Asked, Told, name_of, told
from .clock_control import clock_data
from .scenes_control import castings_of, faults_of, rate_of, scenario_of

AS_THEY_ARE = ("seed", "speed", "max_jobs", "url_ttl", "credit")


def list_namespaces(asked: Asked) -> Told:
    """Return every namespace."""
    return told({"namespaces": [namespace_data(world) for world in asked.worlds]})


def show_namespace(asked: Asked) -> Told:
    """Return one namespace."""
    return told(namespace_data(asked.world))


def namespace_data(world: World) -> JSON:
    """Return what there is to say of a world as a whole."""
    journal = world.journal
    return {
        "name": name_of(world),
        "seed": world.settings.seed,
        "scenario": world.scenario.name,
        "clock": clock_data(world),
        "jobs": len(world.jobs),
        "requests": len(journal),
        "dropped": journal.dropped,
    }


def begin_namespace(asked: Asked) -> Told:
    """Begin a namespace with settings of its own.

    Raises:
        Refused: With a 409 if there is one of this name, with a 400 if none can have it or a setting makes no sense.
    """
    name = asked.body["name"]
    settings = _settings(asked, name)
    if asked.worlds.get(name) is not None:
        raise Refused(Problem(409, f"There is a namespace {name!r} already; end it, or take another name"))
    try:
        return told(namespace_data(asked.worlds.begin(name, settings)), 201)
    except BadName as problem:
        raise Refused(Problem(400, str(problem))) from None


def _settings(asked: Asked, name: str) -> WorldSettings:
    usual, body = asked.worlds.settings, asked.body
    changes: dict[str, Any] = {"seed": seed_of(usual.seed, name)}
    changes |= {member: body[member] for member in AS_THEY_ARE if member in body}
    if "scenario" in body:
        changes["scenario"] = scenario_of(body["scenario"], asked.repertoire, "/scenario")
    if "castings" in body:
        changes["castings"] = castings_of(body["castings"], asked.repertoire)
    if "faults" in body:
        changes["faults"] = faults_of(body["faults"])
    if "rate" in body:
        changes["rate"] = rate_of(body["rate"])
    return replace(usual, **changes)


def end_namespace(asked: Asked) -> Told:
    """End a namespace; the default one begins anew."""
    asked.worlds.end(asked.world.name)
    return DONE


def reset_namespace(asked: Asked) -> Told:
    """Have a namespace be as new."""
    asked.world.reset()
    return told(namespace_data(asked.world))
