"""Everything that the double may notice about a client, in one table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bodydouble.contracts.findings import Severity
from bodydouble.mockserver.journals.journal import Purpose

from .create_rules import create_sent_again
from .histories import Noticed, Observed
from .id_rules import ids_mangled, unknown_ids_polled
from .poll_rules import job_orphaned, polls_after_end, polls_too_fast, retry_after_ignored
from .request_rules import key_missing, key_sent_with_result, legacy_paths, unknown_fields
from .result_rules import result_fetched_late, result_incomplete, result_never_fetched


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a client may do wrong while it works.

    Attributes:
        id: Stable, in kebab-case.
        severity: ``error`` where money, a key or a result is lost, ``warning`` where that is near or others are
            disturbed, ``note`` where it is good to know.
        looks_at: Requests without which nothing can be said.
        advice: What to do.
        check: Yields what it finds.
        blind: Returns why it cannot look, or ``""``.
    """

    id: str
    severity: Severity
    looks_at: tuple[Purpose, ...]
    advice: str
    check: Callable[[Observed], Iterator[Noticed]]
    blind: Callable[[Observed], str] = lambda _observed: ""

    def reason_not_to_look(self, observed: Observed) -> str:
        """Return why nothing can be said about a client, or ``""``."""
        if next(observed.of(*self.looks_at), None) is None:
            return f"there was no {' and no '.join(self.looks_at)} request"
        return self.blind(observed)


def _results_elsewhere(observed: Observed) -> str:
    return "" if observed.results_here else "results are fetched elsewhere"


def _no_shapes(observed: Observed) -> str:
    return "" if observed.shapes else "the contract does not say what a create may hold"


_SUBMIT, _POLL, _RESULT = (Purpose.SUBMIT,), (Purpose.POLL,), (Purpose.RESULT,)

RULES: tuple[Rule, ...] = (
    Rule(
        "create-sent-again",
        Severity.ERROR,
        _SUBMIT,
        "when no reply comes to a create, it may have been accepted: look for the job, or ask a person; send it again "
        "only if it surely never arrived",
        create_sent_again,
    ),
    Rule(
        "job-orphaned",
        Severity.ERROR,
        _SUBMIT,
        "keep the id where it survives the process, and poll until a reply tells success or failure",
        job_orphaned,
    ),
    Rule(
        "key-sent-with-result",
        Severity.ERROR,
        _RESULT,
        "fetch results with a client that adds no credentials; the URL is signed, and its host is not the API",
        key_sent_with_result,
    ),
    Rule(
        "key-missing",
        Severity.ERROR,
        (Purpose.SUBMIT, Purpose.POLL),
        "set the key once, where all calls to the API are made",
        key_missing,
    ),
    Rule(
        "id-mangled",
        Severity.ERROR,
        _POLL,
        "treat ids as opaque text and percent-encode them, once, where the URL is put together",
        ids_mangled,
    ),
    Rule(
        "result-incomplete",
        Severity.ERROR,
        _RESULT,
        "compare the bytes that came with Content-Length, fetch the missing ones (Range with If-Range), and put the "
        "file in place only when it is whole",
        result_incomplete,
        _results_elsewhere,
    ),
    Rule(
        "result-fetched-late",
        Severity.WARNING,
        _RESULT,
        "fetch the result as soon as the job has ended; after a refusal poll again for a fresh URL",
        result_fetched_late,
        _results_elsewhere,
    ),
    Rule(
        "result-never-fetched",
        Severity.WARNING,
        (Purpose.SUBMIT, Purpose.POLL),
        "fetch the result before its URL ends, or do not have it made",
        result_never_fetched,
        _results_elsewhere,
    ),
    Rule(
        "retry-after-ignored",
        Severity.WARNING,
        (Purpose.SUBMIT, Purpose.POLL, Purpose.RESULT),
        "wait at least as long as Retry-After says, whether it gives seconds or a date",
        retry_after_ignored,
    ),
    Rule(
        "polls-too-fast",
        Severity.WARNING,
        _POLL,
        "poll every few seconds, and less often the longer a job takes",
        polls_too_fast,
    ),
    Rule(
        "polls-after-end",
        Severity.WARNING,
        _POLL,
        "stop at every status that is final, those of failure included",
        polls_after_end,
    ),
    Rule(
        "unknown-id-polled",
        Severity.WARNING,
        _POLL,
        "poll for the id that the create's reply gave, on the server that gave it",
        unknown_ids_polled,
    ),
    Rule(
        "unknown-field-sent",
        Severity.WARNING,
        _SUBMIT,
        "remove the field, or correct its name; it has no effect",
        unknown_fields,
        _no_shapes,
    ),
    Rule(
        "legacy-path-used",
        Severity.NOTE,
        (Purpose.SUBMIT, Purpose.POLL),
        "move to the path that replaces it",
        legacy_paths,
    ),
)
"""Every rule, the gravest first."""
