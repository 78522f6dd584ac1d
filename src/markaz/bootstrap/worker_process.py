"""The worker process: read models from the journal, recordings and their files, webhooks, samples, agreed reports, and
requests that nobody answered in time.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg

from markaz.bootstrap.addresses import database_url
from markaz.bootstrap.settings import Settings
from markaz.kit.clock import WallClock
from markaz.kit.time import moment
from markaz.listening import Sampler
from markaz.reports.agreements import Mailer, MailServer, Reporter
from markaz.requests import Escalator
from markaz.runtime import Projector, connect
from markaz.telephony import reconcile_recordings
from markaz.webhooks import Deliverer, Feeder, networks_of

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
RECONCILE_SECONDS = 5.0
"""How often expected recordings are looked for."""


class WorkerProcess:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = database_url(settings)
        self._clock = WallClock()

    async def run(self) -> None:
        """Until cancelled. What stands still does not stop the other."""
        projector = Projector(self._url, self._settings.floor)
        networks = networks_of(self._settings.webhook_networks)
        deliverer = Deliverer(self._url, self._settings.floor, networks, self._clock)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_keep("read models", projector.run))
            tasks.create_task(_keep("recordings", self._reconcile_recordings))
            tasks.create_task(_keep("webhooks", Feeder(self._url, self._settings.floor).run))
            tasks.create_task(_keep("deliveries", deliverer.run))
            tasks.create_task(_keep("reports", Reporter(self._url, self._settings.floor, self._clock).run))
            tasks.create_task(_keep("mail", Mailer(self._url, self._settings.floor, _server(self._settings)).run))
            tasks.create_task(_keep("samples", Sampler(self._url, self._settings.floor, self._clock).run))
            tasks.create_task(_keep("requests that wait too long", Escalator(self._url).run))

    async def _reconcile_recordings(self) -> None:
        async with await connect(self._url) as connection:
            while True:
                await reconcile_recordings(
                    connection,
                    floor=self._settings.floor,
                    folder=self._settings.recordings,
                    now=moment(self._clock()),
                )
                await asyncio.sleep(RECONCILE_SECONDS)


def _server(settings: Settings) -> MailServer | None:
    mail = settings.mail
    if mail is None:
        return None
    return MailServer(
        host=mail.host, port=mail.port, sender=mail.sender, user=mail.user, password=mail.password,
        starttls=mail.starttls,
    )  # fmt: skip


async def _keep(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begin again after whatever went wrong; `/health` tells how far the read models are behind."""
    while True:
        try:
            await work()
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            logger.warning("The %s wait for the database: %s", name, error)
        except Exception:
            logger.exception("The %s stand still", name)
        await asyncio.sleep(RETRY_SECONDS)
