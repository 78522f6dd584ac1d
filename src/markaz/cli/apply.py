"""`markaz apply`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from markaz.cli.invocation import Invocation, ask, examples, pass_invocation

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from markaz.organisation import Changes, Document


@click.command(
    name="apply",
    epilog=examples(
        "markaz apply bank.toml --dry-run",
        "markaz apply bank.toml",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@pass_invocation
def command(invocation: Invocation, file: Path, dry_run: bool) -> None:
    """Make the centre what FILE says: clients, projects, queues, agents, flows, numbers, prompts, trunks.

    FILE is the whole centre as TOML; what it no longer has is retired. Nothing is applied when anything in it is
    wrong. A floor that runs takes the changes over at once, without a restart and without disturbing calls; one that
    does not run learns them when it starts.
    """
    from markaz.bootstrap import ensure_keys
    from markaz.organisation import read_document

    document = read_document(file)
    settings = invocation.settings()

    async def change(connection: "AsyncConnection[Any]") -> "tuple[Changes, int]":
        done = await _apply(connection, settings.floor, document, dry_run=dry_run)
        if not dry_run:
            await ensure_keys(settings, connection)
        return done

    changes, told = ask(settings, change)
    for sign, things in (("+", changes.added), ("~", changes.changed), ("-", changes.retired)):
        for thing in things:
            click.echo(f"{sign} {thing}")
    counts = f"{len(changes.added)} added, {len(changes.changed)} changed, {len(changes.retired)} retired"
    if dry_run:
        click.echo(f"{counts}: nothing was applied, because of --dry-run.")
    elif changes or told:
        click.echo(f"{counts}; messages to floor {settings.floor}: {told}.")
    else:
        click.echo("Nothing changed.")


async def _apply(
    connection: "AsyncConnection[Any]", floor: str, document: "Document", *, dry_run: bool
) -> "tuple[Changes, int]":
    """Change the organisation and tell the floor, both or neither; how many messages that took."""
    from markaz import organisation
    from markaz.runtime import tell_changes

    async with connection.transaction():
        changes = await organisation.apply(connection, document, floor=floor, dry_run=dry_run)
        return changes, 0 if dry_run else await tell_changes(connection, floor, document.centre.id, changes)
