import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bodydouble.client import default_api
from bodydouble.contracts.loading import load
from tests.end_to_end.doubles import SPEED, hosted
from tests.mockserver.commands.test_drift import drift
from tests.mockserver.upstreams import answering, upstream

ROOT = Path(__file__).parents[3]
HISTORY = ROOT.parent / "shared" / "upstream" / "history" / "video-01"
POLL = ROOT / "contracts" / "bundled" / "poll.json"
SCHEMA = json.loads((ROOT / "contracts" / "rendering" / "drift.schema.json").read_text())
KEY = "sk-very-secret"
QUICK = ("--interval", str(2 / SPEED))


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*default_api().key_variables, "API_KEY"):
        monkeypatch.delenv(name, raising=False)


def reply(status: str, body: bytes, *fields: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields]
    return "\r\n".join([*head, "", ""]).encode() + body


def found(scenario: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the report, which follows its schema."""
    with hosted(scenario=scenario) as double:
        code, text = drift("live", "--target", double.origin, *QUICK, "--format", "json")
    report = json.loads(text)
    Draft202012Validator(SCHEMA).validate(report)
    return code, report


def told(report: dict[str, Any], impact: str) -> list[tuple[str, str]]:
    return [(each["rule"], each["subject"]) for each in report["changes"] if each["impact"] == impact]


def test_a_server_that_keeps_the_contract_is_silent_but_for_what_comes_with_a_status() -> None:
    code, report = found("succeeds")
    assert code == 0
    assert [each["rule"] for each in report["changes"]] == ["observed-present-with-status"]
    assert report["unseen"] == report["notices"] == []
    assert report["operations"] == ["GET /v2/video/generations", "POST /v2/video/generations"]


def test_a_result_of_another_type_is_found() -> None:
    code, report = found("wide")
    assert code == 1
    assert ("observed-type-other", "reply 200 /video") in told(report, "breaking")
    assert ("observed-promise-broken", "status completed /video/url") in told(report, "breaking")


def test_unknown_fields_are_found_and_harm_nobody() -> None:
    code, report = found("extra-fields")
    assert code == 0
    assert ("observed-property-undeclared", "reply 200 /x_double_extra") in told(report, "safe")
    assert not told(report, "breaking")


def test_an_unknown_status_is_found() -> None:
    code, report = found("new-status")
    assert code == 1
    assert told(report, "breaking") == [("observed-value-unlisted", "reply 200 /status")]
    assert "job-status-unknown" in report["notices"][0]


def test_a_page_where_json_is_promised_is_found() -> None:
    code, report = found("html-error")
    assert code == 1
    assert told(report, "breaking") == [("observed-reply-not-json", "reply 200")]


def test_a_server_that_plays_an_earlier_version_is_found_out_by_what_it_refuses() -> None:
    old = HISTORY / "2025-11-20-168fc342.json"
    if not old.exists():
        pytest.skip("the published documents are not at hand")
    with hosted(load([str(old), str(POLL)])) as double:
        code, text = drift("live", "--target", double.origin, *QUICK)
        assert not double.journal()[-1].path.startswith("/v2/generate")
    assert code == 1
    assert "a request that keeps the contract was refused with 405  [observed-request-refused" in text
    assert "could not look" in text


def test_a_server_looked_at_with_its_own_earlier_version_is_told_what_is_new() -> None:
    old = HISTORY / "2025-12-23-bb6ece14.json"
    if not old.exists():
        pytest.skip("the published documents are not at hand")
    with hosted() as double:
        named = ("--contract", old, "--contract", POLL)
        code, text = drift("live", "--target", double.origin, *QUICK, *named)
    assert code in (0, 1)
    assert "a reply came with status 401, which is not documented (200)" in text


def test_one_job_is_submitted_and_its_result_is_not_fetched() -> None:
    with hosted() as double:
        assert drift("live", "--target", double.origin, *QUICK)[0] == 0
        entries = double.journal()
    assert [entry.method for entry in entries].count("POST") == 1
    assert all(entry.path == "/v2/video/generations" for entry in entries)


def test_a_dry_run_sends_nothing_and_tells_the_cost() -> None:
    with upstream(answering()) as server:
        code, text = drift("live", "--target", server.url, "--dry-run")
        assert not server.heads
    assert code == 0
    assert "nothing is sent" in text
    assert '"model": "video-01"' in text
    assert "0.06 USD" in text


def test_a_budget_below_the_price_submits_nothing_and_is_not_green() -> None:
    with hosted() as double:
        code, text = drift("live", "--target", double.origin, "--max-cost", "0.01")
        assert {entry.method for entry in double.journal()} == {"GET"}
    assert code == 3
    assert "the budget allows no job" in text


@pytest.fixture
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY)


@pytest.mark.usefixtures("_key")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply("401 Unauthorized", KEY.encode()), "(401)"),
        (reply("402 Payment Required", b"{}"), "(402)"),
        (reply("403 Forbidden", b"{}"), "(403)"),
        (reply("429 Too Many Requests", b"{}", "Retry-After: 0"), "(429) throughout"),
        (b"", "cannot be reached"),
    ],
)
def test_who_is_not_let_in_could_not_look(answer: bytes, reason: str) -> None:
    with upstream(answering(answer)) as server:
        code, text = drift("live", "--target", server.url, "--key-env", "MY_KEY")
        assert KEY.encode() in server.heads[0]
    assert code == 3
    assert reason in text
    assert "no changes" not in text
    assert KEY not in text


@pytest.mark.usefixtures("_key")
def test_a_key_that_is_sent_back_is_in_no_report(tmp_path: Path) -> None:
    body = json.dumps({"status": KEY, "id": KEY, KEY: 1}).encode()
    with upstream(answering(reply("200 OK", body, "Content-Type: application/json"))) as server:
        outputs = [tmp_path / name for name in ("r.json", "r.sarif", "r.xml", "r.md", "r.txt")]
        options = [word for path in outputs for word in ("--output", path)]
        limits = ("--max-cost", "0", "--key-env", "MY_KEY")
        code, text = drift("live", "--target", server.url, *limits, *options)
    assert code == 1
    assert KEY not in text
    for path in outputs:
        assert KEY not in path.read_text()
        assert "[key]" in path.read_text().replace("\\", "")


def test_a_dead_port_could_not_be_looked_at_in_any_format(tmp_path: Path) -> None:
    with upstream(answering()) as server:
        url = server.url
    path = tmp_path / "r.xml"
    code, text = drift(
        "live", "--target", url, "--format", "json", "--format", "junit", "-o", "-", "-o", path
    )
    assert code == 3
    assert json.loads(text)["outcome"] == "could-not-look"
    assert "cannot be reached" in path.read_text()
    assert 'failures="0"' in path.read_text()


def test_a_remote_server_without_a_key_is_not_asked() -> None:
    code, text = drift("live", "--target", "https://192.0.2.1", "--key-env", "MY_KEY")
    assert code == 3
    assert "a key is asked for; set MY_KEY" in text


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--target", ""),
        ("--target", "ftp://a.example"),
        ("--target", "http://user:word@a.example"),
        ("--target", "http://a.example/?q=1"),
        ("--target", "http://a.example", "--model", "unknown"),
        ("--target", "http://a.example", "--max-cost", "-1"),
        ("--target", "http://a.example", "--max-time", "0"),
    ],
)
def test_what_cannot_be_understood_is_usage(options: tuple[str, ...]) -> None:
    code, text = drift("live", *options)
    assert code == 2
    assert "Traceback" not in text


def test_a_contract_that_cannot_be_read_is_never_clean(tmp_path: Path) -> None:
    code, text = drift("live", "--target", "http://127.0.0.1:9", "--contract", tmp_path / "missing.json")
    assert code == 3
    assert "missing.json" in text


def test_a_cost_cannot_be_kept_where_the_contract_states_no_price() -> None:
    options = (
        "--target",
        "http://127.0.0.1:9",
        "--contract",
        POLL.with_name("create.json"),
        "--contract",
        POLL,
    )
    code, text = drift("live", *options, "--max-cost", "1")
    assert code == 2
    assert "states no price" in text
