"""What records: Asterisk's manager as the floor speaks with it, and files as long as what was said."""

import asyncio
from pathlib import Path

from markaz.telephony.asterisk.manager import REQUEST_SECONDS_MAX, ManagerRefused
from tests.faults.asterisk import Asterisk, Channel
from tests.faults.process import alive
from tests.faults.wire import Network

RAW_BYTES_PER_SECOND = 32_000
MESSAGE_BYTES_PER_SECOND = 16_000
WAV_HEADER_BYTES = 44


class SimulatedManager:
    """`ManagerClient`'s two methods. What it asks for is lost with the network, and refused by a dead Asterisk."""

    def __init__(self, asterisk: Asterisk, network: Network) -> None:
        self._asterisk = asterisk
        self._network = network

    async def action(self, name: str, **fields: str) -> dict[str, str]:
        assert name == "MixMonitor", f"the simulated manager does not know {name}"
        process = alive()
        if self._network.is_refusing or not self._asterisk.is_up:
            raise ManagerRefused(name, "no answer (refused)")
        await asyncio.sleep(self._network.way())
        if self._network.is_cut:
            await asyncio.sleep(REQUEST_SECONDS_MAX)
            raise ManagerRefused(name, "no answer (timed out)")
        if process.is_dead:
            raise ManagerRefused(name, "the process is dead")
        channel = next((one for one in self._asterisk.channels.values() if one.name == fields["Channel"]), None)
        if channel is None:
            raise ManagerRefused(name, "No such channel")
        self._asterisk.mix(channel, Path(fields["File"]))
        await asyncio.sleep(self._network.way())
        return {"Response": "Success"}

    async def stop(self) -> None:
        """Nothing is open."""


def write_sound(path: Path, length: int) -> None:
    """A file of `length` bytes that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(length)


__all__ = ["MESSAGE_BYTES_PER_SECOND", "RAW_BYTES_PER_SECOND", "WAV_HEADER_BYTES", "Channel", "SimulatedManager"]
