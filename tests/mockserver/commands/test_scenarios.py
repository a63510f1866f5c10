from click.testing import CliRunner

from bodydouble.mockserver.commands.scenarios import scenarios
from bodydouble.mockserver.scenes.scenario_files import shipped


def test_every_shipped_scenario_is_listed_with_what_it_does() -> None:
    result = CliRunner().invoke(scenarios)
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert [line.split()[0] for line in lines] == list(shipped())
    for line, scenario in zip(lines, shipped().values(), strict=True):
        assert scenario.description in line
        assert ("breaks the contract" in line) is scenario.breaks_contract
