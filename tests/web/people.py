"""People for tests: accounts as an owner of the database makes them, and browsers in which they are signed in."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
from fastapi import FastAPI

from markaz.identity.passwords import new_cost, proof_of, verifier_of

PASSWORD = "correct horse battery staple"
ORIGIN = {"Origin": "http://markaz"}


def account(
    connection: psycopg.Connection[Any],
    *roles: str,
    id: str | None = None,
    centre: str = "c",
    email: str | None = None,
    client: str | None = None,
    agent: str | None = None,
    password: str | None = None,
) -> str:
    """The id of a new account."""
    person = id or f"{'-'.join(roles)}-{secrets.token_hex(3)}"
    connection.execute(
        "INSERT INTO account (id, centre, name, email, roles, client, agent) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (person, centre, f"Name of {person}", email, list(roles), client, agent),
    )
    cost, verifier = (None,) * 4, None
    if password is not None:
        made = new_cost()
        cost = (made.salt, made.passes, made.memory_kib, made.lanes)
        verifier = verifier_of(proof_of(password, made))
    connection.execute("INSERT INTO credential VALUES (%s, %s, %s, %s, %s, %s)", (person, *cost, verifier))
    return person


def session(connection: psycopg.Connection[Any], person: str, *, how: str = "password") -> str:
    """The token of a session that began now."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO session (token, id, account, how, address, browser, ends_at) "
        "VALUES (%s, %s, %s, %s, '192.0.2.1', 'a browser', now() + interval '16 hours')",
        (hashlib.sha256(token.encode()).digest(), secrets.token_hex(8), person, how),
    )
    return token


@asynccontextmanager
async def browser(
    app: FastAPI, token: str | None = None, *, address: str = "192.0.2.1"
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at `address`, signed in with a session's token."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://markaz", headers=ORIGIN) as client:
        if token is not None:
            client.cookies.set("markaz_session", token)
        yield client
