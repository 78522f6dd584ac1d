"""Asterisk's manager interface as the floor uses it: it starts and pauses recordings."""

import asyncio
from pathlib import Path

from markaz.telephony.asterisk.manager import REQUEST_SECONDS_MAX, ManagerRefused, ManagerSilent
from tests.faults.asterisk import Asterisk
from tests.faults.process import alive
from tests.faults.wire import LATENCY_SECONDS, Network


class SimulatedManager:
    """`ManagerClient`'s two methods. What it asks for is lost with the network, and refused by a dead Asterisk.

    When it is silent, half of what it is asked for is done all the same.
    """

    def __init__(self, asterisk: Asterisk, network: Network) -> None:
        self._asterisk = asterisk
        self._network = network

    async def action(self, name: str, **fields: str) -> dict[str, str]:
        process = alive()
        if self._network.is_refusing or not self._asterisk.is_up:
            raise ManagerSilent(name, "refused")
        await asyncio.sleep(self._network.way())
        if self._network.is_cut:
            await self._say_nothing(name)
        if process.is_dead:
            raise ManagerRefused(name, "the process is dead")
        is_silent, is_heard = self._asterisk.manager_is_silent, self._network.way() < LATENCY_SECONDS
        if is_silent and not is_heard:
            await self._say_nothing(name)
        channel = next((one for one in self._asterisk.channels.values() if one.name == fields["Channel"]), None)
        if channel is None:
            raise ManagerRefused(name, "No such channel")
        match name:
            case "MixMonitor":
                self._asterisk.sounds.mix(channel, Path(fields["File"]))
            case "MixMonitorMute":
                if not self._asterisk.sounds.mute(channel, is_muted=fields["State"] == "1"):
                    raise ManagerRefused(name, "Cannot set mute flag")
            case "Redirect":
                self._asterisk.redirect(channel)
            case _:
                raise AssertionError(f"the simulated manager does not know {name}")
        if is_silent:
            await self._say_nothing(name)
        await asyncio.sleep(self._network.way())
        return {"Response": "Success"}

    async def _say_nothing(self, name: str) -> None:
        await asyncio.sleep(REQUEST_SECONDS_MAX)
        raise ManagerSilent(name, "timed out")

    async def stop(self) -> None:
        """Nothing is open."""
