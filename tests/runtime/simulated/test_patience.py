"""Patience from waits that an answer cut short."""

from itertools import islice

import numpy as np
import pytest

from markaz.kit.time import SECOND
from markaz.runtime.simulated.distributions import Survival, draws
from markaz.runtime.simulated.patience import Wait, exponential_patience, kaplan_meier

DRAWN = 20_000


def test_the_product_limit_is_that_of_the_textbook() -> None:
    """Leukaemia patients under 6-MP (Freireich et al. 1963; Kaplan-Meier in Cox & Oakes 1984, table 1.1)."""
    gave_up = (6, 6, 6, 7, 10, 13, 16, 22, 23)
    cut_short = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    waits = [*(Wait(float(one), True) for one in gave_up), *(Wait(float(one), False) for one in cut_short)]
    law = kaplan_meier(waits)
    assert law is not None
    survival = 1 - np.cumsum(law.shares)
    published = (0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448)
    assert law.seconds == (6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0)
    assert survival == pytest.approx(published, abs=0.0006)
    assert law.tail_mean_seconds == pytest.approx(359 / 9)


def test_both_estimates_find_the_patience_behind_answers_that_came_first() -> None:
    random = np.random.default_rng(5)
    patience, answer = random.exponential(120.0, DRAWN), random.exponential(40.0, DRAWN)
    waits = [Wait(min(one, other), one < other) for one, other in zip(patience, answer, strict=True)]
    exponential = exponential_patience(waits)
    law = kaplan_meier(waits)
    assert exponential is not None
    assert law is not None
    assert exponential.mean_seconds == pytest.approx(120.0, rel=0.05)
    found = np.fromiter(islice(draws(law, np.random.default_rng(6)), DRAWN), float) / SECOND
    assert found.mean() == pytest.approx(120.0, rel=0.08)
    assert np.mean(found > 60) == pytest.approx(np.exp(-0.5), abs=0.02)
    naive = np.mean([wait.seconds for wait in waits if wait.gave_up])
    assert naive < 40, "taking those who gave up for all would be far off, so the test can tell"


def test_where_nobody_gave_up_no_bound_is_claimed() -> None:
    waits = [Wait(30.0, False), Wait(0.0, False)]
    assert kaplan_meier(waits) is None
    assert exponential_patience(waits) is None


def test_beyond_the_last_who_gave_up_the_tail_goes_on() -> None:
    law = Survival((10.0, 20.0), (0.5, 0.25), tail_mean_seconds=60.0)
    found = np.fromiter(islice(draws(law, np.random.default_rng(2)), DRAWN), float) / SECOND
    assert np.mean(found == 10) == pytest.approx(0.5, abs=0.02)
    assert np.mean(found == 20) == pytest.approx(0.25, abs=0.02)
    assert found[found > 20].mean() == pytest.approx(80.0, rel=0.05)
    with pytest.raises(ValueError, match="sum to at most 1"):
        Survival((1.0, 2.0), (0.9, 0.2), tail_mean_seconds=1.0)
