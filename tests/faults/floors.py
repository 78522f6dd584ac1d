"""Floor processes in the simulated world: the real `FloorProcess` over simulated edges, started again when it ends."""

import asyncio
import logging
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from markaz.bootstrap import floor_process
from markaz.bootstrap.settings import Settings
from markaz.kit import clock
from markaz.kit.errors import MarkazError
from markaz.runtime import inbox, journal, live, spool
from markaz.telephony import AsteriskSettings, DatabaseLedger, TrunkSettings, ledger, telephony
from markaz.telephony.asterisk import client
from tests.faults.asterisk import Asterisk
from tests.faults.database import Database
from tests.faults.disk import LedgerSpool, SimulatedDisk
from tests.faults.house import PROMPTS, configuration
from tests.faults.manager import SimulatedManager
from tests.faults.process import Process
from tests.faults.wire import Network

RESTART_SECONDS = (0.3, 2.0)
CHECKPOINT_ROWS = 150
"""So few, that days of a few minutes have some."""

Patch = tuple[Any, str, Any]


class Floors:
    """`slots` floors are kept running; whoever ends is started again a moment later, as a supervisor does."""

    def __init__(self, home: Path, chance: np.random.Generator, trace: Callable[..., None]) -> None:
        self._settings = Settings(home=home)
        self._chance = chance
        self._trace = trace
        self.started = 0
        self.alive: list[Process] = []
        self.is_closed = False
        self.crashes: list[str] = []

    def start_one(self) -> None:
        if self.is_closed:
            return
        self.started += 1
        process = Process(f"floor-{self.started}")
        self._trace("world", f"{process.name} starts")
        self.alive.append(process)
        process.on_death.append(lambda: self._ended(process))
        process.start(self._run(process))

    async def _run(self, process: Process) -> None:
        try:
            await floor_process.FloorProcess(self._settings).run()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            if process.is_dead:
                return
            for one in _leaves(error):
                self._trace(process.name, f"ends: {type(one).__name__}: {one}")
                if not isinstance(one, (MarkazError, psycopg.OperationalError, OSError, TimeoutError)):
                    self.crashes.append(f"{process.name} ended by {one!r}")
                    logging.getLogger("markaz").error("a crash", exc_info=one)

    def _ended(self, process: Process) -> None:
        self.alive.remove(process)
        self._trace("world", f"{process.name} is gone")
        if not self.is_closed:
            seconds = float(self._chance.uniform(*RESTART_SECONDS))
            asyncio.get_running_loop().call_later(seconds, self.start_one)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error


def edges(
    home: Path, database: Database, disk: SimulatedDisk, asterisk: Asterisk, network: Network,
    wall: Callable[[], float], chance: np.random.Generator,
) -> list[Patch]:  # fmt: skip
    """What stands in for clock, database, disk, network and chance, where the real code reaches for them."""
    loop = asyncio.get_running_loop()
    time = types.SimpleNamespace(
        time_ns=lambda: round(wall() * 1e9), monotonic_ns=lambda: round((1e6 + loop.time()) * 1e9)
    )
    secrets = types.SimpleNamespace(token_hex=lambda length: chance.bytes(length).hex())
    settings = AsteriskSettings(
        sip_port=5060, rtp_port_first=20_000, rtp_port_last=29_999, http_port=8088, manager_port=5038,
        ari_password="a", manager_secret="m", prompts=home / "prompts", recordings=home / "recordings",
    )  # fmt: skip
    trunks = (TrunkSettings(id="t", host="127.0.0.1", match=("127.0.0.1",), prefixes=("49", "7")),)
    dial = types.SimpleNamespace(connect=lambda url, autocommit: database.connect(url))
    return [
        (clock, "time", time),
        (spool, "os", disk),
        (journal, "connect", database.connect),
        (inbox, "connect", database.connect),
        (floor_process, "connect", database.connect),
        (live, "CHECKPOINT_ROWS", CHECKPOINT_ROWS),
        (ledger, "psycopg", types.SimpleNamespace(AsyncConnection=dial, Error=psycopg.Error)),
        (telephony, "ManagerClient", lambda address: SimulatedManager(asterisk, network)),
        (client, "aiohttp", network.aiohttp()),
        (floor_process, "secrets", secrets),
        (floor_process, "database_url", lambda settings: ""),
        (floor_process, "read_addresses", lambda settings: None),
        (floor_process, "asterisk_settings", lambda *_: settings),
        (floor_process, "spoken_prompts", _given({name: home / "prompts" / f"{name}.ulaw" for name in PROMPTS})),
        (floor_process, "trunks_of", _given(trunks)),
        (floor_process, "organisation", types.SimpleNamespace(
            centre_of=_given("centre"), stimuli=_given(configuration()))),
        (floor_process, "DatabaseLedger", lambda *, conninfo, floor, spool: DatabaseLedger(
            conninfo=conninfo, floor=floor, spool=LedgerSpool(spool, disk))),  # pyright: ignore[reportArgumentType]
    ]  # fmt: skip


def _given(value: Any) -> Callable[..., Any]:
    async def give(*_: object, **__: object) -> Any:
        return value

    return give


@contextmanager
def patched(patches: Sequence[Patch]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for place, name, value in patches:
            patch.setattr(place, name, value)
        yield


__all__ = ["Floors", "edges", "patched"]
