"""Faults: what goes wrong on the wire, and the rules that say when.

A decision depends on nothing but the rule, the seed and which call it is: no generator is advanced. So a run repeats
whatever the order in which calls arrive, and a decision's name is enough to explain it.
"""

from enum import StrEnum

import msgspec

from .distributions import Distribution

DEFAULT_RATE = 64.0
"""Bytes per second of a drip: a small reply takes a few seconds."""


class Target(StrEnum):
    """What kind of call a rule is about."""

    SUBMIT = "submit"
    POLL = "poll"
    RESULT = "result"


class Wire(StrEnum):
    """What happens to a reply on its way."""

    RESET_BEFORE = "reset-before"
    RESET_DURING = "reset-during"
    LOST = "lost"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    GARBLED = "garbled"
    WRONG_LENGTH = "wrong-length"
    DRIP = "drip"


class Form(StrEnum):
    """The body of an answer that stands in for the real one; the last two are an object store's words."""

    ERROR = "error"
    HTML = "html"
    EMPTY = "empty"
    EXPIRED = "expired"
    DENIED = "denied"


class Retry(StrEnum):
    """How ``Retry-After`` is written (RFC 9110 section 10.2.3)."""

    SECONDS = "seconds"
    DATE = "date"


class Answer(msgspec.Struct, frozen=True):
    """An answer that stands in for the real one; the work behind it is not done.

    Attributes:
        status: The status code.
        message: What the error body says.
        form: The body's form.
        retry_after: Seconds until another try is welcome, or None.
        retry_form: How that is written.
    """

    status: int
    message: str = ""
    form: Form = Form.ERROR
    retry_after: int | None = None
    retry_form: Retry = Retry.SECONDS


class Fault(msgspec.Struct, frozen=True):
    """What goes wrong; any combination of the three.

    Attributes:
        delay: Wall-clock seconds before the reply.
        answer: What is answered instead.
        wire: What happens to the reply on its way, after the work was done.
        rate: Bytes per second of a drip.
    """

    delay: Distribution | None = None
    answer: Answer | None = None
    wire: Wire | None = None
    rate: float = DEFAULT_RATE


class Span(msgspec.Struct, frozen=True):
    """From ``first`` to ``last``, both included; ``last`` None is without end."""

    first: float = 0.0
    last: float | None = None

    def __contains__(self, value: float) -> bool:
        return self.first <= value and (self.last is None or value <= self.last)


ALWAYS = Span()


class Rule(msgspec.Struct, frozen=True):
    """When a fault happens: every condition must hold.

    Attributes:
        on: The kinds of call.
        fault: What happens.
        nth: Which call it is, counted from one: of a job for polls and results; for submissions, of those in the world
            that this scenario is played for.
        every: Only each so many of those; 1 is all.
        elapsed: Seconds since the job was submitted, in its world's time; since its end for results.
        statuses: Stage words of the job, or none for any.
        models: Models of the job, or none for any.
        probability: From 0 to 1.
    """

    on: tuple[Target, ...]
    fault: Fault
    nth: Span = Span(1)
    every: int = 1
    elapsed: Span = ALWAYS
    statuses: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    probability: float = 1.0


class Call(msgspec.Struct, frozen=True):
    """One call, as far as rules look at it.

    Attributes:
        target: Its kind.
        nth: See :class:`Rule`.
        subject: What it is about: the job's id, or the number of the submission.
        elapsed: See :class:`Rule`.
        status: The job's stage word; ``""`` before there is a job.
        model: The job's model.
    """

    target: Target
    nth: int
    subject: str
    elapsed: float = 0.0
    status: str = ""
    model: str = ""


class Decision(msgspec.Struct, frozen=True):
    """Which rule, if any, a call has met.

    Attributes:
        scenario: Whose rules were asked.
        rule: Index of the rule, or None where none applied.
        call: What was asked about.
        fault: What happens; None for nothing.
        share: The number between 0 and 1 that was drawn for the fault.
        rules: All that were asked, in order, so that the decision can be explained.
    """

    scenario: str
    rule: int | None
    call: Call
    fault: Fault | None
    share: float
    rules: tuple[Rule, ...] = ()

    @property
    def id(self) -> str:
        """Return the name of the decision; see :func:`decision_id`."""
        return decision_id(self.scenario, self.rule, self.call.target, self.call.nth, self.call.subject)


def decision_id(scenario: str, rule: int | None, target: Target, nth: int, subject: str) -> str:
    """Return a decision's name, such as ``flaky/poll/3/1/faa5f531``.

    Scenario, kind of call, which call of its subject it is, rule (``-`` for none), beginning of the subject.
    """
    return "/".join((scenario, target, str(nth), "-" if rule is None else str(rule), subject[:8]))


def decide(scenario: str, rules: tuple[Rule, ...], call: Call, seed: str) -> Decision:
    """Return what happens to ``call``: the fault of the first rule that applies.

    ``seed`` names the world's chance: equal seeds, scenarios and calls give equal decisions.
    """
    for index, rule in enumerate(rules):
        if applies(rule, call):
            drawn = share(seed, scenario, index, call)
            if drawn < rule.probability:
                return Decision(scenario, index, call, rule.fault, share(seed, "fault", index, call), rules)
    return Decision(scenario, None, call, None, 0.0, rules)


def applies(rule: Rule, call: Call) -> bool:
    """Return whether the conditions of ``rule``, but for its probability, hold for ``call``."""
    return (
        call.target in rule.on
        and call.nth in rule.nth
        and (call.nth - int(rule.nth.first)) % rule.every == 0
        and call.elapsed in rule.elapsed
        and (not rule.statuses or call.status in rule.statuses)
        and (not rule.models or call.model in rule.models)
    )


def share(seed: str, purpose: str, index: int, call: Call) -> float:
    """Return a number from 0 up to, but not including, 1, as even as a hash is (BLAKE2b, RFC 7693)."""
    # Hashing loads OpenSSL, a thirtieth of a start; the first create does without it.
    from hashlib import blake2b  # noqa: PLC0415

    text = f"{seed}\0{purpose}\0{index}\0{call.target}\0{call.nth}\0{call.subject}"
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big") / 2**56
