"""Who may sign in, and what they may do. A client's owner manages the client's people alone."""

from datetime import datetime
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Depends, Path, Request
from psycopg import sql
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz.identity import Principal, Role, audit, new_token, token_hash
from markaz.web.addresses import base_of
from markaz.web.commands import ANY, Asked, Id, Words
from markaz.web.context import Connection, InstallationGiven, Transaction, allowed
from markaz.web.errors import (
    AgentUnknown,
    ClientUnknown,
    LastAdministrator,
    NotPermittedThere,
    RolesRefused,
    UserUnknown,
)
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

_COLUMNS = sql.SQL(
    "id, name, email, roles, client, agent, made_at, signed_in_at, disabled_at, "
    "password_set_at IS NOT NULL AS has_password, second_factor_at IS NOT NULL AS has_second_factor"
)
_LIST = sql.SQL("SELECT {} FROM account WHERE removed_at IS NULL ORDER BY name, id").format(_COLUMNS)
_ONE = sql.SQL("SELECT {} FROM account WHERE id = %s AND removed_at IS NULL").format(_COLUMNS)
_REMOVE = "UPDATE account SET removed_at = now() WHERE id = %s"
_LINK = "SELECT link_make(%s, %s, %s)"
_RESET = "SELECT second_factor_reset(%s, %s)"
LAST_ADMINISTRATOR = "MZ001"
"""The code of the database's refusal."""

Managing = Annotated[Principal, Depends(allowed("users.manage"))]
UserPath = Annotated[Id, Path(description="The user's id")]
Roles = Annotated[list[Role], Field(min_length=1, max_length=8, examples=[["agent"]])]

router = APIRouter(route_class=Once, prefix="/api/users", tags=["users"])


class UserShown(BaseModel):
    """A person who may sign in."""

    id: str
    name: str
    email: str | None
    roles: list[Role]
    client: str | None
    agent: str | None
    made_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None
    has_password: bool
    has_second_factor: bool


class UserChanged(Asked):
    """What is to be different; `agent` null takes the agent away."""

    name: Words | None = None
    roles: Roles | None = None
    client: Id | None = None
    agent: Id | None = None
    disabled: bool | None = None


class LinkMade(BaseModel):
    """A link that signs in once, within a day. It is shown this once."""

    link: str


@router.get("", responses=refusals(*ANY))
async def users(principal: Managing, connection: Transaction) -> list[UserShown]:
    """Everybody whom one manages, by name."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return [UserShown(**row) for row in await (await cursor.execute(_LIST)).fetchall()]


@router.get("/{user}", responses=refusals(*ANY, UserUnknown))
async def one_user(user: UserPath, principal: Managing, connection: Transaction) -> UserShown:
    """One person."""
    return await _found(connection, user)


@router.patch("/{user}", responses=refusals(*ANY, UserUnknown, LastAdministrator, RolesRefused))
async def change_user(
    user: UserPath,
    asked: UserChanged,
    principal: Managing,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> UserShown:
    """Change a person's name, roles, agent; disable, which ends all sessions at once, or enable again."""
    before = await _found(connection, user)
    given = asked.model_dump(exclude_unset=True)
    values: dict[str, Any] = {key: given[key] for key in ("name", "roles") if given.get(key) is not None}
    values |= {key: given[key] for key in ("client", "agent") if key in given}
    if asked.disabled is not None and asked.disabled != (before.disabled_at is not None):
        values["disabled_at"] = installation.clock() if asked.disabled else None
    if values:
        await _update(connection, user, values)
        changes = {key: value for key, value in given.items() if value != getattr(before, key, None)}
        told = {"to_client" if key == "client" else key: value for key, value in changes.items()}
        concerned = {before.client, values.get("client", before.client)}  # whoever moves concerns both
        for client in sorted(concerned, key=str):
            await audit(connection, "user.changed", f"user:{user}", client=client, address=address, **told)
    return await _found(connection, user)


@router.delete("/{user}", status_code=204, responses=refusals(*ANY, UserUnknown, LastAdministrator))
async def remove_user(user: UserPath, principal: Managing, connection: Transaction, address: AddressGiven) -> None:
    """Remove a person for good: sessions end at once; the audit trail keeps the name."""
    before = await _found(connection, user)
    await _changing(connection, _REMOVE, (user,))
    told = {"name": before.name, "email": before.email}
    await audit(connection, "user.removed", f"user:{user}", client=before.client, address=address, **told)


@router.post("/{user}/link", responses=refusals(*ANY, UserUnknown))
async def make_link(
    user: UserPath, principal: Managing, installation: InstallationGiven, connection: Transaction,
    request: Request, address: AddressGiven,
) -> LinkMade:  # fmt: skip
    """A link for somebody who forgot the password: it signs in once, without a second factor."""
    await _found(connection, user)
    token = new_token()
    await _done(connection, _LINK, (user, token_hash(token), address))
    return LinkMade(link=f"{base_of(installation, request)}/enter/{token}")


@router.delete("/{user}/second-factor", status_code=204, responses=refusals(*ANY, UserUnknown))
async def reset_second_factor(
    user: UserPath, principal: Managing, connection: Transaction, address: AddressGiven
) -> None:
    """Take the second factor from somebody who lost it."""
    await _found(connection, user)
    await _done(connection, _RESET, (user, address))


async def _found(connection: Connection, user: str) -> UserShown:
    async with connection.cursor(row_factory=dict_row) as cursor:
        row = await (await cursor.execute(_ONE, (user,))).fetchone()
    if row is None:
        raise UserUnknown(user)
    return UserShown(**row)


async def _done(connection: Connection, statement: Any, given: tuple[Any, ...]) -> None:
    """Call a function of the database that refuses whom one may see but not change."""
    found = await (await connection.execute(statement, given)).fetchone()
    if found is None or not found[0]:
        raise NotPermittedThere


async def _update(connection: Connection, user: str, values: dict[str, Any]) -> None:
    parts = [sql.SQL("{} = {}").format(sql.Identifier(key), sql.Placeholder(key)) for key in values]
    statement = sql.SQL("UPDATE account SET {} WHERE id = {}").format(sql.SQL(", ").join(parts), sql.Placeholder("id"))
    await _changing(connection, statement, {**values, "id": user})


async def _changing(connection: Connection, statement: Any, given: Any) -> None:
    """An update of one account, with the database's refusals told apart."""
    try:
        changed = (await connection.execute(statement, given)).rowcount
    except psycopg.errors.CheckViolation:
        raise RolesRefused from None
    except psycopg.errors.ForeignKeyViolation as error:
        wanted = given if isinstance(given, dict) else {}
        if error.diag.constraint_name == "account_agent":
            raise AgentUnknown(wanted.get("agent", "")) from None
        raise ClientUnknown(wanted.get("client", "")) from None
    except psycopg.Error as error:
        if error.sqlstate == LAST_ADMINISTRATOR:
            raise LastAdministrator from None
        raise
    if changed == 0:
        raise NotPermittedThere
