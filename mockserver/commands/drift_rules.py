"""``bodydouble drift rules``: every rule with its severity."""

import json

import click

from bodydouble.contracts.drift.rules import RULES
from bodydouble.contracts.pointers import JSON


@click.command()
@click.option("--json", "as_data", is_flag=True, help="Print JSON, with reasons and advice.")
def rules(*, as_data: bool) -> None:
    """List every rule: its id, its severity, and what it says."""
    if as_data:
        listed: list[JSON] = [
            {
                "id": rule.id,
                "impact": rule.impact.value,
                "direction": rule.direction.value,
                "area": rule.area.value,
                "text": rule.text,
                "why": rule.why,
                "advice": rule.advice,
            }
            for rule in RULES
        ]
        click.echo(json.dumps(listed, indent=2))
        return
    width = max(len(rule.id) for rule in RULES)
    for rule in RULES:
        click.echo(f"{rule.impact.value:<9} {rule.id:<{width}}  {rule.text}")
