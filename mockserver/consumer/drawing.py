"""Drawing: Hypothesis strategies for behaviours, level upon level."""

import json
from collections.abc import Mapping
from contextlib import suppress

from bodydouble.contracts.generating.library import DrawFn, SearchStrategy, st
from bodydouble.contracts.generating.strategies import values
from bodydouble.contracts.jobs.job_pattern import JobPattern, ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Unsampleable
from bodydouble.mockserver.replies import Play
from bodydouble.mockserver.scenes.distributions import Fixed
from bodydouble.mockserver.scenes.faults import Answer, Fault, Form, Retry, Rule, Span, Target, Wire
from bodydouble.mockserver.scenes.scenarios import Body, Edit, Ids, Numbers, Outcome, PollCount, Scenario

from .behaviours import FAILURE, SUCCESS, Behaviour
from .levels import Level
from .sweeping import places

MOST_FAULTS, MOST_EDITS = 3, 3
RETRY = (500, 502, 503, 504, 408, 429)
BROKEN = (Wire.RESET_BEFORE, Wire.RESET_DURING, Wire.LOST, Wire.EMPTY, Wire.TRUNCATED, Wire.GARBLED)
TEXTS = ("GenerationError", "", "\u00e4\n\u2028\U0001f3ac", "%s %(x)s {0} ${y}", "x" * 2000)
"""What failures are called and what they say."""
NEW_WORDS = ("moderating", "", "RUNNING", "in-progress", "queued ", "\u00e4")


def behaviours(play: Play, level: Level) -> SearchStrategy[Behaviour]:
    """Return a strategy for behaviours up to ``level``; none of them is endless."""
    made = lives(play.pattern)
    if Level.FAULTS in level.included:
        made = _with_faults(made)
    if Level.FUTURES in level.included:
        made = _with_futures(made)
    return made.map(lambda scenario: Behaviour(scenario, level))


@st.composite
def _lives(draw: DrawFn, edits: SearchStrategy[Edit]) -> Scenario:
    counted = draw(st.booleans())
    texts = st.sampled_from(TEXTS)
    failure = st.just(FAILURE) | st.builds(Outcome, st.just(Stage.FAILURE), texts, texts)
    seconds = st.sampled_from((0.0, 0.5, 3.0, 20.0, 120.0)).map(Fixed)
    return Scenario(
        name="drawn",
        description="Drawn at random.",
        queued=draw(seconds),
        running=draw(seconds),
        outcome=draw(st.just(SUCCESS) | failure),
        polls=draw(st.builds(PollCount, st.integers(0, 3), st.integers(0, 4))) if counted else None,
        body=draw(st.sampled_from((Body.PLAIN, Body.NULLS, Body.ABSENT, Body.EXTRA))),
        ids=draw(st.sampled_from(Ids)),
        numbers=draw(st.sampled_from(Numbers)),
        edits=tuple(draw(st.lists(edits, max_size=MOST_EDITS))),
    )


def lives(pattern: JobPattern) -> SearchStrategy[Scenario]:
    """Return a strategy for every life that the job pattern allows, told in any way that the schemas allow."""
    made = [
        _edits(target, shape, place, node)
        for target, shape in ((Target.SUBMIT, pattern.submitted), (Target.POLL, pattern.polled))
        for place, node in places(shape)
    ]
    return _lives(st.one_of(made) if made else st.nothing())


def _edits(target: Target, shape: ReplyShape, place: str, node: Mapping[str, JSON]) -> SearchStrategy[Edit]:
    """An edit that the schema forbids is left out when it is played, so that these may be generous."""
    root = shape.reply.schema.strict if shape.reply.schema else {}
    held = st.none().map(json.dumps)
    with suppress(Unsampleable):
        held |= values({**node, "$defs": root.get("$defs", {})}).map(json.dumps)
    stages = st.just(()) | st.sampled_from(Stage).map(lambda stage: (stage,))
    return st.builds(Edit, st.just(place), st.none() | held, st.just((target,)), stages)


@st.composite
def _with_faults(draw: DrawFn, made: SearchStrategy[Scenario]) -> Scenario:
    scenario = draw(made)
    return _replaced(scenario, faults=tuple(draw(st.lists(_faults(), max_size=MOST_FAULTS))))


def _faults() -> SearchStrategy[Rule]:
    return st.one_of(
        _rules(Target.POLL, _polls_faults(), most=2),
        _rules(Target.SUBMIT, _submit_faults(), most=1),
        _rules(Target.RESULT, _result_faults(), most=1),
    )


@st.composite
def _rules(draw: DrawFn, target: Target, faults: SearchStrategy[Fault], most: int) -> Rule:
    first = draw(st.integers(1, 4 if target is Target.POLL else 1))
    last = first + draw(st.integers(0, most - 1))
    return Rule(on=(target,), fault=draw(faults), nth=Span(first, last))


def _answers(statuses: tuple[int, ...], forms: tuple[Form, ...]) -> SearchStrategy[Fault]:
    answers = st.builds(
        Answer,
        st.sampled_from(statuses),
        st.sampled_from(("", "try again")),
        st.sampled_from(forms),
        st.none() | st.integers(0, 5),
        st.sampled_from(Retry),
    )
    return answers.map(lambda answer: Fault(answer=answer))


_FORMS = (Form.ERROR, Form.HTML, Form.EMPTY)


def _slow() -> SearchStrategy[Fault]:
    drips = st.sampled_from((200.0, 1000.0)).map(lambda rate: Fault(wire=Wire.DRIP, rate=rate))
    return drips | st.sampled_from((0.1, 0.5)).map(lambda late: Fault(delay=Fixed(late)))


def _polls_faults() -> SearchStrategy[Fault]:
    unread = st.just(Fault(answer=Answer(200, form=Form.HTML)))
    broken = st.sampled_from(BROKEN).map(lambda wire: Fault(wire=wire))
    return _answers(RETRY, _FORMS) | broken | _slow() | unread


def _submit_faults() -> SearchStrategy[Fault]:
    broken = st.sampled_from(BROKEN).map(lambda wire: Fault(wire=wire))
    return _answers((*RETRY, 400, 401, 403), _FORMS) | broken | _slow()


def _result_faults() -> SearchStrategy[Fault]:
    """A store that does not give a result does not say when it will: a fresh URL may be good at once."""
    refused = st.sampled_from((Form.EXPIRED, Form.DENIED)).map(
        lambda form: Fault(answer=Answer(403, form=form))
    )
    broken = st.sampled_from((*BROKEN, Wire.WRONG_LENGTH)).map(lambda wire: Fault(wire=wire))
    return _answers((500, 502, 503), (Form.HTML, Form.EMPTY)) | refused | broken


@st.composite
def _with_futures(draw: DrawFn, made: SearchStrategy[Scenario]) -> Scenario:
    """Words for the stages on the way only: with an unknown one at the end, nobody knows the end."""
    scenario = draw(made)
    words = draw(
        st.dictionaries(
            st.sampled_from((Stage.INITIAL, Stage.RUNNING)), st.sampled_from(NEW_WORDS), max_size=2
        )
    )
    body = draw(st.sampled_from((scenario.body, Body.WIDE)))
    if not words and body is not Body.WIDE:
        return scenario
    # What else was drawn was to keep the contract; unchecked, it might not.
    return _replaced(scenario, words=tuple(words.items()), body=body, breaks_contract=True, edits=())


def _replaced(scenario: Scenario, **changes: object) -> Scenario:
    return Scenario(**{name: getattr(scenario, name) for name in scenario.__struct_fields__} | changes)
