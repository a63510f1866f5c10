"""A store that knows what has changed tells enough to follow it."""

from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.jobs import Job, Part
from bodydouble.mockserver.kept_jobs import KeptStore
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Outcome
from bodydouble.mockserver.states import Forced

PART = Part(None, SUCCEEDS, "", Outcome(Stage.SUCCESS), 6.0, None)  # type: ignore[arg-type]  # a store looks at no play
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "force", "remove", "clear", "write"]), st.integers(0, 9)),
    max_size=60,
)


@given(STEPS, st.integers(1, 6))
def test_who_follows_the_news_has_the_same_jobs(steps: list[tuple[str, int]], limit: int) -> None:
    store, written = KeptStore(limit), dict[str, Stage | None]()
    for count, (step, number) in enumerate([*steps, ("write", 0)]):
        some = next((job for place, job in enumerate(store) if place == number), None)
        if step == "add":
            store.add(Job(count + number, count, str(count), 0.0, 1.0, PART))
        elif step == "force" and some is not None:
            store.force(some, Forced(Stage.FAILURE, 1.0))
        elif step == "remove" and some is not None:
            store.remove(some.id)
        elif step == "clear":
            store.clear()
        elif step == "write":
            for job_id, job in store.news.items():
                if job is None:
                    written.pop(job_id, None)
                else:
                    written[job_id] = job.forced.stage if job.forced else None
            store.news.clear()
    assert written == {job.id: job.forced.stage if job.forced else None for job in store}


def test_what_is_neither_new_nor_changed_is_no_news() -> None:
    store = KeptStore(3)
    store.add(Job(1.0, 0.0, "a", 0.0, 1.0, PART))
    store.news.clear()
    assert store.get("a") is not None
    assert store.news == {}
