"""The checkers find bugs: each of `tests.faults.bugs`, put into the real code, is caught within a few days."""

import pytest

from tests.faults.bugs import DELIBERATE, OF_MANY, OF_SURVEYS, THAT_WERE_THERE, Bug
from tests.faults.world import run_day

DAYS_MAX = 12


@pytest.mark.parametrize("bug", [*DELIBERATE, *OF_MANY, *OF_SURVEYS, *THAT_WERE_THERE], ids=lambda bug: bug.name)
def test_the_checkers_catch_a_floor_that(bug: Bug) -> None:
    said: list[str] = []
    for seed in range(1, DAYS_MAX + 1):
        day = run_day(seed, faults=bug.faults, bugs=bug.patches)
        if day.failure is not None and bug.says in day.failure:
            return
        said.append(day.failure or "nothing")
    pytest.fail(f"{DAYS_MAX} days passed, and the checkers said: {said}")
