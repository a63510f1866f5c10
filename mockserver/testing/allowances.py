"""Allowances: how many jobs the tests of a run may submit where they cost money."""

from collections.abc import Callable
from dataclasses import dataclass


def share(most: int | None, worker: int, workers: int) -> int | None:
    """Return how many of ``most`` jobs a worker may submit: together never more, None for any number.

    Args:
        most: Of the whole run.
        worker: Which one it is, counted from zero.
        workers: How many there are.
    """
    if most is None:
        return None
    return most // workers + (worker < most % workers)


@dataclass(slots=True)
class Budget:
    """What one process may submit.

    Attributes:
        most: Jobs; None for any number.
        reserved: Jobs that tests have been granted.
    """

    most: int | None = None
    reserved: int = 0

    def reserve(self, jobs: int) -> bool:
        """Grant a test so many jobs, and return whether that was possible; what it leaves is not granted again."""
        if self.most is not None and self.reserved + jobs > self.most:
            return False
        self.reserved += jobs
        return True


@dataclass(slots=True)
class Allowance:
    """What one test may submit.

    Attributes:
        granted: Jobs; None for any number.
        over: Called in place of the first job that is one too many; it raises.
        used: Jobs that were submitted.
    """

    granted: int | None
    over: Callable[[str], object]
    used: int = 0

    def submit(self) -> None:
        """Count a job, before it is submitted."""
        if self.granted is not None and self.used >= self.granted:
            self.over(
                f"the test may submit {self.granted} jobs and was about to submit one more; "
                f"@pytest.mark.double(jobs={self.granted + 1}) asks for it"
            )
        self.used += 1
