import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bodydouble.contracts.findings import Severity
from bodydouble.mockserver.reporting.histories import JobFacts, Observed
from bodydouble.mockserver.reporting.report_rules import RULES
from tests.mockserver.clients import BODY, HOUR, KEY, NEW, OLD, SHAPE, Script, lived

HOSTILE = "6a1f9c58-9c0a-4b53-8a6e-9a6f4ef3a6d0:vendor/model+x"
GOOD = {"legacy": {OLD: NEW}, "shapes": (SHAPE,)}


def noticed(observed: Observed) -> set[str]:
    return {rule.id for rule in RULES if next(iter(rule.check(observed)), None)}


# The table


def test_ids_are_in_kebab_case_and_used_once() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", one) for one in ids)


def test_the_gravest_rules_come_first() -> None:
    severities = [list(Severity).index(rule.severity) for rule in RULES]
    assert severities == sorted(severities)


def test_every_rule_says_what_to_do_in_a_sentence_without_a_full_stop() -> None:
    assert all(len(rule.advice.split()) > 3 and rule.advice[-1].isalpha() for rule in RULES)


def test_every_rule_has_a_check_of_its_own() -> None:
    assert len({rule.check for rule in RULES}) == len(RULES)


# Careless clients: whoever does one thing wrong is told that, and nothing else


def fast() -> Script:
    return lived(*(10 + n / 10 for n in range(10)))


def impatient() -> Script:
    script = lived(10)
    script.poll(70.0, job="other", status=429, retry_after=30.0)
    script.poll(71.0, job="other")
    return script


def restless() -> Script:
    script = lived(10)
    for at in (80.0, 90.0):
        script.poll(at, "success")
    return script


def forgetful() -> Script:
    script = lived(10)
    script.create(100.0, "job-2")
    script.poll(110.0, job="job-2")
    return script


def twofold() -> Script:
    script = lived(10)
    script.create(0.0, "job-2", whole=False, body=b'{"model":"video-01","prompt":"a dog"}')
    script.create(5.0, "job-3", body=b'{"model":"video-01","prompt":"a dog"}')
    script.jobs |= {"job-2": JobFacts(usd=0.06), "job-3": JobFacts(usd=0.06)}
    return script


def lost() -> Script:
    script = lived(10)
    script.miss(80.0, "nobodys")
    return script


def mangling() -> Script:
    script = lived(10)
    script.create(0.0, HOSTILE)
    script.jobs[HOSTILE] = JobFacts()
    script.miss(80.0, HOSTILE.replace("+", " "))
    return script


def bare() -> Script:
    script = lived(10)
    script.poll(80.0, job="", status=401, key="")
    return script


def talkative() -> Script:
    script = lived(10)
    script.fetch(80.0, key=KEY)
    return script


def careless() -> Script:
    script = lived(10)
    script.create(100.0, "job-2")
    script.poll(170.0, "success", "job-2")
    return script


def slow() -> Script:
    script = lived(10)
    script.entries.pop()
    script.fetch(2 * HOUR, status=403, expired=True)
    return script


def partial() -> Script:
    script = lived(10)
    script.entries.pop()
    script.fetch(70.0, sent=10, size=5000, gone=True)
    return script


def old() -> Script:
    script = lived(10)
    script.create(100.0, "job-2", route=OLD, path=OLD)
    script.jobs["job-2"] = JobFacts()
    return script


def chatty() -> Script:
    script = lived(10)
    script.create(100.0, "job-2", body=b'{"model":"video-01","prompt":"a cat","seed":1}')
    script.jobs["job-2"] = JobFacts()
    return script


CARELESS = {
    "polls-too-fast": fast,
    "retry-after-ignored": impatient,
    "polls-after-end": restless,
    "job-orphaned": forgetful,
    "create-sent-again": twofold,
    "unknown-id-polled": lost,
    "id-mangled": mangling,
    "key-missing": bare,
    "key-sent-with-result": talkative,
    "result-never-fetched": careless,
    "result-fetched-late": slow,
    "result-incomplete": partial,
    "legacy-path-used": old,
    "unknown-field-sent": chatty,
}


def test_every_rule_has_a_careless_client() -> None:
    assert set(CARELESS) == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", CARELESS)
def test_one_mistake_is_one_kind_of_finding(rule: str) -> None:
    observed = CARELESS[rule]().observed(now=10 * HOUR, over=True, **GOOD)
    assert noticed(observed) == {rule}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_finding_has_evidence_among_the_entries_and_says_what_is_the_case(rule: Any) -> None:
    observed = CARELESS[rule.id]().observed(now=10 * HOUR, over=True, **GOOD)
    for found in rule.check(observed):
        assert found.evidence
        assert set(found.evidence) <= set(observed.entries)
        assert found.message
        assert not found.message.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_empty_journal_shows_nothing_and_cannot_be_looked_at(rule: Any) -> None:
    nothing = Observed(entries=(), jobs={}, now=1e9, over=True)
    assert not list(rule.check(nothing))
    assert rule.reason_not_to_look(nothing)


def test_a_rule_cannot_look_where_its_requests_are_missing() -> None:
    script = Script()
    script.create(0.0)
    blind = {rule.id for rule in RULES if rule.reason_not_to_look(script.observed(**GOOD))}
    assert blind == {
        "key-sent-with-result",
        "result-incomplete",
        "result-fetched-late",
        "id-mangled",
        "polls-too-fast",
        "polls-after-end",
        "unknown-id-polled",
    }


def test_rules_about_results_cannot_look_where_results_are_fetched_elsewhere() -> None:
    observed = lived(10).observed(results_here=False, **GOOD)
    reasons = {rule.id: rule.reason_not_to_look(observed) for rule in RULES}
    assert {rule for rule, reason in reasons.items() if reason == "results are fetched elsewhere"} == {
        "result-incomplete",
        "result-fetched-late",
        "result-never-fetched",
    }


def test_a_rule_about_fields_cannot_look_without_a_contract() -> None:
    reasons = {rule.id: rule.reason_not_to_look(lived(10).observed()) for rule in RULES}
    assert {rule for rule, reason in reasons.items() if reason} == {"unknown-field-sent"}


# Careful clients


@dataclass
class Careful:
    """A client that does everything right against a server that does everything wrong, at moments that are drawn."""

    script: Script
    draw: Any
    key: str
    number: int
    at: float

    def live(self) -> None:
        """Create one job and follow it."""
        job = self.create()
        if job and self.follow(job):
            self.fetch(job)

    def create(self) -> str:
        """Send a create until it is accepted, but for one whose fate is unknown; return the job if it is known."""
        names = {"client_request_id": self.draw(st.sampled_from(["", f"name-{self.number}"]))}
        while (refused := self.draw(st.sampled_from(["", "", "429", "503"]))) != "":
            pause = self.draw(st.floats(0, 60))
            sent = {"key": self.key, **names, **self.body()}
            told = self.script.create(self.at, "", int(refused), retry_after=pause, **sent)
            self.wait(told.took + pause)
        ends = self.draw(st.none() | st.floats(0, 500))
        success = self.draw(st.booleans())
        job = f"{HOSTILE}-{self.number}"
        self.script.jobs[job] = JobFacts(
            ended=None if ends is None else self.at + ends, success=success, usd=0.06
        )
        heard = self.draw(st.sampled_from([{}, {}, {}, {"whole": False}, {"gone": True}, {"status": 500}]))
        self.script.create(self.at, job, key=self.key, **names, **self.body(), **heard)
        self.wait(self.draw(st.floats(0.1, 30)))
        return "" if heard else job

    def body(self) -> dict[str, bytes]:
        return {"body": BODY.replace(b"cat", b"%d" % self.number)}

    def follow(self, job: str) -> bool:
        """Poll to the end, at any pace that is none too fast; return whether there is a result."""
        facts = self.script.jobs[job]
        patience = self.draw(st.integers(1, 12))
        while facts.ended is not None or patience:
            patience -= 1
            mishap = (
                self.draw(st.sampled_from(["", "", "", "429", "503", "404", "lost"])) if patience > 0 else ""
            )
            pause = self.draw(st.floats(1.0, 200))
            if mishap.isdigit():
                asked = self.draw(st.none() | st.floats(0, 90))
                told = self.script.poll(self.at, job=job, status=int(mishap), key=self.key, retry_after=asked)
                self.wait(max(pause, told.took + (asked or 0.0)))
                continue
            ended = facts.ended is not None and self.at >= facts.ended
            stage = ("success" if facts.success else "failure") if ended else "running"
            self.script.poll(self.at, stage, job, key=self.key, whole=mishap == "")
            self.wait(pause)
            if ended and not mishap:
                return facts.success
            if patience <= 0 and facts.ended is None:
                return False
        return False

    def fetch(self, job: str) -> None:
        """Download the result, as a whole, in parts, or again with a fresh URL."""
        how = self.draw(st.sampled_from(["whole", "parts", "cut", "refused", "expired"]))
        if how in ("refused", "expired"):
            self.at += 2 * HOUR if how == "expired" else 0.0
            self.script.fetch(self.at, job, 403, expired=how == "expired")
            self.wait(1.0)
            self.script.poll(self.at, "success", job, key=self.key)
            self.wait(1.0)
        if how == "parts":
            self.script.fetch(self.at, job, 206, sent=1000, gone=True)
            self.wait(1.0)
            self.script.fetch(self.at, job, 206, first=1000, sent=4000)
        elif how == "cut":
            for _ in range(self.draw(st.integers(2, 4))):
                self.script.fetch(self.at, job, sent=1000, whole=False)
                self.wait(1.0)
        else:
            self.script.fetch(self.at, job)

    def wait(self, pause: float) -> None:
        self.at += 0.001 + pause


@st.composite
def careful(draw: Any) -> Script:
    """Draw the history of one to three careful clients, side by side."""
    script = Script()
    start = draw(st.sampled_from([0.0, 1.79e9]))
    for number in range(draw(st.integers(1, 3))):
        Careful(script, draw, draw(st.sampled_from([KEY, "another key"])), number, start).live()
    # Each client wrote its own part; a server sees them in the order of time.
    ordered = sorted(script.entries, key=lambda entry: entry.at)
    script.entries = [renumbered(entry, number) for number, entry in enumerate(ordered, 1)]
    return script


def renumbered(entry: Any, number: int) -> Any:
    return type(entry)(
        **{**{name: getattr(entry, name) for name in entry.__struct_fields__}, "number": number}
    )


@given(careful(), st.floats(0, 100 * HOUR))
def test_nothing_is_noticed_about_a_careful_client_when_the_run_is_over(script: Script, later: float) -> None:
    end = max(entry.until for entry in script.entries)
    observed = script.observed(now=end + later, over=True, **GOOD)
    assert noticed(observed) == set()
    assert noticed(replace(observed, over=False)) == set()


@given(careful(), st.data())
def test_nothing_is_noticed_about_a_careful_client_at_any_moment_before(
    script: Script, data: st.DataObject
) -> None:
    # Who fetches late and recovers is careful in the end; before that it does look as if nobody came.
    assume(not any(entry.expired for entry in script.entries))
    count = data.draw(st.integers(1, len(script.entries)))
    so_far = script.entries[:count]
    following = script.entries[count].at if count < len(script.entries) else so_far[-1].until
    now = data.draw(st.floats(min(so_far[-1].until, following), following))
    observed = replace(script.observed(now=now, **GOOD), entries=tuple(so_far))
    assert noticed(observed) == set()


@given(careful())
def test_a_careful_client_may_be_watched_by_a_journal_that_drops_its_oldest_entries(script: Script) -> None:
    for first in range(1, len(script.entries)):
        observed = replace(
            script.observed(over=True, now=1e11, **GOOD), entries=tuple(script.entries[first:])
        )
        assert noticed(replace(observed, dropped=first)) == set()
