"""`markaz replay`."""

import sys
from collections import Counter
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar

import click
import msgspec

from markaz.cli.invocation import Invocation, ask, examples, pass_invocation
from markaz.cli.moments import parse_moment
from markaz.kit.errors import MarkazError
from markaz.kit.time import Instant, instant, moment

if TYPE_CHECKING:
    from psycopg import AsyncConnection

DIFFERENT_SHOWN_MAX = 5

_AT = "SELECT at FROM journal WHERE floor = %s AND number = %s"


@dataclass(eq=False)
class NothingToReplay(MarkazError):
    """The journal of floor "{floor}" has no rows up to then: check --until, or name another floor with --floor."""

    code: ClassVar[str] = "nothing_to_replay"
    floor: str


@dataclass(eq=False)
class RowUnknown(MarkazError):
    """The journal of floor "{floor}" has no row {number}: check --until, or name another floor with --floor."""

    code: ClassVar[str] = "row_unknown"
    floor: str
    number: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay found, and the floor as it was at its end: state -> how many."""

    floor: str
    rows: int
    until_number: int
    until: str
    identical: bool
    different: list[int]
    checkpoints_different: list[int]
    seconds: float
    rows_per_second: float
    contacts: dict[str, int]
    agents: dict[str, int]


@click.command(
    name="replay",
    epilog=examples(
        "markaz replay",
        "markaz replay --until 2026-11-22T14:30:00+01:00",
        "markaz replay --until 15000 --json",
    ),
)
@click.option(
    "--until", metavar="T", help="Stop after this moment, or after the moment of this row.  [default: the end]"
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_invocation
def command(invocation: Invocation, until: str | None, as_json: bool) -> None:
    """Decide the journal again from its first row, acting on nothing, and compare each answer to the byte.

    Shows the floor as it was at the end, or at T. Exits with 1 when an answer differs. T is a moment in ISO form (the
    machine's local time unless it has an offset), a day (to its end), or the number of a row of the journal.
    """
    settings = invocation.settings()

    async def run(connection: "AsyncConnection[Any]") -> Outcome:
        return await _replay(connection, settings.floor, until)

    outcome: Outcome = ask(settings, run)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(outcome)).decode())
    else:
        _tell(outcome)
    sys.exit(0 if outcome.identical else 1)


async def _replay(connection: "AsyncConnection[Any]", floor: str, until: str | None) -> Outcome:
    from markaz.runtime import END_OF_TIME, replay

    last = END_OF_TIME if until is None else await _instant(connection, floor, until)
    began = perf_counter()
    done = await replay(connection, floor, until=last)
    seconds = perf_counter() - began
    if done.rows == 0:
        raise NothingToReplay(floor)
    state = done.core.floor.state
    return Outcome(
        floor=floor,
        rows=done.rows,
        until_number=done.number,
        until=moment(done.at).isoformat(),
        identical=done.identical,
        different=done.different,
        checkpoints_different=done.checkpoints_different,
        seconds=round(seconds, 3),
        rows_per_second=round(done.rows / seconds, 1),
        contacts=dict(Counter(contact.state for contact in state.contacts.values())),
        agents=dict(Counter(agent.presence for agent in state.agents.values())),
    )


async def _instant(connection: "AsyncConnection[Any]", floor: str, until: str) -> Instant:
    # A day such as 20261122 would be a row's number as well: days are written with hyphens here.
    if not until.isdecimal():
        return instant(parse_moment(until, None, ends=True))
    found = await (await connection.execute(_AT, (floor, int(until)))).fetchone()
    if found is None:
        raise RowUnknown(floor, int(until))
    at: Instant = found[0]
    return at


def _tell(outcome: Outcome) -> None:
    click.echo(
        f"{outcome.rows} rows of floor {outcome.floor}, up to row {outcome.until_number} at {outcome.until}, "
        f"in {outcome.seconds:.2f} s ({outcome.rows_per_second:,.0f} rows a second)."
    )
    if outcome.identical:
        click.echo("Every answer is identical to the byte.")
    if outcome.different:
        first = ", ".join(map(str, outcome.different[:DIFFERENT_SHOWN_MAX]))
        click.echo(f"DIFFERENT: {len(outcome.different)} answers; the first are those of rows {first}.")
    if outcome.checkpoints_different:
        click.echo(f"DIFFERENT: the checkpoints after rows {', '.join(map(str, outcome.checkpoints_different))}.")
    for name, counts in (("contacts", outcome.contacts), ("agents", outcome.agents)):
        told = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(counts.items()))
        click.echo(f"Then on the floor, {name}: {told or 'none'}.")
