"""API keys: what other programs show instead of a session. Each opens its scopes, for a centre or for one client."""

from datetime import datetime
from typing import Annotated

import psycopg
from fastapi import APIRouter, Depends, Path
from psycopg.rows import dict_row
from pydantic import AwareDatetime, BaseModel, Field, field_validator

from markaz.identity import INSTALLATION_SCOPES, SCOPES, Principal, audit, new_key, token_hash
from markaz.web.commands import ANY, Asked, Id, Words
from markaz.web.context import Transaction, allowed
from markaz.web.errors import ClientUnknown, KeyUnknown
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

GIVEN_SCOPES = sorted(SCOPES - INSTALLATION_SCOPES)

_LIST = """
SELECT id, name, scopes, client, made_by, made_at, used_at, expires_at FROM api_key
WHERE revoked_at IS NULL ORDER BY made_at DESC
"""
_ADD = """
INSERT INTO api_key (id, token, centre, client, name, scopes, made_by, expires_at)
VALUES (gen_random_uuid()::text, %(token)s, context_centre(), %(client)s, %(name)s, %(scopes)s, %(made_by)s,
    %(expires_at)s)
RETURNING id
"""
_REVOKE = "UPDATE api_key SET revoked_at = now() WHERE id = %s AND revoked_at IS NULL RETURNING name, client"

Managing = Annotated[Principal, Depends(allowed("keys.manage"))]

router = APIRouter(route_class=Once, prefix="/api/keys", tags=["API keys"])


class NewKey(Asked):
    """What the key is for, and what it opens."""

    name: Words = Field(examples=["the shop's screen"])
    scopes: list[str] = Field(min_length=1, max_length=len(SCOPES), examples=[["contacts.read"]])
    client: Id | None = Field(default=None, description="A key for one client sees that client's alone")
    expires_at: AwareDatetime | None = Field(default=None, strict=False)

    @field_validator("scopes")
    @classmethod
    def _known(cls, scopes: list[str]) -> list[str]:
        unknown = sorted(set(scopes) - set(GIVEN_SCOPES))
        if unknown:
            raise ValueError(f"unknown: {', '.join(unknown)}; there are {', '.join(GIVEN_SCOPES)}")
        return sorted(set(scopes))


class KeyShown(BaseModel):
    """An API key that is not revoked; the key itself is never shown again."""

    id: str
    name: str
    scopes: list[str]
    client: str | None
    made_by: str | None
    made_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


class KeyMade(BaseModel):
    """The key is shown this once."""

    id: str
    key: str


@router.get("", responses=refusals(*ANY))
async def keys(principal: Managing, connection: Transaction) -> list[KeyShown]:
    """Keys in use, the newest first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return [KeyShown(**row) for row in await (await cursor.execute(_LIST)).fetchall()]


@router.post("", status_code=201, responses=refusals(*ANY, ClientUnknown))
async def make_key(asked: NewKey, principal: Managing, connection: Transaction, address: AddressGiven) -> KeyMade:
    """Make a key."""
    key = new_key()
    try:
        given = asked.model_dump() | {"token": token_hash(key), "made_by": principal.name}
        made = await (await connection.execute(_ADD, given)).fetchone()
    except psycopg.errors.ForeignKeyViolation:
        raise ClientUnknown(asked.client or "") from None
    assert made is not None
    told = {"name": asked.name, "scopes": asked.scopes}
    await audit(connection, "key.made", f"key:{made[0]}", client=asked.client, address=address, **told)
    return KeyMade(id=made[0], key=key)


@router.delete("/{key}", status_code=204, responses=refusals(*ANY, KeyUnknown))
async def revoke_key(
    key: Annotated[Id, Path(description="The key's id, not the key")],
    principal: Managing,
    connection: Transaction,
    address: AddressGiven,
) -> None:
    """Revoke a key; it opens nothing from now on."""
    found = await (await connection.execute(_REVOKE, (key,))).fetchone()
    if found is None:
        raise KeyUnknown(key)
    await audit(connection, "key.revoked", f"key:{key}", client=found[1], address=address, name=found[0])
