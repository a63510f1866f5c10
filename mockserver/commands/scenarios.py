"""``bodydouble scenarios``: lists what can happen to a job."""

import click

from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.scenes.scenarios import Scenario

MARK = " (breaks the contract)"


@click.command()
def scenarios() -> None:
    """List the scenarios that are shipped.

    \b
      bodydouble serve --scenario flaky                 for every job
      Prefer: scenario=flaky                            for one job, as a header
      [[double: fails-at-the-end after=20s]] a cat      for one job, inside its prompt

    Exit codes: 0 done, 2 usage.
    """
    listed = list(Repertoire())
    width = max(len(scenario.name) for scenario in listed)
    for scenario in listed:
        click.echo(f"{scenario.name:<{width}}  {_told(scenario)}")


def _told(scenario: Scenario) -> str:
    return scenario.description + (MARK if scenario.breaks_contract else "")
