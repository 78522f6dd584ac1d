"""Carry out what the floor and the flows ask for, and report what did not work as a stimulus, never as silence.

Every imperative is safe to repeat: ids are ours, and "not found", "exists" and "not in the application" are answers.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from markaz.flows import AnswerContact, PromptFailed, RefuseNumber, SpeakPrompt, StopPrompt
from markaz.kit.time import SECOND, Instant
from markaz.routing import (
    AgentLeft,
    AnnouncePlace,
    CheckContact,
    ConnectContact,
    ContactSeen,
    CustomerLeft,
    CustomerMissed,
    DialCustomer,
    ElsewhereAnswered,
    ElsewhereFailed,
    EndContact,
    KeepWaiting,
    MessageLeft,
    OfferContact,
    OfferFailed,
    PlayPrompt,
    PromiseCallback,
    ReleaseAgent,
    SendToNumber,
    TakeMessage,
    WithdrawOffer,
)  # fmt: skip
from markaz.telephony.asterisk.client import Answer, AriClient, AriLost
from markaz.telephony.asterisk.configuration import APPLICATION, TrunkSettings, trunk_endpoint
from markaz.telephony.asterisk.lines import Lines
from markaz.telephony.asterisk.recorder import Recorder
from markaz.telephony.asterisk.switchboard import CONVERSATION, LEG_VARIABLE, WAITING, Leg, Switchboard
from markaz.telephony.asterisk.translate import (
    CAUSE_NETWORK,
    NUMBER,
    Chore,
    CustomerCame,
    LastPromptEnded,
    LegAnswered,
    LegEnded,
    MessageEnded,
    MessagePromptEnded,
    Stimulus,
    TransferAsked,
    Translator,
)  # fmt: skip
from markaz.telephony.prompts import PromptShelf

RING_GRACE_SECONDS: Final = 5
"""The floor ends a ringing offer; Asterisk does so this much later, should nobody be there to ask."""
DIAL_SECONDS_MAX: Final = 30
LAST_PROMPT_SECONDS_MAX: Final = 60
TRANSFER_SECONDS_MAX: Final = 5
AWAY_SECONDS_MAX: Final = 30
EXPECTED_STATUSES: Final = frozenset({404, 409, 412, 422})
CAUSE_UNKNOWN_NUMBER: Final = 1

Imperative = (
    AnswerContact | SpeakPrompt | StopPrompt | RefuseNumber
    | OfferContact | WithdrawOffer | ConnectContact | DialCustomer | ReleaseAgent | EndContact | KeepWaiting
    | AnnouncePlace | PlayPrompt | TakeMessage | CheckContact | PromiseCallback | SendToNumber
)  # fmt: skip

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HangUp:
    """The last prompt should be over by now."""

    contact: str


@dataclass(frozen=True, slots=True)
class TransferUnanswered:
    """Nobody took the transfer that a phone asked for."""

    leg: Leg


Work = Imperative | Chore | HangUp | TransferUnanswered


class Performer:
    """Turns imperatives into ARI requests; `emit` takes the stimuli that come of it, `now` is the clock."""

    def __init__(
        self,
        *,
        ari: AriClient,
        board: Switchboard,
        translator: Translator,
        recorder: Recorder,
        shelf: PromptShelf,
        emit: Callable[[Stimulus], None],
        now: Callable[[], Instant],
    ) -> None:
        self.trunks: tuple[TrunkSettings, ...] = ()
        self._ari = ari
        self._board = board
        self._translator = translator
        self._recorder = recorder
        self._shelf = shelf
        self._emit = emit
        self._now = now
        self._lines: Lines[Work] = Lines(self._do, self._overflowed)

    def perform(self, outputs: Sequence[object]) -> None:
        """Start what `outputs` ask for, in order per contact; records are nobody's work. Never waits."""
        for output in outputs:
            if isinstance(output, Imperative):
                self._lines.put(output.contact, output)

    def take(self, chore: Chore) -> None:
        """Do what an event left to do."""
        contact = (
            chore.contact
            if isinstance(chore, LastPromptEnded | MessagePromptEnded | MessageEnded)
            else chore.leg.contact
        )
        self._lines.put(contact, chore)

    async def stop(self) -> None:
        await self._lines.stop()

    # The line of a contact

    async def _do(self, work: Work) -> None:
        try:
            try:
                await self._act(work)
            except AriLost:
                async with asyncio.timeout(AWAY_SECONDS_MAX):
                    await self._ari.connected.wait()
                await self._act(work)  # safe to repeat; the connection may have died after it was done
        except (AriLost, TimeoutError) as error:
            log.warning("Asterisk was away too long for %r: %s", work, error)
            self._report_failure(work)
        except Exception:
            self._report_failure(work)
            raise

    def _report_failure(self, work: Work) -> None:
        match work:
            case OfferContact(offer=offer):
                self._emit(OfferFailed(offer, "fault"))
            case SpeakPrompt(contact=contact, step=step):
                self._emit(PromptFailed(contact, step, "Asterisk is away"))
            case ConnectContact(contact=contact, agent=agent):
                self._emit(AgentLeft(contact, agent, "fault"))
            case TakeMessage(contact=contact):
                self._emit(MessageLeft(contact, 0.0))
            case DialCustomer(contact=contact):
                self._emit(CustomerMissed(contact, "fault"))
            case SendToNumber(contact=contact):
                self._emit(ElsewhereFailed(contact, "fault"))
            case _:
                return  # leases on the floor and the reconciler bring the rest to an end

    def _overflowed(self, contact: str, work: Work) -> None:
        log.error("The line of contact %s is full; dropped %r", contact, work)
        self._emit(CustomerLeft(contact, "fault"))

    async def _act(self, work: Work) -> None:
        match work:
            case CustomerCame(leg):
                await self._ask("POST", "channels", leg.channel, "variable", query=_variable(leg))
            case AnswerContact(contact):
                await self._answer(contact)
            case SpeakPrompt(contact, prompt, step):
                await self._speak(contact, prompt, step)
            case StopPrompt(contact):
                await self._stop_playing(contact)
            case RefuseNumber(contact):
                await self._end(self._board.customers.get(contact), reason_code=CAUSE_UNKNOWN_NUMBER)
            case KeepWaiting(contact, queue):
                await self._keep_waiting(contact, queue)
            case AnnouncePlace(contact, _, position, expected_wait_seconds):
                await self._play(contact, f"{contact}.a", self._shelf.place(position, expected_wait_seconds))
            case PlayPrompt(contact, prompt):
                await self._play(contact, f"{contact}.x", self._shelf.media(prompt))
            case OfferContact():
                await self._offer(work)
            case WithdrawOffer(offer=offer, contact=contact) | ReleaseAgent(offer=offer, contact=contact):
                await self._release(contact, offer)
            case ConnectContact():
                await self._connect(work.contact, work.offer, queue=work.queue, record=work.record)
            case DialCustomer():
                await self._dial_customer(work)
            case EndContact(contact, _, prompt):
                await self._end_contact(contact, self._shelf.media(prompt) if prompt is not None else None)
            case PromiseCallback(contact):
                await self._end_contact(contact, self._shelf.system("callback-promised"))
            case TakeMessage(contact, seconds_max):
                await self._take_message(contact, seconds_max)
            case SendToNumber(contact, number):
                await self._send_to_number(contact, number)
            case CheckContact(contact):
                await self._check(contact)
            case LegAnswered(leg):
                await self._joined(leg)
            case LegEnded(leg):
                await self._clean_up(leg)
            case LastPromptEnded(contact) | HangUp(contact):
                await self._end(self._board.customers.get(contact))
            case MessagePromptEnded(contact):
                await self._record_message(contact)
            case MessageEnded(contact):
                self._recorder.ended(contact)
            case TransferAsked(leg, understood):
                await self._answer_transfer(leg, understood=understood)
            case TransferUnanswered(leg):
                await self._transfer_progress(leg, "channel_declined")

    async def _ask(
        self,
        method: str,
        *path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer:
        answer = await self._ari.request(method, *path, query=query, body=body)
        if not answer.ok and answer.status not in EXPECTED_STATUSES:
            log.warning("Asterisk refused %s %s: %s", method, "/".join(path), answer.message)
        return answer

    # The customer's leg

    async def _answer(self, contact: str) -> None:
        leg = self._board.customers.get(contact)
        if leg is not None and not leg.answered:
            leg.answered = (await self._ask("POST", "channels", leg.channel, "answer")).ok

    async def _speak(self, contact: str, prompt: str, step: int) -> None:
        if contact not in self._board.customers:
            return
        await self._stop_playing(contact)
        if not await self._play(contact, f"{contact}.p{step}", self._shelf.media(prompt)):
            self._emit(PromptFailed(contact, step, f"there is no prompt {prompt}, or it could not be played"))

    async def _play(self, contact: str, playback: str, media: Sequence[str] | None) -> bool:
        leg = self._board.customers.get(contact)
        if leg is None or not media:
            return False
        query = {"media": ",".join(media), "playbackId": playback}
        answer = await self._ask("POST", "channels", leg.channel, "play", query=query)
        if answer.ok:
            leg.playback = playback
        return answer.ok

    async def _stop_playing(self, contact: str) -> None:
        leg = self._board.customers.get(contact)
        if leg is not None and leg.playback is not None:
            playback, leg.playback = leg.playback, None
            await self._ask("DELETE", "playbacks", playback)

    async def _keep_waiting(self, contact: str, queue: str) -> None:
        leg = self._board.customers.get(contact)
        if leg is None:
            return
        await self._answer(contact)
        bridge = f"{WAITING}{queue}"
        if leg.bridge == bridge:
            return
        place = {"channel": leg.channel, "role": "holding_participant"}  # only who has the role hears the music
        answer = await self._ask("POST", "bridges", bridge, "addChannel", query=place)
        if answer.status == 404:  # the first who waits here
            await self._ask("POST", "bridges", query={"type": "holding", "bridgeId": bridge, "name": bridge})
            answer = await self._ask("POST", "bridges", bridge, "addChannel", query=place)
        leg.bridge = bridge if answer.ok else None
        if not answer.ok:
            log.warning("Contact %s cannot wait in %s: %s", contact, bridge, answer.message)

    async def _end_contact(self, contact: str, media: Sequence[str] | None) -> None:
        leg = self._board.customers.get(contact)
        if leg is None:
            return
        await self._stop_playing(contact)
        if media is None or not await self._play(contact, f"{contact}.last", media):
            await self._end(leg)
            return
        asyncio.get_running_loop().call_later(LAST_PROMPT_SECONDS_MAX, self._lines.put, contact, HangUp(contact))

    async def _end(self, leg: Leg | None, *, reason_code: int | None = None) -> None:
        if leg is None:
            return
        leg.ending = True
        query = {"reason_code": reason_code} if reason_code is not None else None
        answer = await self._ask("DELETE", "channels", leg.channel, query=query)
        if answer.status == 404:  # gone before we heard of it
            self._gone(leg)

    def _gone(self, leg: Leg) -> None:
        """A channel that Asterisk does not know any more has ended, even when no event said so."""
        for item in self._translator.ended(leg.channel, CAUSE_NETWORK):
            if isinstance(item, Chore):
                self.take(item)
            else:
                self._emit(item)

    async def _check(self, contact: str) -> None:
        leg = self._board.customers.get(contact)
        if leg is None:
            self._emit(CustomerLeft(contact, "fault"))
        elif (await self._ask("GET", "channels", leg.channel)).ok:
            self._emit(ContactSeen(contact))
        else:
            self._gone(leg)

    async def _take_message(self, contact: str, seconds_max: int) -> None:
        leg = self._board.customers.get(contact)
        if leg is None:
            self._emit(MessageLeft(contact, 0.0))
            return
        await self._answer(contact)
        await self._stop_playing(contact)
        leg.message_seconds_max = seconds_max
        words = self._shelf.system("beep")
        if leg.bridge is not None:  # it waited and was not asked for a message yet
            await self._ask("POST", "bridges", leg.bridge, "removeChannel", query={"channel": leg.channel})
            leg.bridge = None
            words = self._shelf.system("leave-message", "beep")
        if not await self._play(contact, f"{contact}.message", words):
            await self._record_message(contact)

    async def _record_message(self, contact: str) -> None:
        leg = self._board.customers.get(contact)
        if leg is None or leg.message_seconds_max is None:
            return
        seconds_max, leg.message_seconds_max = leg.message_seconds_max, None
        path = self._recorder.expect_message(contact)
        query = {
            "name": path.removesuffix(".wav"),
            "format": "wav",
            "maxDurationSeconds": seconds_max,
            "ifExists": "overwrite",
            "terminateOn": "#",
        }
        answer = await self._ask("POST", "channels", leg.channel, "record", query=query)
        if answer.status == 404:  # the customer has gone
            self._recorder.withdraw(contact)
        elif not answer.ok:
            self._recorder.ended(contact)
        if not answer.ok:
            self._emit(MessageLeft(contact, 0.0))

    # The agent's leg

    async def _offer(self, work: OfferContact) -> None:
        phone = self._board.phones.get(work.agent)
        seconds = ceil((work.expires_at - self._now()) / SECOND)
        if phone is None or seconds <= 0:
            self._emit(OfferFailed(work.offer, "unreachable" if phone is None else "no_answer"))
            return
        leg = Leg(channel=work.offer, role="agent", contact=work.contact, offer=work.offer, agent=work.agent)
        answer = await self._originate(
            leg,
            f"PJSIP/{phone}",
            caller=f'"{work.queue}" <{work.customer}>',
            seconds=seconds + RING_GRACE_SECONDS,
            # A REFER of the phone becomes an event instead of a transfer that Asterisk makes by itself.
            variables={"PJSIP_TRANSFER_HANDLING()": "ari-only"},
        )
        if not answer.ok and answer.status != 409:
            self._board.remove(leg.channel)
            self._emit(OfferFailed(work.offer, "fault" if answer.status < 500 else "unreachable"))

    async def _originate(
        self, leg: Leg, endpoint: str, *, caller: str, seconds: int, variables: Mapping[str, object] | None = None
    ) -> Answer:
        leg.placed = False
        self._board.add(leg)  # before the request: its events may come before its answer
        answer = await self._ask(
            "POST",
            "channels",
            body={
                "endpoint": endpoint,
                "app": APPLICATION,
                "channelId": leg.channel,
                "callerId": caller,
                "timeout": seconds,
                "variables": {LEG_VARIABLE: {"value": leg.description, "report_events": True}, **(variables or {})},
            },
        )
        leg.placed = True
        return answer

    async def _release(self, contact: str, offer: str) -> None:
        leg = self._board.agent_leg(contact, offer)
        if leg is None:
            return
        if leg.transferring:
            leg.transferring = False
            await self._transfer_progress(leg, "channel_answered")
        self._recorder.ended(offer)
        await self._end(leg)

    async def _connect(self, contact: str, offer: str, *, queue: str | None, record: bool) -> None:
        customer, agent = self._board.customers.get(contact), self._board.agent_leg(contact, offer)
        if customer is None or agent is None or agent.ending:
            return  # whoever is gone has been reported
        await self._answer(contact)
        await self._stop_playing(contact)
        if record:
            await self._recorder.start(agent, queue)
        await self._join(contact, customer, agent)

    async def _join(self, contact: str, customer: Leg, other: Leg) -> bool:
        """Both legs into the contact's conversation; False when that did not work and was reported."""
        bridge = f"{CONVERSATION}{contact}"
        await self._ask("POST", "bridges", query={"type": "mixing", "bridgeId": bridge, "name": bridge})
        legs = f"{customer.channel},{other.channel}"
        answer = await self._ask("POST", "bridges", bridge, "addChannel", query={"channel": legs})
        if answer.ok:
            customer.bridge = other.bridge = bridge
            customer.conversed = True
            return True
        log.warning("Contact %s cannot be joined with %s: %s", contact, other.channel, answer.message)
        for leg in (customer, other):
            answer = await self._ask("GET", "channels", leg.channel)
            if not answer.ok:
                self._gone(leg)
        if other.channel in self._board.legs:  # both are alive and yet could not be joined
            if other.agent is not None:
                self._emit(AgentLeft(contact, other.agent, "fault"))
            await self._end(other)
        return False

    async def _answer_transfer(self, leg: Leg, *, understood: bool) -> None:
        if not understood:
            await self._transfer_progress(leg, "channel_declined")
            return
        leg.transferring = True
        asyncio.get_running_loop().call_later(
            TRANSFER_SECONDS_MAX, self._lines.put, leg.contact, TransferUnanswered(leg)
        )

    async def _transfer_progress(self, leg: Leg, state: str) -> None:
        if leg.channel in self._board.legs:
            await self._ask("POST", "channels", leg.channel, "transfer_progress", query={"states": state})

    # Numbers outside

    def _trunk_for(self, number: str) -> TrunkSettings | None:
        """The trunk that may dial `number`: nothing else is ever dialled, whoever asks (toll fraud)."""
        if not NUMBER.fullmatch(number):
            return None
        return next((trunk for trunk in self.trunks if number.startswith(trunk.prefixes or ("none",))), None)

    async def _dial_customer(self, work: DialCustomer) -> None:
        trunk = self._trunk_for(work.number)
        if trunk is None:
            log.warning("No trunk may dial the callback number of contact %s", work.contact)
            self._emit(CustomerMissed(work.contact, "unreachable"))
            return
        await self._ask(
            "POST", "channels", work.offer, "play", query={"media": "tone:ring", "playbackId": f"{work.offer}.ring"}
        )
        leg = Leg(
            channel=f"{work.contact}~{work.attempt}",
            role="callback",
            contact=work.contact,
            attempt=work.attempt,
            offer=work.offer,
            caller=work.number,
        )
        answer = await self._originate_outside(leg, trunk, work.number)
        if not answer.ok and answer.status != 409:
            self._board.remove(leg.channel)
            self._emit(CustomerMissed(work.contact, "fault"))

    async def _send_to_number(self, contact: str, number: str) -> None:
        customer = self._board.customers.get(contact)
        if customer is None:
            return
        trunk = self._trunk_for(number)
        if trunk is None:
            log.warning("No trunk may dial %s for contact %s", number, contact)
            self._emit(ElsewhereFailed(contact, "unreachable"))
            return
        leg = Leg(channel=f"{contact}~out{self._now()}", role="outside", contact=contact)
        answer = await self._originate_outside(leg, trunk, number, caller=customer.caller)
        if not answer.ok:
            self._board.remove(leg.channel)
            self._emit(ElsewhereFailed(contact, "fault"))

    async def _originate_outside(self, leg: Leg, trunk: TrunkSettings, number: str, *, caller: str = "") -> Answer:
        endpoint = f"PJSIP/{number}@{trunk_endpoint(trunk.id)}"
        return await self._originate(leg, endpoint, caller=caller or trunk.caller, seconds=DIAL_SECONDS_MAX)

    async def _joined(self, leg: Leg) -> None:
        customer = self._board.customers.get(leg.contact)
        if leg.role == "callback":
            await self._ask("DELETE", "playbacks", f"{leg.offer}.ring")
        elif customer is None:
            await self._end(leg)
        elif await self._join(leg.contact, customer, leg):
            self._emit(ElsewhereAnswered(leg.contact))
        else:
            self._emit(ElsewhereFailed(leg.contact, "fault"))

    # What an ended leg leaves behind

    async def _clean_up(self, leg: Leg) -> None:
        customer = self._board.customers.get(leg.contact)
        match leg.role:
            case "agent":
                self._recorder.ended(leg.offer or "")
            case "outside" if leg.answered:
                await self._end(customer)
            case "customer" | "callback":
                self._recorder.ended_with(leg.contact)
                # Only now: a bridge that is destroyed and made again under the same name may be neither.
                if leg.conversed:
                    await self._ask("DELETE", "bridges", f"{CONVERSATION}{leg.contact}")
                await self._end(self._board.outside.get(leg.contact))
                if leg.role == "customer":
                    # A phone that rings for a caller who is gone is silenced at once, without waiting for the floor.
                    for agent in list(self._board.agents.get(leg.contact, {}).values()):
                        if not agent.answered:
                            await self._end(agent)
            case _:
                return


def _variable(leg: Leg) -> dict[str, object]:
    return {"variable": LEG_VARIABLE, "value": leg.description, "report_events": "true"}
