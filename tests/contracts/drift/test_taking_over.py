import json
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.contracts.drift.pairing import Named
from bodydouble.contracts.drift.taking_over import MAX_DIFFED, planned, unified, written
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import document as described
from tests.apis import getting, jobs, posting


def named(name: str, model: str | None = None, path: str = "/jobs") -> Named:
    return Named(name, Fragment(name, jobs(model, path)))


def test_each_fragment_becomes_the_file_of_its_earlier_self() -> None:
    old = [named("a.json", "m1"), named("b.json", "m2")]
    plan = planned(old, [named("page#1", "m2", "/elsewhere"), named("a.json", "m1")])
    assert set(plan.files) == {"a.json", "b.json"}
    assert "/elsewhere" in json.loads(plan.files["b.json"])["paths"]
    assert plan.left == ()


def test_create_and_poll_of_a_page_become_the_files_of_create_and_poll() -> None:
    create = Fragment("x", described({"/a": posting({}, {})}))
    poll = Fragment("x", described({"/a": getting("id", "query", {})}))
    plan = planned(
        [Named("create.json", create), Named("poll.json", poll)], [Named("p#1", poll), Named("p#2", create)]
    )
    assert json.loads(plan.files["create.json"])["paths"]["/a"].keys() == {"post"}
    assert json.loads(plan.files["poll.json"])["paths"]["/a"].keys() == {"get"}


def test_what_is_new_gets_a_file_of_its_own_and_what_is_gone_is_left() -> None:
    plan = planned(
        [named("a.json", "m1"), named("gone.json", "m2"), named("post-jobs.json", "m3")],
        [named("a.json", "m1"), named("x", "m4"), named("post-jobs.json", "m3"), named("y", "m5")],
    )
    assert plan.left == ()
    assert "gone.json" in plan.files  # the methods are the same: it is taken for the same call
    assert set(plan.files) - {"a.json", "gone.json", "post-jobs.json"} == {"post-jobs-2.json"}


def test_names_of_new_files_are_harmless() -> None:
    odd = Named("x", Fragment("x", described({"/../../etc/{id}\n?": posting({}, {})})))
    (name,) = planned([], [odd]).files
    assert name == "post-..-..-etc-id.json" or "/" not in name


def test_no_difference_is_no_diff() -> None:
    assert unified("a.json", "x\n", "x\n") == ""


def test_a_new_file_comes_from_nowhere() -> None:
    assert unified("d/a.json", None, "x\n").splitlines() == [
        "--- /dev/null",
        "+++ b/d/a.json",
        "@@ -0,0 +1 @@",
        "+x",
    ]


def test_an_absolute_name_is_one_below_a_and_b() -> None:
    assert unified("/d/a.json", "x\n", "y\n").startswith("--- a/d/a.json\n+++ b/d/a.json\n")


def test_a_fragment_is_written_so_that_differences_can_be_read() -> None:
    text = written(Fragment("a", {"paths": {"/ü": {}}}))
    assert text == '{\n  "paths": {\n    "/ü": {}\n  }\n}\n'


def patched(folder: Path, old: str, new: str) -> str:
    """What git makes of the old text by the diff."""
    (folder / "a.txt").write_bytes(old.encode())
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=folder,
        input=unified("a.txt", old, new).encode(),
        check=True,
    )
    return (folder / "a.txt").read_bytes().decode()


def test_a_huge_difference_is_shown_in_one_piece_and_git_takes_it(tmp_path: Path) -> None:
    old = "".join(f"old {n}\n" for n in range(MAX_DIFFED + 1))
    new = "".join(f"new {n}\n" for n in range(MAX_DIFFED + 1))
    same = "".join(f"same {n}\n" for n in range(10))
    assert patched(tmp_path, f"{same}{old}{same}", f"{same}{new}{same}") == f"{same}{new}{same}"


def test_a_huge_new_file_is_one_piece_as_well(tmp_path: Path) -> None:
    new = "".join(f"new {n}\n" for n in range(MAX_DIFFED + 1))
    diff = unified("b.txt", None, new)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    assert (tmp_path / "b.txt").read_text() == new


lines = st.lists(st.sampled_from(["a", "b", "c\r", "\x0c", "\u2028", ""]), min_size=1, max_size=6).map(
    "\n".join
)


@settings(max_examples=25, deadline=None)
@given(lines.filter(bool), lines.filter(bool))
def test_git_makes_the_new_text_of_the_old_one(tmp_path_factory: object, old: str, new: str) -> None:
    folder = tmp_path_factory.mktemp("p")  # type: ignore[attr-defined]  # pytest's factory
    if old != new:
        assert patched(folder, old, new) == new
