"""Checkers that know the floor by its effects and its state, and none of its indexes.

`Ledger` folds effects, as a read model would. `check_floor` compares state with itself by brute force.
"""

from collections import Counter, defaultdict
from typing import get_args

from markaz.kit.time import SECOND, Instant
from markaz.routing import (
    CONTACT_TRANSITIONS,
    ENGAGEMENT_TRANSITIONS,
    PRESENCE_TRANSITIONS,
    AgentConfigured,
    AgentMoved,
    AgentProfile,
    CallbackBegan,
    ContactMoved,
    Decided,
    Effect,
    EndContact,
    EngagementMoved,
    Floor,
    FollowUpBegan,
    OfferContact,
    Outcome,
    QueueRules,
    Stimulus,
)  # fmt: skip
from markaz.routing.follow_ups import FOLLOW_UPS_MAX
from markaz.routing.state import Agent, Contact, Engagement
from markaz.routing.timers import TimerKind

LEASE_OF_ENGAGEMENT: dict[str, TimerKind] = {"offered": "offer", "connecting": "connect", "wrapping_up": "wrap_up"}
DEADLINES_OF_WAITING: tuple[TimerKind, ...] = ("relax", "overflow", "announce")
TALKING = ("in_conversation", "on_hold")
TOGETHER: dict[str, tuple[str, ...]] = {
    "offered": ("offered",),
    "connecting": ("connecting",),
    "in_conversation": ("in_conversation", "on_hold"),  # a phone may hold while others are heard
    "on_hold": ("on_hold", "consulting"),
}
"""State of a contact -> the states of its lead."""
STATES_OF_PART: dict[str, tuple[str, ...]] = {
    "consulted": ("offered", "connecting", "consulting"),
    "joined": TALKING,
    "listen": ("offered", "connecting", "supervising"),
    "whisper": ("offered", "connecting", "supervising"),
    "barge": ("offered", "connecting", *TALKING),
}
"""Part of a guest -> its states, while it has part."""


class Ledger:
    """What effects alone say: every move is legal and starts where the last one ended; closed is closed."""

    def __init__(self) -> None:
        self.contacts: dict[str, str] = {}
        self.outcomes: dict[str, str] = {}
        self.engagements: dict[str, EngagementMoved] = {}
        self.followed: dict[str, str] = {}
        self.presence: dict[str, str] = defaultdict(lambda: "signed_out")
        self.counts: Counter[str] = Counter()

    def fold(self, effects: list[Effect], before: dict[str, AgentProfile], floor: Floor) -> None:
        for effect in effects:
            self.counts[type(effect).__name__] += 1
            match effect:
                case ContactMoved():
                    self._contact(effect)
                case EngagementMoved():
                    self._engagement(effect, before, floor)
                case AgentMoved():
                    assert effect.before == self.presence[effect.agent], effect
                    assert effect.after in PRESENCE_TRANSITIONS[effect.before].values(), effect
                    self.presence[effect.agent] = effect.after
                case OfferContact():
                    assert self.contacts[effect.contact] in (("offered",) if effect.part == "lead" else TALKING)
                    assert self.engagements[effect.offer].after == "offered"
                case EndContact():
                    assert effect.contact in self.contacts
                case CallbackBegan():
                    CHANNELS.setdefault(effect.contact, "voice")
                case FollowUpBegan():
                    self._follow_up(effect)
                case _:
                    pass

    def _follow_up(self, began: FollowUpBegan) -> None:
        assert self.outcomes[began.lost] == "lost_to_fault", began
        assert began.lost not in self.followed, "followed up once"
        assert began.number.removeprefix("+").isdigit(), began
        self.followed[began.lost] = began.contact
        CHANNELS.setdefault(began.contact, "voice")

    def _contact(self, moved: ContactMoved) -> None:
        assert moved.contact not in self.outcomes, f"moved after it was closed: {moved}"
        assert self.contacts.get(moved.contact) == moved.before, moved
        if moved.before is not None:
            assert moved.after in CONTACT_TRANSITIONS[moved.before].values(), moved
        assert (moved.outcome is not None) == (moved.after == "closed"), moved
        if moved.outcome is not None:
            assert moved.outcome in get_args(Outcome)
            self.outcomes[moved.contact] = moved.outcome
            del self.contacts[moved.contact]
        else:
            self.contacts[moved.contact] = moved.after

    def _engagement(self, moved: EngagementMoved, before: dict[str, AgentProfile], floor: Floor) -> None:
        last = self.engagements.get(moved.offer)
        assert (last.after if last else None) == moved.before, moved
        if moved.before is not None:
            assert moved.after in ENGAGEMENT_TRANSITIONS[moved.before].values(), moved
        self.engagements[moved.offer] = moved
        if moved.after == "ended":
            del self.engagements[moved.offer]
        if moved.after == "offered" and moved.part != "lead":
            assert self.presence[moved.agent] != "signed_out", moved
        elif moved.after == "offered":
            assert self.presence[moved.agent] == "ready", f"offered while {self.presence[moved.agent]}: {moved}"
            serving = [e for e in self.engagements.values() if e.contact == moved.contact and e.after != "wrapping_up"]
            leads = [e for e in serving if e.part == "lead"]
            assert len(leads) <= 2, "more than the agent who hands over and the one who takes over"
            now = floor.state.agents.get(moved.agent)
            profiles = [p for p in (before.get(moved.agent), now.profile if now else None) if p is not None]
            held = [e for e in self.engagements.values() if e.agent == moved.agent]
            channels = [CHANNELS[e.contact] for e in held]
            assert any(fits(CHANNELS[moved.contact], channels, profile) for profile in profiles), (held, profiles)


CHANNELS: dict[str, str] = {}
"""Contact -> channel, as told by whoever drives the floor."""


def fits(new: str, held: list[str], profile: AgentProfile) -> bool:
    """Whether a contact on channel `new` is within capacity, `held` including it. What was offered before the profile
    shrank stays.
    """
    if held.count(new) > getattr(profile.capacity, new):
        return False
    return profile.capacity.blends_voice or all((kind == "voice") == (new == "voice") for kind in held)


def wanted(rules: QueueRules, contact: Contact) -> dict[str, int]:
    skills = {s: max(rules.skills.get(s, 0), contact.skills.get(s, 0)) for s in {*rules.skills, *contact.skills}}
    for step in sorted(rules.relaxation, key=lambda one: one.after_seconds)[: contact.relaxed]:
        skills = {s: min(level, step.lower.get(s, level)) for s, level in skills.items() if s not in step.drop}
    return skills


def is_free_for(floor: Floor, agent: Agent, channel: str) -> bool:
    if agent.presence != "ready" or agent.retired or (channel == "voice" and not agent.phone):
        return False
    held: list[str] = [floor.state.engagements[offer].channel for offer in agent.engagements]
    if held.count(channel) >= getattr(agent.profile.capacity, channel):
        return False
    return agent.profile.capacity.blends_voice or all((kind == "voice") == (channel == "voice") for kind in held)


def is_able(profile: AgentProfile, queue: str, wants: dict[str, int]) -> bool:
    return queue in profile.queues and all(profile.skills.get(s, 0) >= level for s, level in wants.items())


def lanes(floor: Floor) -> dict[str, tuple[object, tuple[Instant, int]]]:
    """Waiting contact -> what it wants (equal: same lane) and its place by priority and age."""
    found: dict[str, tuple[object, tuple[Instant, int]]] = {}
    for contact in floor.state.contacts.values():
        if contact.state in ("waiting", "offered") and contact.only_agent is None:
            rules = floor.state.queues[contact.queue or ""].rules
            head_start = (rules.priority + contact.priority) * rules.priority_head_start_seconds * SECOND
            lane = (rules.id, contact.channel, tuple(sorted(wanted(rules, contact).items())))
            found[contact.id] = (lane, ((contact.since or 0) - head_start, contact.order))
    return found


def waiting(floor: Floor) -> set[str]:
    return {contact.id for contact in floor.state.contacts.values() if contact.state == "waiting"}


def check_order(
    before: dict[str, tuple[object, tuple[Instant, int]]], waited: set[str], effects: list[Effect], floor: Floor
) -> None:
    """Whoever was offered did not overtake somebody who all the while waited in the same lane."""
    moved = {e.contact for e in effects if isinstance(e, ContactMoved | Decided)}
    after, still = lanes(floor), waited & waiting(floor) - moved
    personal = {e.contact for e in effects if isinstance(e, Decided) and e.agent is not None and e.rule == "only_agent"}
    offered = {e.contact for e in effects if isinstance(e, OfferContact)} - personal
    for one in offered & after.keys():
        for other in still & before.keys() & after.keys():
            if before[other][0] == after[other][0] == after[one][0]:
                assert after[one][1] < after[other][1], f"{one} overtook {other}"


def check_floor(floor: Floor, ledger: Ledger) -> None:
    _check_places(floor, ledger)
    _check_leases(floor)
    _check_follow_ups(floor)
    _check_nobody_waits_in_vain(floor)


def _check_places(floor: Floor, ledger: Ledger) -> None:
    state = floor.state
    assert {contact.id: contact.state for contact in state.contacts.values()} == ledger.contacts
    assert {e.offer: e.state for e in state.engagements.values()} == {
        offer: moved.after for offer, moved in ledger.engagements.items()
    }
    served: list[str] = []
    for contact in state.contacts.values():
        assert (contact.state == "waiting") == state.matching.is_waiting(contact.id), contact
        assert (contact.state in ("offered", "connecting", *TALKING)) == (contact.offer is not None), contact
        if contact.offer is not None:
            engagement = state.engagements[contact.offer]
            assert (engagement.contact, engagement.part) == (contact.id, "lead")
            assert engagement.state in TOGETHER[contact.state], (engagement, contact)
            served.append(contact.offer)
        check_guests(floor, contact)
        check_hold(floor, contact)
        served.extend(contact.guests)
    assert sorted(served) == sorted(e.offer for e in state.engagements.values() if e.state != "wrapping_up")
    for agent in state.agents.values():
        assert agent.presence == ledger.presence[agent.id]
        mine = [e.offer for e in state.engagements.values() if e.agent == agent.id]
        assert sorted(mine) == sorted(agent.engagements)
        rings = any(state.engagements[offer].state == "offered" for offer in mine)
        assert not (rings and agent.presence == "signed_out"), agent
        assert mine or not agent.retired, "a retired agent stays only while there is something to finish"
    waiting_in = Counter(contact.queue for contact in state.contacts.values() if contact.state == "waiting")
    assert {q: queue.waiting for q, queue in state.queues.items() if queue.waiting} == dict(waiting_in)


def check_hold(floor: Floor, contact: Contact) -> None:
    """A customer is on hold for as long as nobody of those in the conversation can be heard, and no longer."""
    if contact.state not in TALKING or contact.offer is None:
        return
    lead, *guests = (floor.state.engagements[offer] for offer in (contact.offer, *contact.guests))
    others = [guest.state for guest in guests] + [contact.party.state if contact.party is not None else "absent"]
    is_heard = lead.state == "in_conversation" or (
        lead.state == "on_hold" and {"in_conversation", "joined"} & {*others}
    )
    assert (contact.state == "in_conversation") == bool(is_heard), (contact, lead, others)


def check_guests(floor: Floor, contact: Contact) -> None:
    """Guests, parties and pauses of a conversation; nobody has part in a contact that nobody answers for."""
    state = floor.state
    lead = state.engagements[contact.offer] if contact.offer is not None else None
    if lead is None or lead.state in ("offered", "connecting"):
        assert not contact.guests, contact
        assert contact.party is None or contact.state == "elsewhere", contact
    guests = [state.engagements[offer] for offer in contact.guests]
    people = [one.agent for one in (*guests, *([lead] if lead else []))]
    assert len(set(people)) == len(people), "nobody has two parts in a contact at once"
    for guest in guests:
        assert guest.contact == contact.id
        assert guest.state in STATES_OF_PART[guest.part], guest
    consulted = [one for one in guests if one.part == "consulted"]
    is_dialling = contact.party is not None and contact.party.state in ("dialled", "consulting")
    if lead is not None:
        assert len(consulted) + is_dialling == (1 if lead.state == "consulting" else 0), (lead, contact)
    assert (("party", contact.id) in state.timers) == (contact.party is not None and contact.party.state == "dialled")
    assert (("recording", contact.id) in state.timers) == contact.recording_paused
    assert not contact.recording_paused or (lead is not None and lead.state in (*TALKING, "consulting"))


def _check_leases(floor: Floor) -> None:
    timers, state = floor.state.timers, floor.state
    for engagement in state.engagements.values():
        lease = LEASE_OF_ENGAGEMENT.get(engagement.state)
        for kind in ("offer", "connect", "wrap_up"):
            assert ((kind, engagement.offer) in timers) == (kind == lease), engagement
        assert (("away", engagement.offer) in timers) == (engagement.away is not None), engagement
        _check_away(floor, engagement)
    for contact in state.contacts.values():
        assert (("sticky", contact.id) in timers) == (contact.only_agent is not None), contact
        assert (("retry", contact.id) in timers) == (contact.state == "postponed"), contact
        if contact.leg and contact.state != "postponed" and contact.state != "connecting":
            assert ("alive", contact.id) in timers, contact
        if contact.state != "waiting":
            assert not any((kind, contact.id) in timers for kind in DEADLINES_OF_WAITING), contact
    for _, _, (kind, subject) in timers.entries()[1]:
        homes = {"pause": state.agents} | dict.fromkeys(("offer", "connect", "wrap_up", "away"), state.engagements)
        assert subject in homes.get(kind, state.contacts), (kind, subject)
        if kind == "pause":
            assert state.agents[subject].presence == "not_ready"


def _check_away(floor: Floor, engagement: Engagement) -> None:
    """Whose phone is gone has part in a conversation; music plays while the customer hears nobody, and only then."""
    if engagement.away is None:
        return
    assert engagement.state in (*TALKING, "consulting", "supervising"), engagement
    assert engagement.channel == "voice"
    contact = floor.state.contacts[engagement.contact]
    if engagement.part != "lead" or engagement.state == "consulting" or engagement.away == "silence":
        assert engagement.away != "music" or engagement.part == "lead", engagement
        return
    if engagement.away == "others":
        is_joined = contact.party is not None and contact.party.state == "joined"
        heard = [floor.state.engagements[guest].state == "in_conversation" for guest in contact.guests]
        assert is_joined or any(heard), "the customer hears nobody, and no music"


def _check_follow_ups(floor: Floor) -> None:
    """Each is known by its customer, can be called, and no customer's matter is followed up without end."""
    known: dict[tuple[str, str], list[str]] = defaultdict(list)
    for contact in floor.state.contacts.values():
        assert contact.cuts <= FOLLOW_UPS_MAX, contact
        if contact.follows is not None:
            assert contact.callback_number is not None
            assert contact.state not in ("in_self_service", "leaving_message"), contact
            known[contact.project, contact.customer].append(contact.id)
    assert {customer: sorted(ids) for customer, ids in floor.state.follow_ups.items()} == {
        customer: sorted(ids) for customer, ids in known.items()
    }


def _check_nobody_waits_in_vain(floor: Floor) -> None:
    state = floor.state
    for contact in state.contacts.values():
        if contact.state != "waiting":
            continue
        queue = state.queues[contact.queue or ""]
        if state.projects[queue.rules.project].paused:
            continue
        if contact.only_agent is not None:
            agent = state.agents.get(contact.only_agent)
            assert agent is None or not is_free_for(floor, agent, contact.channel), f"{agent} idles, {contact} waits"
            continue
        due = sum(step.after_seconds * SECOND <= state.at - contact.queued_at for step in queue.rules.relaxation)
        assert contact.relaxed >= due, f"{contact} should want less by now"
        wants = wanted(queue.rules, contact)
        for agent in state.agents.values():
            free = is_free_for(floor, agent, contact.channel) and is_able(agent.profile, queue.rules.id, wants)
            assert not free, f"{agent} idles while {contact} waits"


def profiles(floor: Floor) -> dict[str, AgentProfile]:
    return {agent.id: agent.profile for agent in floor.state.agents.values()}


def check_offers(effects: list[Effect], phones: dict[str, bool], floor: Floor, told: Stimulus) -> None:
    """Voice is offered to agents whose phone works, and to agents able to serve it (or whom it waits for alone)."""
    personal = {e.contact for e in effects if isinstance(e, Decided) and e.agent is not None and e.rule == "only_agent"}
    for effect in effects:
        if not isinstance(effect, OfferContact):
            continue
        agent, contact = floor.state.agents.get(effect.agent), floor.state.contacts.get(effect.contact)
        if effect.channel == "voice":
            assert phones.get(effect.agent, False) or (agent is not None and agent.phone), effect
        if agent is None or contact is None or contact.offer != effect.offer or isinstance(told, AgentConfigured):
            continue
        if contact.id not in personal:
            rules = floor.state.queues[effect.queue].rules
            assert is_able(agent.profile, effect.queue, wanted(rules, contact)), effect
