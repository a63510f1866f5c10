"""Controlling a double from Python: over HTTP, or in the process that plays it.

For instance::

    control = Control("http://127.0.0.1:8000", namespace="w1")
    control.scenario = "flaky"
    job = control.jobs()[-1]
    control.clock.advance(90)
    control.force(job.id, "completed")
    assert control.verify({"operation": "submit", "exactly": 1}).ok

Everything is about one namespace and touches no other. What the server refuses is a
:class:`~bodydouble.mockserver.control.transports.ControlError` in the server's words.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias, TypeVar

import msgspec
from starlette.types import ASGIApp

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.faults import Rule
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.scenes.scenario_files import read
from bodydouble.mockserver.scenes.scenarios import Scenario

from .answers import (
    CastingData,
    ClockReading,
    Explanation,
    JobInfo,
    JobPage,
    JournalEntry,
    LimitsData,
    Namespace,
    ReportData,
    ScenarioInfo,
    Verdict,
)
from .scenario_data import casting_data, rules_data, scenario_data
from .transports import PATIENCE, Answer, ControlError, InProcess, OverHttp, Transport, target_of

__all__ = ["Control", "ControlClock", "ControlError"]

LOCAL = "http://127.0.0.1:8000"
DEFAULT = "default"
MOST_JOBS = 1000
"""Jobs on one page."""
STAGES = ("initial", "running", "success", "failure")

T = TypeVar("T")
# What methods take: a form of the report; a scenario by name, as an object or as data; a rule as an object or as data;
# JSON, or what is sent as it is; one expectation as data, or several.
Form = Literal["text", "json", "junit"]
AnyScenario = str | Scenario | Mapping[str, Any]
AnyRule = Rule | Mapping[str, Any]
Sent: TypeAlias = "JSON | bytes"
Expected = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Control:
    """One namespace of a double.

    Attributes:
        namespace: Its name; ``default`` is the one of clients that name none.
    """

    def __init__(
        self,
        url: str = LOCAL,
        *,
        namespace: str = DEFAULT,
        token: str | None = None,
        timeout: float = PATIENCE,
        transport: Transport | None = None,
    ) -> None:
        """Control a server.

        Args:
            url: Where it is.
            namespace: Whose world this is about.
            token: What the server asks for, if it listens beyond this machine.
            timeout: Seconds within which an answer must come.
            transport: What carries requests in place of all that.

        Raises:
            ValueError: ``url`` is no URL of a server, or ``token`` cannot be sent.
        """
        self.namespace = namespace
        self._transport = transport or OverHttp(url, token, timeout)

    @classmethod
    def of(cls, app: ASGIApp, *, namespace: str = DEFAULT, token: str | None = None) -> "Control":
        """Control an application of this process, without a socket; also where an event loop runs.

        Args:
            app: What :func:`~bodydouble.mockserver.app.create_app` returns.
            namespace: Whose world this is about.
            token: What the application was given as ``control_token``, if anything.

        Raises:
            ValueError: ``token`` cannot be sent.
        """
        return cls(namespace=namespace, transport=InProcess(app, token))

    def within(self, namespace: str) -> "Control":
        """Return the control of another namespace of the same double; both share their connections."""
        return Control(namespace=namespace, transport=self._transport)

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Namespaces

    def namespaces(self) -> tuple[Namespace, ...]:
        """Return every namespace, the default one first."""
        return self._read("GET", ("namespaces",), tuple[Namespace, ...], member="namespaces")

    def show(self) -> Namespace:
        """Return this namespace.

        Raises:
            ControlError: 404; it has not begun.
        """
        return self._read("GET", self._here(), Namespace)

    def begin(
        self,
        *,
        seed: int | None = None,
        speed: float | None = None,
        scenario: AnyScenario | None = None,
        max_jobs: int | None = None,
        url_ttl: float | None = None,
        castings: Iterable[Casting] | None = None,
        faults: Iterable[AnyRule] | None = None,
        rate: RateLimit | None = None,
        credit: int | None = None,
    ) -> Namespace:
        """Begin this namespace with settings of its own; what is left out is as the server was started.

        Args:
            seed: Makes it repeat.
            speed: Seconds of its clock in a second; 0 is frozen.
            scenario: What happens to jobs that ask for nothing else.
            max_jobs: How many jobs it keeps.
            url_ttl: Seconds a result's URL is good for.
            castings: Which creates get which scenario.
            faults: What goes wrong in every scenario.
            rate: How many requests a key may make.
            credit: Credits that can be spent.

        Raises:
            ControlError: 409; it has begun already.
        """
        settings: dict[str, JSON] = {
            "name": self.namespace,
            "seed": seed,
            "speed": speed,
            "scenario": None if scenario is None else _scenario(scenario),
            "max_jobs": max_jobs,
            "url_ttl": url_ttl,
            "castings": None if castings is None else [casting_data(casting) for casting in castings],
            "faults": None if faults is None else [_rule(rule) for rule in faults],
            "rate": _rate(rate),
            "credit": credit,
        }
        given: JSON = {name: value for name, value in settings.items() if value is not None}
        return self._read("POST", ("namespaces",), Namespace, given)

    def end(self) -> None:
        """End this namespace; the default one begins anew."""
        self._do("DELETE", self._here())

    def reset(self) -> Namespace:
        """Have this namespace be as new: the same seed gives the same run once more."""
        return self._read("POST", self._here("reset"), Namespace)

    def snapshot(self) -> bytes:
        """Return this namespace written down: jobs, clock, chance, scenes, limits and journal.

        Raises:
            ControlError: 409; a scenario, made in Python, cannot be written down.
        """
        return self._send("GET", self._here("snapshot")).body

    def restore(self, snapshot: bytes) -> Namespace:
        """Have this namespace be the one that was written down; it goes on exactly as that one would have.

        Args:
            snapshot: What :meth:`snapshot` returned, here or of another server that plays the same contract.

        Raises:
            ControlError: 400; it is none, or does not fit this server. Nothing was changed.
        """
        return self._read("PUT", self._here("snapshot"), Namespace, snapshot)

    # Jobs

    def jobs(
        self,
        *,
        stage: str | None = None,
        status: str | None = None,
        model: str | None = None,
        scenario: str | None = None,
    ) -> tuple[JobInfo, ...]:
        """Return the jobs that have all of what is given, in the order of their submission.

        Args:
            stage: Where they stand now: ``initial``, ``running``, ``success`` or ``failure``.
            status: The word that their replies say now.
            model: What their creates asked for.
            scenario: What happens to them, by name.
        """
        query = {"stage": stage, "status": status, "model": model, "scenario": scenario}
        found: list[JobInfo] = []
        offset: int | None = 0
        while offset is not None:
            page = {**query, "offset": offset, "limit": MOST_JOBS}
            told = self._read("GET", self._here("jobs"), JobPage, query=page)
            found += told.jobs
            offset = told.next
        return tuple(found)

    def job(self, job: str) -> JobInfo:
        """Return one job.

        Raises:
            ControlError: 404; there is none of this id.
        """
        return self._read("GET", self._here("jobs", job), JobInfo)

    def force(self, job: str, where: str) -> JobInfo:
        """Have a job stand somewhere from now on.

        Args:
            job: Its id.
            where: A status word of the API (``"completed"``), or a stage: ``initial``, ``running``, ``success``,
                ``failure``.

        Raises:
            ControlError: 404 for the id, 400 for the word.
        """
        body: JSON = {"stage": where} if where in STAGES else {"status": where}
        return self._read("POST", self._here("jobs", job, "force"), JobInfo, body)

    def fail(self, job: str, name: str | None = None, message: str | None = None) -> JobInfo:
        """Have a job fail now.

        Args:
            job: Its id.
            name: The failure's.
            message: The failure in words.
        """
        body: dict[str, JSON] = {
            key: value for key, value in (("name", name), ("message", message)) if value is not None
        }
        return self._read("POST", self._here("jobs", job, "fail"), JobInfo, body)

    def delete(self, job: str) -> None:
        """Forget a job; polls of it are answered 404."""
        self._do("DELETE", self._here("jobs", job))

    # What happens

    def scenarios(self) -> tuple[ScenarioInfo, ...]:
        """Return the scenarios that can be asked for."""
        return self._read("GET", ("scenarios",), tuple[ScenarioInfo, ...], member="scenarios")

    @property
    def scenario(self) -> Scenario:
        """What happens to jobs that ask for nothing else; may be set to a name, a scenario, or data of one."""
        (scenario,) = read(self._do("GET", self._here("scenario"), member="scenario"), "the scenario")
        return scenario

    @scenario.setter
    def scenario(self, scenario: AnyScenario) -> None:
        """Have this happen to jobs from now on that ask for nothing else; see :meth:`set_scenario`."""
        self.set_scenario(scenario)

    def set_scenario(self, scenario: AnyScenario) -> None:
        """Have this happen to jobs from now on that ask for nothing else.

        Args:
            scenario: By name, as an object, or as data as in scenario files.

        Raises:
            ControlError: 400; there is none of this name, or the data is none.
        """
        self._do("PUT", self._here("scenario"), {"scenario": _scenario(scenario)})

    def castings(self) -> tuple[Casting, ...]:
        """Return which creates get which scenario, whatever they ask for."""
        told = self._read("GET", self._here("castings"), tuple[CastingData, ...], member="castings")
        return tuple(each.casting() for each in told)

    def cast(self, *castings: Casting) -> None:
        """Have these rules in place of all others; the first that takes a create wins."""
        listed: list[JSON] = [casting_data(casting) for casting in castings]
        self._do("PUT", self._here("castings"), {"castings": listed})

    def add_casting(self, casting: Casting) -> None:
        """Add a rule behind the others."""
        self._do("POST", self._here("castings"), casting_data(casting))

    def clear_castings(self) -> None:
        """Drop all of them."""
        self._do("DELETE", self._here("castings"))

    def faults(self) -> tuple[Rule, ...]:
        """Return what goes wrong in every scenario."""
        told = self._do("GET", self._here("faults"), member="faults")
        (scenario,) = read({"name": "faults", "faults": told}, "faults")
        return scenario.faults

    def set_faults(self, *rules: AnyRule) -> None:
        """Have these go wrong in every scenario, and nothing else; the first rule that applies wins."""
        self._do("PUT", self._here("faults"), {"faults": [_rule(rule) for rule in rules]})

    def add_fault(self, rule: AnyRule) -> None:
        """Add a rule behind the others.

        Args:
            rule: As an object, or as data: ``{"on": ["poll"], "answer": {"status": 503}}``.
        """
        self._do("POST", self._here("faults"), _rule(rule))

    def clear_faults(self) -> None:
        """Drop all of them."""
        self._do("DELETE", self._here("faults"))

    def limits(self) -> LimitsData:
        """Return how many requests a key may make, and how much can be spent."""
        return self._read("GET", self._here("limits"), LimitsData)

    def limit_rate(self, rate: RateLimit | None) -> LimitsData:
        """Have a key make so many requests, or any number if None."""
        return self._read("PUT", self._here("limits"), LimitsData, {"rate": _rate(rate)})

    def limit_credit(self, credit: int | None) -> LimitsData:
        """Have so many credits left, or as many as it takes if None."""
        return self._read("PUT", self._here("limits"), LimitsData, {"credit": credit})

    def clear_limits(self) -> None:
        """Lift both limits."""
        self._do("DELETE", self._here("limits"))

    @property
    def clock(self) -> "ControlClock":
        """The clock."""
        return ControlClock(self._ask_clock)

    # What happened

    def journal(
        self,
        *,
        job: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> tuple[JournalEntry, ...]:
        """Return what was asked and answered, oldest first, without secrets.

        Args:
            job: Only what is about this job.
            operation: ``submit``, ``poll``, ``result`` or ``unknown``.
            status: Only what was answered so.
            after: Only entries with a higher number.
            limit: Only the first so many of them.
        """
        query = {"job": job, "operation": operation, "status": status, "after": after, "limit": limit}
        answer = self._send("GET", self._here("journal"), query={**query, "format": "jsonl"})
        return tuple(msgspec.json.decode(line, type=JournalEntry) for line in answer.body.splitlines())

    def har(self, *, job: str | None = None) -> dict[str, JSON]:
        """Return what was asked and answered, of everybody or about one job, as a HAR 1.2 document."""
        query = {"format": "har", "job": job}
        return self._read("GET", self._here("journal"), dict[str, Any], query=query)

    def clear_journal(self) -> None:
        """Forget what was asked and answered."""
        self._do("DELETE", self._here("journal"))

    def verify(self, expected: Expected) -> Verdict:
        """Hold the journal against expectations.

        Args:
            expected: One or several, as data; see :mod:`~bodydouble.mockserver.journals.expectations`.

        Raises:
            ControlError: 400; they cannot be understood.
        """
        listed: JSON = dict(expected) if isinstance(expected, Mapping) else [dict(each) for each in expected]
        return self._read("POST", self._here("verify"), Verdict, listed)

    def report(self, *, over: bool = True) -> ReportData:
        """Return what was noticed about clients.

        Args:
            over: Whether the run is over, so that nobody will come back; while it lasts, less can be said.
        """
        return self._read("GET", self._here("report"), ReportData, query={"over": over})

    def report_as(self, form: Form, *, over: bool = True) -> str:
        """Return the same as ``text``, ``json`` or ``junit``."""
        query: dict[str, JSON] = {"format": form, "over": over}
        return self._send("GET", self._here("report"), query=query).body.decode()

    def explain(self, decision: str) -> Explanation:
        """Return why a reply was as it was.

        Args:
            decision: From its header ``x-double-decision``, or from the journal.

        Raises:
            ControlError: 404; it is not known, or no longer.
        """
        return self._read("GET", self._here("decisions", decision), Explanation)

    # The way there

    def _here(self, *rest: str) -> tuple[str, ...]:
        return ("namespaces", self.namespace, *rest)

    def _ask_clock(self, method: str, verbs: tuple[str, ...], body: JSON) -> ClockReading:
        return self._read(method, self._here("clock", *verbs), ClockReading, body)

    def _send(
        self,
        method: str,
        path: tuple[str, ...],
        body: Sent = None,
        query: Mapping[str, JSON] | None = None,
    ) -> Answer:
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._transport.send(method, target_of(path, query or {}), raw)
        if answer.status >= 300:  # noqa: PLR2004 - neither a success nor anything that control answers
            raise _refusal(answer)
        return answer

    def _read(
        self,
        method: str,
        path: tuple[str, ...],
        kind: type[T],
        body: Sent = None,
        *,
        query: Mapping[str, JSON] | None = None,
        member: str = "",
    ) -> T:
        answer = self._send(method, path, body, query)
        value = msgspec.json.decode(answer.body)
        # Findings are told with every attribute as text, severities too.
        return msgspec.convert(value[member] if member else value, kind, strict=False)

    def _do(self, method: str, path: tuple[str, ...], body: JSON = None, *, member: str = "") -> JSON:
        answer = self._send(method, path, body)
        if not answer.body:
            return None
        value: Any = msgspec.json.decode(answer.body)
        return value[member] if member else value  # type: ignore[no-any-return]  # JSON, as decoded


class ControlClock:
    """The clock of a namespace; every job of it moves with it, and none of another."""

    def __init__(self, ask: Callable[[str, tuple[str, ...], JSON], ClockReading]) -> None:
        self._ask = ask

    def read(self) -> ClockReading:
        """Return what it shows."""
        return self._ask("GET", (), None)

    @property
    def now(self) -> float:
        """What it shows, in seconds since the epoch."""
        return self.read().now

    def freeze(self) -> ClockReading:
        """Stop it; it still can be advanced."""
        return self._ask("POST", ("freeze",), None)

    def advance(self, seconds: float) -> ClockReading:
        """Move it forward."""
        return self._ask("POST", ("advance",), {"seconds": seconds})

    def scale(self, speed: float) -> ClockReading:
        """Have it run ``speed`` times as fast as the server's clock; 1 is real time, 0 freezes."""
        return self._ask("POST", ("scale",), {"speed": speed})

    def jump(self, moment: float | datetime) -> ClockReading:
        """Set it to a moment that has not passed yet: seconds since the epoch, or a date with a time zone."""
        seconds = moment.timestamp() if isinstance(moment, datetime) else moment
        return self._ask("POST", ("jump",), {"to": seconds})


def _scenario(scenario: AnyScenario) -> JSON:
    if isinstance(scenario, str):
        return scenario
    return scenario_data(scenario) if isinstance(scenario, Scenario) else dict(scenario)


def _rule(rule: AnyRule) -> JSON:
    return rules_data((rule,))[0] if isinstance(rule, Rule) else dict(rule)


def _rate(rate: RateLimit | None) -> JSON:
    return None if rate is None else {"burst": rate.burst, "per_second": rate.per_second}


def _refusal(answer: Answer) -> ControlError:
    try:
        problem = msgspec.json.decode(answer.body)
        detail = str(problem["detail"])
        violations = tuple(problem.get("violations", ()))
    except (msgspec.DecodeError, TypeError, KeyError, AttributeError):
        text = answer.body[:200].decode("utf-8", "replace")
        return ControlError(
            f"this is no double's control API: it answered {answer.status} {text!r}", answer.status
        )
    return ControlError(detail, answer.status, violations)
