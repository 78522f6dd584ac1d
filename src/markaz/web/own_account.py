"""What people change about themselves."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Depends, Path
from psycopg import sql
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz.identity import (
    EmailTaken,
    NewFactor,
    OwnAccount,
    PasswordNeeded,
    PasswordRefused,
    Principal,
    TooManyAttempts,
    WrongCredentials,
    audit,
    plain_email,
)
from markaz.web.commands import ANY, Asked, Id, Words
from markaz.web.context import (
    Connection,
    Credential,
    CredentialShown,
    Installation,
    InstallationGiven,
    Later,
    LaterTransaction,
    Transaction,
    allowed,
    allowed_briefly,
)
from markaz.web.errors import SessionUnknown
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.sign_in import Calendar, Digits, Email, Locale, Secret, Session, Theme, session_of
from markaz.web.visitors import AddressGiven

_ACCOUNT = "SELECT name, email FROM account WHERE id = %s"
_SESSIONS = """
SELECT id, how, address, browser, began_at, seen_at, ends_at, id = %s AS is_this FROM session ORDER BY seen_at DESC
"""
_END = "DELETE FROM session WHERE id = %s"
_END_OTHERS = "DELETE FROM session WHERE id <> %s"

Self = Annotated[Principal, Depends(allowed("account.own"))]
SelfBriefly = Annotated[Principal, Depends(allowed_briefly("account.own"))]
"""For what proves a password in transactions of its own."""

router = APIRouter(route_class=Once, prefix="/api/me", tags=["own account"])


class Changed(Asked):
    """What is to be different. An e-mail can be given once, by whoever has none."""

    name: Words | None = None
    email: Email | None = None
    locale: Locale | None = None
    calendar: Calendar | None = None
    digits: Digits | None = None
    theme: Theme | None = None
    password: Secret | None = Field(default=None, description="A new one; needs `present_password` where there is one")
    present_password: Secret | None = None


class Present(Asked):
    """The present password."""

    present_password: Secret | None = None


class Confirmed(Asked):
    """A code of the authenticator."""

    code: Secret


class Factor(BaseModel):
    """What an authenticator app is told: by hand, as a link, or as a picture (`data:` URI)."""

    secret: str
    uri: str
    picture: str


class RecoveryCodes(BaseModel):
    """Each signs in once instead of a code; they are shown this once."""

    recovery_codes: list[str]


class OwnSession(BaseModel):
    """Where one is signed in."""

    id: str
    how: str
    address: str
    browser: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    is_this: bool


@router.patch("", responses=refusals(*ANY, PasswordNeeded, PasswordRefused, TooManyAttempts, EmailTaken))
async def change(
    asked: Changed,
    installation: InstallationGiven,
    principal: SelfBriefly,
    credential: CredentialShown,
    address: AddressGiven,
) -> Session:
    """Change one's name, language, looks or password; a new password ends all other sessions."""
    values = asked.model_dump(exclude_none=True, exclude={"password", "present_password"})
    if "email" in values:
        values["email"] = plain_email(values["email"])
    if asked.password is not None:
        async with installation.entered(credential) as own:
            name, email = await (await own.execute(_ACCOUNT, (principal.id,))).fetchone() or (None, None)
        await _own(installation, credential).change_password(
            asked.present_password, asked.password, about=[name, email], address=address
        )
    async with installation.entered(credential) as connection:
        await _keep(connection, principal, values, address)
        return await session_of(connection, principal)


@router.post("/totp", responses=refusals(*ANY, PasswordNeeded, TooManyAttempts))
async def begin_second_factor(
    asked: Present, installation: InstallationGiven, principal: SelfBriefly, credential: CredentialShown,
    last: LaterTransaction,
) -> Factor:  # fmt: skip
    """Get a secret for an authenticator app; it counts once a code was confirmed."""
    made: NewFactor = await _own(installation, credential, last).begin_second_factor(
        asked.present_password, name=principal.name
    )
    return Factor(secret=made.secret, uri=made.uri, picture=made.picture)


@router.post("/totp/confirm", responses=refusals(*ANY, WrongCredentials))
async def confirm_second_factor(
    asked: Confirmed, installation: InstallationGiven, principal: SelfBriefly, credential: CredentialShown,
    last: LaterTransaction, address: AddressGiven,
) -> RecoveryCodes:  # fmt: skip
    """From now on sign-ins need a code; all other sessions end."""
    own = _own(installation, credential, last)
    codes = await own.confirm_second_factor(asked.code, now=installation.clock(), address=address)
    return RecoveryCodes(recovery_codes=codes)


@router.delete("/totp", status_code=204, responses=refusals(*ANY, PasswordNeeded, TooManyAttempts))
async def remove_second_factor(
    asked: Present, installation: InstallationGiven, principal: SelfBriefly, credential: CredentialShown,
    address: AddressGiven,
) -> None:  # fmt: skip
    """Sign in without a code again."""
    await _own(installation, credential).remove_second_factor(asked.present_password, address=address)


@router.get("/sessions", responses=refusals(*ANY))
async def sessions(principal: Self, connection: Transaction) -> list[OwnSession]:
    """Where one is signed in, the last used first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(_SESSIONS, (principal.session,))).fetchall()
    return [OwnSession(**row) for row in rows]


@router.delete("/sessions", status_code=204, responses=refusals(*ANY))
async def end_other_sessions(principal: Self, connection: Transaction) -> None:
    """Sign out everywhere else."""
    await connection.execute(_END_OTHERS, (principal.session,))


@router.delete("/sessions/{session}", status_code=204, responses=refusals(*ANY, SessionUnknown))
async def end_session(
    session: Annotated[Id, Path(description="As the list of one's sessions names it")],
    principal: Self,
    connection: Transaction,
) -> None:
    """Sign out somewhere."""
    if (await connection.execute(_END, (session,))).rowcount == 0:
        raise SessionUnknown(session)


def _own(installation: Installation, credential: Credential, last: Later | None = None) -> OwnAccount:
    """`last`: the transaction in which the answer is kept, too."""

    def opened() -> AbstractAsyncContextManager[Connection]:
        return installation.entered(credential)

    return OwnAccount(opened, last or opened, installation.prover, installation.factors)


async def _keep(connection: Connection, principal: Principal, values: dict[str, Any], address: str) -> None:
    if not values:
        return
    columns = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(one), sql.Placeholder(one)) for one in values)
    statement = sql.SQL("UPDATE account SET {} WHERE id = {}").format(columns, sql.Placeholder("id"))
    try:
        await connection.execute(statement, {**values, "id": principal.id})
    except psycopg.errors.UniqueViolation:
        raise EmailTaken(values["email"]) from None
    if values.keys() & {"name", "email"}:
        about: dict[str, Any] = {key: values[key] for key in ("name", "email") if key in values}
        await audit(connection, "user.changed", f"user:{principal.id}", address=address, **about)
