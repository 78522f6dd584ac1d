"""Customers, agents and people outside: what they do with their telephones, drawn from the seed.

They know nothing of the floor. An agent has a desk too, which is a web page: it stores messages in the inbox and shows
what the floor published last.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import psycopg

from markaz.routing import AgentBecameNotReady, AgentBecameReady, AgentSignedIn, Stimulus, WrapUpEnded
from markaz.runtime import PhoneChanged, StimulusSent, send
from tests.faults.asterisk import CAUSE_BUSY, CAUSE_NORMAL, Asterisk, Channel
from tests.faults.database import Database

PATIENCE_SECONDS = 75.0
TALK_SECONDS = 30.0
WRAP_UP_SECONDS = 6.0
SILENCE_SECONDS = 60.0
"""After so long with nobody at the other end an agent hangs up."""
DESK_SECONDS = 4.0
REGISTER_SECONDS = 3.0


class Person:
    """Somebody with a telephone and a mind: `chance` decides."""

    def __init__(self, name: str, number: str, asterisk: Asterisk, chance: np.random.Generator) -> None:
        self.name = name
        self.number = number
        self._asterisk = asterisk
        self._chance = chance
        self.has_vanished = False

    def invited(self, channel: Channel) -> None: ...
    def answered(self, channel: Channel) -> None: ...
    def joined(self, channel: Channel) -> None: ...
    def played(self, channel: Channel, playback: str) -> None: ...
    def recorded(self, channel: Channel) -> None: ...
    def ended(self, channel: Channel, by: str) -> None: ...

    def _about(self, seconds: float) -> float:
        return 0.5 + float(self._chance.exponential(seconds))

    def _maybe(self, share: float) -> bool:
        return bool(self._chance.random() < share)

    def _soon(self, seconds: float, act: Callable[..., None], *args: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, self._act, act, args)

    def _act(self, act: Callable[..., None], args: tuple[Any, ...]) -> None:
        if not self.has_vanished:
            act(*args)


def others(channel: Channel) -> list[Channel]:
    """Who hears this party."""
    return [one for one in channel.bridge.channels if one is not channel] if channel.bridge is not None else []


class Customer(Person):
    """Calls, keys, waits, talks, gives up; answers when called back, more often than not."""

    def __init__(
        self, name: str, number: str, asterisk: Asterisk, chance: np.random.Generator, *, dials: str, key: str
    ) -> None:
        super().__init__(name, number, asterisk, chance)
        self._dials = dials
        self._key = key
        self.is_calm = False
        """Speaks little, waits for nobody for long: the day is over."""

    def call(self) -> None:
        channel = self._asterisk.call(self, self._dials)
        if channel is not None:
            self._soon(self._about(PATIENCE_SECONDS), self._lose_patience, channel)
            if self._maybe(0.12):
                self._soon(25 + self._about(10), self._asterisk.press, channel, "1" if self._maybe(0.6) else "2")

    def invited(self, channel: Channel) -> None:
        """Called back."""
        if self.has_vanished or self._maybe(0.15):
            return
        if self._maybe(0.12):
            self._soon(2, self._asterisk.hang_up, channel, CAUSE_BUSY)
        else:
            self._soon(self._about(3), self._asterisk.answer, channel)
            self._soon(20 + self._about(PATIENCE_SECONDS), self._lose_patience, channel)

    def played(self, channel: Channel, playback: str) -> None:
        if playback.endswith(".p2"):
            self._soon(self._about(0.5), self._asterisk.press, channel, self._key)

    def joined(self, channel: Channel) -> None:
        if others(channel) and self._maybe(0.4):
            self._soon(self._about(TALK_SECONDS), self._say_goodbye, channel)

    def recorded(self, channel: Channel) -> None:
        seconds = float(self._chance.uniform(0.2, 15))
        if self._maybe(0.5):
            self._soon(seconds, self._asterisk.hang_up, channel)
        else:
            self._soon(seconds, self._asterisk.press, channel, "#")

    def _say_goodbye(self, channel: Channel) -> None:
        if others(channel):
            self._asterisk.hang_up(channel)

    def _lose_patience(self, channel: Channel) -> None:
        if channel.is_over:
            return
        if others(channel) or channel.recording is not None:
            self._soon(20, self._lose_patience, channel)
        else:
            self._asterisk.hang_up(channel)


class Outsider(Person):
    """A number outside: another centre, a department."""

    def invited(self, channel: Channel) -> None:
        if self._maybe(0.7):
            self._soon(self._about(3), self._asterisk.answer, channel)
            self._soon(15 + self._about(TALK_SECONDS), self._asterisk.hang_up, channel)
        elif self._maybe(0.5):
            self._soon(1, self._asterisk.hang_up, channel, CAUSE_BUSY)


class Agent(Person):
    """Signs in, answers, holds, passes on, wraps up; says "ready" again when the desk shows otherwise."""

    def __init__(
        self, name: str, asterisk: Asterisk, chance: np.random.Generator, database: Database, targets: list[str]
    ) -> None:
        super().__init__(name, name, asterisk, chance)
        self.username = f"agent-{name}"
        self._database = database
        self._targets = targets
        self.channels: list[Channel] = []
        self.sent: list[Stimulus] = []
        """What the inbox has taken."""
        self.wants_work = True
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._register_for_ever()), loop.create_task(self._work_at_the_desk())]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    # The telephone

    async def _register_for_ever(self) -> None:
        while True:
            if not self.has_vanished:
                self._asterisk.register(self.username, self)
            await asyncio.sleep(REGISTER_SECONDS * (0.5 + float(self._chance.random())))

    def vanish(self) -> None:
        """The line is dead, without a word."""
        self.has_vanished = True
        for channel in self.channels:
            self._asterisk.lose_sound(channel)
        if self._maybe(0.5):
            asyncio.get_running_loop().call_later(
                float(self._chance.uniform(0, 30)), self._is_missed, context=self._asterisk.context
            )

    def _is_missed(self) -> None:
        if self.has_vanished:
            self._asterisk.unregister(self.username, "Unreachable")

    def come_back(self) -> None:
        self.has_vanished = False
        for channel in list(self.channels):
            self._asterisk.hang_up(channel)  # a phone that starts anew knows of no call

    def invited(self, channel: Channel) -> None:
        self.channels.append(channel)
        if self.has_vanished:
            return
        dice = float(self._chance.random())
        if dice < 0.8:
            self._soon(self._about(2), self._pick_up, channel)
        elif dice < 0.88:
            self._soon(self._about(2), self._asterisk.hang_up, channel, CAUSE_BUSY)

    def _pick_up(self, channel: Channel) -> None:
        if not channel.is_over:
            self._asterisk.answer(channel)
            self._soon(SILENCE_SECONDS, self._mind_silence, channel)

    def _mind_silence(self, channel: Channel) -> None:
        if channel.is_over:
            return
        if others(channel):
            self._soon(SILENCE_SECONDS, self._mind_silence, channel)
        else:
            self._asterisk.hang_up(channel)

    def joined(self, channel: Channel) -> None:
        if not others(channel) or self.has_vanished:
            return
        dice = float(self._chance.random())
        if dice < 0.15:
            self._soon(self._about(5), self._hold, channel)
        if dice < 0.3:
            target = self._targets[int(self._chance.integers(len(self._targets)))]
            self._soon(self._about(TALK_SECONDS / 2), self._asterisk.refer, channel, target)
        self._soon(2 + self._about(TALK_SECONDS), self._say_goodbye, channel)

    def _say_goodbye(self, channel: Channel) -> None:
        if not channel.is_over:
            self._asterisk.hang_up(channel)

    def _hold(self, channel: Channel) -> None:
        self._asterisk.hold(channel, is_held=True)
        self._soon(self._about(5), self._resume, channel)

    def _resume(self, channel: Channel) -> None:
        self._asterisk.hold(channel, is_held=False)

    def ended(self, channel: Channel, by: str) -> None:
        if channel in self.channels:
            self.channels.remove(channel)
        if channel.state == "Up" and self._maybe(0.7):
            asyncio.get_running_loop().call_later(self._about(WRAP_UP_SECONDS), self._wrap_up)

    # The desk

    def _wrap_up(self) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(self._send(WrapUpEnded(self.name))))
        self._tasks = [task for task in self._tasks if not task.done()]

    async def _send(self, *stimuli: Stimulus, phone: bool = False) -> bool:
        """Store messages, as the web part does in one transaction; whether that was answered."""
        try:
            async with await self._database.connect("") as connection, connection.transaction():
                if phone:
                    self._database.phones[self.name] = self.username, "secret"
                messages = [StimulusSent(stimulus) for stimulus in stimuli]
                told = [PhoneChanged(self.name), *messages] if phone else messages
                await send(connection, "main", *told)  # pyright: ignore[reportArgumentType]
        except psycopg.OperationalError:
            return False
        return True

    async def _work_at_the_desk(self) -> None:
        while not await self._send(AgentSignedIn(self.name), phone=True):
            await asyncio.sleep(1)
        while True:
            await asyncio.sleep(DESK_SECONDS * (0.5 + float(self._chance.random())))
            presence = self._shown()
            if presence == "signed_out":
                await self._send(AgentSignedIn(self.name), phone=True)
            elif presence == "not_ready" and self.wants_work:
                await self._send(AgentBecameReady(self.name))
            elif presence == "ready" and self._maybe(0.01):
                await self._send(AgentBecameNotReady(self.name, "tea"))

    def _shown(self) -> str | None:
        """The presence that the desk shows."""
        if not self._database.live or self._database.state != "up":
            return None
        view = msgspec.json.decode(self._database.live)
        return next((one["presence"] for one in view["agents"] if one["agent"] == self.name), None)


__all__ = ["CAUSE_NORMAL", "Agent", "Customer", "Outsider", "Person", "others"]
