"""The web process: the application served on the installation's address."""

import asyncio
import contextlib
from collections.abc import Callable, Generator

import msgspec
import psycopg
import uvicorn
import uvloop

from markaz.bootstrap import (
    Settings,
    database_url,
    encryption_key,
    installation_key,
    prepare_web_access,
    read_addresses,
    until_told,
    web_database_url,
)
from markaz.identity.openid import Provider
from markaz.kit.clock import WallClock
from markaz.kit.time import moment
from markaz.telephony import SOCKET_PATH
from markaz.web.app import WebSettings, create_app
from markaz.webhooks import networks_of

SOCKET_BYTES_MAX = 65_536
"""The longest message that a page may send by a socket; a longer one ends it."""
STOP_SECONDS_MAX = 5
"""Requests that are being answered at the end get this long."""


def run_web(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM; the exit code. Raises `NothingRuns` when there is no database to serve from."""
    addresses = read_addresses(settings)
    owner_url = database_url(settings)
    with contextlib.suppress(psycopg.OperationalError):  # it is away: whoever starts it again sees to the role
        prepare_web_access(settings, owner_url)
    clock = WallClock()
    app = create_app(
        WebSettings(
            database_url=web_database_url(settings, owner_url),
            floor=settings.floor,
            sip_address=lambda: (settings.sip_host or addresses.host, addresses.sip_port),
            sip_socket=f"ws://127.0.0.1:{addresses.http_port}{SOCKET_PATH}",
            encryption_key=encryption_key(settings),
            clock=lambda: moment(clock()),
            public_url=settings.public_url,
            providers=tuple(Provider(**msgspec.structs.asdict(one)) for one in settings.openid),
            floor_key=installation_key(settings, "web-floor"),
            webhook_networks=networks_of(settings.webhook_networks),
            recordings=settings.recordings,
        )
    )
    server = Server(
        uvicorn.Config(
            app,
            host=addresses.host,
            port=addresses.web_port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS_MAX,
            ws="websockets-sansio",
            ws_max_size=SOCKET_BYTES_MAX,
            ws_per_message_deflate=False,  # a thousand pages get the same text; each would have it compressed anew
        ),
        ending=app.state.embedded.close,
    )
    return uvloop.run(until_told(server.run_until_cancelled))


class Server(uvicorn.Server):
    """Ends when its task is cancelled, as every part does, instead of by signals of its own.

    `ending` closes what has no end by itself.
    """

    def __init__(self, config: uvicorn.Config, *, ending: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._ending = ending

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def run_until_cancelled(self) -> None:
        """Serve; when cancelled finish what is being answered, close the application, and only then end."""
        serving = asyncio.ensure_future(self.serve())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self.should_exit = True
            self._ending()
            await serving
            raise
