"""Figures with their confidence intervals, from equal independent (or long enough) batches."""

from collections.abc import Sequence
from math import inf, sqrt

import msgspec
import numpy as np
from scipy.special import stdtrit


class Estimate(msgspec.Struct, frozen=True):
    """A figure and its confidence interval; `low` and `high` are infinite where there are not two batches."""

    value: float
    low: float
    high: float

    def covers(self, value: float) -> bool:
        return self.low <= value <= self.high


def ratio(above: Sequence[float], below: Sequence[float], *, confidence: float) -> Estimate | None:
    """Sum over sum, with the interval of the ratio estimator (Law 2015, Simulation Modeling and Analysis, 9.5).

    One pair per batch; dividing sums is less biased than averaging the batches' ratios. None without any `below`.
    """
    total = float(np.sum(below))
    if total == 0:
        return None
    value = float(np.sum(above)) / total
    residuals = (np.asarray(above, float) - value * np.asarray(below, float)) / (total / len(below))
    return _around(value, residuals, confidence)


def mean(values: Sequence[float | None], *, confidence: float) -> Estimate | None:
    """The mean over batches, of those that have a value, with Student's interval."""
    known = [value for value in values if value is not None]
    return _around(float(np.mean(known)), np.asarray(known) - np.mean(known), confidence) if known else None


def _around(value: float, residuals: np.ndarray, confidence: float) -> Estimate:
    batches = len(residuals)
    if batches < 2:
        return Estimate(value, -inf, inf)
    error = sqrt(float(np.sum(residuals**2)) / (batches - 1) / batches)
    half = float(stdtrit(batches - 1, (1 + confidence) / 2)) * error
    return Estimate(value, value - half, value + half)
