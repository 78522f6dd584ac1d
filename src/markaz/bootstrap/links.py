"""One-time links that this installation gives out: the first administrator's, and one for each role."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from markaz.bootstrap.addresses import read_addresses
from markaz.bootstrap.settings import Settings
from markaz.kit.errors import MarkazError

if TYPE_CHECKING:
    import psycopg

CENTRE_NAME = "Centre"
"""What a centre is called until somebody names it."""


@dataclass(eq=False)
class FloorUnclaimed(MarkazError):
    """The floor {floor} serves no centre yet: apply one with `markaz apply`, or start it with `markaz serve`."""

    code: ClassVar[str] = "floor_unclaimed"
    floor: str


@dataclass(eq=False)
class LinkRefused(MarkazError):
    """There is no {what} in the centre: a link for it would lead nowhere."""

    code: ClassVar[str] = "link_refused"
    what: str


async def sign_in_link(
    settings: Settings,
    connection: "psycopg.AsyncConnection[Any]",
    *,
    role: str,
    name: str | None = None,
    agent: str | None = None,
    client: str | None = None,
) -> str:
    """A link that signs in once as `role`. Raises `FloorUnclaimed`, `LinkRefused`."""
    import psycopg

    from markaz import identity, organisation

    centre = await organisation.centre_of(connection, settings.floor)
    if centre is None:
        raise FloorUnclaimed(settings.floor)
    called = name or role.replace("_", " ").capitalize()
    try:
        token = await identity.make_link(connection, centre, role, name=called, agent=agent, client=client)  # pyright: ignore[reportArgumentType]  the database knows the roles
    except psycopg.errors.ForeignKeyViolation:
        raise LinkRefused(f'client "{client}"' if agent is None else f'agent "{agent}"') from None
    return f"{base_url(settings)}/enter/{token}"


async def first_link(settings: Settings, connection: "psycopg.AsyncConnection[Any]") -> str | None:
    """The link for a centre's first administrator; None once an administrator has signed in.

    A floor that serves nobody gets a centre for it, which takes the name of the first one that is applied.
    """
    from markaz import identity, organisation

    await organisation.open_floor(connection, settings.floor, CENTRE_NAME)
    centre = await organisation.centre_of(connection, settings.floor)
    if centre is None or not await identity.needs_administrator(connection, centre):
        return None
    return await sign_in_link(settings, connection, role="administrator")


def base_url(settings: Settings) -> str:
    """Where browsers reach the installation's pages."""
    return (settings.public_url or read_addresses(settings).web_url).rstrip("/")
