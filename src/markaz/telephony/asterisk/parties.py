"""Others in a conversation: the customer on hold, a colleague or a number outside beside the agent, a supervisor.

Everybody who hears each other is in the contact's one conversation bridge; a customer on hold is in a holding bridge
with music meanwhile. A supervisor who is not heard by the customer is in a bridge of their own, with a channel that
snoops on the agent's leg.
"""

import logging
from collections.abc import Callable
from typing import Final

from markaz.kit.time import Instant
from markaz.routing import (
    AgentLeft,
    CallParty,
    JoinConversation,
    PartyAnswered,
    PartyFailed,
    Supervise,
    SupervisionStarted,
)
from markaz.telephony.asterisk.configuration import APPLICATION
from markaz.telephony.asterisk.legs import Legs
from markaz.telephony.asterisk.outside import Outside
from markaz.telephony.asterisk.switchboard import ON_HOLD, SUPERVISION, Leg, Switchboard, snoop_name
from markaz.telephony.asterisk.translate import Stimulus

WHISPER: Final = {"listen": "none", "whisper": "out"}
"""Mode of supervision -> what of the supervisor's voice goes to the agent's phone."""

log = logging.getLogger(__name__)


class Parties:
    """Every method asks Asterisk and raises `AriLost`; what does not work is emitted as the end of that part."""

    def __init__(
        self,
        *,
        legs: Legs,
        board: Switchboard,
        outside: Outside,
        emit: Callable[[Stimulus], None],
        now: Callable[[], Instant],
    ) -> None:
        self._legs = legs
        self._board = board
        self._outside = outside
        self._emit = emit
        self._now = now

    async def hold_customer(self, contact: str) -> None:
        """Music for the customer; the conversation goes on without."""
        customer = self._board.customers.get(contact)
        if customer is not None:
            await self._legs.park(customer, ON_HOLD, with_music=True)

    async def resume_customer(self, contact: str) -> None:
        customer = self._board.customers.get(contact)
        if customer is not None and await self._legs.enter_conversation(customer):
            customer.conversed = True

    async def join(self, work: JoinConversation) -> None:
        """One more agent is heard by all."""
        agent = self._board.agent_leg(work.contact, work.offer)
        if agent is None or agent.ending:
            return  # that the leg is gone has been told
        await self._stop_supervising(agent)
        enter = self._legs.enter_conversation if agent.again else self._legs.enter_conference
        if not await enter(agent):
            await self._give_up(agent)

    async def supervise(self, work: Supervise) -> None:
        """Snoop on the agent of the offer `beside`; the supervisor is joined with it once it is up."""
        supervisor = self._board.agent_leg(work.contact, work.offer)
        agent = self._board.agent_leg(work.contact, work.beside)
        if supervisor is None or supervisor.ending:
            return
        await self._stop_supervising(supervisor)
        if agent is None:
            await self._give_up(supervisor)
            return
        supervisor.talking = True  # that they enter a conversation later is no news
        channel = snoop_name(work.offer, work.mode, self._now())
        snoop = Leg(channel=channel, role="snoop", contact=work.contact, offer=work.offer, mode=work.mode, placed=False)
        self._board.add(snoop)  # before the request: its events may come before its answer
        query = {"spy": "both", "whisper": WHISPER[work.mode], "app": APPLICATION}
        answer = await self._legs.ask("POST", "channels", agent.channel, "snoop", channel, query=query)
        snoop.placed = True
        if not answer.ok:
            self._board.remove(channel)
            log.warning("Supervisor %s cannot hear contact %s: %s", work.agent, work.contact, answer.message)
            await self._give_up(supervisor)

    async def snoop_answered(self, snoop: Leg) -> None:
        """The snooping channel is up: join it with the supervisor."""
        offer = snoop.offer or ""
        supervisor = self._board.agent_leg(snoop.contact, offer)
        if supervisor is None or supervisor.ending or self._board.snoops.get(offer) is not snoop:
            await self._legs.end(snoop)
            return
        # One bridge for each ear: one that is destroyed and made again under the same name may be neither.
        if await self._legs.enter(f"{SUPERVISION}{snoop.channel}", "mixing", supervisor, snoop):
            self._emit(SupervisionStarted(snoop.contact, offer))
        else:
            await self._give_up(supervisor)

    async def call(self, work: CallParty) -> None:
        """Call a number outside into the agents' conversation."""
        leg = Leg(channel=work.party, role="party", contact=work.contact, number=work.number)
        if not await self._outside.call(leg, work.number):
            self._emit(PartyFailed(work.contact, work.party, "unreachable"))

    async def party_answered(self, leg: Leg) -> None:
        if await self._legs.enter_conference(leg):
            self._emit(PartyAnswered(leg.contact, leg.channel))
        else:
            self._emit(PartyFailed(leg.contact, leg.channel, "fault"))
            await self._legs.end(leg)

    async def release(self, party: str) -> None:
        await self._legs.end(self._board.legs.get(party))

    async def agent_ended(self, agent: Leg) -> None:
        """The agent's leg is gone: if it was a supervisor's, so is what it heard through."""
        if self._board.agent_leg(agent.contact, agent.offer or "") in (None, agent):  # else the phone has come back
            await self._stop_supervising(agent)

    async def _stop_supervising(self, supervisor: Leg) -> None:
        """End the snooping channel, unless that ended with the leg it snooped on, and the bridge to it."""
        snoop = self._board.snoops.pop(supervisor.offer or "", None)
        if snoop is not None:
            await self._legs.end(snoop)
        bridge = supervisor.bridge or ""
        if bridge.startswith(SUPERVISION):
            supervisor.bridge = None
            await self._legs.ask("DELETE", "bridges", bridge)

    async def _give_up(self, agent: Leg) -> None:
        assert agent.agent is not None
        if agent.channel in self._board.legs:
            self._emit(AgentLeft(agent.contact, agent.agent, "fault"))
            await self._legs.end(agent)
