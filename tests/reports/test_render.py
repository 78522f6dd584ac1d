"""Table, CSV and JSON say the same."""

import csv
from io import StringIO
from typing import Any

import msgspec
from psycopg import AsyncConnection

from markaz.reports import Report, render_csv, render_json, render_table
from tests.reports.test_figures import night


async def test_json_is_the_report(connection: AsyncConnection[Any]) -> None:
    made = await night(connection, by="agent")
    assert msgspec.json.decode(render_json(made), type=Report) == made


async def test_csv_has_the_figures_of_json(connection: AsyncConnection[Any]) -> None:
    made = await night(connection, by="queue")
    lines = list(csv.DictReader(StringIO(render_csv(made))))
    rows = msgspec.json.decode(render_json(made))["rows"]
    assert len(lines) == len(rows) == 16
    for line, row in zip(lines, rows, strict=True):
        assert line["key"] == (row["key"] or "")
        assert int(line["contacts.offered"]) == row["contacts"]["offered"]
        share = line["contacts.service_level"]
        assert (float(share) if share else None) == row["contacts"]["service_level"]
        assert float(line["handling.talk_seconds"]) == row["handling"]["talk_seconds"]
    shown = [line["began_at"] for line in lines if line["key"] == "cards"]
    assert shown == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00", ""]


async def test_the_table_shows_them_with_the_rules(connection: AsyncConnection[Any]) -> None:
    text = render_table(await night(connection, by="queue"))
    contacts, work = [line.split() for line in text.splitlines() if "02:30+02:00" in line and " cards " in line]
    assert contacts[2:11] == ["cards", "9", "4", "1", "1", "1", "1", "1", "0"]
    (shop,) = [line.split() for line in text.splitlines() if "02:30+02:00" in line and " shop " in line and "%" in line]
    assert shop[2:10] == ["shop", "1", "0", "0", "0", "0", "0", "0"]
    assert shop[10] == "1", "it waits still, which is among the others"
    assert work[2:5] == ["cards", "3", "2"]
    assert "22.2%" in contacts
    assert "84.0" in contacts
    assert "divided by all contacts offered" in text
    assert "whole period" in text
