"""Carry out what the floor and the flows ask for, and report what did not work as a stimulus, never as silence.

Every imperative is safe to repeat: ids are ours, and "not found", "exists" and "not in the application" are answers.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from markaz.flows import AnswerContact, PromptFailed, RefuseNumber, SpeakPrompt, StopPrompt
from markaz.kit.time import Instant
from markaz.routing import (
    AnnouncePlace,
    CallParty,
    CheckContact,
    ConnectContact,
    ContactSeen,
    ConversationStarted,
    CustomerLeft,
    DialCustomer,
    EndContact,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    LeaveConversation,
    OfferContact,
    PauseRecording,
    PlayPrompt,
    PromiseCallback,
    ReleaseAgent,
    ReleaseParty,
    ResumeCustomer,
    ResumeRecording,
    RingAgain,
    SendToNumber,
    StartRecording,
    Supervise,
    TakeMessage,
    WithdrawOffer,
)  # fmt: skip
from markaz.telephony.asterisk.client import AriClient, AriLost
from markaz.telephony.asterisk.legs import Legs
from markaz.telephony.asterisk.lines import Lines
from markaz.telephony.asterisk.messages import Messages
from markaz.telephony.asterisk.outside import Outside
from markaz.telephony.asterisk.parties import Parties
from markaz.telephony.asterisk.recorder import Recorder
from markaz.telephony.asterisk.ringing import Ringing
from markaz.telephony.asterisk.switchboard import (
    CONFERENCE,
    CONVERSATION,
    LEG_VARIABLE,
    Leg,
    Switchboard,
    waits_for,
)  # fmt: skip
from markaz.telephony.asterisk.translate import (
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
    last_words,
)  # fmt: skip
from markaz.telephony.asterisk.work import HangUp, Imperative, TransferUnanswered, Work, failure_of
from markaz.telephony.prompts import PromptShelf

LAST_PROMPT_SECONDS_MAX: Final = 60
TRANSFER_SECONDS_MAX: Final = 5
AWAY_SECONDS_MAX: Final = 30
CAUSE_UNKNOWN_NUMBER: Final = 1

log = logging.getLogger(__name__)


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
        self._ari = ari
        self._board = board
        self._legs = legs = Legs(ari=ari, board=board, translator=translator, tell=self._tell)
        self.messages = Messages(legs=legs, board=board, recorder=recorder, shelf=shelf, emit=emit)
        self.outside = Outside(legs=legs, board=board, emit=emit, now=now)
        self.parties = Parties(legs=legs, board=board, outside=self.outside, emit=emit, now=now)
        self.ringing = Ringing(legs=legs, board=board, recorder=recorder, release=self._release, emit=emit, now=now)
        self._recorder = recorder
        self._shelf = shelf
        self._emit = emit
        self._now = now
        self._lines: Lines[Work] = Lines(self._do, self._overflowed)

    def perform(self, outputs: Sequence[object]) -> None:
        """Start what `outputs` ask for, in order per contact; records are nobody's work. Never waits."""
        for output in outputs:
            if isinstance(output, WithdrawOffer | ReleaseAgent):
                leg = self._board.agent_leg(output.contact, output.offer)
                if leg is not None:
                    self._board.released[output.agent] = leg
            if isinstance(output, OfferContact):
                self._board.offers_queued.add(output.offer)
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

    def _tell(self, item: Stimulus | Chore) -> None:
        if isinstance(item, Chore):
            self.take(item)
        else:
            self._emit(item)

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
        finally:
            if isinstance(work, OfferContact):
                self._board.offers_queued.discard(work.offer)

    def _report_failure(self, work: Work) -> None:
        stimulus = failure_of(work)
        if stimulus is not None:
            self._emit(stimulus)

    def _overflowed(self, contact: str, work: Work) -> None:
        if isinstance(work, OfferContact):
            self._board.offers_queued.discard(work.offer)
        log.error("The line of contact %s is full; dropped %r", contact, work)
        self._emit(CustomerLeft(contact, "fault"))

    async def _act(self, work: Work) -> None:
        match work:
            case CustomerCame(leg):
                await self._legs.ask("POST", "channels", leg.channel, "variable", query=_variable(leg))
            case AnswerContact(contact):
                await self._legs.answer(contact)
            case SpeakPrompt(contact, prompt, step):
                await self._speak(contact, prompt, step)
            case StopPrompt(contact):
                await self._legs.stop_playing(contact)
            case RefuseNumber(contact):
                await self._legs.end(self._board.customers.get(contact), reason_code=CAUSE_UNKNOWN_NUMBER)
            case KeepWaiting(contact, queue):
                await self._keep_waiting(contact, queue)
            case LeaveConversation(contact):
                await self._legs.leave(contact)
            case AnnouncePlace(contact, _, position, expected_wait_seconds):
                await self._legs.play(contact, f"{contact}.a", self._shelf.place(position, expected_wait_seconds))
            case PlayPrompt(contact, prompt):
                await self._legs.play(contact, f"{contact}.x", self._shelf.media(prompt))
            case OfferContact():
                await self.ringing.offer(work)
            case RingAgain():
                await self.ringing.again(work)
            case WithdrawOffer(offer=offer, contact=contact) | ReleaseAgent(offer=offer, contact=contact):
                await self._release(contact, offer)
            case ConnectContact():
                await self._connect(work.contact, work.offer, queue=work.queue, record=work.record)
            case DialCustomer():
                await self.outside.dial_customer(work)
            case EndContact(contact, _, prompt):
                await self._end_contact(contact, self._shelf.media(prompt) if prompt is not None else None)
            case PromiseCallback(contact):
                await self._end_contact(contact, self._shelf.system("callback-promised"))
            case TakeMessage(contact, seconds_max):
                await self.messages.take(contact, seconds_max)
            case SendToNumber(contact, number, _, centre):
                await self.outside.send(contact, number, centre)
            case HoldCustomer(contact):
                await self.parties.hold_customer(contact)
            case ResumeCustomer(contact):
                await self.parties.resume_customer(contact)
            case JoinConversation():
                await self.parties.join(work)
            case Supervise():
                await self.parties.supervise(work)
            case CallParty():
                await self.parties.call(work)
            case ReleaseParty(_, party):
                await self.parties.release(party)
            case StartRecording(contact, offer, _, queue):
                await self._start_recording(contact, offer, queue)
            case PauseRecording(contact, offer):
                await self._recorder.pause(contact, offer)
            case ResumeRecording(contact, offer):
                await self._recorder.resume(contact, offer)
            case CheckContact(contact):
                await self._check(contact)
            case LegAnswered(leg) if leg.role == "snoop":
                await self.parties.snoop_answered(leg)
            case LegAnswered(leg) if leg.role == "party":
                await self.parties.party_answered(leg)
            case LegAnswered(leg):
                await self.outside.answered(leg)
            case LegEnded(leg):
                await self._clean_up(leg)
            case LastPromptEnded(contact):
                leg = self._board.customers.get(contact)
                if leg is not None and (leg.found_again or leg.playback == last_words(contact)):
                    await self._legs.end(leg)
            case HangUp(leg) if self._board.customers.get(leg.contact) is leg:
                await self._legs.end(leg)
            case HangUp():
                return  # it is gone; who has the contact's line now is called back
            case MessagePromptEnded(contact):
                await self.messages.record(contact)
            case MessageEnded(contact):
                self.messages.ended(contact)
            case TransferAsked(leg, understood):
                await self._answer_transfer(leg, understood=understood)
            case TransferUnanswered(leg):
                await self._transfer_progress(leg, "channel_declined")

    # The customer's leg

    async def _speak(self, contact: str, prompt: str, step: int) -> None:
        leg, playback = self._board.customers.get(contact), f"{contact}.p{step}"
        if leg is None:
            return
        if leg.playback == playback and (await self._legs.ask("GET", "playbacks", playback)).ok:
            return  # it began before the connection was lost, and we are here again
        await self._legs.stop_playing(contact, next_step=step)
        if not await self._legs.play(contact, playback, self._shelf.media(prompt)):
            self._emit(PromptFailed(contact, step, f"there is no prompt {prompt}, or it could not be played"))

    async def _keep_waiting(self, contact: str, queue: str) -> None:
        leg = self._board.customers.get(contact)
        if leg is None:
            return
        await self._legs.answer(contact)
        if not waits_for(leg.bridge, queue):
            await self._legs.park(leg, self._board.waiting_room(queue), with_music=self._shelf.has_music)

    async def _end_contact(self, contact: str, media: Sequence[str] | None) -> None:
        leg = self._board.customers.get(contact)
        if leg is None:
            return
        if leg.playback != f"{contact}.x":  # what was said in passing is the reason: the last words follow it
            await self._legs.stop_playing(contact)
        if media is None or not await self._legs.play(contact, last_words(contact), media):
            await self._legs.end(leg)
            return
        asyncio.get_running_loop().call_later(LAST_PROMPT_SECONDS_MAX, self._lines.put, contact, HangUp(leg))

    async def _check(self, contact: str) -> None:
        leg = self._board.customers.get(contact)
        if leg is None:
            self._emit(CustomerLeft(contact, "fault"))
        elif (await self._legs.ask("GET", "channels", leg.channel)).ok:
            self._emit(ContactSeen(contact))
        else:
            self._legs.gone(leg)

    # The agent's leg

    async def _release(self, contact: str, offer: str) -> None:
        leg = self._board.agent_leg(contact, offer)
        if leg is None:
            return
        if leg.transferring:
            leg.transferring = False
            await self._transfer_progress(leg, "channel_answered")
        self._recorder.ended(leg.channel)
        await self._legs.end(leg)

    async def _start_recording(self, contact: str, offer: str, queue: str) -> None:
        agent = self._board.agent_leg(contact, offer)
        if agent is not None and not agent.ending:
            await self._recorder.start(agent, queue)

    async def _connect(self, contact: str, offer: str, *, queue: str | None, record: bool) -> None:
        customer, agent = self._board.customers.get(contact), self._board.agent_leg(contact, offer)
        if customer is None or agent is None or agent.ending or self._board.is_released(agent):
            return  # whoever is gone has been reported
        await self._legs.answer(contact)
        await self._legs.stop_playing(contact)
        if record:
            await self._recorder.start(agent, queue)
        if self._board.is_released(agent):
            return  # the connection was lost, and the floor has waited for long enough
        if await self._legs.join(contact, customer, agent) and not agent.talking:
            agent.talking = True  # should the event be lost that says so
            self._emit(ConversationStarted(contact, offer))

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
            await self._legs.ask("POST", "channels", leg.channel, "transfer_progress", query={"states": state})

    # What an ended leg leaves behind

    async def _clean_up(self, leg: Leg) -> None:
        customer = self._board.customers.get(leg.contact)
        match leg.role:
            case "agent":
                self._recorder.ended(leg.channel, died_at=leg.died_at)
                await self.parties.agent_ended(leg)
            case "outside" if customer is not None and leg.bridge is not None and leg.bridge == customer.bridge:
                await self._legs.end(customer)
            case "customer" | "callback":
                self._recorder.ended_with(leg.contact, died_at=leg.died_at)
                # Only now: a bridge that is destroyed and made again under the same name may be neither.
                if leg.conversed:
                    await self._legs.ask("DELETE", "bridges", f"{CONVERSATION}{leg.contact}")
                if leg.conferred:
                    await self._legs.ask("DELETE", "bridges", f"{CONFERENCE}{leg.contact}")
                await self._legs.end(self._board.outside.get(leg.contact))
                if leg.role == "customer":
                    # A phone that rings for a caller who is gone is silenced at once, without waiting for the floor.
                    for agent in list(self._board.agents.get(leg.contact, {}).values()):
                        if not agent.answered:
                            await self._legs.end(agent)
            case _:
                return


def _variable(leg: Leg) -> dict[str, object]:
    return {"variable": LEG_VARIABLE, "value": leg.description, "report_events": "true"}
