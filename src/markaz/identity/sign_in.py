"""The ways in: password and second factor, one-time link, invitation, provider. Each ends in a session's tokens.

A sign-in by password is two transactions with the hashing between them, so that no connection waits for it; the first
takes the attempt from its budget, whatever happens then (see `migrations/identity/sign_in.sql`).
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from markaz.identity.errors import (
    EmailTaken,
    LinkSpent,
    NotInvited,
    SecondFactorNeeded,
    SignInsCrowded,
    TooManyAttempts,
    WrongCredentials,
)
from markaz.identity.passwords import LANES, MEMORY_KIB, PASSES, Cost, Prover, new_cost, refuse_weak, verifier_of
from markaz.identity.second_factor import SecondFactors, recovery_hash
from markaz.identity.tokens import new_token, token_hash
from markaz.identity.visitor import Opened, Visitor, opening

Connection = psycopg.AsyncConnection[Any]
Transactions = Callable[[], AbstractAsyncContextManager[Connection]]
"""Opens a transaction of its own."""

_BEGIN = "SELECT attempt, salt, passes, memory_kib, lanes FROM sign_in_begin(%s, %s, %s, %s)"
_FINISH = "SELECT sign_in_finish(%s, %s, %s, %s, %s, %s, %s)"
_ABANDON = "SELECT sign_in_abandon(%s)"
_CODE_BEGIN = "SELECT person, secret, step FROM second_factor_begin(%s, %s, %s)"
_CODE_FINISH = "SELECT second_factor_finish(%s, %s, %s, %s, %s, %s, %s)"
_LINK = "SELECT link_use(%s, %s, %s, %s, %s)"
_INVITATION = "SELECT centre_name, name, email, roles, invited_by FROM invitation_show(%s)"
_ACCEPT = "SELECT invitation_accept(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_PROVIDER = "SELECT oidc_sign_in(%s, %s, %s, %s, %s, %s, %s, %s, %s)"


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """What an invitation's link shows."""

    centre: str
    name: str
    email: str
    roles: list[str]
    invited_by: str


def plain_email(email: str) -> str:
    """As it is kept and compared: nobody has two that differ in capitals alone."""
    return email.strip().lower()


class SignIn:
    """`transactions` opens transactions of the web's role, in which nobody is signed in yet."""

    def __init__(self, transactions: Transactions, prover: Prover, factors: SecondFactors) -> None:
        self._transactions = transactions
        self._prover = prover
        self._factors = factors

    async def by_password(self, centre: str, email: str, password: str, visitor: Visitor) -> Opened:
        """Raises `WrongCredentials`, `SecondFactorNeeded`, `TooManyAttempts`, `SignInsCrowded`."""
        async with self._transactions() as connection:
            given = (centre, plain_email(email), visitor.address, visitor.device_hash)
            attempt, salt, passes, memory_kib, lanes = await _row(connection, _BEGIN, given)
        if attempt is None:
            raise TooManyAttempts
        cost = Cost(salt, passes or PASSES, memory_kib or MEMORY_KIB, lanes or LANES)
        try:
            proof = await self._prover.prove(password, cost)
        except SignInsCrowded:
            async with self._transactions() as connection:
                await connection.execute(_ABANDON, (attempt,))
            raise
        opened, challenge = opening(visitor), new_token()
        async with self._transactions() as connection:
            given = (attempt, proof, token_hash(opened.session), token_hash(challenge), *_from(opened, visitor))
            (outcome,) = await _row(connection, _FINISH, given)
        match outcome:
            case "signed_in":
                return opened
            case "second_factor":
                raise SecondFactorNeeded(challenge)
            case _:
                raise WrongCredentials

    async def by_code(self, challenge: str, code: str, visitor: Visitor, *, now: datetime) -> Opened:
        """With a code of the authenticator or a recovery code. Raises `WrongCredentials`, `TooManyAttempts`."""
        hashed = token_hash(challenge)
        async with self._transactions() as connection:
            person, secret, step = await _row(connection, _CODE_BEGIN, (hashed, visitor.address, visitor.device_hash))
        if person is None:
            raise TooManyAttempts
        matching = self._factors.step_of(secret, code, now=now, after=step)
        opened = opening(visitor)
        recovery = recovery_hash(code) if matching is None else None
        given = (hashed, matching, recovery, token_hash(opened.session), *_from(opened, visitor))
        async with self._transactions() as connection:
            (counted,) = await _row(connection, _CODE_FINISH, given)
        if not counted:
            raise WrongCredentials
        return opened

    async def by_link(self, link: str, visitor: Visitor) -> Opened:
        """Raises `LinkSpent`."""
        opened = opening(visitor)
        async with self._transactions() as connection:
            given = (token_hash(link), token_hash(opened.session), *_from(opened, visitor))
            (counted,) = await _row(connection, _LINK, given)
        if not counted:
            raise LinkSpent
        return opened

    async def invited(self, invitation: str) -> Invited:
        """Raises `LinkSpent`."""
        async with self._transactions() as connection:
            centre, name, email, roles, invited_by = await _row(connection, _INVITATION, (token_hash(invitation),))
        if centre is None:
            raise LinkSpent
        return Invited(centre=centre, name=name, email=email, roles=roles, invited_by=invited_by)

    async def by_invitation(self, invitation: str, name: str, password: str, visitor: Visitor) -> Opened:
        """Makes the account. Raises `LinkSpent`, `PasswordRefused`, `EmailTaken`, `SignInsCrowded`."""
        invited = await self.invited(invitation)
        refuse_weak(password, about=(name, invited.email))
        cost = new_cost()
        verifier = verifier_of(await self._prover.prove(password, cost))
        opened = opening(visitor)
        kept = (cost.salt, cost.passes, cost.memory_kib, cost.lanes, verifier)
        given = (token_hash(invitation), name, *kept, token_hash(opened.session), *_from(opened, visitor))
        async with self._transactions() as connection:
            (counted,) = await _row(connection, _ACCEPT, given)
        if not counted:
            raise EmailTaken(invited.email)
        return opened

    async def by_provider(
        self, centre: str, *, issuer: str, subject: str, email: str | None, name: str | None, visitor: Visitor
    ) -> Opened:
        """Whom `issuer` vouches for; `email` only when it has verified that. Raises `NotInvited`."""
        opened = opening(visitor)
        about = (centre, issuer, subject, None if email is None else plain_email(email), name)
        async with self._transactions() as connection:
            given = (*about, token_hash(opened.session), *_from(opened, visitor))
            (counted,) = await _row(connection, _PROVIDER, given)
        if not counted:
            raise NotInvited
        return opened


def _from(opened: Opened, visitor: Visitor) -> tuple[bytes, str, str]:
    return token_hash(opened.device), visitor.address, visitor.browser


async def _row(connection: Connection, statement: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
    found = await (await connection.execute(statement, given)).fetchone()
    return found if found is not None else (None,) * 5
