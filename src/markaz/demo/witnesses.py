"""What the telephones outside can testify: what their owners heard, and whether a busy agent was rung."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from markaz.demo.figures import Audio
from markaz.demo.harness import AgentLog, CallerLog, OfferLog, from_ulaw, tone_strengths

HEARD_SECONDS_MIN = 3.0
"""A shorter conversation may be over before the agent has said a word."""
WINDOW_SAMPLES = 4_000
"""Half a second at 8 kHz, in which one voice alone is heard."""
VOICE_SHARE_MIN = 0.5


def audio(callers: Sequence[CallerLog], agents: Sequence[AgentLog]) -> Audio:
    """Whether each customer whose ear was recorded heard the voice of each agent with whom he spoke for a while."""
    tones = {log.agent: log.tone_hz for log in agents}
    heard = Audio()
    for caller in callers:
        if caller.heard is None or not caller.heard.exists():
            continue
        spoken_with = {
            log.agent
            for log in agents
            for offer in log.offers
            if log.agent in caller.agents and _is_of(offer, caller) and _seconds(offer) >= HEARD_SECONDS_MIN
        }
        heard.checked += len(spoken_with)
        voices = _voices(caller.heard, {agent: tones[agent] for agent in spoken_with})
        heard.deaf += len(spoken_with - voices)
    return heard


def cut(agents: Sequence[AgentLog], moments: Sequence[datetime]) -> list[AgentLog]:
    """The same logs, in which a call that one of `moments` falls into, when Asterisk died, ends there: what the agent's
    telephone took for a call from then on was a dead line, also when it rang before and was picked up only afterwards.
    """
    return [replace(log, offers=tuple(_cut(offer, moments) for offer in log.offers)) for log in agents]


def _cut(offer: OfferLog, moments: Sequence[datetime]) -> OfferLog:
    if offer.answered_at is None or offer.ended_at is None:
        return offer
    return replace(offer, ended_at=min([offer.ended_at, *(at for at in moments if at > offer.invited_at)]))


def offered_to_busy_agents(agents: Sequence[AgentLog]) -> int:
    """Offers that rang while the same agent was talking with another customer."""
    return sum(
        talk.answered_at < offer.invited_at < talk.ended_at
        for log in agents
        for talk in log.offers
        if talk.answered_at is not None and talk.ended_at is not None
        for offer in log.offers
    )


def _is_of(offer: OfferLog, caller: CallerLog) -> bool:
    """The offer's conversation was a part of this caller's call."""
    return (
        offer.caller.lstrip("+") == caller.customer.lstrip("+")
        and offer.answered_at is not None
        and caller.ended_at is not None
        and caller.placed_at <= offer.answered_at <= caller.ended_at
    )


def _seconds(offer: OfferLog) -> float:
    if offer.answered_at is None or offer.ended_at is None:
        return 0.0
    return (offer.ended_at - offer.answered_at).total_seconds()


def _voices(path: Path, tones: Mapping[str, int]) -> set[str]:
    """Those of `tones` that fill at least one window of the file."""
    samples = from_ulaw(path.read_bytes())
    found: set[str] = set()
    for start in range(0, len(samples) - WINDOW_SAMPLES, WINDOW_SAMPLES):
        strengths = tone_strengths(samples[start : start + WINDOW_SAMPLES], tuple(tones.values()))
        found |= {agent for agent, tone in tones.items() if strengths[tone] >= VOICE_SHARE_MIN}
    return found
