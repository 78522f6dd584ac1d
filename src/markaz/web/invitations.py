"""Inviting people: a link that makes its holder an account, once, with the roles that were decided before."""

from datetime import datetime
from typing import Annotated

import psycopg
from fastapi import APIRouter, Depends, Path, Request, Response
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz.identity import (
    EmailTaken,
    LinkSpent,
    PasswordRefused,
    Principal,
    Role,
    SignInsCrowded,
    audit,
    new_token,
    plain_email,
    token_hash,
)
from markaz.web.addresses import base_of
from markaz.web.commands import ANY, Asked, Id, Words
from markaz.web.context import InstallationGiven, Transaction, allowed
from markaz.web.errors import AgentUnknown, ClientUnknown, InvitationUnknown, RequestInvalid, RolesRefused
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.sign_in import OPEN, Email, Secret, Session, begun
from markaz.web.users import Roles
from markaz.web.visitors import AddressGiven, VisitorGiven

DAYS = 7
"""An invitation may be accepted for so long."""

_LIST = """
SELECT id, email, name, roles, client, agent, invited_by, made_at, expires_at FROM invitation
WHERE accepted_at IS NULL AND withdrawn_at IS NULL ORDER BY made_at DESC
"""
_TAKEN = "SELECT 1 FROM account WHERE email = %s AND removed_at IS NULL"
_ADD = """
INSERT INTO invitation (id, token, centre, client, agent, email, name, roles, invited_by, expires_at)
VALUES (gen_random_uuid()::text, %(token)s, context_centre(), %(client)s, %(agent)s, %(email)s, %(name)s, %(roles)s,
    %(invited_by)s, now() + make_interval(days => %(days)s))
RETURNING id, expires_at
"""
_WITHDRAW = """
UPDATE invitation SET withdrawn_at = now()
WHERE id = %s AND accepted_at IS NULL AND withdrawn_at IS NULL RETURNING email, client
"""

Managing = Annotated[Principal, Depends(allowed("users.manage"))]
InvitationPath = Annotated[Id, Path(description="The invitation's id to withdraw it, its token to show or accept it")]

router = APIRouter(route_class=Once, prefix="/api/invitations", tags=["users"])


class Invitation(Asked):
    """Who is invited as what."""

    email: Email = Field(examples=["amal@example.org"])
    name: Words = Field(examples=["Amal"])
    roles: Roles
    client: Id | None = Field(default=None, description="For people of a client; a client's owner may leave it out")
    agent: Id | None = Field(default=None, description="As which agent contacts are taken")


class InvitationShown(BaseModel):
    """An invitation that may still be accepted."""

    id: str
    email: str
    name: str
    roles: list[Role]
    client: str | None
    agent: str | None
    invited_by: str
    made_at: datetime
    expires_at: datetime


class InvitationMade(BaseModel):
    """The link is shown this once; give it to the invited one."""

    id: str
    link: str
    expires_at: datetime


class InvitedShown(BaseModel):
    """What whoever has the link sees."""

    centre: str
    name: str
    email: str
    roles: list[str]
    invited_by: str


class Acceptance(Asked):
    """The invited one's name and new password."""

    name: Words
    password: Secret


@router.get("", responses=refusals(*ANY))
async def invitations(principal: Managing, connection: Transaction) -> list[InvitationShown]:
    """Open invitations, the newest first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return [InvitationShown(**row) for row in await (await cursor.execute(_LIST)).fetchall()]


@router.post("", status_code=201, responses=refusals(*ANY, EmailTaken, RolesRefused, ClientUnknown, AgentUnknown))
async def invite(
    asked: Invitation,
    principal: Managing,
    installation: InstallationGiven,
    connection: Transaction,
    request: Request,
    address: AddressGiven,
) -> InvitationMade:
    """Invite somebody, for a week."""
    token, email = new_token(), plain_email(asked.email)
    client = asked.client if asked.client is not None else principal.client
    if await (await connection.execute(_TAKEN, (email,))).fetchone() is not None:
        raise EmailTaken(email)
    given = asked.model_dump() | {
        "token": token_hash(token), "email": email, "client": client, "invited_by": principal.name, "days": DAYS,
    }  # fmt: skip
    try:
        made = await (await connection.execute(_ADD, given)).fetchone()
    except psycopg.errors.CheckViolation:
        raise RolesRefused from None
    except psycopg.errors.ForeignKeyViolation as error:
        if error.diag.constraint_name == "invitation_agent":
            raise AgentUnknown(asked.agent or "") from None
        raise ClientUnknown(client or "") from None
    assert made is not None
    told = {"email": email, "roles": asked.roles}
    await audit(connection, "invitation.made", f"invitation:{made[0]}", client=client, address=address, **told)
    return InvitationMade(id=made[0], link=f"{base_of(installation, request)}/join/{token}", expires_at=made[1])


@router.delete("/{invitation}", status_code=204, responses=refusals(*ANY, InvitationUnknown))
async def withdraw(
    invitation: InvitationPath, principal: Managing, connection: Transaction, address: AddressGiven
) -> None:
    """Withdraw an invitation; its link ends."""
    found = await (await connection.execute(_WITHDRAW, (invitation,))).fetchone()
    if found is None:
        raise InvitationUnknown(invitation)
    subject = f"invitation:{invitation}"
    await audit(connection, "invitation.withdrawn", subject, client=found[1], address=address, email=found[0])


@router.get("/{invitation}", responses=refusals(RequestInvalid, LinkSpent))
async def show(invitation: InvitationPath, installation: InstallationGiven) -> InvitedShown:
    """What an invitation's link leads to."""
    invited = await installation.sign_in.invited(invitation)
    return InvitedShown(
        centre=invited.centre,
        name=invited.name,
        email=invited.email,
        roles=invited.roles,
        invited_by=invited.invited_by,
    )


@router.post("/{invitation}", responses=refusals(*OPEN, LinkSpent, EmailTaken, PasswordRefused, SignInsCrowded))
async def accept(
    invitation: InvitationPath,
    asked: Acceptance,
    installation: InstallationGiven,
    visitor: VisitorGiven,
    request: Request,
    response: Response,
) -> Session:
    """Accept an invitation, and be signed in."""
    opened = await installation.sign_in.by_invitation(invitation, asked.name, asked.password, visitor)
    return await begun(installation, opened, request, response)
