"""The application, put together from what bootstrap gives it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from markaz.identity import Prover, SecondFactors, SignIn
from markaz.identity.openid import Provider, Providers
from markaz.kit.time import Instant, instant
from markaz.runtime import Follower, LiveView
from markaz.web import (
    administration,
    agreed,
    alarms,
    assigning,
    audit_trail,
    comments,
    contacts,
    contacts_sheet,
    conversations,
    day,
    desk,
    embed,
    entering,
    feedback,
    feedback_sheet,
    floor,
    health,
    invitations,
    keys,
    live,
    names,
    openid,
    own_account,
    pausing,
    phone_socket,
    recordings,
    requests,
    sample_terms,
    samples,
    screen_pop,
    sign_in,
    today,
    users,
    webhooks,
    wrap_ups,
)
from markaz.web.context import Connection, Installation, SipAddress
from markaz.web.errors import FiguresCrowded
from markaz.web.guard import guard
from markaz.web.idempotency import repeat_answers
from markaz.web.page_files import serve_pages
from markaz.web.problems import Problem, answer_with_problems
from markaz.web.request_ids import RequestIds
from markaz.web.standing import standing_values
from markaz.web.turns import Turns
from markaz.web.watching import enter_as, opened, session_ends
from markaz.webhooks import Networks

CONNECTIONS_MAX = 10
REQUESTS_WAITING_MAX = 200
"""Requests that wait for a connection; a further one is told at once that the database does not answer."""
CONNECTION_SECONDS_MAX = 2.0
COMPUTATIONS_MAX = 2
"""Of figures at once: each has the processor, and at first a connection, for a while."""
COMPUTATIONS_WAITING_MAX = 20
STATEMENT_MILLISECONDS_MAX = 5_000

_DESCRIPTION = """
The floor of a contact centre for desks and dashboards. Commands are stored and answered 202; the floor handles them
in order. Every refusal is a problem document (RFC 9457) whose `code` is stable and whose `detail` says what to do.
A POST with an `Idempotency-Key` is done once: sent again within a day it gets the first answer again.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """`database_url` is the conninfo of the role `markaz_web`; `encryption_key` is a Fernet key of the installation's.

    `sip_socket`: the URL at which Asterisk takes SIP over WebSocket, on this machine.
    `public_url`: where browsers reach it when that is not what requests say; `providers`: who else vouches for people;
    `floor_key`: the key with which the process follows the floor (None: it does not); `webhook_networks`: private
    networks to which webhooks may be sent; `recordings`: the folder of recordings (None: it is on another machine).
    """

    database_url: str
    floor: str
    sip_address: SipAddress
    sip_socket: str
    encryption_key: bytes
    clock: Callable[[], datetime]
    public_url: str | None = None
    providers: tuple[Provider, ...] = ()
    floor_key: str | None = None
    webhook_networks: Networks = ()
    recordings: Path | None = None


def create_app(settings: WebSettings) -> FastAPI:
    """The web application of one floor.

    Connections are opened when it starts and closed when it ends; it starts, and says so, when the database is away.
    """
    pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
        make_conninfo(
            settings.database_url, options=f"-c timezone=UTC -c statement_timeout={STATEMENT_MILLISECONDS_MAX}"
        ),
        kwargs={"autocommit": True},
        min_size=1,
        max_size=CONNECTIONS_MAX,
        max_waiting=REQUESTS_WAITING_MAX,
        timeout=CONNECTION_SECONDS_MAX,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.open()
        try:
            async with app.state.live.running():
                yield
        finally:
            await pool.close()

    app = FastAPI(
        title="Markaz",
        version=version("markaz"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.installation = _installation(settings, pool)
    app.state.webhook_networks = settings.webhook_networks
    app.state.live = _live(settings.database_url, settings)
    app.state.embedded = embed.Embedded()
    app.state.phone_sockets = phone_socket.Sockets()
    answer_with_problems(app)
    repeat_answers(app)
    guard(app)
    app.include_router(health.router)
    app.include_router(floor.router)
    app.include_router(feedback.router)
    app.include_router(alarms.reading)
    app.include_router(alarms.changing)
    app.include_router(desk.agents)
    app.include_router(wrap_ups.router)
    app.include_router(day.router)
    app.include_router(conversations.router)
    app.include_router(conversations.supervision)
    app.include_router(assigning.router)
    app.include_router(pausing.router)
    app.include_router(phone_socket.router)
    for part in (sign_in, openid, own_account, users, invitations, keys, audit_trail):
        app.include_router(part.router)
    for router in administration.ROUTERS:
        app.include_router(router)
    for router in agreed.ROUTERS:
        app.include_router(router)
    for part in (contacts, entering, webhooks, screen_pop, embed, live, recordings, comments, contacts_sheet, names):
        app.include_router(part.router)
    for part in (sample_terms, samples, requests, today, feedback_sheet):
        app.include_router(part.router)
    serve_pages(app)
    app.add_middleware(RequestIds)
    _describe_components(app)
    return app


def _live(url: str, settings: WebSettings) -> live.Live:
    def clock() -> Instant:
        return instant(settings.clock())

    key = settings.floor_key
    if key is None:
        return live.Live(None, opened, session_ends(url), clock)
    enter = enter_as(key)

    def alarming(hub: live.Hub, replica: live.Replica) -> live.Alarming:
        return live.Alarming(url, settings.floor, enter, hub, replica, clock)

    following, standing = Follower(url, settings.floor, enter), standing_values(url, enter)
    return live.Live(following, opened, session_ends(url), clock, standing, alarming)


def _installation(settings: WebSettings, pool: AsyncConnectionPool[Connection]) -> Installation:
    @asynccontextmanager
    async def transaction() -> AsyncIterator[Connection]:
        async with pool.connection() as connection, connection.transaction():
            yield connection

    prover, factors = Prover(), SecondFactors(settings.encryption_key)
    return Installation(
        pool=pool,
        floor=settings.floor,
        sip_address=settings.sip_address,
        sip_socket=settings.sip_socket,
        sign_in=SignIn(transaction, prover, factors),
        prover=prover,
        factors=factors,
        providers=Providers(settings.providers, settings.encryption_key),
        public_url=settings.public_url,
        clock=settings.clock,
        recordings=settings.recordings,
        computations=Turns(COMPUTATIONS_MAX, COMPUTATIONS_WAITING_MAX, FiguresCrowded),
    )


def _describe_components(app: FastAPI) -> None:
    """Add to the OpenAPI document the shapes that answers have but FastAPI does not make itself."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document["components"]["schemas"]
        if "LiveView" not in schemas:
            _, report = msgspec.json.schema_components([LiveView], ref_template="#/components/schemas/{name}")
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= administration.entry_schemas()
            schemas |= report | problem.pop("$defs") | {"Problem": problem}
        return document

    app.openapi = openapi
