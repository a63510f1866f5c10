"""``bodydouble drift recorded``: what real replies say and the contract does not, without the network."""

from collections.abc import Sequence
from datetime import datetime

import click

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.drift.inferring import infer
from bodydouble.contracts.drift.judging import Policy, Report, judged
from bodydouble.contracts.drift.observations import Observed, observe
from bodydouble.contracts.drift.observed_rules import OBSERVED_RULES
from bodydouble.contracts.words import count
from bodydouble.mockserver.recordings.seen_files import SeenError, read_seen

from .drift_options import outputs, policy_of, report_options
from .drift_reporting import nothing_seen, put_out

OTHERS_SHOWN = 5


@click.command()
@click.argument("seen", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--contract",
    "contracts",
    multiple=True,
    metavar="FILE|FOLDER|PAGE",
    help="OpenAPI fragments to look with; may be repeated. The bundled contract by default.",
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    help="OpenAPI Overlay to apply to every fragment; may be repeated; 'bundled' is the bundled one.",
)
@report_options
def recorded(
    *,
    seen: Sequence[str],
    contracts: Sequence[str],
    overlays: Sequence[str],
    formats: Sequence[str],
    paths: Sequence[str],
    everything: bool,
    fail_on: str,
    overrides: Sequence[str],
    silences: str | None,
    today: datetime | None,
) -> None:
    """Find what real replies say and the contract does not: fields, statuses, types, what comes with which status.

    PATHs are recordings of 'bodydouble proxy --record', journals as JSON lines, HAR files of any tool, or folders of
    these. Nothing is sent anywhere.

    \b
      bodydouble drift recorded recordings/
      bodydouble drift recorded session.har --contract api.json

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, 3 could not look: nothing in the files is about
    the contract.
    """
    wanted = outputs(formats, paths)
    policy = policy_of(OBSERVED_RULES, fail_on=fail_on, overrides=overrides, silences=silences, today=today)
    old, new = ", ".join(contracts) or "bundled", ", ".join(seen)
    try:
        contract = contract_for(contracts, overlays)
        observed = _observed(seen, contract)
    except (ValueError, OSError) as problem:
        raise nothing_seen(problem, wanted, OBSERVED_RULES, old=old, new=new) from None
    report = report_of(observed, policy, contract=old, seen=new)
    raise SystemExit(put_out(report, wanted, OBSERVED_RULES, everything=everything))


def contract_for(contracts: Sequence[str], overlays: Sequence[str]) -> Contract:
    """Return what is looked with: what the user names, else the bundled contract.

    Raises:
        ValueError: It cannot be read, or makes no sense.
        OSError: A file cannot be read.
    """
    if not contracts and not overlays:
        return bundled_contract()
    # Overlays take JSONPath: half of the start where none is named.
    from bodydouble.contracts.loading import load  # noqa: PLC0415 - see above

    return load(contracts, overlays)


def _observed(seen: Sequence[str], contract: Contract) -> Observed:
    observed = observe(contract, [each for path in seen for each in read_seen(path, contract)])
    if not observed.observations:
        raise SeenError(_nothing(observed))
    return observed


def report_of(observed: Observed, policy: Policy, *, contract: str, seen: str) -> Report:
    """Return the report about what was seen, wherever it was seen: in files, or of a server that was just asked."""
    operations = dict.fromkeys(str(each.operation) for each in observed.observations)
    return judged(
        infer(observed.observations),
        policy,
        old=contract,
        new=seen,
        notices=_notices(observed),
        operations=tuple(operations),
    )


def _notices(observed: Observed) -> tuple[str, ...]:
    told = []
    if observed.others:
        told.append(f"the contract has no operation for {_listed(observed.others)}")
    if observed.unanswered:
        told.append(f"{count(observed.unanswered, 'call')} had no whole reply and say nothing")
    return tuple(told)


def _listed(others: Sequence[str]) -> str:
    more = len(others) - OTHERS_SHOWN
    return ", ".join(others[:OTHERS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _nothing(observed: Observed) -> str:
    told = "; ".join(_notices(observed)) or "the files hold no exchange"
    return f"nothing seen is about the contract: {told}"
