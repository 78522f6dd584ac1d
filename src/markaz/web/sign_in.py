"""Signing in and out, and who is signed in."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from psycopg.rows import dict_row
from pydantic import BaseModel, Field, StringConstraints

from markaz.identity import (
    LinkSpent,
    Opened,
    Principal,
    SecondFactorNeeded,
    SignInsCrowded,
    TooManyAttempts,
    WrongCredentials,
    audit,
)
from markaz.web.commands import Asked, Id
from markaz.web.context import Connection, Credential, Installation, InstallationGiven, SignedIn, Transaction, enter
from markaz.web.errors import NotSignedIn, OriginRefused, RequestInvalid, RequestTooLarge
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven, VisitorGiven, forget, keep

Email = Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+$")]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Locale = Literal["en", "ru", "ar", "fa", "vi"]
Calendar = Literal["gregory", "persian", "islamic-umalqura"]
Digits = Literal["latn", "arab", "arabext"]
Theme = Literal["auto", "light", "dark"]

OPEN = (OriginRefused, RequestInvalid, RequestTooLarge)
TRIED = (WrongCredentials, TooManyAttempts, SignInsCrowded)
_CENTRE = "SELECT centre_of_floor(%s)"
_ACCOUNT = """
SELECT id, name, email, locale, calendar, digits, theme, second_factor_at IS NOT NULL AS has_second_factor
FROM account WHERE id = %s
"""
_NAMED = "SELECT id, name FROM centre UNION ALL SELECT id, name FROM client WHERE id = %s"
_END = "DELETE FROM session WHERE id = %s OR %s"

router = APIRouter(prefix="/api", tags=["sign-in"])


class Password(Asked):
    """`centre`: absent, the centre whose floor this is."""

    centre: Id | None = None
    email: Email = Field(examples=["amal@example.org"])
    password: Secret


class Code(Asked):
    """A code of the authenticator, or a recovery code."""

    challenge: Secret
    code: Secret = Field(examples=["123456"])


class Link(Asked):
    """What stands at the end of a link /enter/TOKEN."""

    token: Secret


class User(BaseModel):
    """A person, and how things are shown to that person."""

    id: str
    name: str
    email: str | None
    locale: Locale
    calendar: Calendar
    digits: Digits
    theme: Theme
    has_second_factor: bool = Field(description="Whether signing in by password needs a code")


class Named(BaseModel):
    """Something with an id and what people call it."""

    id: str
    name: str


class Session(BaseModel):
    """Who is signed in, and what that one may do."""

    user: User
    centre: Named
    client: Named | None = Field(default=None, description="Only for people of a client")
    roles: list[str]
    permissions: list[str]
    agent: str | None = Field(default=None, description="As which agent contacts are taken")
    expires_at: datetime | None = Field(description="Unless it is used before then")


class ProviderShown(BaseModel):
    """A button of the sign-in page."""

    id: str
    name: str


class Options(BaseModel):
    """How one may sign in here; the same for everybody, so that it tells of nobody whether there is an account."""

    password: bool
    providers: list[ProviderShown]


@router.post(
    "/session", responses=refusals(*OPEN, WrongCredentials, SecondFactorNeeded, TooManyAttempts, SignInsCrowded)
)
async def sign_in(
    asked: Password, installation: InstallationGiven, visitor: VisitorGiven, request: Request, response: Response
) -> Session:
    """Sign in by e-mail and password; 403 `second_factor_needed` gives the challenge for the code."""
    centre = asked.centre or await centre_here(installation)
    opened = await installation.sign_in.by_password(centre, asked.email, asked.password, visitor)
    return await begun(installation, opened, request, response)


@router.post("/session/second-factor", responses=refusals(*OPEN, *TRIED))
async def second_factor(
    asked: Code, installation: InstallationGiven, visitor: VisitorGiven, request: Request, response: Response
) -> Session:
    """Finish a sign-in with a code; each code counts once."""
    now = installation.clock()
    opened = await installation.sign_in.by_code(asked.challenge, asked.code, visitor, now=now)
    return await begun(installation, opened, request, response)


@router.post("/session/link", responses=refusals(*OPEN, LinkSpent))
async def by_link(
    asked: Link, installation: InstallationGiven, visitor: VisitorGiven, request: Request, response: Response
) -> Session:
    """Sign in by a one-time link."""
    opened = await installation.sign_in.by_link(asked.token, visitor)
    return await begun(installation, opened, request, response)


@router.get("/session", responses=refusals(NotSignedIn))
async def session(principal: SignedIn, connection: Transaction) -> Session:
    """Who is signed in."""
    return await session_of(connection, principal)


@router.delete("/session", status_code=204, responses=refusals(NotSignedIn, *OPEN))
async def sign_out(
    principal: SignedIn,
    connection: Transaction,
    request: Request,
    response: Response,
    address: AddressGiven,
    everywhere: Annotated[bool, Query(description="End all of one's sessions, on every device")] = False,
) -> None:
    """Sign out."""
    await connection.execute(_END, (principal.session, everywhere))
    if principal.kind == "user":
        subject = f"user:{principal.id}"
        await audit(connection, "session.ended", subject, client=principal.client, address=address, all=everywhere)
    forget(response, request)


@router.get("/sign-in/options", responses=refusals(RequestInvalid))
async def options(installation: InstallationGiven, email: Annotated[str, Query(max_length=254)] = "") -> Options:
    """How to sign in; `email` changes nothing here and is taken so that pages can ask in one way."""
    shown = [ProviderShown(id=one.id, name=one.name) for one in installation.providers.known.values()]
    return Options(password=True, providers=shown)


async def centre_here(installation: Installation) -> str:
    """The centre whose floor this is; "" while there is none."""
    async with installation.transaction() as connection:
        found = await (await connection.execute(_CENTRE, (installation.floor,))).fetchone()
    return found[0] or "" if found is not None else ""


async def begun(installation: Installation, opened: Opened, request: Request, response: Response) -> Session:
    """Give the browser its cookies, and tell who is signed in now."""
    async with installation.transaction() as connection:
        principal = await enter(connection, Credential("session", opened.session))
        if principal is None:
            raise NotSignedIn
        shown = await session_of(connection, principal)
    keep(response, request, opened)
    return shown


async def session_of(connection: Connection, principal: Principal) -> Session:
    async with connection.cursor(row_factory=dict_row) as cursor:
        account = await (await cursor.execute(_ACCOUNT, (principal.id,))).fetchone()
        named = await (await cursor.execute(_NAMED, (principal.client,))).fetchall()
    user: dict[str, Any] = account or {
        "id": principal.id, "name": principal.name, "email": None, "locale": "en", "calendar": "gregory",
        "digits": "latn", "theme": "auto", "has_second_factor": False,
    }  # fmt: skip
    centre, *clients = [Named(**one) for one in named]
    return Session(
        user=User(**user),
        centre=centre,
        client=next(iter(clients), None),
        roles=list(principal.roles),
        permissions=sorted(principal.permissions),
        agent=principal.agent,
        expires_at=principal.expires_at,
    )
