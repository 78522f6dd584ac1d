"""The sample of recordings that a client hears, drawn by a rule that neither side can steer; the only door."""

from markaz.listening.days import COMMITTED_DAYS, bounds_of, commit_days, draw_days, lock_terms, seal_days
from markaz.listening.rule import (
    RULE,
    WHOLE_BASIS_POINTS,
    commitment_of,
    hash_of,
    is_drawn,
    limit_of,
    manifest_of,
    seed_of,
)
from markaz.listening.sampler import Sampler

__all__ = [
    "COMMITTED_DAYS",
    "RULE",
    "WHOLE_BASIS_POINTS",
    "Sampler",
    "bounds_of",
    "commit_days",
    "commitment_of",
    "draw_days",
    "hash_of",
    "is_drawn",
    "limit_of",
    "lock_terms",
    "manifest_of",
    "seal_days",
    "seed_of",
]
