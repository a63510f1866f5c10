"""``bodydouble drift live``: what a server says today and the contract does not, at the cost of one job."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import click
from msgspec.structs import replace

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.observations import observe
from bodydouble.contracts.drift.observed_rules import OBSERVED_RULES
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.verify.budgets import Limits
from bodydouble.contracts.verify.looking import Glance, Look, Looked, glance, lines
from bodydouble.contracts.verify.planning import Unplannable
from bodydouble.contracts.words import count

from .drift_options import outputs, policy_of, report_options
from .drift_recorded import contract_for, report_of
from .drift_reporting import nothing_seen, put_out
from .finite import FiniteRange
from .verify_options import INTERRUPTED, as_text, pace_for, server_options
from .verify_progress import progress_line
from .verify_targets import Place, key_names, pattern_of, place_of


@dataclass(frozen=True, slots=True)
class Spend:
    """What a look may spend, and how often it asks.

    Attributes:
        usd: What the job may cost by the contract's price; None for any.
        seconds: How long the look may take; None for any.
        interval: Seconds between two polls; None for the usual.
        job_timeout: Seconds after which a job that has not ended never will; None for the usual.
    """

    usd: float | None
    seconds: float | None
    interval: float | None
    job_timeout: float | None


@click.command()
@click.option("--target", required=True, metavar="URL", help="The server to look at.")
@server_options
@click.option(
    "--max-cost",
    type=FiniteRange(min=0),
    metavar="USD",
    help="What the one job may cost by the contract's price; where that is more, only free polls are sent.",
)
@click.option(
    "--max-time", type=FiniteRange(min=0, min_open=True), metavar="SECONDS", help="How long it may take."
)
@click.option(
    "--interval",
    type=FiniteRange(0, 3600),
    metavar="SECONDS",
    help="Between two polls. Grows from 10 to 15 by default; Retry-After counts in any case.",
)
@click.option(
    "--job-timeout",
    type=FiniteRange(min=0, min_open=True, max=1e6),
    metavar="SECONDS",
    help="After which a job that has not ended never will. 1000 by default.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print what would be sent and what it may cost, and send nothing."
)
@report_options
def live(
    *,
    target: str,
    contracts: Sequence[str],
    overlays: Sequence[str],
    model: str | None,
    key_env: str | None,
    timeout: float,
    max_cost: float | None,
    max_time: float | None,
    interval: float | None,
    job_timeout: float | None,
    dry_run: bool,
    formats: Sequence[str],
    paths: Sequence[str],
    everything: bool,
    fail_on: str,
    overrides: Sequence[str],
    silences: str | None,
    today: datetime | None,
) -> None:
    """Ask a server, and find what it says and the contract does not: fields, statuses, types, what comes with which.

    Three polls of no job come first, which cost nothing; then one job, the plainest that the contract allows, is
    submitted and polled to its end. Its result is not fetched. The key comes from the environment, is sent to the
    server alone, and is never printed.

    \b
      bodydouble drift live --target https://api.example.com --dry-run
      bodydouble drift live --target https://api.example.com --key-env MY_KEY --max-cost 0.5

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, 3 could not look (no or a refused key, no credit,
    rate limits throughout, unreachable, no end of the job, budget or time spent), 130 interrupted.
    """
    wanted = outputs(formats, paths)
    policy = policy_of(OBSERVED_RULES, fail_on=fail_on, overrides=overrides, silences=silences, today=today)
    spend = Spend(max_cost, max_time, interval, job_timeout)
    old = ", ".join(contracts) or "bundled"
    try:
        contract = contract_for(contracts, overlays)
    except (ValueError, OSError) as problem:
        raise nothing_seen(problem, wanted, OBSERVED_RULES, old=old, new=target) from None
    planned = _planned(contract, model, max_cost)
    place = place_of(target, contract, seed=0, key_variable=key_env, timeout=timeout)
    try:
        if dry_run:
            click.echo(f"{place.target.origin}: nothing is sent")
            click.echo("\n".join(lines(planned, as_text(planned.body).splitlines())))
            return
        looked = _looked(contract, planned, place, spend, key_env)
    finally:
        place.target.close()
    origin = place.target.origin
    observed = observe(contract, [(origin, exchange) for exchange in looked.exchanges])
    report = report_of(observed, policy, contract=old, seen=origin)
    code = put_out(_whole(report, looked, origin), wanted, OBSERVED_RULES, everything=everything)
    raise SystemExit(INTERRUPTED if looked.interrupted else code)


def _planned(contract: Contract, model: str | None, max_cost: float | None) -> Glance:
    """What is sent.

    Raises:
        click.UsageError: The cost cannot be kept, or no valid create can be made.
    """
    if max_cost is not None and not contract.conventions.price.usd:
        raise click.UsageError("the contract states no price, so that --max-cost cannot be kept")
    try:
        return glance(contract, pattern_of(contract, model), Limits(usd=max_cost))
    except Unplannable as problem:
        raise click.UsageError(str(problem)) from None


def _looked(contract: Contract, planned: Glance, place: Place, spend: Spend, key_env: str | None) -> Looked:
    """Look, unless the server asks for a key that is not there: it would only say so."""
    if not place.is_local and not place.key and planned.pattern.submit.security:
        return Looked(unseen=(f"a key is asked for; set {key_names(key_env)}",))
    with progress_line() as listener:
        look = Look(
            contract,
            planned,
            place.target,
            place.time,
            pace=pace_for(place, spend.interval, spend.job_timeout),
            seconds=spend.seconds,
            key=place.key,
            listener=listener,
        )
        return look()


def _whole(report: Report, looked: Looked, origin: str) -> Report:
    """The report with what could not be seen, and what else is wrong with the server."""
    return replace(
        report,
        unseen=tuple(_unseen(each, origin) for each in looked.unseen),
        notices=(*report.notices, *_others(looked)),
    )


def _unseen(reason: str, origin: str) -> Finding:
    return Finding(rule="unseen", severity=Severity.ERROR, source=origin, pointer="", message=reason)


def _others(looked: Looked) -> Iterator[str]:
    if looked.breaches:
        broken = f"{count(len(looked.breaches), 'rule')} of verification ({', '.join(looked.breaches)})"
        yield f"broke {broken}; 'bodydouble verify provider' tells more"
