"""The worker process: read models from the journal, and the ledger of recordings compared with the files."""

import asyncio
import logging

import psycopg

from markaz.bootstrap.addresses import database_url
from markaz.bootstrap.settings import Settings
from markaz.kit.clock import WallClock
from markaz.kit.time import moment
from markaz.runtime import Projector, connect
from markaz.telephony import reconcile_recordings

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
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._project())
            tasks.create_task(self._reconcile_recordings())

    async def _project(self) -> None:
        projector = Projector(self._url, self._settings.floor)
        while True:
            try:
                await projector.run()
            except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
                logger.warning("The read models wait for the database: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _reconcile_recordings(self) -> None:
        while True:
            try:
                async with await connect(self._url) as connection:
                    while True:
                        await reconcile_recordings(
                            connection,
                            floor=self._settings.floor,
                            folder=self._settings.recordings,
                            now=moment(self._clock()),
                        )
                        await asyncio.sleep(RECONCILE_SECONDS)
            except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
                logger.warning("The recordings wait for the database: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
