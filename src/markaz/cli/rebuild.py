"""`markaz rebuild`."""

from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from markaz.cli.invocation import Invocation, ask, examples, pass_invocation

if TYPE_CHECKING:
    from psycopg import AsyncConnection


@click.command(
    name="rebuild",
    epilog=examples(
        "markaz rebuild",
        "markaz --floor main rebuild",
    ),
)
@pass_invocation
def command(invocation: Invocation) -> None:
    """Drop the read models of a floor and fold its whole journal into them again.

    Reports and stories are read from them; they come out the same, and are incomplete while this runs. The journal,
    the recordings and their ledger are not touched. Calls are not disturbed.
    """
    settings = invocation.settings()

    async def fold(connection: "AsyncConnection[Any]") -> int:
        from markaz.runtime import Projector

        return await Projector("", settings.floor).rebuild(connection)

    began = perf_counter()
    rows: int = ask(settings, fold)
    click.echo(f"{rows} rows of floor {settings.floor} folded in {perf_counter() - began:.1f} s.")
