"""DuckDB and Spark give the same, figure by figure, from the same facts and the same expressions."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import ibis
import msgspec
import numpy as np
import pytest

from markaz.reports.catalogue import CATALOGUE, Asked, Chosen, Group, Row, Source, compute
from tests.reports.drawn import drawn_facts
from tests.reports.engines import write_facts
from tests.reports.rows import FLOOR, utc

pytestmark = pytest.mark.timeout(300)

DAYS = 20
SINCE = utc("2026-03-20", "00:00")
ROOT = Path(__file__).parents[2]
GROUPS: tuple[Group | None, ...] = (None, "queue", "agent")
"""The others differ in a column's name alone."""


def every_figure(group: Group | None) -> Asked:
    """By day; a day of Berlin's in the period has 23 hours."""
    figures = tuple(
        Chosen(figure=one.name, version=one.version)
        for one in CATALOGUE.values()
        if group is None or group in one.groups
    )
    return Asked(
        floor=FLOOR, since=SINCE, until=SINCE + timedelta(days=DAYS), zone="Europe/Berlin", interval="day", group=group,
        figures=figures,
    )  # fmt: skip


def test_every_figure_is_the_same_on_both(tmp_path: Path) -> None:
    write_facts(tmp_path, **drawn_facts(np.random.default_rng(7), since=SINCE, days=DAYS, contacts=600))
    asked = [every_figure(group) for group in GROUPS]
    spark = subprocess.run(
        (sys.executable, "-m", "tests.reports.on_spark", str(tmp_path)), input=msgspec.json.encode(asked), cwd=ROOT,
        stdout=subprocess.PIPE, check=True, timeout=240,
    )  # fmt: skip
    on_spark = msgspec.json.decode(spark.stdout, type=list[list[Row]])
    source = Source(ibis.duckdb.connect(), tmp_path)
    for one, theirs in zip(asked, on_spark, strict=True):
        ours = compute(source, one)
        assert len(ours) > DAYS
        assert msgspec.json.decode(msgspec.json.encode(ours), type=list[Row]) == theirs, one.group
        said = [value for row in ours for value in row.values if value]
        assert len(said) > 5 * len(one.figures), "the facts say something of the figures"
