"""An agent's phone that is gone from a conversation and may come back: a page loaded again, a network that changed.

Engagement and contact stay as they are. After a moment a customer who hears nobody hears music; the phone is rung again
as soon as it can be reached, answers by itself and joins the same conversation. Only when it does not come back within
`RETURN_SECONDS` is the agent lost, as one is whose phone cannot come back.
"""

from collections.abc import Iterator

from markaz.kit.time import SECOND
from markaz.routing import recording, stimuli
from markaz.routing.effects import (
    JoinConversation,
    LegMoved,
    PauseRecording,
    ReleaseAgent,
    ResumeCustomer,
    RingAgain,
)  # fmt: skip
from markaz.routing.floor_state import FloorState
from markaz.routing.parties import RETURN_SECONDS, settle, supervise
from markaz.routing.parts import HEARD, TALKING, offer_in
from markaz.routing.state import Agent, Engagement

SILENCE_SECONDS_MAX = 2
"""The longest that a customer hears nobody and no music."""
_STATES = (*TALKING, "consulting", "supervising")


def is_waited_for(floor: FloorState, engagement: Engagement) -> bool:
    """Whether the phone of a leg that a fault has ended may come back: a chat has neither leg nor phone."""
    agent = floor.agents[engagement.agent]
    may_return = agent.returns and agent.presence != "signed_out"
    return may_return and engagement.channel == "voice" and engagement.state in _STATES


def wait(floor: FloorState, engagement: Engagement, reason: str) -> None:
    """The leg is gone (or of no use any more); a phone that can be reached is rung again at once, else when it can."""
    if engagement.away is None:
        engagement.away = "silence"
        floor.after(("away", engagement.offer), SILENCE_SECONDS_MAX)
        floor.out.append(LegMoved(engagement.contact, engagement.offer, engagement.agent, away=True, reason=reason))
    elif engagement.away != "silence":
        floor.after(("away", engagement.offer), RETURN_SECONDS)
    if floor.agents[engagement.agent].phone:
        _ring(floor, engagement)


def _ring(floor: FloorState, engagement: Engagement) -> None:
    contact = floor.contacts[engagement.contact]
    engagement.returns += 1
    floor.out.append(
        RingAgain(
            engagement.offer, contact.id, engagement.agent, engagement.queue, engagement.returns,
            floor.at + RETURN_SECONDS * SECOND, contact.callback_number or contact.customer, engagement.part,
        )
    )  # fmt: skip


def returned(floor: FloorState, told: stimuli.AgentPhoneReturned) -> None:
    agent = floor.agents.get(told.agent)
    found = list(_conversations(floor, agent, told.contact)) if agent is not None else []
    if agent is None or not found:
        floor.note("AgentPhoneReturned", told.contact or told.agent, f"{told.agent} has no conversation to return to")
        return
    for engagement in found:
        wait(floor, engagement, "phone_returned")


def found(floor: FloorState, agent: Agent) -> None:
    """The phone can be reached again: it is rung for what waits for it."""
    for engagement in _conversations(floor, agent, None):
        if engagement.away is not None:
            _ring(floor, engagement)


def _conversations(floor: FloorState, agent: Agent, contact: str | None) -> Iterator[Engagement]:
    for offer in agent.engagements:
        engagement = floor.engagements[offer]
        is_meant = contact is None or engagement.contact == contact
        if is_meant and engagement.channel == "voice" and engagement.state in _STATES:
            yield engagement


def rejoined(floor: FloorState, told: stimuli.AgentRejoined) -> None:
    engagement = offer_in(floor, "AgentRejoined", told.offer, *_STATES)
    if engagement is None:
        return
    if engagement.away is None:
        floor.note("AgentRejoined", told.offer, "was not away")
        return
    contact = floor.contacts[engagement.contact]
    heard_music = engagement.away == "music"
    end_wait(floor, engagement, "rejoined")
    if engagement.part not in ("lead", *HEARD):
        supervise(floor, contact, engagement)
        return
    if engagement.state == "on_hold":  # the phone that held is gone, and with it the hold
        floor.move_engagement(engagement, "resumed", reason="rejoined")
        settle(floor, contact)
    floor.out.append(JoinConversation(contact.id, engagement.offer, engagement.agent))
    if engagement.part != "lead":
        return
    if heard_music:
        floor.out.append(ResumeCustomer(contact.id))
    recording.go_on(floor, engagement, before=engagement)
    if contact.recording_paused:
        floor.out.append(PauseRecording(contact.id, engagement.offer))


def end_wait(floor: FloorState, engagement: Engagement, reason: str) -> None:
    floor.timers.cancel(("away", engagement.offer))
    engagement.away = None
    floor.out.append(LegMoved(engagement.contact, engagement.offer, engagement.agent, away=False, reason=reason))


def is_over(floor: FloorState, engagement: Engagement) -> bool:
    """A moment has passed, or all of the wait: then the agent is lost, and the caller takes it from there."""
    contact = floor.contacts[engagement.contact]
    if engagement.away == "silence":
        engagement.away = "others"
        floor.after(("away", engagement.offer), RETURN_SECONDS - SILENCE_SECONDS_MAX)
        settle(floor, contact)
        return False
    if engagement.away == "music":
        floor.out.append(ResumeCustomer(contact.id))
    floor.out.append(ReleaseAgent(contact.id, engagement.offer, engagement.agent))
    end_wait(floor, engagement, "return_limit")
    return True
