"""Agents and supervisors: what they do with their telephones and at their desks, drawn from the seed.

The desk is a web page: it stores messages in the inbox and shows what the floor published last.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import psycopg

from markaz.routing import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentSignedIn,
    ConferenceRequested,
    ConsultCancelled,
    ConsultRequested,
    PartyReleaseRequested,
    RecordingPauseRequested,
    RecordingResumeRequested,
    Stimulus,
    SupervisionEnded,
    SupervisionRequested,
    TakeOverRequested,
    TransferCompleted,
    WrapUpEnded,
)  # fmt: skip
from markaz.runtime import PhoneChanged, StimulusSent, send
from tests.faults.asterisk import Asterisk
from tests.faults.database import Database
from tests.faults.exchange import CAUSE_BUSY, Channel, others
from tests.faults.people import TALK_SECONDS, Person

WRAP_UP_SECONDS = 6.0
SILENCE_SECONDS = 60.0
"""After so long with nobody at the other end an agent hangs up."""
DESK_SECONDS = 4.0
REGISTER_SECONDS = 3.0
MODES = ("listen", "whisper", "barge")
TAKING_OUT = (
    TransferCompleted | ConsultCancelled | PartyReleaseRequested | SupervisionEnded | SupervisionRequested
    | TakeOverRequested
)  # fmt: skip
"""What takes somebody out of a conversation, or lets them hear it otherwise."""


class Agent(Person):
    """Signs in, answers, holds, passes on, consults, pauses the recording, wraps up.

    Says "ready" again when the desk shows otherwise.
    """

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
        self.wished: Callable[[str], None] = lambda contact: None
        """Told of the contact out of which somebody is to be taken."""
        self._greeted: set[str] = set()
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
                self._asterisk.provisioned.register(self.username, self)
            await asyncio.sleep(REGISTER_SECONDS * (0.5 + float(self._chance.random())))

    def vanish(self) -> None:
        """The line is dead, without a word."""
        self.has_vanished = True
        for channel in self.channels:
            self._asterisk.lose_sound(channel)
        if self._maybe(0.5):
            asyncio.get_running_loop().call_later(
                float(self._chance.uniform(0, 30)), self._is_missed, context=self._asterisk.news.context
            )

    def _is_missed(self) -> None:
        if self.has_vanished:
            self._asterisk.provisioned.unregister(self.username, "Unreachable")

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
        if not others(channel) or self.has_vanished or channel.id in self._greeted:
            return
        self._greeted.add(channel.id)
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
            wish = self._wish() if presence is not None and not self.has_vanished else None
            if wish is not None:
                if isinstance(wish, TAKING_OUT):
                    self.wished(wish.contact)
                await self._send(wish)
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
        return next((one["presence"] for one in self._live["agents"] if one["agent"] == self.name), None)

    @property
    def _live(self) -> dict[str, Any]:
        """What the floor published last."""
        return msgspec.json.decode(self._database.live)

    def _conversation(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The conversation that the desk shows, and this agent's part in it."""
        for one in self._live["conversations"]:
            for part in one["parts"]:
                if part["agent"] == self.name and part["state"] not in ("offered", "wrapping_up"):
                    return one, part
        return None

    def _wish(self) -> Stimulus | None:
        """What this agent wants of the conversation now."""
        shown = self._conversation()
        if shown is None or shown[1]["part"] != "lead":
            return None
        conversation, part = shown
        contact = conversation["contact"]
        dice = float(self._chance.random())
        if conversation["recording_paused"]:
            if dice < 0.15:
                return RecordingResumeRequested(contact, self.name)
        elif dice < 0.08:
            return RecordingPauseRequested(contact, self.name)
        dice = float(self._chance.random())
        if part["state"] == "consulting":
            return self._end_of_consulting(contact, dice)
        is_conference = conversation["party"] is not None or any(
            one["part"] == "joined" for one in conversation["parts"]
        )
        if is_conference and 0.25 < dice < 0.35:
            self.wished(contact)
            for channel in self.channels:
                self._asterisk.refer(channel, "queue-sales")
        elif is_conference and dice < 0.25:
            kind = PartyReleaseRequested if conversation["party"] is not None and dice < 0.12 else TransferCompleted
            return kind(contact, self.name)
        if part["state"] != "connecting" and dice > 0.84:
            return self._consultation(contact)
        return None

    def _end_of_consulting(self, contact: str, dice: float) -> Stimulus | None:
        kinds = (ConferenceRequested, TransferCompleted, ConsultCancelled)
        kind = next((kind for kind, share in zip(kinds, (0.25, 0.4, 0.5), strict=True) if dice < share), None)
        return kind(contact, self.name) if kind is not None else None

    def _consultation(self, contact: str) -> Stimulus:
        if self._maybe(0.45):
            return ConsultRequested(contact, self.name, "number", self._targets[-1])
        agents = [one["agent"] for one in self._live["agents"] if one["agent"] != self.name]
        return ConsultRequested(contact, self.name, "agent", agents[int(self._chance.integers(len(agents)))])


class Supervisor(Agent):
    """Serves no queue; listens, whispers, barges in, takes over, leaves."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.wants_work = False

    def _wish(self) -> Stimulus | None:
        shown = self._conversation()
        if shown is None:
            return self._listening() if self._maybe(0.25) else None
        conversation, part = shown
        contact = conversation["contact"]
        if part["part"] == "lead":
            return super()._wish()
        dice = float(self._chance.random())
        if part["part"] in MODES and dice < 0.2:
            return SupervisionRequested(contact, self.name, self._mode())
        if part["part"] in MODES and dice < 0.27:
            return TakeOverRequested(contact, self.name)
        return SupervisionEnded(contact, self.name) if dice < 0.35 else None

    def _listening(self) -> Stimulus | None:
        talks = [one for one in self._live["conversations"] if one["state"] in ("in_conversation", "on_hold")]
        if not talks:
            return None
        contact = talks[int(self._chance.integers(len(talks)))]["contact"]
        return SupervisionRequested(contact, self.name, self._mode())

    def _mode(self) -> Any:
        return MODES[int(self._chance.integers(len(MODES)))]
