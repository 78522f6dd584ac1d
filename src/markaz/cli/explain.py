"""`markaz explain`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, LiteralString

import click

from markaz.cli.invocation import Invocation, ask, examples, pass_invocation
from markaz.kit.errors import MarkazError

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from markaz.reports import Story

SUGGESTED_MAX = 5

_BEGINNING_WITH = """
SELECT contact FROM contact WHERE floor = %s AND starts_with(contact, %s) ORDER BY arrived_at DESC LIMIT %s
"""
_RECENT = "SELECT contact FROM contact WHERE floor = %s ORDER BY arrived_at DESC LIMIT %s"


@dataclass(eq=False)
class ContactNotFound(MarkazError):
    """No contact of floor "{floor}" is called "{contact}" or begins so; {suggestion}."""

    code: ClassVar[str] = "contact_not_found"
    floor: str
    contact: str
    suggestion: str


@dataclass(eq=False)
class ContactAmbiguous(MarkazError):
    """Several contacts of floor "{floor}" begin with "{contact}": write more of one of {contacts}."""

    code: ClassVar[str] = "contact_ambiguous"
    floor: str
    contact: str
    contacts: str


@click.command(
    name="explain",
    epilog=examples(
        "markaz explain 1763812345.17",
        "markaz explain 17638 --zone Europe/Berlin",
        "markaz explain 1763812345.17 --json",
        "markaz --floor demo-20261122-131500 explain 1763812345.17",
    ),
)
@click.argument("contact")
@click.option("--zone", default="UTC", show_default=True, help="Show times in this IANA time zone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every entry of the journal in full.")
@pass_invocation
def command(invocation: Invocation, contact: str, zone: str, as_json: bool) -> None:
    """Tell the whole story of CONTACT: what the floor was told, what it decided and why, and what was done.

    The beginning of an id is enough when only one contact has it. Contacts of the last moment may need a second until
    the worker has seen them.
    """
    from markaz.reports import render_story, render_story_json

    settings = invocation.settings()

    async def tell(connection: "AsyncConnection[Any]") -> "Story":
        return await _story(connection, settings.floor, contact)

    story = ask(settings, tell)
    click.echo(render_story_json(story) if as_json else render_story(story, zone=zone), nl=as_json)


async def _story(connection: "AsyncConnection[Any]", floor: str, contact: str) -> "Story":
    """The story of the contact, or of the only one that begins so."""
    from markaz.reports import UnknownContact, story

    try:
        return await story(connection, floor=floor, contact=contact)
    except UnknownContact:
        found = await _contacts(connection, _BEGINNING_WITH, floor, contact, SUGGESTED_MAX + 1)
    match found:
        case [only]:
            return await story(connection, floor=floor, contact=only)
        case []:
            recent = await _contacts(connection, _RECENT, floor, SUGGESTED_MAX)
            suggestion = f"the latest are {', '.join(recent)}" if recent else "the floor has had no contacts"
            raise ContactNotFound(floor, contact, suggestion)
        case _:
            more = ", ..." if len(found) > SUGGESTED_MAX else ""
            raise ContactAmbiguous(floor, contact, ", ".join(found[:SUGGESTED_MAX]) + more)


async def _contacts(connection: "AsyncConnection[Any]", query: LiteralString, *parameters: object) -> list[str]:
    cursor = await connection.execute(query, parameters)
    return [contact for (contact,) in await cursor.fetchall()]
