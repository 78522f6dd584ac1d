"""Other systems that are told what happens: subscriptions, their secrets, and how deliveries went."""

import secrets
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, LiteralString

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from markaz.identity import Principal
from markaz.web.auditing import audit_of_project
from markaz.web.commands import ANY, Asked, Id
from markaz.web.context import Connection, InstallationGiven, Transaction, allowed
from markaz.web.errors import CursorUnknown, DeliveryUnknown, TooManyWebhooks, WebhookDestination, WebhookUnknown
from markaz.web.idempotency import Once
from markaz.web.pages import Cursor, Limit, cursor_of, place_of
from markaz.web.problems import refusals
from markaz.web.rows import rows_of
from markaz.web.visitors import AddressGiven
from markaz.webhooks import DestinationRefused, Kind, Networks, check_url, new_secret

PERMISSION = "webhooks.manage"
WEBHOOKS_MAX = 100
"""Subscriptions of a floor: each fact is kept once for each of them."""
BOTH_SECRETS_HOURS = 24
"""How long the old secret signs beside the new one."""

_COLUMNS: LiteralString = "id, url, kinds, project, made_at, secret_before_until"
_LIST: LiteralString = f"SELECT {_COLUMNS} FROM webhook WHERE floor = %s AND removed_at IS NULL ORDER BY made_at, id"
_COUNT = "SELECT count(*) FROM webhook WHERE floor = %s AND removed_at IS NULL"
_ADD: LiteralString = f"""
INSERT INTO webhook (floor, id, url, kinds, project, secret, number) VALUES (%s, %s, %s, %s, %s, %s, coalesce(
    (SELECT max(number) FROM projection WHERE floor = %s AND name IN ('webhooks', 'read_models')), 0))
RETURNING {_COLUMNS}
"""
_CHANGE: LiteralString = f"""
UPDATE webhook SET url = coalesce(%(url)s, url), kinds = coalesce(%(kinds)s, kinds),
    project = CASE WHEN %(sets_project)s THEN %(project)s ELSE project END
WHERE floor = %(floor)s AND id = %(id)s AND removed_at IS NULL RETURNING {_COLUMNS}
"""
_ROTATE: LiteralString = f"""
UPDATE webhook SET secret = %s,
    secret_before_until = clock_timestamp() + make_interval(hours => %s)
WHERE floor = %s AND id = %s AND removed_at IS NULL RETURNING {_COLUMNS}
"""
_REMOVE = """
UPDATE webhook SET removed_at = now() WHERE floor = %s AND id = %s AND removed_at IS NULL
RETURNING id, url, kinds, project
"""
_KNOWN = "SELECT 1 FROM webhook WHERE floor = %s AND id = %s AND removed_at IS NULL"
_PROJECT = "SELECT 1 FROM project WHERE id = %s AND retired_at IS NULL"
_DELIVERIES: LiteralString = """
SELECT d.id, d.fact, d.kind, d.state, d.attempts, d.next_at, d.made_at, d.ended_at, d.body::json AS body, (
    SELECT coalesce(json_agg(json_build_object('n', a.n, 'at', a.at, 'status', a.status, 'problem', a.problem,
        'milliseconds', a.milliseconds) ORDER BY a.n), '[]')
    FROM webhook_attempt AS a WHERE a.delivery = d.id) AS log
FROM webhook_delivery AS d
WHERE d.floor = %(floor)s AND d.webhook = %(webhook)s
    AND (%(state)s::text IS NULL OR d.state = %(state)s) AND (%(before)s::bigint IS NULL OR d.id < %(before)s)
ORDER BY d.id DESC LIMIT %(limit)s
"""
_RETRY = """
UPDATE webhook_delivery SET state = 'pending', next_at = now(), ended_at = NULL
WHERE floor = %s AND webhook = %s AND id = %s RETURNING id
"""

router = APIRouter(route_class=Once, prefix="/api/webhooks", tags=["webhooks"])

Manager = Annotated[Principal, Depends(allowed(PERMISSION))]
Url = Annotated[str, Field(min_length=1, max_length=2_000, examples=["https://crm.example.org/markaz"])]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=20)]
_UNKNOWN = refusals(*ANY, WebhookUnknown)


class Subscribed(Asked):
    """What is wanted, and where it is to be sent; `project` None: of every project."""

    url: Url
    kinds: Kinds
    project: Id | None = None


class Changed(Asked):
    """What is to be different; what is absent stays."""

    url: Url | None = None
    kinds: Kinds | None = None
    project: Id | None = None


class Webhook(BaseModel):
    """A subscription. `secret_before_until`: until then the secret before the present one signs too."""

    id: str
    url: str
    kinds: list[str]
    project: str | None
    made_at: datetime
    secret_before_until: datetime | None


class WebhookWithSecret(Webhook):
    """The secret is shown once."""

    secret: str


class Attempt(BaseModel):
    """One try; `problem` None: it was taken."""

    n: int
    at: datetime
    status: int | None
    problem: str | None
    milliseconds: int


class Delivery(BaseModel):
    """A fact for this subscription. `state`: pending, delivered or failed."""

    id: int
    fact: str
    kind: str
    state: str
    attempts: int
    next_at: datetime | None
    made_at: datetime
    ended_at: datetime | None
    body: dict[str, Any]
    log: list[Attempt]


class DeliveryPage(BaseModel):
    """Newest first."""

    deliveries: list[Delivery]
    next: str | None


@router.get("", responses=refusals(*ANY))
async def webhooks(manager: Manager, installation: InstallationGiven, connection: Transaction) -> list[Webhook]:
    """All subscriptions."""
    return [Webhook(**row) for row in await rows_of(connection, _LIST, (installation.floor,))]


@router.post("", status_code=HTTPStatus.CREATED, responses=refusals(*ANY, WebhookDestination, TooManyWebhooks))
async def subscribe(
    asked: Subscribed,
    request: Request,
    manager: Manager,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> WebhookWithSecret:
    """Be told of what happens from now on; the answer has the secret with which deliveries are signed."""
    await _check(request, connection, asked.url, asked.project)
    (count,) = await (await connection.execute(_COUNT, (installation.floor,))).fetchone() or (0,)
    if count >= WEBHOOKS_MAX:
        raise TooManyWebhooks(WEBHOOKS_MAX)
    name, secret, floor = f"wh-{secrets.token_hex(8)}", new_secret(), installation.floor
    values = (floor, name, asked.url, asked.kinds, asked.project, secret, floor)
    (row,) = await rows_of(connection, _ADD, values)
    await _audit(connection, "webhook.added", row, address)
    return WebhookWithSecret(**row, secret=secret)


@router.patch("/{webhook}", responses=refusals(*ANY, WebhookUnknown, WebhookDestination))
async def change(
    webhook: Id,
    asked: Changed,
    request: Request,
    manager: Manager,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Webhook:
    """Send to another address, or other kinds of facts."""
    await _check(request, connection, asked.url, asked.project)
    values = {
        "floor": installation.floor, "id": webhook, "url": asked.url, "kinds": asked.kinds, "project": asked.project,
        "sets_project": "project" in asked.model_fields_set,
    }  # fmt: skip
    row = _found(webhook, await rows_of(connection, _CHANGE, values))
    await _audit(connection, "webhook.changed", row, address)
    return Webhook(**row)


@router.post("/{webhook}/secret", responses=_UNKNOWN)
async def rotate_secret(
    webhook: Id, manager: Manager, installation: InstallationGiven, connection: Transaction, address: AddressGiven
) -> WebhookWithSecret:
    """Make a new secret; for a day the old one signs too."""
    secret = new_secret()
    rows = await rows_of(connection, _ROTATE, (secret, BOTH_SECRETS_HOURS, installation.floor, webhook))
    row = _found(webhook, rows)
    await _audit(connection, "webhook.secret_made", row, address)
    return WebhookWithSecret(**row, secret=secret)


@router.delete("/{webhook}", status_code=HTTPStatus.NO_CONTENT, responses=_UNKNOWN)
async def unsubscribe(
    webhook: Id, manager: Manager, installation: InstallationGiven, connection: Transaction, address: AddressGiven
) -> None:
    """Be told no more, also of what is still to be delivered."""
    row = _found(webhook, await rows_of(connection, _REMOVE, (installation.floor, webhook)))
    await _audit(connection, "webhook.removed", row, address)


@router.get("/{webhook}/deliveries", responses=refusals(*ANY, WebhookUnknown, CursorUnknown))
async def deliveries(
    webhook: Id,
    manager: Manager,
    installation: InstallationGiven,
    connection: Transaction,
    cursor: Cursor = None,
    limit: Limit = 50,
    state: Annotated[str | None, Query(pattern="^(pending|delivered|failed)$")] = None,
) -> DeliveryPage:
    """What was, or is to be, delivered, the newest first, and how each attempt went."""
    await _require(connection, installation.floor, webhook)
    before = place_of(cursor, tuple[int])[0] if cursor is not None else None
    if before is not None and not 0 <= before < 2**63:
        raise CursorUnknown
    asked = {"floor": installation.floor, "webhook": webhook, "state": state, "before": before, "limit": limit + 1}
    found = await rows_of(connection, _DELIVERIES, asked)
    shown = [Delivery(**row) for row in found[:limit]]
    return DeliveryPage(deliveries=shown, next=cursor_of(shown[-1].id) if len(found) > limit else None)


@router.post(
    "/{webhook}/deliveries/{delivery}/retry",
    status_code=HTTPStatus.ACCEPTED,
    responses=refusals(*ANY, WebhookUnknown, DeliveryUnknown),
)
async def retry(
    webhook: Id,
    delivery: Annotated[int, Field(ge=1, lt=2**63)],
    manager: Manager,
    installation: InstallationGiven,
    connection: Transaction,
) -> None:
    """Deliver it again now, whatever became of it."""
    await _require(connection, installation.floor, webhook)
    if not await rows_of(connection, _RETRY, (installation.floor, webhook, delivery)):
        raise DeliveryUnknown(delivery)


async def _audit(connection: Connection, action: str, row: dict[str, Any], address: str) -> None:
    project, told = row["project"], {"url": row["url"], "kinds": row["kinds"], "of_project": row["project"]}
    await audit_of_project(connection, action, project, f"webhook:{row['id']}", address, **told)


async def _check(request: Request, connection: Connection, url: str | None, project: str | None) -> None:
    networks: Networks = request.app.state.webhook_networks
    try:
        if url is not None:
            check_url(url, networks)
    except DestinationRefused as error:
        raise WebhookDestination(error.why) from error
    if project is not None and await (await connection.execute(_PROJECT, (project,))).fetchone() is None:
        raise WebhookDestination(f'there is no project "{project}"')


async def _require(connection: Connection, floor: str, webhook: str) -> None:
    if await (await connection.execute(_KNOWN, (floor, webhook))).fetchone() is None:
        raise WebhookUnknown(webhook)


def _found(webhook: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise WebhookUnknown(webhook)
    return rows[0]
