"""`markaz status`."""

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from markaz.cli.invocation import Invocation, ask, examples, pass_invocation

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from markaz.bootstrap import Settings
    from markaz.runtime import LiveView


_STATE = """
SELECT
    (SELECT body::text FROM floor_live WHERE floor = %(floor)s),
    (SELECT extract(epoch FROM clock_timestamp() - written_at)::float8 FROM floor_live WHERE floor = %(floor)s),
    coalesce((SELECT max(number) FROM journal WHERE floor = %(floor)s), 0)
        - coalesce((SELECT number FROM projection WHERE name = 'read_models' AND floor = %(floor)s), 0),
    (SELECT count(*) FROM inbox WHERE floor = %(floor)s)
"""


class Process(msgspec.Struct, frozen=True):
    pid: int
    is_running: bool


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation says of itself. `report` is the floor's last, None when it has never reported."""

    floor: str
    is_serving: bool
    report_age_seconds: float | None
    journal_rows_behind: int
    messages_waiting: int
    processes: dict[str, Process]
    report: Any


@click.command(
    name="status",
    epilog=examples(
        "markaz status",
        "watch -n 1 markaz status",
        "markaz status --json",
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_invocation
def command(invocation: Invocation, as_json: bool) -> None:
    """Show the floor as it is this second: queues, agents, contacts, how it keeps up, and what runs.

    Exits with 1 when the floor does not run.
    """
    from markaz.bootstrap import NothingRuns, running

    settings = invocation.settings()
    if settings.database_url is None and running(settings) is None:
        raise NothingRuns(settings.home)

    async def look(connection: "AsyncConnection[Any]") -> Status:
        return await _status(connection, settings)

    status: Status = ask(settings, look)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(status)).decode())
    else:
        _show(status)
    sys.exit(0 if status.is_serving else 1)


async def _status(connection: "AsyncConnection[Any]", settings: "Settings") -> Status:
    import psutil

    from markaz.bootstrap import read_state
    from markaz.runtime import FLOOR_SILENT_SECONDS_MAX, LiveView

    cursor = await connection.execute(_STATE, {"floor": settings.floor})
    body, age_seconds, rows_behind, messages = await cursor.fetchone() or (None, None, 0, 0)
    state = read_state(settings)
    return Status(
        floor=settings.floor,
        is_serving=age_seconds is not None and age_seconds <= FLOOR_SILENT_SECONDS_MAX,
        report_age_seconds=None if age_seconds is None else round(age_seconds, 2),
        journal_rows_behind=rows_behind,
        messages_waiting=messages,
        processes={
            name: Process(pid, psutil.pid_exists(pid))
            for name, pid in (state.processes if state is not None else {}).items()
        },
        report=None if body is None else msgspec.json.decode(body, type=LiveView),
    )


def _show(status: Status) -> None:
    processes = ", ".join(
        f"{name} {process.pid}{'' if process.is_running else ' (ENDED)'}" for name, process in status.processes.items()
    )
    if processes:
        click.echo(f"Processes: {processes}.")
    if status.report is None or status.report_age_seconds is None:
        click.echo(f"Floor {status.floor} has never reported: start it with `markaz serve`.")
        return
    if not status.is_serving:
        age = f"{status.report_age_seconds:,.0f} s"
        click.echo(f"Floor {status.floor} does not run (its last report is {age} old): start it with `markaz serve`.")
    _show_report(status, status.report)


def _show_report(status: Status, view: "LiveView") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    journal = f"journal row {view.journal_number}, read models {status.journal_rows_behind} rows behind"
    latency = f"{view.latency_milliseconds_p50:.1f} ms p50, {view.latency_milliseconds_p95:.1f} ms p95"
    click.echo(f"Floor {view.floor}, {status.report_age_seconds:.1f} s ago: {journal}; {latency} to decide.")
    if view.spooling:
        click.echo("The floor cannot reach the database: its journal goes to a local file until it can.")
    if view.dropped:
        click.echo(f"The floor was overrun: {view.dropped} stimuli were dropped.")
    click.echo(f"Contacts: {_counted(view.contacts)}.")
    queues = Table("queue", title="Queues", title_justify="left")
    for heading in ("waiting", "longest wait s"):
        queues.add_column(heading, justify="right")
    for queue in view.queues:
        queues.add_row(queue.queue, str(queue.waiting), f"{queue.longest_wait_seconds:.0f}")
    agents = Table("agent", "state", "reason", "contacts", title="Agents", title_justify="left")
    for agent in view.agents:
        agents.add_row(agent.agent, agent.state.replace("_", " "), agent.reason or "", ", ".join(agent.contacts))
    if view.queues:
        console.print(queues)
    if view.agents:
        console.print(agents)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in counts.items()) or "none open"
