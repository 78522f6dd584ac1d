"""How hard the floor is searched: quickly and the same every time; MARKAZ_HYPOTHESIS=thorough looks for news."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

IS_THOROUGH = os.environ.get("MARKAZ_HYPOTHESIS") == "thorough"
EFFORT = settings(
    max_examples=1_000 if IS_THOROUGH else 40,
    stateful_step_count=60 if IS_THOROUGH else 40,
    derandomize=not IS_THOROUGH,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],  # explaining traces every line, which is too slow here
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TIME_LIMIT = pytest.mark.timeout(3_600 if IS_THOROUGH else 120)
