"""`markaz report`."""

from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any, Literal

import click

from markaz.cli.invocation import Invocation, ask, examples, pass_invocation
from markaz.cli.moments import beginning_of_day, now, parse_moment, zone_named

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from markaz.reports import Report

HALF_HOURS_UP_TO = timedelta(days=2)
"""A longer period is reported by day unless half hours are asked for."""

_ZONES = "SELECT DISTINCT rules ->> 'zone' FROM calendar WHERE retired_at IS NULL"
By = Literal["queue", "project", "agent"]
Format = Literal["table", "csv", "json"]


@click.command(
    name="report",
    epilog=examples(
        "markaz report",
        "markaz report --from 2026-11-01 --to 2026-11-30 --by project",
        "markaz report --from 2026-11-22T09:00 --to 2026-11-22T17:00 --zone Europe/Berlin",
        "markaz report --threshold 30 --rule offered-less-early-abandoned --format csv --output november.csv",
    ),
)
@click.option("--from", "since", metavar="WHEN", help="Beginning, a day or a moment.  [default: today]")
@click.option("--to", "until", metavar="WHEN", help="End; a day counts to its end.  [default: now]")
@click.option("--by", type=click.Choice(["queue", "project", "agent"]), default="queue", show_default=True)
@click.option(
    "--interval", type=click.Choice(["half-hour", "day"]),
    help="[default: half-hour up to two days, else day]",
)  # fmt: skip
@click.option(
    "--zone", help="IANA time zone of days and of times without an offset.  [default: that of the calendars, else UTC]"
)
@click.option(
    "--threshold", type=click.FloatRange(0), default=20.0, show_default=True, metavar="SECONDS",
    help="Answered within this counts as in time.",
)  # fmt: skip
@click.option(
    "--rule", type=click.Choice(["offered", "offered-less-early-abandoned", "answered"]), default="offered",
    show_default=True, help="Of which contacts the service level is a share.",
)  # fmt: skip
@click.option(
    "--short-abandon", type=click.FloatRange(0), default=5.0, show_default=True, metavar="SECONDS",
    help="Who abandons within this is counted apart.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option(
    "--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", metavar="FILE",
    help="Write there.  [default: standard output]",
)  # fmt: skip
@pass_invocation
def command(
    invocation: Invocation, *, since: str | None, until: str | None, by: By, interval: str | None, zone: str | None,
    threshold: float, rule: str, short_abandon: float, form: Format, output: IO[str],
) -> None:  # fmt: skip
    """Report what was offered, answered and abandoned, service level, waits, handle time and occupancy.

    The report says how each figure is defined. WHEN is 2026-11-22, 2026-11-22T09:30 or 2026-11-22T09:30+01:00.
    """
    from markaz.reports import ServiceLevel, render_csv, render_json, render_table, report

    definition = ServiceLevel(
        target_seconds=threshold,
        of=rule.replace("-", "_"),  # pyright: ignore[reportArgumentType]  one of the choices
        short_abandon_seconds=short_abandon,
    )
    settings = invocation.settings()

    async def figures(connection: "AsyncConnection[Any]") -> "Report":
        zone_name = zone or await _zone_of_centre(connection)
        place = zone_named(zone_name)
        begins = parse_moment(since, place) if since else beginning_of_day(now().astimezone(place).date(), place)
        ends = parse_moment(until, place, ends=True) if until else now()
        is_short = interval == "half-hour" if interval else ends - begins <= HALF_HOURS_UP_TO
        async with connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return await report(
                connection, floor=settings.floor, since=begins, until=ends, zone=zone_name,
                interval="half_hour" if is_short else "day", by=by, definition=definition,
            )  # fmt: skip

    found: Report = ask(settings, figures)
    match form:
        case "table":
            output.write(render_table(found))
        case "csv":
            output.write(render_csv(found))
        case "json":
            output.write(render_json(found) + "\n")


async def _zone_of_centre(connection: "AsyncConnection[Any]") -> str:
    """The time zone of the centre's calendars when they agree on one."""
    zones = [zone for (zone,) in await (await connection.execute(_ZONES)).fetchall()]
    return zones[0] if len(zones) == 1 and zones[0] else "UTC"
