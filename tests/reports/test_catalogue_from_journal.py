"""What is computed from the kept read models equals what the journal alone gives, and a changed read model shows."""

from datetime import timedelta
from pathlib import Path

import ibis
import pyarrow.parquet as pq

from markaz.kit.time import moment
from markaz.reports.catalogue import CATALOGUE, Asked, Chosen, Source, compute, export_from_journal, export_parquet
from markaz.reports.catalogue.facts import TABLES
from markaz.runtime.database import connect
from markaz.runtime.projector import Projector
from tests.reports.journalled import journal_day
from tests.runtime.day import BEGIN


async def test_a_day_recomputes_from_its_journal_to_equality(database: str, tmp_path: Path) -> None:
    await journal_day(database, tmp_path)

    since = moment(BEGIN)
    period = {"floor": "main", "since": since, "until": since + timedelta(minutes=30)}
    asked = Asked(
        zone="UTC", interval="half_hour", group="project", **period,
        figures=tuple(Chosen(figure=one.name) for one in CATALOGUE.values() if "project" in one.groups),
    )  # fmt: skip
    kept, told, changed = (tmp_path / name for name in ("kept", "told", "changed"))
    async with await connect(database) as connection:
        await Projector(database, "main").rebuild(connection)
        for folder in (kept, told, changed):
            folder.mkdir()
        await export_parquet(connection, kept, **period)
        await export_from_journal(connection, told, **period)
        await connection.execute("UPDATE queue_visit SET ended = 'abandoned' WHERE contact = 'c2'")
        await export_parquet(connection, changed, **period)
        again = tmp_path / "again"
        again.mkdir()
        await export_from_journal(connection, again, **period)
    for table in TABLES:
        first, second = (pq.read_table(folder / f"{table.name}.parquet").to_pylist() for folder in (kept, told))
        assert sorted(map(str, first)) == sorted(map(str, second)), table.name
    found = [compute(Source(ibis.duckdb.connect(), folder), asked) for folder in (kept, told, changed, again)]
    assert found[0][-1].values[0] == 7  # six by cards, and c0 once more, which was transferred to loans
    assert found[0] == found[1] == found[3]
    assert found[2] != found[0]
