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
        url, floor, clock = self._url, self._settings.floor, self._clock
        kept = {
            "read models": Projector(url, floor).run,
            "recordings": self._reconcile_recordings,
            "webhooks": Feeder(url, floor).run,
            "deliveries": Deliverer(url, floor, networks_of(self._settings.webhook_networks), clock).run,
            "reports": Reporter(url, floor, clock).run,
            "mail": Mailer(url, floor, _server(self._settings)).run,
            "samples": Sampler(url, floor, clock).run,
            "requests that wait too long": Escalator(url).run,
        }
        async with asyncio.TaskGroup() as tasks:
            for name, work in kept.items():
                tasks.create_task(_keep(name, work))

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
