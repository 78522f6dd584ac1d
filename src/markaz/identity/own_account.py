"""What people change about how they themselves sign in: password and second factor, each with the present password."""

from datetime import datetime
from typing import Any

import msgspec

from markaz.identity.errors import PasswordNeeded, TooManyAttempts, WrongCredentials
from markaz.identity.passwords import Cost, Prover, new_cost, refuse_weak, verifier_of
from markaz.identity.second_factor import SecondFactors, new_recovery_codes, picture_of, recovery_hash, uri_of
from markaz.identity.sign_in import Transactions

_BEGIN = "SELECT allowed, salt, passes, memory_kib, lanes FROM password_begin()"
_CHANGE = "SELECT password_change(%s, %s, %s, %s, %s, %s, %s)"
_TOTP_BEGIN = "SELECT totp_begin(%s, %s)"
_TOTP_PENDING = "SELECT totp_pending()"
_TOTP_CONFIRM = "SELECT totp_confirm(%s, %s, %s)"
_TOTP_REMOVE = "SELECT totp_remove(%s, %s)"


class NewFactor(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator app is told: the secret, a URI, or its picture."""

    secret: str
    uri: str
    picture: str


class OwnAccount:
    """`transactions` opens transactions that have entered the session of whoever asks, `last` the one that changes it.

    None is open while another is, or while a password is hashed. Each guess at the present password is counted in a
    transaction of its own, so that a refusal cannot undo that.
    """

    def __init__(self, transactions: Transactions, last: Transactions, prover: Prover, factors: SecondFactors) -> None:
        self._transactions = transactions
        self._last = last
        self._prover = prover
        self._factors = factors

    async def change_password(
        self, present: str | None, password: str, *, about: list[str | None], address: str
    ) -> None:
        """All other sessions end. Raises `PasswordRefused`, `PasswordNeeded`, `TooManyAttempts`."""
        refuse_weak(password, about=about)
        proof = await self._proof(present)
        cost = new_cost()
        verifier = verifier_of(await self._prover.prove(password, cost))
        given = (proof, cost.salt, cost.passes, cost.memory_kib, cost.lanes, verifier, address)
        if not await self._is_done(_CHANGE, given):
            raise PasswordNeeded

    async def begin_second_factor(self, present: str | None, *, name: str) -> NewFactor:
        """It counts once a code was shown. Raises `PasswordNeeded`, also while there is one; `TooManyAttempts`."""
        secret, encrypted = self._factors.new_secret()
        if not await self._is_done(_TOTP_BEGIN, (await self._proof(present), encrypted)):
            raise PasswordNeeded
        uri = uri_of(secret, account=name)
        return NewFactor(secret=secret, uri=uri, picture=picture_of(uri))

    async def confirm_second_factor(self, code: str, *, now: datetime, address: str) -> list[str]:
        """The recovery codes, shown this once. Raises `WrongCredentials`."""
        async with self._transactions() as connection:
            found = await (await connection.execute(_TOTP_PENDING)).fetchone()
        pending = None if found is None else found[0]
        step = None if pending is None else self._factors.step_of(pending, code, now=now, after=None)
        codes = new_recovery_codes()
        given = (step, [recovery_hash(one) for one in codes], address)
        if step is None or not await self._is_done(_TOTP_CONFIRM, given):
            raise WrongCredentials
        return codes

    async def remove_second_factor(self, present: str | None, *, address: str) -> None:
        """Raises `PasswordNeeded`, `TooManyAttempts`."""
        if not await self._is_done(_TOTP_REMOVE, (await self._proof(present), address)):
            raise PasswordNeeded

    async def _proof(self, present: str | None) -> bytes | None:
        """Of the present password; None where none was given or there is none."""
        async with self._transactions() as connection:
            found = await (await connection.execute(_BEGIN)).fetchone()
        assert found is not None
        allowed, salt, passes, memory_kib, lanes = found
        if not allowed:
            raise TooManyAttempts
        if salt is None or present is None:
            return None
        return await self._prover.prove(present, Cost(salt, passes, memory_kib, lanes))

    async def _is_done(self, statement: Any, given: tuple[Any, ...]) -> bool:
        async with self._last() as connection:
            found = await (await connection.execute(statement, given)).fetchone()
        return found is not None and bool(found[0])
