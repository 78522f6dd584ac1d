"""Delivers what is due, signed; tries again with growing pauses, for a day and more; keeps how each attempt went.

A delivery is claimed for a while before it is sent, and its result is saved after: no transaction waits for somebody
else's server. One that was sent by a process that then died is sent again: receivers know it by its number.
"""

import asyncio
import ipaddress
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import aiohttp
import msgspec
import psycopg
from psycopg.rows import TupleRow

from markaz.kit.time import SECOND, Instant
from markaz.runtime import connect
from markaz.webhooks.destination import CheckedResolver, DestinationRefused, Networks, check_url, is_allowed_plain
from markaz.webhooks.signing import sign

PAUSES_SECONDS = (10, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400)
"""Before each further attempt; after the last of them a delivery has failed, until somebody wants it again."""
ATTEMPT_SECONDS_MAX = 10.0
CLAIM_SECONDS = 60
DUE_MAX = 100
"""Deliveries taken in hand at a time."""
AT_ONCE_MAX = 16
"""Subscriptions served at the same time; each gets its deliveries one after the other."""
POLL_SECONDS = 0.5
ANSWER_BYTES_MAX = 1_024

_CLAIM = """
UPDATE webhook_delivery SET next_at = now() + make_interval(secs => %s)
FROM webhook
WHERE webhook.floor = webhook_delivery.floor AND webhook.id = webhook_delivery.webhook
    AND webhook_delivery.id IN (
        SELECT id FROM webhook_delivery
        WHERE floor = %s AND state = 'pending' AND next_at <= now() AND webhook <> ALL (%s)
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING webhook_delivery.id, webhook, kind, body, attempts, url, secret,
    CASE WHEN secret_before_until > now() THEN secret_before END, removed_at IS NOT NULL
"""
_ATTEMPT = """
INSERT INTO webhook_attempt (delivery, n, at, status, problem, milliseconds)
VALUES (%s, %s, clock_timestamp(), %s, %s, %s)
"""
_RESULT = """
UPDATE webhook_delivery SET attempts = %s, state = %s,
    next_at = CASE WHEN %s = 'pending' THEN clock_timestamp() + make_interval(secs => %s) END,
    ended_at = CASE WHEN %s = 'pending' THEN NULL ELSE clock_timestamp() END
WHERE id = %s
"""


class Due(msgspec.Struct, frozen=True):
    id: int
    webhook: str
    kind: str
    body: str
    attempts: int
    url: str
    secret: str
    secret_before: str | None
    is_removed: bool


class Result(msgspec.Struct, frozen=True):
    """`problem` None: it was taken."""

    status: int | None
    problem: str | None
    milliseconds: int


class Deliverer:
    """One floor's. `networks`: private ones that deliveries may go to."""

    def __init__(self, url: str, floor: str, networks: Networks, clock: Callable[[], Instant]) -> None:
        self._url = url
        self._floor = floor
        self._networks = networks
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE_MAX)
        self._serving: set[str] = set()

    async def run(self) -> None:
        """Until cancelled; raises when the database goes away. A receiver that hangs keeps no other one waiting."""
        async with await connect(self._url) as connection, asyncio.TaskGroup() as tasks:
            writing = asyncio.Lock()
            while True:
                async with writing:
                    due = await self._claim(connection)
                for webhook, ones in due.items():
                    self._serving.add(webhook)
                    task = tasks.create_task(self._serve(connection, writing, ones))
                    task.add_done_callback(lambda _, webhook=webhook: self._serving.discard(webhook))
                await asyncio.sleep(POLL_SECONDS)

    async def deliver(self, connection: psycopg.AsyncConnection[TupleRow]) -> None:
        """Send once what is due now."""
        due = await self._claim(connection)
        writing = asyncio.Lock()
        await asyncio.gather(*(self._serve(connection, writing, ones) for ones in due.values()))

    async def _claim(self, connection: psycopg.AsyncConnection[TupleRow]) -> dict[str, list[Due]]:
        """What is due, in order, by subscription; but of those that are being served."""
        cursor = await connection.execute(_CLAIM, (CLAIM_SECONDS, self._floor, list(self._serving), DUE_MAX))
        of: dict[str, list[Due]] = {}
        for one in sorted((Due(*row) for row in await cursor.fetchall()), key=lambda one: one.id):
            of.setdefault(one.webhook, []).append(one)
        return of

    async def _serve(
        self, connection: psycopg.AsyncConnection[TupleRow], writing: asyncio.Lock, ones: list[Due]
    ) -> None:
        """Stops at a failure: what is left is claimed again later, after as long as its claim lasts."""
        async with self._slots:
            for one in ones:
                result = Result(None, "the subscription is removed", 0) if one.is_removed else await self._send(one)
                async with writing:
                    await _keep(connection, one, result)
                if result.problem is not None and not one.is_removed:
                    left = [other.id for other in ones if other.id > one.id]
                    async with writing:
                        await connection.execute(
                            "UPDATE webhook_delivery SET next_at = now() + interval '1 s' WHERE id = ANY (%s)", (left,)
                        )
                    return

    async def _send(self, one: Due) -> Result:
        began = time.monotonic()
        try:
            status = await self._post(one)
            problem = None if 200 <= status < 300 else _meaning(status)
        except DestinationRefused as error:
            status, problem = None, str(error)
        except TimeoutError:
            status, problem = None, f"no answer within {ATTEMPT_SECONDS_MAX:.0f} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            refused = error.__cause__ if isinstance(error.__cause__, DestinationRefused) else None
            status, problem = None, str(refused or error)[:500] or type(error).__name__
        return Result(status, problem, round((time.monotonic() - began) * 1_000))

    async def _post(self, one: Due) -> int:
        check_url(one.url, self._networks)
        parts = urlsplit(one.url)
        is_plain = parts.scheme == "http"
        host = parts.hostname or ""
        if is_plain and _is_literal(host) and not is_allowed_plain(ipaddress.ip_address(host), self._networks):
            raise DestinationRefused("use https")
        body = one.body.encode()
        at = self._clock() // SECOND
        secrets = [one.secret, *([one.secret_before] if one.secret_before else [])]
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Markaz",
            "Markaz-Delivery": str(one.id),
            "Markaz-Kind": one.kind,
            "Markaz-Signature": sign(secrets, at, body),
        }
        connector = aiohttp.TCPConnector(resolver=CheckedResolver(self._networks, is_plain=is_plain), force_close=True)
        timeout = aiohttp.ClientTimeout(total=ATTEMPT_SECONDS_MAX)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as client,
            client.post(one.url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            await answer.content.read(ANSWER_BYTES_MAX)
            return answer.status


async def _keep(connection: psycopg.AsyncConnection[TupleRow], one: Due, result: Result) -> None:
    n = one.attempts + 1
    if result.problem is None:
        state, pause = "delivered", 0
    elif one.is_removed or n > len(PAUSES_SECONDS):
        state, pause = "failed", 0
    else:
        state, pause = "pending", PAUSES_SECONDS[n - 1]
    async with connection.transaction():
        await connection.execute(_ATTEMPT, (one.id, n, result.status, result.problem, result.milliseconds))
        await connection.execute(_RESULT, (n, state, state, pause, state, one.id))


def _meaning(status: int) -> str:
    if 300 <= status < 400:
        return f"it answered {status}: redirects are not followed, subscribe the address itself"
    return f"it answered {status}"


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
