import functools
from typing import Any

import pytest
import yaml

from bodydouble.contracts.drift.changes import Change, Impact, Place
from bodydouble.contracts.drift.reverting import Step, story, with_reverted

from .documents import HERE, document, published, upstream, version

STEPS: list[dict[str, Any]] = yaml.safe_load((HERE / "published_steps.yaml").read_text("utf-8"))


@functools.cache
def told() -> dict[tuple[str, str], Step]:
    versions = [published(path) for path in upstream("history/video-01/*.json")]
    return {(step.old, step.new): step for step in story(versions)}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step['old'][:10]}-{step['new'][:10]}")
def test_each_published_step_says_what_was_read_from_the_two_files(step: dict[str, Any]) -> None:
    found = told()[step["old"], step["new"]].changes
    assert {(c.rule, c.subject, str(c.impact)) for c in found} == {
        (c["rule"], c["subject"], c["impact"]) for c in step["changes"]
    }
    assert len(found) == len(step["changes"])
    for expected in step["changes"]:
        (change,) = (c for c in found if (c.rule, c.subject) == (expected["rule"], expected["subject"]))
        for name in ("old", "new", "reverted_to"):
            assert name not in expected or getattr(change, name) == expected[name]
        witness = change.witness.value if change.witness else None
        assert "witness" not in expected or witness == expected["witness"]
        if "witness_has" in expected:
            assert isinstance(witness, dict)
            assert expected["witness_has"] in witness
        if "witness_lacks" in expected:
            assert isinstance(witness, dict)
            assert expected["witness_lacks"] not in witness


def test_all_published_steps_are_written_down() -> None:
    assert list(told()) == [(step["old"], step["new"]) for step in STEPS]


@pytest.mark.parametrize("model", ["seedance-1.0-lite-t2v", "veo3"])
def test_code_samples_are_noise(model: str) -> None:
    steps = story([published(path) for path in upstream(f"history/{model}/*.json")])
    assert len(steps) == 2
    assert not any(step.changes for step in steps)


def test_a_file_that_got_another_models_document_is_one_difference() -> None:
    first, *rest = story([published(path) for path in upstream("history/wan2.2-i2v-plus/*.json")])
    assert [change.rule for change in first.changes] == ["request-model-swapped"]
    assert not any(step.changes for step in rest)


def stands(**said: Any) -> Any:
    return version(document(said), said["servers"][0]["url"])


def test_a_version_that_returns_to_an_earlier_one_says_so() -> None:
    a, b = ({"servers": [{"url": f"https://{name}.example"}]} for name in "ab")
    first, second, third = story([stands(**a), stands(**b), stands(**a), stands(**a)])
    assert (first.same_as, second.same_as, third.same_as) == ("", "https://a.example", "")
    assert second.changes[0].reverted_to == "https://a.example"
    assert first.changes[0].reverted_to == ""
    assert not third.changes


def change(old: str, new: str, subject: str = "server") -> Change:
    return Change(
        rule="server-changed",
        impact=Impact.RISKY,
        subject=subject,
        message="m",
        places=(Place(operation="GET /x"),),
        old=old,
        new=new,
    )


def test_only_the_same_change_turned_round_is_taken_back() -> None:
    steps = (
        Step("1", "2", (change("a", "b"),)),
        Step("2", "3", (change("b", "c"), change("b", "a", "path"))),
        Step("3", "4", (change("b", "a"),)),
    )
    assert [[c.reverted_to for c in step.changes] for step in with_reverted(steps)] == [[""], ["", ""], ["1"]]


def test_a_history_of_one_version_has_no_steps() -> None:
    assert story([]) == ()
    assert story([stands(servers=[{"url": "https://a.example"}])]) == ()
