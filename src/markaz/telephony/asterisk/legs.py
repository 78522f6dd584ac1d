"""What is done with a leg, whoever's it is: ask for one, play to it, join two, end it. Everything is safe to repeat."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from markaz.flows import SURVEY_STEP
from markaz.routing import AgentLeft
from markaz.telephony.asterisk.client import Answer, AriClient
from markaz.telephony.asterisk.configuration import APPLICATION
from markaz.telephony.asterisk.switchboard import CONFERENCE, CONVERSATION, LEG_VARIABLE, Leg, Switchboard
from markaz.telephony.asterisk.translate import Chore, Stimulus, Translator, cause_of_absence

EXPECTED_STATUSES: Final = frozenset({404, 409, 412, 422})

CONFERENCE_TYPE: Final = "mixing,video_sfu"
"""A bridge that mixes pictures always mixes sound, even of two; any other changes its way with their number.

After a change back Asterisk's recording and snooping may miss what is written to a leg, for good (decision 11).
"""
STEPS_SEARCHED: Final = 40
"""Prompts of a visit that may have been playing when a process before us ended; longer visits wait for theirs."""

log = logging.getLogger(__name__)


class Legs:
    """`tell` takes what is found out on the way. Every method that asks Asterisk raises `AriLost`."""

    def __init__(
        self,
        *,
        ari: AriClient,
        board: Switchboard,
        translator: Translator,
        tell: Callable[[Stimulus | Chore], None],
    ) -> None:
        self._ari = ari
        self._board = board
        self._translator = translator
        self._tell = tell

    async def ask(
        self,
        method: str,
        *path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer:
        """A request whose refusal is logged, unless it says what may well be."""
        answer = await self._ari.request(method, *path, query=query, body=body)
        if not answer.ok and answer.status not in EXPECTED_STATUSES:
            log.warning("Asterisk refused %s %s: %s", method, "/".join(path), answer.message)
        return answer

    async def originate(
        self, leg: Leg, endpoint: str, *, caller: str, seconds: int, variables: Mapping[str, object] | None = None
    ) -> Answer:
        """Call `endpoint`, which sees `caller`, for at most `seconds`."""
        leg.placed = False
        self._board.add(leg)  # before the request: its events may come before its answer
        body = {
            "endpoint": endpoint,
            "app": APPLICATION,
            "channelId": leg.channel,
            "callerId": caller,
            "timeout": seconds,
            "variables": {LEG_VARIABLE: {"value": leg.description, "report_events": True}, **(variables or {})},
        }
        answer = await self.ask("POST", "channels", body=body)  # when that is lost, it is asked again
        leg.placed = True
        return answer

    async def answer(self, contact: str) -> None:
        """Answer the customer, unless that has been done."""
        leg = self._board.customers.get(contact)
        if leg is not None and not leg.answered:
            leg.answered = (await self.ask("POST", "channels", leg.channel, "answer")).ok

    async def play(self, contact: str, playback: str, media: Sequence[str] | None) -> bool:
        """Play `media` to the customer; False when there is nothing, or nobody, to play to."""
        leg = self._board.customers.get(contact)
        if leg is None or not media:
            return False
        query = {"media": ",".join(media), "playbackId": playback}
        before, leg.playback = leg.playback, playback  # at once: when the answer is lost, it may be playing
        answer = await self.ask("POST", "channels", leg.channel, "play", query=query)
        if not answer.ok:
            leg.playback = before
        return answer.ok

    async def stop_playing(self, contact: str, *, next_step: int | None = None) -> None:
        """Stop what plays to the customer. Asterisk joins nobody who is played to, and until then answers nothing.

        `next_step` is the flow's next prompt: what a process before us began to play is looked for among those before.
        """
        leg = self._board.customers.get(contact)
        if leg is None:
            return
        if leg.playback is not None:
            names = [leg.playback]
        elif leg.found_again:
            kinds = ("a", "x", "message", *(f"p{step}" for step in _steps_that_may_play(next_step)))
            names = [f"{contact}.{kind}" for kind in kinds]
        else:
            names = []
        for name in names:
            await self.ask("DELETE", "playbacks", name)
        leg.playback, leg.found_again = None, False  # not before: a connection that is lost has stopped nothing

    async def park(self, customer: Leg, bridge: str, *, with_music: bool) -> bool:
        """The customer into a holding bridge, which comes to be with the first; False when that was refused.

        Only who has the role of waiting hears music; where there is none, Asterisk would send silence for ever.
        """
        await self.stop_playing(customer.contact)
        return await self.enter(bridge, "holding", customer, role="holding_participant" if with_music else None)

    async def enter_conversation(self, leg: Leg) -> bool:
        """One leg into its contact's conversation, whoever is there; False when that was refused."""
        bridge = self._board.conversation(leg.contact)
        return await self.enter(bridge, CONFERENCE_TYPE if bridge.startswith(CONFERENCE) else "mixing", leg)

    async def enter_conference(self, leg: Leg) -> bool:
        """One more into the conversation, which moves to where more than two can be; False when that was refused."""
        conference = f"{CONFERENCE}{leg.contact}"
        before = self._board.conversation(leg.contact)
        customer = self._board.customers.get(leg.contact)
        if customer is not None:
            customer.conferred = True
        if before != conference:
            agents = self._board.agents.get(leg.contact, {}).values()
            for other in (*agents, *((customer,) if customer is not None else ())):
                if other.bridge == before and not other.ending:
                    await self.enter(conference, CONFERENCE_TYPE, other)
        return await self.enter(conference, CONFERENCE_TYPE, leg)

    async def enter(self, bridge: str, kind: str, *legs: Leg, role: str | None = None) -> bool:
        """Legs into a bridge, made when it is not there; False when that was refused, and logged."""
        place = {"channel": ",".join(leg.channel for leg in legs), **({"role": role} if role else {})}
        answer = await self.ask("POST", "bridges", bridge, "addChannel", query=place)
        if answer.status == 404:  # the first who comes here
            await self.ask("POST", "bridges", query={"type": kind, "bridgeId": bridge, "name": bridge})
            answer = await self.ask("POST", "bridges", bridge, "addChannel", query=place)
        self._board.moved(bridge if answer.ok else None, *legs)
        if not answer.ok:
            log.warning("%s cannot enter %s: %s", place["channel"], bridge, answer.message)
        return answer.ok

    async def leave(self, contact: str) -> None:
        """The customer out of whatever bridge they are in; played to there, a prompt would be mixed with the rest."""
        leg = self._board.customers.get(contact)
        if leg is not None and leg.bridge is not None:
            await self.ask("POST", "bridges", leg.bridge, "removeChannel", query={"channel": leg.channel})
            self._board.moved(None, leg)

    async def join(self, contact: str, customer: Leg, other: Leg) -> bool:
        """Both legs into the contact's conversation; False when that did not work and was reported."""
        bridge = f"{CONVERSATION}{contact}"
        await self.ask("POST", "bridges", query={"type": "mixing", "bridgeId": bridge, "name": bridge})
        legs = f"{customer.channel},{other.channel}"
        answer = await self.ask("POST", "bridges", bridge, "addChannel", query={"channel": legs})
        if answer.ok:
            self._board.moved(bridge, customer, other)
            customer.conversed = True
            return True
        log.warning("Contact %s cannot be joined with %s: %s", contact, other.channel, answer.message)
        for leg in (customer, other):
            answer = await self.ask("GET", "channels", leg.channel)
            if not answer.ok:
                self.gone(leg)
        if customer.channel not in self._board.legs:  # nobody else will come here
            await self.ask("DELETE", "bridges", bridge)
        if other.channel in self._board.legs:  # both are alive and yet could not be joined
            if other.agent is not None:
                self._tell(AgentLeft(contact, other.agent, "fault"))
            await self.end(other)
        return False

    async def end(self, leg: Leg | None, *, reason_code: int | None = None) -> None:
        """Hang up, with the Q.850 cause `reason_code`."""
        if leg is None:
            return
        leg.ending = True
        query = {"reason_code": reason_code} if reason_code is not None else None
        answer = await self.ask("DELETE", "channels", leg.channel, query=query)
        if answer.status == 404:  # gone before we heard of it
            self.gone(leg)

    def gone(self, leg: Leg) -> None:
        """A channel that Asterisk does not know any more has ended, even when no event said so."""
        for item in self._translator.ended(leg.channel, cause_of_absence(leg)):
            self._tell(item)


def _steps_that_may_play(next_step: int | None) -> Iterable[int]:
    """Of which prompts of a flow one may be playing; of a first visit and of a survey, when the next is not known."""
    if next_step is None:
        return [first + step for first in (0, SURVEY_STEP) for step in range(1, STEPS_SEARCHED + 1)]
    first = SURVEY_STEP if next_step > SURVEY_STEP else 0
    return range(max(first + 1, next_step - STEPS_SEARCHED), next_step)
