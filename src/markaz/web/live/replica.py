"""The web's copy of the floor, and the values of it that pages show, kept up for as long as the process runs."""

import asyncio
import logging
from contextlib import aclosing

from markaz.kit.errors import MarkazError
from markaz.runtime import DATABASE_AWAY, Begun, Follower, Handled, Reported
from markaz.web.live.hub import Hub
from markaz.web.live.views import Touched, Views

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.03
"""Between two changes told: what happens meanwhile goes out together, and the process does its other work."""
RETRY_SECONDS = 0.5


class Replica:
    """Follows one floor, and tells the hub."""

    def __init__(self, follower: Follower, hub: Hub) -> None:
        self._hub = hub
        self._follower = follower
        self._views: Views | None = None
        self._touched = Touched()
        self._reported = Reported(silent=True)
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. While the database is away what was told stays, marked as stale."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish())
            tasks.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            try:
                async with aclosing(self._follower.follow()) as happening:
                    async for one in happening:
                        self._take(one)
            except DATABASE_AWAY as error:
                logger.warning("Live state waits for the database: %s", error)
            except MarkazError as error:
                logger.warning("Live state waits until this process may read the floor: %s", error)
            except Exception:
                logger.exception("Live state is begun anew")
                self._follower.forget()
            self._hub.set_stale(True)
            await asyncio.sleep(RETRY_SECONDS)

    def _take(self, one: Begun | Handled | Reported) -> None:
        match one:
            case Begun(core=core):
                self._views, self._touched = Views(core, self._reported), Touched()
                self._hub.begin(self._views.values, self._follower.number)
            case Handled(said=said):
                for stimulus, outputs in said:
                    self._touched.add(stimulus, outputs)
                self._hub.set_stale(False)
                if said:
                    self._news.set()
            case Reported():
                self._reported = one
                if self._views is not None:
                    self._hub.publish(self._views.report(one), self._follower.number)

    async def _publish(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if self._views is not None:
                touched, self._touched = self._touched, Touched()
                self._hub.publish(self._views.refresh(touched), self._follower.number)
            await asyncio.sleep(GATHER_SECONDS)
