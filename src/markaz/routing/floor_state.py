"""The floor's whole state and the few moves that change it; the rules that decide on moves are in the modules beside.

Every change of a contact, an engagement or an agent goes through `move_*`, which checks it against the transition
tables and records it. Ids that nobody knows any more are answered by `note`.
"""

from collections import OrderedDict
from collections.abc import Mapping

from markaz.kit.time import SECOND, Instant
from markaz.routing.effects import (
    AgentMoved,
    ContactMoved,
    Decided,
    Effect,
    EngagementMoved,
    Noted,
    OfferContact,
    PartyMoved,
    RecordingMoved,
    ReleaseAgent,
    ReleaseParty,
    WithdrawOffer,
)  # fmt: skip
from markaz.routing.matching import Matching
from markaz.routing.occupancy import faded, worked
from markaz.routing.rules import CHANNEL_KINDS, ChannelKind, QueueRules
from markaz.routing.state import Agent, Contact, Engagement, ProjectState, QueueState, Remembered
from markaz.routing.states import WITH_CUSTOMER, EngagementState, Outcome, PartyState
from markaz.routing.stimuli import CallbackPromised
from markaz.routing.timers import TimerKey, TimerKind, Timers
from markaz.routing.transitions import (
    CONTACT_TRANSITIONS,
    ENGAGEMENT_TRANSITIONS,
    PARTY_TRANSITIONS,
    PRESENCE_TRANSITIONS,
)  # fmt: skip

CONTACTS_OPEN_MAX = 20_000
"""Contacts on one floor at once; a further one is refused."""
AGENTS_MAX = 20_000
QUEUES_MAX = 2_000
PROJECTS_MAX = 2_000
CLOSED_RECENT_MAX = 10_000
"""Ids of closed contacts kept to recognise what comes late."""
REMEMBERED_MAX = 100_000
"""Customers whose last agent is remembered; the one served longest ago is forgotten first."""
MOVES_MAX = 8
"""Overflows and failed transfers of one contact; after that it is asked for a message."""

_BUSIEST: tuple[EngagementState, ...] = (
    "in_conversation", "consulting", "on_hold", "supervising", "connecting", "offered", "wrapping_up",
)  # fmt: skip
_LEASES: Mapping[EngagementState, TimerKind] = {"offered": "offer", "connecting": "connect", "wrapping_up": "wrap_up"}
"""The deadline that an engagement in a state has."""


class FloorState:
    """Contacts, agents, queues, their timers and indexes, and the effects of the stimulus in hand."""

    def __init__(self) -> None:
        self.at: Instant = 0
        self.order = 0
        self.contacts: dict[str, Contact] = {}
        self.engagements: dict[str, Engagement] = {}
        self.agents: dict[str, Agent] = {}
        self.queues: dict[str, QueueState] = {}
        self.projects: dict[str, ProjectState] = {}
        # Their first entries go all the time, which a plain dictionary answers by searching through what is gone.
        self.remembered: OrderedDict[tuple[str, str], Remembered] = OrderedDict()
        self.closed_recent: OrderedDict[str, None] = OrderedDict()
        self.follow_ups: dict[tuple[str, str], list[str]] = {}
        """(project, customer) -> the open contacts by which faults are made good."""
        self.promises: list[CallbackPromised] = []
        """Calls back of wrap-ups that this very stimulus ended."""
        self.timers = Timers()
        self.matching = Matching()
        self.out: list[Effect] = []

    # Saying

    def note(self, stimulus: str, subject: str, why: str) -> None:
        self.out.append(Noted(stimulus, subject, why))

    def after(self, key: TimerKey, seconds: float) -> None:
        """Set a deadline `seconds` from now."""
        self.timers.set(key, self.at + round(seconds * SECOND))

    # Contacts

    def move_contact(
        self, contact: Contact, trigger: str, *, reason: str | None = None,
        agent: str | None = None, outcome: Outcome | None = None,
    ) -> None:  # fmt: skip
        before = contact.state
        contact.state = CONTACT_TRANSITIONS[before][trigger]
        contact.moved_at = self.at
        self.out.append(ContactMoved(contact.id, before, contact.state, contact.queue, agent, reason, outcome))

    def leave_lane(self, contact: Contact) -> None:
        """Stop waiting: out of the lane, and the deadlines of waiting cancelled."""
        assert contact.queue is not None
        queue = self.queues[contact.queue]
        self.matching.leave(contact, queue)
        rules, cancel = queue.rules, self.timers.cancel
        if rules.relaxation:
            cancel(("relax", contact.id))
        if rules.overflow:
            cancel(("overflow", contact.id))
        if rules.announcement is not None:
            cancel(("announce", contact.id))

    def unreserve(self, contact: Contact) -> None:
        """The contact, in no lane now, may go to anybody able. It is reserved just as long as its deadline lives."""
        contact.only_agent = None
        self.timers.cancel(("sticky", contact.id))

    def close_contact(self, contact: Contact, outcome: Outcome, *, reason: str, agent_leg: bool = True) -> None:
        """The contact is over, wherever it was; an offer that rings is withdrawn, a conversation goes to wrap-up.

        `agent_leg` is False when the agent has hung up already. Who was answered once counts as answered, whatever
        came after (decision 8); a promised call back that was kept counts as callback.
        """
        if contact.answered and outcome in ("overflowed", "voicemail", "self_served", "refused", "abandoned"):
            outcome = "answered"
        if outcome == "answered" and contact.callback_number is not None:
            outcome = "callback"
        if self.matching.is_waiting(contact.id):
            self.leave_lane(contact)
        engagement = self.engagement_of(contact)
        self.timers.cancel(("alive", contact.id), ("retry", contact.id), ("sticky", contact.id))
        self.end_pause(contact, reason)
        if contact.party is not None:
            self.drop_party(contact, reason)
        contact.offer = None
        self.move_contact(contact, "closed", reason=reason, outcome=outcome)
        del self.contacts[contact.id]
        if contact.follows is not None:
            self._forget_follow_up(contact)
        self.closed_recent[contact.id] = None
        if len(self.closed_recent) > CLOSED_RECENT_MAX:
            self.closed_recent.popitem(last=False)
        self.dismiss_guests(contact, reason)
        if engagement is not None:
            self.finish_engagement(engagement, reason=reason, agent_leg=agent_leg)

    def remember(self, contact: Contact, agent: str) -> None:
        """Keep that the agent has served the customer of `contact`."""
        key = (contact.project, contact.customer)
        self.remembered.pop(key, None)
        self.remembered[key] = Remembered(agent, self.at)
        if len(self.remembered) > REMEMBERED_MAX:
            self.remembered.popitem(last=False)

    # Others in its conversation

    def dismiss_guests(self, contact: Contact, reason: str) -> None:
        """Nobody but the lead takes part in the contact any more."""
        guests, contact.guests = contact.guests, []
        for offer in guests:
            self.finish_engagement(self.engagements[offer], reason=reason)

    def record_party(self, contact: Contact, before: PartyState | None, reason: str) -> None:
        party = contact.party
        assert party is not None
        self.out.append(PartyMoved(contact.id, party.id, party.number, before, party.state, reason))

    def move_party(self, contact: Contact, trigger: str, reason: str) -> None:
        party = contact.party
        assert party is not None
        before = party.state
        party.state = PARTY_TRANSITIONS[before][trigger]
        self.timers.cancel(("party", contact.id))
        self.record_party(contact, before, reason)

    def forget_party(self, contact: Contact, reason: str) -> None:
        """The number outside is gone."""
        self.move_party(contact, "gone", reason)
        contact.party = None

    def release_party(self, contact: Contact) -> None:
        assert contact.party is not None
        self.out.append(ReleaseParty(contact.id, contact.party.id))

    def drop_party(self, contact: Contact, reason: str) -> None:
        """End the leg of the number outside, and forget it."""
        self.release_party(contact)
        self.forget_party(contact, reason)

    def end_pause(self, contact: Contact, reason: str) -> None:
        """The recording of the lead is not paused any more, or over."""
        if contact.recording_paused:
            contact.recording_paused = False
            self.timers.cancel(("recording", contact.id))
            self.out.append(RecordingMoved(contact.id, contact.offer or "", paused=False, reason=reason))

    def _forget_follow_up(self, contact: Contact) -> None:
        customer = (contact.project, contact.customer)
        self.follow_ups[customer].remove(contact.id)
        if not self.follow_ups[customer]:
            del self.follow_ups[customer]

    def engagement_of(self, contact: Contact) -> Engagement | None:
        return self.engagements[contact.offer] if contact.offer is not None else None

    def busiest_of(self, agent: Agent) -> Engagement | None:
        """The engagement that shows what the agent does; None without any."""
        held = [self.engagements[offer] for offer in agent.engagements]
        return min(held, key=lambda one: _BUSIEST.index(one.state), default=None)

    # Engagements

    def move_engagement(
        self, engagement: Engagement, trigger: str, *, reason: str | None = None, disposition: str | None = None
    ) -> None:
        before = engagement.state
        engagement.state = ENGAGEMENT_TRANSITIONS[before][trigger]
        engagement.moved_at = self.at
        self.out.append(
            EngagementMoved(
                engagement.offer, engagement.contact, engagement.agent, engagement.queue,
                before, engagement.state, reason, disposition, engagement.part,
            )
        )  # fmt: skip

    def finish_engagement(self, engagement: Engagement, *, reason: str, agent_leg: bool = True) -> None:
        """The agent's part is over: an offer is withdrawn, a conversation goes to wrap-up."""
        if engagement.away is not None:
            self.timers.cancel(("away", engagement.offer))
            engagement.away = None
            agent_leg = True  # the phone may be ringing again
        if engagement.state == "offered":
            self.out.append(WithdrawOffer(engagement.offer, engagement.contact, engagement.agent, reason))
        elif agent_leg:
            self.out.append(ReleaseAgent(engagement.contact, engagement.offer, engagement.agent))
        wrap_up_seconds = self.queues[engagement.queue].rules.wrap_up_seconds_max
        if wrap_up_seconds > 0 and _has_served(engagement):
            self.move_engagement(engagement, "finished", reason=reason)
            self.after(("wrap_up", engagement.offer), wrap_up_seconds)
        else:
            self.end_engagement(engagement, reason=reason)

    def end_engagement(self, engagement: Engagement, *, reason: str, disposition: str | None = None) -> None:
        """The agent is free of this contact; who waits for such an agent is served at once."""
        lease = _LEASES.get(engagement.state)
        if lease is not None:
            self.timers.cancel((lease, engagement.offer))
        self.move_engagement(engagement, "ended", reason=reason, disposition=disposition or engagement.disposition)
        if engagement.callback is not None:
            self.promises.append(engagement.callback)
        del self.engagements[engagement.offer]
        agent = self.agents[engagement.agent]
        agent.engagements.remove(engagement.offer)
        if engagement.accepted_at is not None:
            began = max(engagement.accepted_at, agent.occupied_at)  # contacts handled at once count once
            agent.occupied = worked(faded(agent.occupied, began - agent.occupied_at), self.at - began)
            agent.occupied_at = self.at
            agent.idle_since = self.at
        self.seat(agent)

    # Agents

    def move_presence(
        self, agent: Agent, trigger: str, *,
        reason: str | None = None, until: Instant | None = None, note: str | None = None,
    ) -> None:  # fmt: skip
        before = agent.presence
        agent.presence = PRESENCE_TRANSITIONS[before][trigger]
        agent.moved_at = self.at
        agent.reason = reason
        agent.note = note
        self.out.append(AgentMoved(agent.id, before, agent.presence, reason, until))
        self.timers.cancel(("pause", agent.id))
        if until is not None:
            self.timers.set(("pause", agent.id), until)

    def seat(self, agent: Agent) -> None:
        """Put the agent where they stand now, after serving those who waited for that."""
        if agent.retired and not agent.engagements:
            self.matching.dismiss(agent.id)
            self.timers.cancel(("pause", agent.id))
            del self.agents[agent.id]
            return
        channels = channels_open(agent, self.engagements)
        while channels and self.seek_contact(agent, channels):
            channels = channels_open(agent, self.engagements)
        self.matching.seat(agent, channels, len(agent.engagements))

    def reseat(self, agent: Agent) -> None:
        """Put the agent where they stand now, without looking for work."""
        self.matching.seat(agent, channels_open(agent, self.engagements), len(agent.engagements))

    # Meeting

    def seek_contact(self, agent: Agent, channels: tuple[ChannelKind, ...]) -> bool:
        """Offer the agent, who is free for `channels` and not seated yet, the contact that needs them most."""
        found, lanes = self.matching.contact_for(agent, channels, self.queues, self.contacts, self.at)
        if found is None:
            return False
        contact = self.contacts[found]
        rules = self._rules(contact)
        waited = self.at - (contact.since or self.at)
        rule = "only_agent" if contact.only_agent is not None else "highest_score"
        self.out.append(Decided(found, rules.id, agent.id, "agent", rule, waited, lanes))
        self._offer(contact, agent)
        return True

    def seek_agent(self, contact: Contact) -> None:
        """Offer a contact that (again) waits to the agent who should have it, if one is free."""
        rules = self._rules(contact)
        found, benches = self.matching.agent_for(contact, rules)
        rule = "only_agent" if contact.only_agent is not None else rules.agent_choice
        waited = self.at - (contact.since or self.at)
        self.out.append(Decided(contact.id, rules.id, found, "contact", rule, waited, (), benches))
        if found is not None:
            agent = self.agents[found]
            self._offer(contact, agent)
            self.reseat(agent)

    def _rules(self, contact: Contact) -> QueueRules:
        assert contact.queue is not None, "a waiting contact has a queue"
        return self.queues[contact.queue].rules

    def _offer(self, contact: Contact, agent: Agent) -> None:
        queue = self.queues[contact.queue or ""]
        rules = queue.rules
        if queue.served_at is not None and contact.queued_at <= queue.served_at:  # else nobody waited in between
            interval = self.at - queue.served_at
            queue.pace = interval if queue.pace is None else (7 * queue.pace + interval) // 8
        queue.served_at = self.at
        self.leave_lane(contact)
        self.unreserve(contact)  # whoever does not take it has had the chance
        contact.offers += 1
        offer = contact.offer = f"{contact.id}.{contact.offers}"
        expires_at = self.at + rules.ring_seconds * SECOND
        self.engagements[offer] = Engagement(offer, contact.id, agent.id, rules.id, contact.channel, moved_at=self.at)
        self.out.append(EngagementMoved(offer, contact.id, agent.id, rules.id, None, "offered"))
        self.move_contact(contact, "offered", agent=agent.id)
        self.timers.set(("offer", offer), expires_at)
        agent.engagements.append(offer)
        customer = contact.callback_number or contact.customer
        self.out.append(OfferContact(offer, contact.id, agent.id, rules.id, contact.channel, expires_at, customer))


def _has_served(engagement: Engagement) -> bool:
    """Whether the agent has talked to the customer as one of those who serve it, and so has something to wrap up."""
    match engagement.part:
        case "lead":
            return engagement.state in WITH_CUSTOMER
        case "joined":
            return engagement.state in ("in_conversation", "on_hold")
        case _:
            return False


def channels_open(agent: Agent, engagements: dict[str, Engagement]) -> tuple[ChannelKind, ...]:
    """The channels of which the agent may take one more contact now."""
    if agent.presence != "ready":
        return ()
    capacity = agent.profile.capacity
    if not agent.engagements and capacity.chat == 0 and capacity.mail == 0:
        return ("voice",) if agent.phone and capacity.voice else ()
    if len(agent.engagements) == capacity.voice == 1 and not (capacity.chat or capacity.mail or capacity.blends_voice):
        return ()  # most agents in a call: one at a time, and nothing beside
    held = [engagements[offer].channel for offer in agent.engagements]
    in_call = "voice" in held
    return tuple(
        kind
        for kind in CHANNEL_KINDS
        if held.count(kind) < getattr(capacity, kind)
        and (agent.phone or kind != "voice")
        and (capacity.blends_voice or not held or (kind == "voice") == in_call)
    )
