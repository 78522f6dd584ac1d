"""One SIP leg of the outside world: what the person at this end can do, and what really happened to it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from markaz.demo.harness.ari import Ari
from markaz.demo.harness.audio import voice_name

DIGIT_MILLISECONDS = 120
NEVER = datetime.min.replace(tzinfo=UTC)

Refusal = Literal["busy", "unallocated", "normal"]
"""Why an end hangs up: answers 486, 404 to an INVITE, or BYE (decline 603 when not answered yet)."""


@dataclass(frozen=True, slots=True)
class RtpCount:
    """RTP packets of one leg as this end counted them."""

    sent: int
    received: int
    lost: int


@dataclass(eq=False, slots=True)
class Leg:
    """A channel of our own Asterisk. The exchange writes its facts; robots wait on `up` (answered, and we
    can speak on it) and on `gone` (over for this end).
    """

    id: str
    ari: Ari
    dialled: str
    caller: str
    began_at: datetime = NEVER
    up: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: int | None = None
    rtp: RtpCount | None = None
    digits_heard: list[str] = field(default_factory=list)
    ours: bool = False
    ended_by_us: bool = False
    refer_asked: bool = False
    refer_status: str | None = None
    referred: asyncio.Event = field(default_factory=asyncio.Event)

    async def ring(self) -> None:
        """Say 180 Ringing."""
        await self.ari.ask_leg("POST", f"{self.id}/ring")

    async def answer(self) -> bool:
        """Say 200 OK; false when the other end gave up first."""
        return await self.ari.ask_leg("POST", f"{self.id}/answer")

    async def speak(self, tone_hz: int) -> None:
        """Send the voice at `tone_hz` until told otherwise."""
        await self.ari.ask_leg("POST", f"{self.id}/moh", query={"mohClass": voice_name(tone_hz)})

    async def press(self, digits: str) -> bool:
        """Send keypad tones as telephone events (RFC 4733); false when the leg has ended."""
        query = {"dtmf": digits, "duration": str(DIGIT_MILLISECONDS)}
        return await self.ari.ask_leg("POST", f"{self.id}/dtmf", query=query)

    async def hold(self) -> None:
        """Fall silent and put the other end on hold: a re-INVITE with sendonly."""
        await self.ari.ask_leg("DELETE", f"{self.id}/moh")
        await self.ari.ask_leg("POST", f"{self.id}/hold")

    async def resume(self) -> None:
        """Take the other end off hold; the voice comes back with `speak`."""
        await self.ari.ask_leg("DELETE", f"{self.id}/hold")

    async def refer(self, target: str) -> bool:
        """Blind transfer: ask the other end by REFER to call the SIP address `target`; false when the leg has ended.

        `referred` is set once the other end has said (by NOTIFY) how that went: after SUCCESS the leg ends by itself,
        otherwise it can be spoken on again.
        """
        query = {"variable": "REFER_TO", "value": target}
        if not await self.ari.ask_leg("POST", f"{self.id}/variable", query=query):
            return False
        self.refer_asked = True
        there = {"context": "refer", "extension": "refer", "priority": "1"}
        return await self.ari.ask_leg("POST", f"{self.id}/continue", query=there)

    async def hang_up(self, why: Refusal = "normal") -> None:
        """End the leg."""
        if not self.gone.is_set():
            self.ended_by_us = True
            await self.ari.ask_leg("DELETE", self.id, query={"reason": why})


async def leave_dead_line(leg: Leg, *, after_seconds: float) -> None:
    """Nobody stays for long where nothing is heard any more: the far end is gone, and it is not we who left."""
    if not await any_of(leg.gone, seconds=after_seconds):
        await leg.ari.ask_leg("DELETE", leg.id)


async def any_of(*events: asyncio.Event, seconds: float) -> bool:
    """Wait until one of `events` is set, at most `seconds`; whether one is."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return any(event.is_set() for event in events)
