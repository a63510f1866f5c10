"""The sweep: every departure from a plain life once, the telling ones first."""

import json
from collections.abc import Iterable, Iterator
from math import inf

from msgspec.structs import replace

from bodydouble.contracts.jobs.job_pattern import JobPattern, ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON, tokens_of
from bodydouble.contracts.schema.schemas import types_of, walk_properties
from bodydouble.mockserver.replies import Play
from bodydouble.mockserver.scenes.distributions import Fixed
from bodydouble.mockserver.scenes.faults import Answer, Fault, Form, Retry, Rule, Span, Target, Wire
from bodydouble.mockserver.scenes.scenarios import Body, Edit, Ids, Numbers, PollCount, Scenario
from bodydouble.mockserver.variants import edited_play

from .behaviours import FAILURE, PLAIN, Behaviour
from .levels import Level

DEPTH = 4
ONCE = Span(1, 1)
SECOND = Span(2, 2)
SAMPLES: tuple[tuple[str, JSON], ...] = (
    ("object", {}),
    ("string", "https://example.com/\u00e4?a=b&c=%20#d"),
    ("number", 12.5),
    ("integer", 3),
    ("boolean", True),
    ("array", []),
)
"""A plain value of each type, for places that are seldom filled."""


def sweep(play: Play, level: Level, *, endless: bool, patience: float = inf) -> Iterator[Behaviour]:
    """Yield every behaviour of the sweep up to ``level``.

    Args:
        play: The replies that are departed from.
        level: How much is asked.
        endless: Whether the client ends by itself if the job does not.
        patience: The longest pause that may be asked for, in seconds; where time is real, each costs as much.
    """
    pattern = play.pattern
    made: list[tuple[Level, Iterable[Scenario]]] = [
        (Level.CONTRACT, (*LIVES, *SHAPES, *_single_ids(pattern))),
        (Level.FAULTS, FAULTS),
        (Level.FUTURES, (*FUTURES, *_strangers(pattern))),
        (Level.CONTRACT, _nullables(pattern)),
        (Level.CONTRACT, STUCK),
        (Level.FAULTS, STALLS),
    ]
    for each, scenarios in made:
        for scenario in scenarios if each in level.included else ():
            behaviour = Behaviour(scenario, each)
            bearable = behaviour.pause <= patience and (endless or not behaviour.is_endless)
            if bearable and has_effect(play, scenario):
                yield behaviour


def has_effect(play: Play, scenario: Scenario) -> bool:
    """Return whether the edits of ``scenario`` change any reply, or it has none."""
    if not scenario.edits:
        return True
    values = {slot.value.encode(): json.dumps(trials[0]).encode() for slot, trials in play.trials.items()}
    made = edited_play(play, scenario)
    return any(
        json.loads(after[stage].fill(values)) != json.loads(before[stage].fill(values))
        for before, after in ((play.created, made.created), (play.polled, made.polled))
        for stage in before
    )


def _life(name: str, description: str, queued: int, running: int, *, fails: bool = False) -> Scenario:
    polls = PollCount(queued, running)
    outcome = FAILURE if fails else PLAIN.outcome
    return replace(PLAIN, name=name, description=description, polls=polls, outcome=outcome)


def _timed(name: str, description: str, queued: float, running: float, *, fails: bool = False) -> Scenario:
    """A create's reply is about the moment it is told, so that what it says is a matter of time."""
    life = _life(name, description, 0, 0, fails=fails)
    return replace(life, polls=None, queued=Fixed(queued), running=Fixed(running))


LIVES = (
    PLAIN,
    _life("fails", "The job waits, runs and ends in an error.", 1, 1, fails=True),
    _life("long", "The job waits and runs for many polls.", 6, 6),
    _timed("instant", "The reply to the create already says that the job is completed.", 0.0, 0.0),
    _timed(
        "fails-at-once", "The reply to the create already says that the job has failed.", 0.0, 0.0, fails=True
    ),
    _life("skips-running", "The job goes from the queue straight to its end.", 2, 0),
    _life("fails-in-queue", "The job fails before it runs.", 2, 0, fails=True),
    _timed("runs-at-once", "The job never waits.", 0.0, 40.0),
    _timed("timed", "The job takes ninety seconds, however often it is polled.", 30.0, 60.0),
)
SHAPES = (
    replace(PLAIN, name="nulls", description="Whatever may be null is null.", body=Body.NULLS),
    replace(PLAIN, name="absent", description="Whatever may be absent is absent.", body=Body.ABSENT),
    replace(PLAIN, name="extra", description="Replies have fields that nobody knows.", body=Body.EXTRA),
    replace(PLAIN, name="floats", description="Whole numbers are written as floats.", numbers=Numbers.FLOATS),
    *(
        replace(PLAIN, name=f"ids-{form}", description=f"Ids look unusual: {form}.", ids=form)
        for form in (Ids.MARKS, Ids.PATH, Ids.DASH, Ids.DIGITS, Ids.LONG_DIGITS)
    ),
    replace(
        PLAIN,
        name="fails-absent",
        description="A failure is told with few words.",
        outcome=FAILURE,
        body=Body.ABSENT,
    ),
    replace(
        PLAIN,
        name="fails-nulls",
        description="A failure is told with nulls.",
        outcome=FAILURE,
        body=Body.NULLS,
    ),
)


def _fault(
    name: str, description: str, target: Target, fault: Fault, nth: Span = ONCE, *, fails: bool = False
) -> Scenario:
    rule = Rule(on=(target,), fault=fault, nth=nth)
    outcome = FAILURE if fails else PLAIN.outcome
    return replace(PLAIN, name=name, description=description, faults=(rule,), outcome=outcome)


def _answer(status: int, message: str = "", **facts: int | Form | Retry) -> Fault:
    return Fault(answer=Answer(status, message, **facts))  # type: ignore[arg-type]  # by their names


SUBMIT, POLL, RESULT = Target.SUBMIT, Target.POLL, Target.RESULT
FAULTS = (
    _fault("poll-500", "The second poll meets a server error.", POLL, _answer(500, "Internal error"), SECOND),
    _fault(
        "poll-429",
        "The first poll is told to come back in 2 seconds.",
        POLL,
        _answer(429, "Too Many Requests", retry_after=2),
    ),
    _fault(
        "poll-429-long",
        "The second poll is told to come back in 20 seconds.",
        POLL,
        _answer(429, "Too Many Requests", retry_after=20),
        SECOND,
    ),
    _fault(
        "poll-503-date",
        "The second poll is told by a page of HTML when to come back.",
        POLL,
        _answer(503, form=Form.HTML, retry_after=3, retry_form=Retry.DATE),
        SECOND,
    ),
    _fault(
        "poll-404", "The first poll comes before the job is known.", POLL, _answer(404, "No job has this id")
    ),
    _fault(
        "poll-reset", "The second poll's connection is reset.", POLL, Fault(wire=Wire.RESET_BEFORE), SECOND
    ),
    _fault("poll-truncated", "The second poll's reply breaks off.", POLL, Fault(wire=Wire.TRUNCATED), SECOND),
    _fault("poll-garbled", "The second poll's reply is no text.", POLL, Fault(wire=Wire.GARBLED), SECOND),
    _fault("poll-empty", "The second poll's reply is empty.", POLL, Fault(wire=Wire.EMPTY), SECOND),
    _fault(
        "poll-html",
        "The second poll is answered 200 with a page of HTML.",
        POLL,
        _answer(200, form=Form.HTML),
        SECOND,
    ),
    _fault(
        "poll-502-thrice",
        "Three polls in a row meet a gateway's page.",
        POLL,
        _answer(502, form=Form.HTML),
        Span(1, 3),
    ),
    _fault("poll-late", "Every poll takes half a second.", POLL, Fault(delay=Fixed(0.5)), Span(1)),
    _fault(
        "poll-drip",
        "The second poll's reply arrives bit by bit.",
        POLL,
        Fault(wire=Wire.DRIP, rate=200),
        SECOND,
    ),
    _fault(
        "submit-lost", "The create is accepted and its reply never arrives.", SUBMIT, Fault(wire=Wire.LOST)
    ),
    _fault(
        "submit-reset",
        "The create is accepted and its connection is reset.",
        SUBMIT,
        Fault(wire=Wire.RESET_DURING),
    ),
    _fault(
        "submit-garbled", "The create is accepted and its reply is no text.", SUBMIT, Fault(wire=Wire.GARBLED)
    ),
    _fault(
        "submit-429",
        "The create is told to come back in 2 seconds.",
        SUBMIT,
        _answer(429, "Too Many Requests", retry_after=2),
    ),
    _fault("submit-500", "The create meets a server error.", SUBMIT, _answer(500, "Internal error")),
    _fault("submit-502", "The create meets a gateway's page.", SUBMIT, _answer(502, form=Form.HTML)),
    _fault(
        "submit-403",
        "Every create is refused: there is no credit left.",
        SUBMIT,
        _answer(403, "Out of credit"),
        Span(1),
    ),
    _fault("submit-400", "Every create is refused as invalid.", SUBMIT, _answer(400, "Invalid"), Span(1)),
    _fault("result-truncated", "The first download breaks off.", RESULT, Fault(wire=Wire.TRUNCATED)),
    _fault("result-500", "The first download meets a server error.", RESULT, _answer(500)),
    _fault(
        "result-expired", "The first download finds its URL expired.", RESULT, _answer(403, form=Form.EXPIRED)
    ),
    _fault(
        "result-short",
        "The first download has a length that is a lie.",
        RESULT,
        Fault(wire=Wire.WRONG_LENGTH),
    ),
    _fault(
        "fails-after-500",
        "A poll meets a server error, and the job fails.",
        POLL,
        _answer(500),
        SECOND,
        fails=True,
    ),
)
"""Every fault once."""


def _future(name: str, description: str, *words: tuple[Stage, str], fails: bool = False) -> Scenario:
    outcome = FAILURE if fails else PLAIN.outcome
    made = replace(PLAIN, name=name, description=description, words=words, outcome=outcome)
    return replace(made, breaks_contract=True)


FUTURES = (
    _future(
        "new-running", "While it runs the job has a status from the future.", (Stage.RUNNING, "moderating")
    ),
    _future(
        "new-initial", "While it waits the job has a status from the future.", (Stage.INITIAL, "admitted")
    ),
    _future(
        "new-running-fails",
        "A status from the future, and then a failure.",
        (Stage.RUNNING, "moderating"),
        fails=True,
    ),
    _future("new-success", "The job succeeds in a word from the future.", (Stage.SUCCESS, "delivered")),
    _future(
        "new-failure", "The job fails in a word from the future.", (Stage.FAILURE, "moderated"), fails=True
    ),
    replace(_future("wide", "The result is a list."), body=Body.WIDE),
)
STUCK = (
    replace(
        PLAIN,
        name="stuck-queued",
        description="The job never leaves the queue.",
        polls=None,
        queued=Fixed(inf),
    ),
    replace(
        PLAIN,
        name="stuck-running",
        description="The job runs and never ends.",
        polls=None,
        running=Fixed(inf),
    ),
)
STALLS = (
    _fault("poll-stalls", "The second poll is never answered.", POLL, Fault(delay=Fixed(inf)), SECOND),
    _fault(
        "poll-trickles",
        "The second poll's reply takes hours.",
        POLL,
        Fault(wire=Wire.DRIP, rate=0.005),
        SECOND,
    ),
)


def _strangers(pattern: JobPattern) -> Iterator[Scenario]:
    """Shapes that the contract does not have, at the places that it names."""
    status, polled = pattern.polled.status, pattern.polled
    strange: list[tuple[str, str, Edit]] = [
        ("null-status", "The status is null while the job runs", _at(status, None, Stage.RUNNING)),
        (
            "no-status",
            "There is no status while the job runs",
            Edit(status, None, (Target.POLL,), (Stage.RUNNING,)),
        ),
        ("number-status", "The status is a number while the job runs", _at(status, 2, Stage.RUNNING)),
    ]
    for promise in polled.promises:
        tops = [place for place in promise.present if place.count("/") == 1 and place != status]
        for place in tops if promise.stage is Stage.FAILURE else ():
            edit = _at(place, {"detail": [{"msg": "no", "loc": ["body", 0]}]}, promise.stage)
            strange.append((f"strange-{_word(place)}", f"A failure has a list at {place}", edit))
            edit = _at(place, "out of luck", promise.stage)
            strange.append((f"text-{_word(place)}", f"A failure has a text at {place}", edit))
    for name, description, edit in strange:
        fails = Stage.FAILURE in edit.stages
        yield replace(_future(name, f"{description}.", fails=fails), edits=(edit,))


def _single_ids(pattern: JobPattern) -> Iterator[Scenario]:
    """Where a reply tells the id at several places, each of them alone."""
    for target, shape in ((Target.SUBMIT, pattern.submitted), (Target.POLL, pattern.polled)):
        for kept in shape.ids if len(shape.ids) > 1 else ():
            edits = tuple(Edit(place, None, (target,)) for place in shape.ids if place != kept)
            name = f"only-{_word(kept)}-of-{target}"
            yield replace(PLAIN, name=name, description=f"The id is at {kept} alone.", edits=edits)


def _nullables(pattern: JobPattern) -> Iterator[Scenario]:
    """Every place of the replies that may be null, absent or filled, each of these once."""
    for target, shape in ((Target.SUBMIT, pattern.submitted), (Target.POLL, pattern.polled)):
        for place, node in places(shape):
            yield from _of_place(target, place, types_of(node))


def places(shape: ReplyShape) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Yield the places of a reply that may be changed, with the outlines of their schemas."""
    root = dict(shape.reply.schema.strict) if shape.reply.schema else {}
    promised = {
        place for promise in shape.promises if promise.stage is Stage.SUCCESS for place in promise.present
    }
    for place, node in walk_properties(root, root, DEPTH):
        # What leads to the job and to its result is the double's to say.
        if place not in (*shape.ids, shape.status, *promised):
            yield place, node


def _of_place(target: Target, place: str, types: frozenset[str]) -> Iterator[Scenario]:
    word = f"{target}-{_word(place)}"
    base = replace(PLAIN, edits=(Edit(place, on=(target,)),))
    yield replace(base, name=f"absent-{word}", description=f"{place} is absent.")
    if not types or "null" in types:
        edit = Edit(place, "null", (target,))
        yield replace(base, name=f"null-{word}", description=f"{place} is null.", edits=(edit,))
    value = next((sample for kind, sample in SAMPLES if kind in types), None)
    if value is not None:
        early = Edit(place, json.dumps(value), (target,))
        yield replace(
            base, name=f"filled-{word}", description=f"{place} is there all the time.", edits=(early,)
        )


def _at(place: str, value: JSON, stage: Stage) -> Edit:
    return Edit(place, json.dumps(value), (Target.POLL,), (stage,))


def _word(place: str) -> str:
    """Return a place as words of a scenario's name."""
    plain = "-".join(tokens_of(place)).lower()
    kept = "".join(character if character.isascii() and character.isalnum() else "-" for character in plain)
    return "-".join(filter(None, kept.split("-")))
