"""DuckDB and Spark give the same, figure by figure, from the same facts and the same expressions."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import ibis
import msgspec
import numpy as np
import pytest

from markaz.reports.catalogue import CATALOGUE, Asked, Chosen, Group, IntervalOf, Row, Source, compute
from tests.reports.drawn import drawn_facts
from tests.reports.engines import write_facts
from tests.reports.rows import FLOOR, utc

pytestmark = pytest.mark.timeout(300)

DAYS = 20
SINCE = utc("2026-03-20", "00:00")
ROOT = Path(__file__).parents[2]
ASKED: tuple[tuple[Group | None, IntervalOf], ...] = (
    (None, "whole"), ("queue", "day"), ("agent", "day"), ("project", "whole"), ("disposition", "whole"),
)  # fmt: skip
"""Every grouping. Spark plans each level of a report anew, for about half a second each: grouped by day there are four
levels, of the whole period two. A day of Berlin's in the period has 23 hours.
"""
GIVEN = {"disposition_share": {"dispositions": "warm,cold"}}
"""Figures that count nothing with their defaults."""


def every_figure(group: Group | None, interval: IntervalOf) -> Asked:
    figures = tuple(
        Chosen(figure=one.name, version=one.version, parameters=GIVEN.get(one.name, {}))
        for one in CATALOGUE.values()
        if group is None or group in one.groups
    )
    return Asked(
        floor=FLOOR, since=SINCE, until=SINCE + timedelta(days=DAYS), zone="Europe/Berlin", interval=interval,
        group=group, figures=figures,
    )  # fmt: skip


def test_every_figure_is_the_same_on_both(tmp_path: Path) -> None:
    write_facts(tmp_path, **drawn_facts(np.random.default_rng(7), since=SINCE, days=DAYS, contacts=600))
    asked = [every_figure(group, interval) for group, interval in ASKED]
    spark = subprocess.run(
        (sys.executable, "-m", "tests.reports.on_spark", str(tmp_path)), input=msgspec.json.encode(asked), cwd=ROOT,
        stdout=subprocess.PIPE, check=True, timeout=240,
    )  # fmt: skip
    on_spark = msgspec.json.decode(spark.stdout, type=list[list[Row]])
    source = Source(ibis.duckdb.connect(), tmp_path)
    for one, theirs in zip(asked, on_spark, strict=True):
        ours = compute(source, one)
        assert one.group is None or len(ours) > 3
        assert msgspec.json.decode(msgspec.json.encode(ours), type=list[Row]) == theirs, one.group
        silent = [
            chosen.figure for place, chosen in enumerate(one.figures) if not any(row.values[place] for row in ours)
        ]
        assert silent == [], "the facts say something of every figure"
