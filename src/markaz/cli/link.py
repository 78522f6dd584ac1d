"""`markaz link`."""

from typing import TYPE_CHECKING, Any

import click

from markaz.cli.invocation import Invocation, ask, examples, pass_invocation

if TYPE_CHECKING:
    from psycopg import AsyncConnection

ROLES = (
    "administrator", "manager", "supervisor", "planner", "quality_analyst", "agent", "client_owner", "client_viewer",
)  # fmt: skip
"""As `identity.ROLES`, which is slow to load; a test compares."""


@click.command(
    name="link",
    epilog=examples(
        "markaz link",
        "markaz link --role supervisor --name Amal",
        "markaz link --role agent --agent amal",
        "markaz link --role client_owner --client bank",
    ),
)
@click.option("--role", type=click.Choice(ROLES), default="administrator", show_default=True, help="What for.")
@click.option("--name", help="The account's name; made if there is none without e-mail.  [default: the role]")
@click.option("--agent", metavar="ID", help="As which agent contacts are taken.")
@click.option("--client", metavar="ID", help="Whose owner or viewer it is.")
@pass_invocation
def command(invocation: Invocation, role: str, name: str | None, agent: str | None, client: str | None) -> None:
    """Print a link that signs in once, within a day: the way in when nobody can sign in any more.

    Whoever may run this on the installation's machine may come in as anybody; give the link to the one it is for.
    """
    from markaz.bootstrap import sign_in_link

    if (client is not None) != role.startswith("client_"):
        raise click.UsageError("--client goes with the roles client_owner and client_viewer, and they with it.")
    settings = invocation.settings()

    async def make(connection: "AsyncConnection[Any]") -> str:
        return await sign_in_link(settings, connection, role=role, name=name, agent=agent, client=client)

    click.echo(ask(settings, make))
