"""Agents: people with a SIP phone and a desk who answer, talk, hold, transfer, wrap up, refuse, miss, and vanish."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from numpy.random import Generator

from markaz.demo.harness.customers import TALK_SECONDS_OVER_MAX, Customer
from markaz.demo.harness.exchange import Exchange
from markaz.demo.harness.legs import Leg, RtpCount, any_of
from markaz.kit.errors import MarkazError

OFFERS_WAITING_MAX = 16
OFFER_SECONDS_MAX = 120.0
END_SECONDS_MAX = 8.0
CALL_BACK_SECONDS_MAX = 40.0
"""An agent hangs up when a customer who is called back has not picked up by then."""
REFER_SECONDS_MAX = 3.0
"""A phone that asked for a transfer hangs up after this long without a word about how it went."""

Span = tuple[float, float]
"""From and to, in seconds; drawn uniformly."""


@dataclass(eq=False)
class DeskRefused(MarkazError):
    """The desk of {agent} refused to {what}: {answer}"""

    code = "desk_refused"
    agent: str
    what: str
    answer: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in gives the phone: whom to register as, and where."""

    username: str
    password: str
    host: str
    port: int


class Desk(Protocol):
    """What the agent's desktop can ask of the centre. Each raises `DeskRefused` when the centre says no."""

    async def sign_in(self, agent: str) -> Credentials: ...
    async def ready(self, agent: str) -> None: ...
    async def not_ready(self, agent: str, reason: str) -> None: ...
    async def wrap_up(self, agent: str, disposition: str) -> None: ...
    async def sign_out(self, agent: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Temper:
    """How an agent behaves; shares are of offers (refuse, miss, vanish), of vanishing (unplug) or of
    conversations (the rest). `transfer_targets` are SIP addresses ("sip:...") or names at the agent's registrar.
    """

    answer_seconds: Span = (0.5, 3.0)
    refuse_share: float = 0.03
    miss_share: float = 0.03
    vanish_share: float = 0.02
    vanish_seconds: Span = (5.0, 12.0)
    unplug_share: float = 0.5
    rest_seconds: Span = (2.0, 6.0)
    hold_share: float = 0.15
    hold_seconds: Span = (1.5, 4.0)
    transfer_share: float = 0.05
    transfer_targets: Sequence[str] = ()
    unknown_talk_seconds: Span = (4.0, 12.0)
    wrap_up_seconds: Span = (1.0, 4.0)
    forget_wrap_up_share: float = 0.05
    break_share: float = 0.03
    break_seconds: Span = (3.0, 8.0)
    dispositions: Sequence[str] = ("done",)


Outcome = Literal["answered", "refused", "missed", "vanished", "withdrawn", "uninvited"]
"""`withdrawn`: taken back before the agent moved. `uninvited`: it came while the agent had said not to be free."""


@dataclass(frozen=True, slots=True)
class OfferLog:
    """One INVITE to an agent's phone, as the phone saw it; `ended_by` is about the leg.

    `transfer_status` is what the other end reported of a REFER: SUCCESS, FAILURE, or `None` when it never did.
    """

    caller: str
    invited_at: datetime
    outcome: Outcome
    answered_at: datetime | None
    ended_at: datetime | None
    ended_by: Literal["agent", "far_end"]
    holds: int
    transferred_to: str | None
    transfer_status: str | None
    rtp: RtpCount | None


@dataclass(eq=False, slots=True)
class AgentRobot:
    """One agent at work. `find_customer` gives the customer whom a caller id names, as people know who they talk to."""

    agent: str
    tone_hz: int
    temper: Temper
    desk: Desk
    exchange: Exchange
    find_customer: Callable[[str], Customer | None]
    random: Generator
    spawn: Callable[[Coroutine[None, None, None], str], None]
    offers: list[OfferLog] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    free: bool = False
    leaving: bool = False
    at_work: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: asyncio.Queue[Leg | None] = field(default_factory=lambda: asyncio.Queue(OFFERS_WAITING_MAX))
    _credentials: Credentials | None = None
    _holds: int = 0
    _transferred_to: str | None = None

    async def work(self) -> None:
        """Sign in, take offers until sent home, sign out. Raises when the first sign-in fails."""
        await self._come_in()
        self.at_work.set()
        while (leg := await self._waiting.get()) is not None:
            self.free = False
            await self._take(leg)
        self.free = False
        with self._noting_faults():
            await self.desk.sign_out(self.agent)
        await self.exchange.unregister(self.agent)

    def offered(self, leg: Leg) -> None:
        """An INVITE reached the phone. Never blocks."""
        if self.free and self._waiting.empty():
            self._waiting.put_nowait(leg)
        else:
            self.spawn(self._decline(leg), f"{self.agent} declines")

    def go_home(self) -> None:
        """Finish what is at hand, then sign out."""
        self.leaving = True
        with contextlib.suppress(asyncio.QueueFull):
            self._waiting.put_nowait(None)

    async def _come_in(self) -> None:
        self._credentials = await self.desk.sign_in(self.agent)
        await self._register(self._credentials)
        await self._be_ready()

    async def _register(self, credentials: Credentials) -> None:
        await self.exchange.register(
            self.agent, username=credentials.username, password=credentials.password,
            host=credentials.host, port=credentials.port,
        )  # fmt: skip

    async def _be_ready(self) -> None:
        self.free = True  # before the desk answers: the next offer may overtake the answer
        with self._noting_faults():
            await self.desk.ready(self.agent)

    async def _take(self, leg: Leg) -> None:
        self._holds, self._transferred_to = 0, None
        outcome = await self._respond(leg)
        self._note(leg, outcome)
        match outcome:
            case "answered":
                await self._wrap_up()
            case "refused" | "missed" | "vanished":
                await asyncio.sleep(self._draw(self.temper.rest_seconds))
                await self._be_ready()
            case _:
                self.free = True

    async def _respond(self, leg: Leg) -> Outcome:
        temper, chance = self.temper, float(self.random.random())
        if chance < temper.vanish_share:
            return await self._vanish(leg)
        await leg.ring()
        chance -= temper.vanish_share
        if chance < temper.miss_share:
            await any_of(leg.gone, seconds=OFFER_SECONDS_MAX)
            return "missed"
        if await any_of(leg.gone, seconds=self._draw(temper.answer_seconds)):
            return "withdrawn"
        if chance - temper.miss_share < temper.refuse_share:
            await leg.hang_up("busy")
            await any_of(leg.gone, seconds=END_SECONDS_MAX)
            return "refused"
        if not await leg.answer() or not await any_of(leg.up, leg.gone, seconds=OFFER_SECONDS_MAX):
            return "withdrawn"
        if leg.answered_at is None:
            return "withdrawn"
        await self._converse(leg, at=leg.answered_at)
        return "answered"

    async def _vanish(self, leg: Leg) -> Outcome:
        """Say nothing to the INVITE; `unplug_share` of the time the registration goes too. Later the phone is back."""
        unplugged = self.random.random() < self.temper.unplug_share
        if unplugged:
            await self.exchange.unregister(self.agent)
        away = self._draw(self.temper.vanish_seconds)
        gone = await any_of(leg.gone, seconds=OFFER_SECONDS_MAX)
        await asyncio.sleep(away)
        if not gone:
            await leg.hang_up("busy")
        if unplugged and self._credentials is not None:
            with self._noting_faults():
                await self._register(self._credentials)
        return "vanished"

    async def _converse(self, leg: Leg, *, at: datetime) -> None:
        customer = self.find_customer(leg.caller)
        try:
            await leg.speak(self.tone_hz)
            if customer is not None:
                await any_of(customer.on_the_line, leg.gone, seconds=CALL_BACK_SECONDS_MAX)
                if not customer.on_the_line.is_set():  # he is called back and does not pick up
                    return
                customer.meet(self.agent, at=at)
            await self._talk(leg, customer)
        finally:
            await leg.hang_up()
            await any_of(leg.gone, seconds=END_SECONDS_MAX)
            if customer is not None:
                customer.part(self.agent)

    async def _talk(self, leg: Leg, customer: Customer | None) -> None:
        temper = self.temper
        seconds = customer.plan.talk_seconds if customer else self._draw(temper.unknown_talk_seconds)
        holds, transfers = (self.random.random() < share for share in (temper.hold_share, temper.transfer_share))
        if holds and not await any_of(leg.gone, seconds=seconds / 2):
            await self._hold(leg)
            seconds /= 2
        if transfers and temper.transfer_targets and not await any_of(leg.gone, seconds=seconds / 2):
            await self._transfer(leg, seconds=seconds / 2)
            return
        leaves = customer is None or customer.plan.ends == "agent"
        await any_of(leg.gone, seconds=seconds if leaves else seconds + TALK_SECONDS_OVER_MAX)

    async def _hold(self, leg: Leg) -> None:
        self._holds += 1
        await leg.hold()
        await any_of(leg.gone, seconds=self._draw(self.temper.hold_seconds))
        await leg.resume()
        await leg.speak(self.tone_hz)

    async def _transfer(self, leg: Leg, *, seconds: float) -> None:
        """Ask for the transfer; when it is refused, take the customer back and talk on for `seconds`."""
        target = self.temper.transfer_targets[int(self.random.integers(len(self.temper.transfer_targets)))]
        if not await leg.refer(self._address(target)):
            return
        self._transferred_to = target
        await any_of(leg.gone, leg.referred, seconds=REFER_SECONDS_MAX)
        if leg.refer_status == "SUCCESS":
            await any_of(leg.gone, seconds=END_SECONDS_MAX)
        elif leg.referred.is_set():
            await leg.speak(self.tone_hz)
            await any_of(leg.gone, seconds=seconds)

    def _address(self, target: str) -> str:
        """The SIP address behind a transfer key: a whole address, or a name at the agent's own registrar."""
        if target.startswith("sip:") or self._credentials is None:
            return target
        return f"sip:{target}@{self._credentials.host}:{self._credentials.port}"

    async def _wrap_up(self) -> None:
        if self.random.random() < self.temper.forget_wrap_up_share:
            self.free = True  # the centre's own limit ends the wrap-up
            return
        await asyncio.sleep(self._draw(self.temper.wrap_up_seconds))
        disposition = self.temper.dispositions[int(self.random.integers(len(self.temper.dispositions)))]
        self.free = True
        with self._noting_faults():
            await self.desk.wrap_up(self.agent, disposition)
        if self.random.random() < self.temper.break_share:
            await self._take_a_break()

    async def _take_a_break(self) -> None:
        with self._noting_faults():
            await self.desk.not_ready(self.agent, "break")
        if self._waiting.empty():  # else an offer was quicker than the break
            self.free = False
            await asyncio.sleep(self._draw(self.temper.break_seconds))
            await self._be_ready()

    async def _decline(self, leg: Leg) -> None:
        await leg.hang_up("busy")
        await any_of(leg.gone, seconds=END_SECONDS_MAX)
        self._note(leg, "refused" if self.leaving else "uninvited")

    def _note(self, leg: Leg, outcome: Outcome) -> None:
        answered = outcome == "answered"
        self.offers.append(
            OfferLog(
                caller=leg.caller,
                invited_at=leg.began_at,
                outcome=outcome,
                answered_at=leg.answered_at,
                ended_at=leg.ended_at,
                ended_by="agent" if leg.ended_by_us else "far_end",
                holds=self._holds if answered else 0,
                transferred_to=self._transferred_to if answered else None,
                transfer_status=leg.refer_status,
                rtp=leg.rtp,
            )
        )

    def _draw(self, span: Span) -> float:
        return float(self.random.uniform(*span))

    @contextlib.contextmanager
    def _noting_faults(self) -> Iterator[None]:
        try:
            yield
        except MarkazError as error:
            self.faults.append(f"{self.agent}: {error}")
