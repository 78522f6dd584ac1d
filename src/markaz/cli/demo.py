"""`markaz demo`."""

from datetime import datetime, time
from pathlib import Path

import click

from markaz.cli.invocation import examples


class ClockTime(click.ParamType):
    """A time of day as HH:MM."""

    name = "HH:MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> time:
        if isinstance(value, time):
            return value
        try:
            hours, minutes = str(value).split(":")
            return time(int(hours), int(minutes))
        except ValueError:
            self.fail(f"{value!r} is no time of day such as 09:30.", param, ctx)


@click.command(
    name="demo",
    epilog=examples(
        "markaz demo",
        "markaz demo --seconds 120 --agents 12 --calls-per-minute 30 --seed 7 --json demo.json",
        "markaz demo --stay",
        "markaz demo --faults floor,asterisk,database",
        "markaz demo --arrivals calls.csv.gz --day 1999-01-04 --from 10:00 --to 11:00 --speed 20",
    ),
)
@click.option("--seconds", type=click.IntRange(1), default=60, show_default=True, help="How long customers call.")
@click.option("--agents", type=click.IntRange(1), default=8, show_default=True, help="How many agents work.")
@click.option(
    "--calls-per-minute", type=click.FloatRange(0, min_open=True), default=20.0, show_default=True,
    help="How many customers call, on average.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of customers' and agents' ways.")
@click.option(
    "--arrivals", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Play recorded calls (.csv or .csv.gz) instead of random ones.",
)  # fmt: skip
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Which day of the file.")
@click.option("--from", "since", type=ClockTime(), default="09:00", show_default=True, help="From when on that day.")
@click.option("--to", "until", type=ClockTime(), default="10:00", show_default=True, help="Until when.")
@click.option(
    "--speed", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True,
    help="Divide all recorded times by this.",
)  # fmt: skip
@click.option(
    "--faults", default="", metavar="PARTS",
    help="Kill these parts once each in the middle: floor, asterisk, database (with commas between).",
)  # fmt: skip
@click.option("--stay", is_flag=True, help="Leave everything running after the report, for a look at the pages.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write the report there as JSON, too.",
)  # fmt: skip
def command(
    *, seconds: int, agents: int, calls_per_minute: float, seed: int, arrivals: Path | None,
    day: datetime | None, since: time, until: time, speed: float, faults: str, stay: bool, json_file: Path | None,
) -> None:  # fmt: skip
    """Take real calls through a whole centre and prove what happened.

    Starts everything under the installation's folder: a bank's hotline with three queues, agents with real SIP phones
    and customers who call, press keys and hang up. Shows progress, then a report. Exits with 1 when a contact is
    unaccounted for, a recording is missing or silent, anything is stuck, or the journal's replay differs.

    With --faults the parts named are killed and must come back by themselves: a floor in under three seconds and
    without cutting a call; whom Asterisk's death cuts off is called back; a database is missed by nobody.

    With --stay the pages are served on after the report, with a new sign-in link for each role, and a customer calls
    whenever an agent is ready; Ctrl-C ends everything.

    With --arrivals it plays recorded calls in the anonymous bank's format (arrival, type, time in the menu, service
    time, patience of those who hung up).
    """
    from markaz.demo import DemoOptions, OptionsRefused, run_demo

    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise click.UsageError(f"--json: there is no folder {json_file.parent}.")
    try:
        options = DemoOptions(
            seconds=seconds, agents=agents, calls_per_minute=calls_per_minute, seed=seed, arrivals=arrivals,
            day=day.date() if day is not None else None, since=since, until=until, speed=speed, json=json_file,
            faults=tuple(part.strip() for part in faults.split(",") if part.strip()),  # pyright: ignore[reportArgumentType]  the options check it
            stay=stay,
        )  # fmt: skip
    except OptionsRefused as error:
        raise click.UsageError(str(error)) from error
    raise SystemExit(run_demo(options))
