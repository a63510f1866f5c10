from pathlib import Path

import pytest

from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.mockserver.scenes.scenario_files import ScenarioError
from bodydouble.mockserver.scenes.scenario_texts import read_file


def test_a_file_holds_one_scenario_or_several_in_json_or_yaml(tmp_path: Path) -> None:
    one, several = tmp_path / "one.json", tmp_path / "several.yaml"
    one.write_text('{"name": "mine"}')
    several.write_text("- name: a\n- name: b\n")
    assert [scenario.name for scenario in read_file(one)] == ["mine"]
    assert [scenario.name for scenario in read_file(several)] == ["a", "b"]


def test_a_file_without_a_scenario_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    path.write_text("[]")
    with pytest.raises(ScenarioError, match="holds no scenario"):
        read_file(path)
    with pytest.raises(DocumentError, match=r"none\.yaml"):
        read_file(tmp_path / "none.yaml")
