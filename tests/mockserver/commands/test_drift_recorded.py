import json
from pathlib import Path
from typing import Any

import pytest

from tests.apis import jobs
from tests.mockserver.commands.test_drift import drift


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(jobs("alpha")))
    return path


def har(path: Path, *replies: Any, status: int = 200, url: str = "https://x/jobs?id=1") -> Path:
    entries = [
        {
            "request": {"method": "GET", "url": url},
            "response": {"status": status, "content": {"text": json.dumps(reply)}},
        }
        for reply in replies
    ]
    path.write_text(json.dumps({"log": {"entries": entries}}))
    return path


def test_what_was_recorded_and_is_not_promised_is_told(contract: Path, tmp_path: Path) -> None:
    seen = har(tmp_path / "a.har", {"id": "1", "status": "paused", "extra": 1})
    code, text = drift("recorded", seen, "--contract", contract)
    assert code == 1
    assert "[observed-value-unlisted " in text
    assert "extra is in 200 replies, and the contract does not know it (a number)" in text


def test_what_keeps_the_contract_is_clean(contract: Path, tmp_path: Path) -> None:
    seen = har(tmp_path / "a.har", {"id": "1", "status": "queued"})
    assert drift("recorded", seen, "--contract", contract) == (0, f"{contract} → {seen}: no changes\n")


def test_severities_can_be_overridden_by_the_rules_about_observations(contract: Path, tmp_path: Path) -> None:
    seen = har(tmp_path / "a.har", {"id": "1", "status": "paused"})
    more = ["--contract", contract, "--severity", "observed-value-unlisted=safe"]
    assert drift("recorded", seen, *more)[0] == 0


def test_every_format_takes_observations(contract: Path, tmp_path: Path) -> None:
    seen = har(tmp_path / "a.har", {"id": "1", "status": "paused"})
    for name in ("json", "sarif", "junit", "markdown", "github"):
        code, text = drift("recorded", seen, "--contract", contract, "--format", name)
        assert code == 1
        assert "observed-value-unlisted" in text


def test_calls_of_what_the_contract_does_not_have_are_noticed(contract: Path, tmp_path: Path) -> None:
    har(tmp_path / "a.har", {"id": "1", "status": "queued"})
    har(tmp_path / "b.har", {}, url="https://x/v2/logs")
    code, text = drift("recorded", tmp_path / "a.har", tmp_path / "b.har", "--contract", contract)
    assert code == 0
    assert "note: the contract has no operation for GET /v2/logs" in text


def test_where_nothing_is_about_the_contract_nobody_could_look(contract: Path, tmp_path: Path) -> None:
    seen = har(tmp_path / "a.har", {}, url="https://x/v2/logs")
    code, text = drift("recorded", seen, "--contract", contract)
    assert code == 3
    assert "nothing seen is about the contract" in text


@pytest.mark.parametrize("content", [b"", b"\0", b"{", b"[]", b'{"log": {}}', b"\xff"])
def test_what_cannot_be_read_could_not_be_looked_at(contract: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.har"
    path.write_bytes(content)
    code, text = drift("recorded", path, "--contract", contract)
    assert code == 3
    assert "Traceback" not in text


def test_the_bundled_contract_is_looked_with_where_none_is_named(tmp_path: Path) -> None:
    url = "https://x/v2/video/generations?generation_id=1"
    seen = har(tmp_path / "a.har", {"id": "1", "status": "completed"}, url=url)
    code, text = drift("recorded", seen)
    assert code == 1
    assert 'video.url is missing where the status is "completed"' in text
