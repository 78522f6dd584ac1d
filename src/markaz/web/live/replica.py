"""The web's copy of the floor, and the values of it that pages show, kept up for as long as the process runs."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from markaz import routing
from markaz.kit.errors import MarkazError
from markaz.kit.time import Instant
from markaz.runtime import DATABASE_AWAY, Begun, Follower, Handled, Reported
from markaz.web.live.figures import Figures
from markaz.web.live.hub import Hub
from markaz.web.live.values import AnyValue
from markaz.web.live.views import Changes, Touched, Views

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.03
"""Between two changes told: what happens meanwhile goes out together, and the process does its other work."""
RETRY_SECONDS = 0.5
TICK_SECONDS = 1.0
"""How late, at the most, figures notice that a minute or a day has passed."""


Standing = Callable[[], AsyncGenerator[dict[str, AnyValue]]]
"""All values that are no floor's, as they are and whenever they may have changed, for ever."""


class Replica:
    """Follows one floor and what stands beside it, and tells the hub."""

    def __init__(
        self, follower: Follower, hub: Hub, clock: Callable[[], Instant], standing: Standing | None = None
    ) -> None:
        self.figures = Figures()
        self.state: routing.FloorState | None = None
        """For reading: the floor itself; None before the copy has begun."""
        self._hub = hub
        self._follower = follower
        self._clock = clock
        self._views: Views | None = None
        self._touched = Touched()
        self._reported = Reported(silent=True)
        self._read = standing
        self._standing: dict[str, AnyValue] = {}
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. While the database is away what was told stays, marked as stale."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish())
            tasks.create_task(self._follow())
            tasks.create_task(self._tick())
            if self._read is not None:
                tasks.create_task(self._follow_standing(self._read))

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
            case Begun():
                self.figures = Figures(one.ended, one.visits, counted=one.counted, zone=self._reported.zone)
                self.figures.pass_time(max(self._clock(), self._follower.at))
                self.state = one.core.floor.state
                self._views, self._touched = Views(one.core, self.figures, self._reported), Touched()
                self._hub.begin({**self._views.values, **self._standing}, self._follower.number)
            case Handled(said=said):
                for row in said:
                    self._touched.add(row.stimulus, row.outputs)
                    self.figures.fold(row)
                self._hub.set_stale(False)
                if said:
                    self._news.set()
            case Reported():
                self._reported = one
                self.figures.set_zone(one.zone)
                if self._views is not None:
                    self._hub.publish(self._views.report(one), self._follower.number)

    async def _follow_standing(self, read: Standing) -> None:
        while True:
            try:
                async with aclosing(read()) as readings:
                    async for values in readings:
                        self._stand(values)
            except DATABASE_AWAY as error:
                logger.warning("What stands beside the floor is not read at the moment: %s", error)
            except MarkazError as error:
                logger.warning("What stands beside the floor waits until this process may read it: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    def _stand(self, values: dict[str, AnyValue]) -> None:
        before, self._standing = self._standing, values
        if self._views is not None:
            self._hub.publish(changed(before, values), self._follower.number)

    async def _tick(self) -> None:
        """Minutes pass, and days end, also when nothing happens."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.figures.pass_time(self._clock())
            self._news.set()

    async def _publish(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if self._views is not None:
                touched, self._touched = self._touched, Touched()
                self._hub.publish(self._views.refresh(touched), self._follower.number)
            await asyncio.sleep(GATHER_SECONDS)


def changed(before: dict[str, AnyValue], after: dict[str, AnyValue]) -> Changes:
    """What is another now; None: there is none any more."""
    changes: Changes = {key: value for key, value in after.items() if before.get(key) != value}
    return changes | dict.fromkeys(before.keys() - after.keys())
