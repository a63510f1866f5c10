import json
from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.contract import ContractError
from bodydouble.contracts.drift.playing import playable
from bodydouble.contracts.drift.sides import Side, read_side
from tests.apis import TEXT, document, getting, jobs, record


def side(tmp_path: Path, name: str, described: dict[str, Any]) -> Side:
    path = tmp_path / name
    path.write_text(json.dumps(described))
    return read_side(str(path))


def test_a_new_create_is_polled_by_the_old_contract(tmp_path: Path) -> None:
    whole = jobs("alpha")
    create = {**whole, "paths": {"/jobs": {"post": whole["paths"]["/jobs"]["post"]}}}
    (pattern,) = playable(side(tmp_path, "old.json", whole), side(tmp_path, "new.json", whole)).patterns
    assert pattern.poll.path == "/jobs"
    poll = {**whole, "paths": {"/jobs": {"get": whole["paths"]["/jobs"]["get"]}}}
    folder = tmp_path / "old"
    folder.mkdir()
    for name, described in (("create.json", create), ("poll.json", poll)):
        (folder / name).write_text(json.dumps(described))
    (pattern,) = playable(read_side(str(folder)), side(tmp_path, "new.json", create)).patterns
    assert pattern.poll.source.endswith("poll.json")
    assert pattern.submit.source.endswith("new.json")


def test_the_bundled_overlay_belongs_to_the_successor_of_the_bundled_contract(tmp_path: Path) -> None:
    bundled = read_side("bundled")
    assert playable(bundled, bundled).conventions.environment.key
    assert playable(bundled, side(tmp_path, "new.json", jobs("alpha"))).patterns


def test_what_no_job_can_be_submitted_to_cannot_be_played(tmp_path: Path) -> None:
    described = document({"/things": getting("n", "query", record(size=TEXT))})
    made = side(tmp_path, "new.json", described)
    with pytest.raises(ContractError):
        playable(made, made)
