"""The work after a conversation: what came of it, entered as it becomes known, and the end, by the agent or by time."""

from markaz.routing import callbacks, stimuli
from markaz.routing.floor_state import FloorState


def entered(floor: FloorState, told: stimuli.ResultEntered) -> None:
    """It is kept until the wrap-up ends. A call back that was promised a moment too late for that is promised now."""
    engagement = floor.engagements.get(told.offer)
    if engagement is not None and engagement.agent == told.agent:
        engagement.disposition, engagement.callback = told.disposition, told.callback
        return
    floor.note("ResultEntered", told.offer, f"{told.agent} has no such wrap-up")
    if engagement is None and told.callback is not None:
        callbacks.promised(floor, told.callback)


def ended(floor: FloorState, told: stimuli.WrapUpEnded) -> None:
    agent = floor.agents.get(told.agent)
    for offer in agent.engagements if agent is not None else ():
        engagement = floor.engagements[offer]
        if engagement.state == "wrapping_up" and told.contact in (None, engagement.contact):
            floor.end_engagement(engagement, reason="wrapped_up", disposition=told.disposition)
            return
    floor.note("WrapUpEnded", told.contact or told.agent, f"{told.agent} has no such wrap-up")


def expired(floor: FloorState, offer: str) -> None:
    floor.end_engagement(floor.engagements[offer], reason="wrap_up_limit")
