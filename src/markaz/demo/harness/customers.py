"""Customers: they call, press keys, wait as long as their patience lasts, talk, hang up, and are called back."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from markaz.demo.harness.audio import CUSTOMER_TONES_HZ
from markaz.demo.harness.legs import Leg, RtpCount, any_of, leave_dead_line
from markaz.demo.harness.plans import Caller, CallPlan

END_SECONDS_MAX = 10.0
TALK_SECONDS_OVER_MAX = 60.0
"""A customer who was to be hung up on by the agent leaves by himself this long after the matter is done."""

PATIENCE_AGAIN_SECONDS_MIN = 5.0
RATINGS = "345"
"""Keys that mean nothing to one who was passed on and waits in a queue."""
RATE_AFTER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class CallerLog:
    """What one leg of a customer saw, told by the customer's end alone. Moments are the harness Asterisk's, UTC.

    `agents` are those who said that they spoke with this customer, in order; `connected_at` is when the first of them
    answered. `ended_by` is "nobody" when the harness ended first. `heard` is what the customer heard as u-law, when
    the plan said to listen.
    """

    number: str
    customer: str
    kind: str
    direction: Literal["placed", "called_back"]
    tone_hz: int
    placed_at: datetime
    answered_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    agents: tuple[str, ...]
    digits: str
    ended_by: Literal["customer", "far_end", "nobody"]
    cause: int | None
    rtp: RtpCount | None
    heard: Path | None


@dataclass(eq=False, slots=True)
class Customer:
    """One customer's attempt, as the robots know each other: an agent's robot says when it meets or leaves him."""

    caller: Caller
    tone_hz: int
    met_at: datetime | None = None
    agents: list[str] = field(default_factory=list)
    on_the_line: asyncio.Event = field(default_factory=asyncio.Event)
    together: asyncio.Event = field(default_factory=asyncio.Event)
    apart: asyncio.Event = field(default_factory=asyncio.Event)
    _telephone: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while he is in a call."""
    _leg: Leg | None = None

    @property
    def plan(self) -> CallPlan:
        """How the customer behaves."""
        return self.caller.plan

    def meet(self, agent: str, *, at: datetime) -> None:
        """The agent answered an offer of this customer."""
        self.met_at = self.met_at or at
        self.agents.append(agent)
        self.apart.clear()
        self.together.set()

    def part(self, agent: str) -> None:
        """The agent's leg ended; a later agent's word stands."""
        if self.agents and self.agents[-1] == agent:
            self.together.clear()
            self.apart.set()

    async def call(self, leg: Leg, *, heard: Path | None) -> CallerLog:
        """Live the placed call until it ends."""
        clock = asyncio.get_running_loop()
        give_up_at = clock.time() + self.plan.patience_seconds
        digits = ""
        async with self._telephone:
            self._leg = leg
            try:
                if await any_of(leg.up, leg.gone, seconds=self.plan.patience_seconds) and leg.up.is_set():
                    digits = await self._be_on_the_line(leg, give_up_at)
            finally:  # whoever is interrupted hangs up, too
                await self._end(leg)
        return self._log(leg, "placed", digits, heard)

    async def be_called_back(self, leg: Leg) -> CallerLog:
        """Live a call that the centre places to the customer's own telephone."""
        mobile = self.plan.mobile
        await leg.ring()
        if not mobile.answers:
            await any_of(leg.gone, seconds=self._patience_again() + TALK_SECONDS_OVER_MAX)
            await self._end(leg)
        elif await any_of(leg.gone, seconds=mobile.after_seconds):
            await self._end(leg)
        else:
            await self._answer(leg)
        return self._log(leg, "called_back", "", None)

    async def _answer(self, leg: Leg) -> None:
        """Take the call back, and leave the dead line for it that he may still hold on."""
        if self._leg is not None:
            await leave_dead_line(self._leg, after_seconds=0)
        async with self._telephone:
            self._leg = leg
            self.together.clear()
            if await leg.answer():
                give_up_at = asyncio.get_running_loop().time() + self._patience_again()
                await self._talk_or_wait(leg, give_up_at)
            await self._end(leg)

    async def _be_on_the_line(self, leg: Leg, give_up_at: float) -> str:
        pressed: list[str] = []
        keys = asyncio.create_task(self._press_keys(leg, pressed))
        try:
            await self._talk_or_wait(leg, give_up_at)
        finally:
            keys.cancel()
            await asyncio.wait([keys])
        if not keys.cancelled():
            keys.result()
        return "".join(pressed)

    async def _press_keys(self, leg: Leg, pressed: list[str]) -> None:
        began = asyncio.get_running_loop().time()
        for key in self.plan.keys:
            await asyncio.sleep(began + key.after_seconds - asyncio.get_running_loop().time())
            if self.agents or not await leg.press(key.digits):  # with an agent there is nothing to choose any more
                return
            pressed.append(key.digits)

    async def _talk_or_wait(self, leg: Leg, give_up_at: float) -> None:
        """Until the leg is gone, the matter is done, or patience is over; a transfer means waiting once more."""
        clock = asyncio.get_running_loop()
        self.on_the_line.set()
        await leg.speak(self.tone_hz)
        while not leg.gone.is_set():
            if self.together.is_set():
                over = 0.0 if self.plan.ends == "customer" else TALK_SECONDS_OVER_MAX
                if not await any_of(leg.gone, self.apart, seconds=self.plan.talk_seconds + over):
                    return
                await self._rate(leg)
                give_up_at = clock.time() + self._patience_again()
            elif not await any_of(leg.gone, self.together, seconds=give_up_at - clock.time()):
                return

    async def _rate(self, leg: Leg) -> None:
        """Answer the survey, should there be one: three customers of four do."""
        place = CUSTOMER_TONES_HZ.index(self.tone_hz)
        if place % 4 and not await any_of(leg.gone, self.together, seconds=RATE_AFTER_SECONDS):
            await leg.press(RATINGS[place % len(RATINGS)])

    def _patience_again(self) -> float:
        return max(self.plan.patience_seconds, PATIENCE_AGAIN_SECONDS_MIN)

    async def _end(self, leg: Leg) -> None:
        self.on_the_line.clear()
        await leg.hang_up()
        await any_of(leg.gone, seconds=END_SECONDS_MAX)

    def _log(self, leg: Leg, direction: Literal["placed", "called_back"], digits: str, heard: Path | None) -> CallerLog:
        by: Literal["customer", "far_end", "nobody"] = "customer" if leg.ended_by_us else "far_end"
        return CallerLog(
            number=self.caller.number, customer=self.caller.customer, kind=self.caller.kind, direction=direction,
            tone_hz=self.tone_hz, placed_at=leg.began_at, answered_at=leg.answered_at, connected_at=self.met_at,
            ended_at=leg.ended_at, agents=tuple(self.agents), digits=digits,
            ended_by=by if leg.ended_at is not None else "nobody", cause=leg.cause, rtp=leg.rtp, heard=heard,
        )  # fmt: skip
