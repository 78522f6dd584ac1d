"""Asterisk's manager interface as the floor uses it: it starts and pauses recordings."""

import asyncio
from pathlib import Path

from markaz.telephony.asterisk.manager import REQUEST_SECONDS_MAX, ManagerRefused
from tests.faults.asterisk import Asterisk
from tests.faults.process import alive
from tests.faults.wire import Network


class SimulatedManager:
    """`ManagerClient`'s two methods. What it asks for is lost with the network, and refused by a dead Asterisk."""

    def __init__(self, asterisk: Asterisk, network: Network) -> None:
        self._asterisk = asterisk
        self._network = network

    async def action(self, name: str, **fields: str) -> dict[str, str]:
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
        match name:
            case "MixMonitor":
                self._asterisk.mix(channel, Path(fields["File"]))
            case "MixMonitorMute":
                if not self._asterisk.mute(channel, is_muted=fields["State"] == "1"):
                    raise ManagerRefused(name, "Cannot set mute flag")
            case "Redirect":
                self._asterisk.redirect(channel)
            case _:
                raise AssertionError(f"the simulated manager does not know {name}")
        await asyncio.sleep(self._network.way())
        return {"Response": "Success"}

    async def stop(self) -> None:
        """Nothing is open."""
