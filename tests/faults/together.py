"""What must hold in Asterisk of what the floor believes, looked at each second: who hears whom, and what is recorded.

* Nobody stays apart from a conversation that the floor believes they are in, or in one that they should not hear.
* A supervisor hears the agent who answers for the contact, who hears the supervisor when that whispers.
* The conversation of each who answers for a contact is recorded, and silent just while it is paused.
* A pause ends by itself; no channel is left without a part, and no bridge without a conversation.

What is wrong while all is well is put right at once; what trouble left behind, when the reconciler has looked.
"""

from collections.abc import Callable, Iterator

from tests.faults.asterisk import Asterisk
from tests.faults.exchange import Bridge, Channel
from tests.faults.house import PAUSE_SECONDS_MAX
from tests.faults.kept import Kept, KeptContact, KeptPart

WELL_SECONDS = 45.0
"""After so long without trouble every difference is mended: the reconciler looks twice, 30 and 5 seconds apart."""
MENDING_SECONDS = 3.0
"""What the reconciler has seen twice is mended within so long."""
PROMPT_SECONDS = 5.0
"""What begins to differ after that is news on its way, for no longer."""
SUPERVISION = "supervision-"

Wrong = tuple[tuple[str, ...], str]
"""What is wrong, by a name that it keeps, and in a sentence."""


class Together:
    """`violate` is told what stays wrong."""

    def __init__(self, kept: Kept, asterisk: Asterisk, violate: Callable[[str], None]) -> None:
        self._kept = kept
        self._asterisk = asterisk
        self._channels = asterisk.channels
        self._bridges = asterisk.bridges.all
        self._violate = violate
        self._wrong: dict[tuple[str, ...], float] = {}
        """Since when."""

    def look(self, well_since: float | None) -> None:
        """`well_since`: since when nothing is out of order; None: something is."""
        now = self._asterisk.news.now
        wrong = dict(self._all_wrong())
        self._wrong = {name: self._wrong.get(name, now) for name in wrong}
        if well_since is None:
            return
        for name, since in self._wrong.items():
            if now - max(since, well_since) > self._seconds_max(since, well_since) or self._was_seen(since, well_since):
                self._violate(f"for {now - since:.0f} s: {wrong[name]}")

    def _seconds_max(self, since: float, well_since: float) -> float:
        """How long something may be wrong that is so `since` then."""
        return PROMPT_SECONDS if since > well_since + WELL_SECONDS else WELL_SECONDS

    def _was_seen(self, since: float, well_since: float) -> bool:
        """Whether the reconciler has looked twice, and has had time to mend it."""
        began, until = max(since, well_since), self._asterisk.news.now - MENDING_SECONDS
        return sum(began < look < until for look in self._asterisk.looks[-20:]) >= 2

    def _all_wrong(self) -> Iterator[Wrong]:
        legs: dict[str, list[Channel]] = {}
        for channel in self._channels.values():
            if channel.contact:
                legs.setdefault(channel.contact, []).append(channel)
        for name, contact in self._kept.contacts.items():
            if contact.state not in ("in_conversation", "on_hold", "elsewhere"):
                continue
            parts = self._kept.open_parts(name)
            customer = next((one for one in legs.get(name, ()) if _is_customer(one)), None)
            yield from self._apart(name, contact, parts, customer)
            for offer, part in parts:
                yield from self._unheard(name, parts, offer, part)
                if part.part == "lead" and part.talks:
                    yield from self._unrecorded(name, offer, contact)
        yield from self._left_over()

    def _apart(
        self, name: str, contact: KeptContact, parts: list[tuple[str, KeptPart]], customer: Channel | None
    ) -> Iterator[Wrong]:
        """Who should hear each other are in one bridge, and nobody else."""
        party = self._channels.get(contact.party[0]) if contact.party is not None else None
        if contact.party is not None and contact.party[1] == "dialled" and party is not None and party.is_up:
            yield ("unheard", party.id), f"the number outside {party.id} has answered, and nobody hears it"
        here = [offer for offer, part in parts if part.talks]
        is_consulting = any(part.part == "lead" and part.state == "consulting" for _, part in parts)
        if contact.party is not None and contact.party[1] in ("consulting", "joined"):
            here.append(contact.party[0])
        if not here:
            return
        places = {offer: self._place(offer) for offer in here}
        for offer, place in places.items():
            if place is None or not place.is_conversation or place.id.partition("-")[2] != name:
                where = place.id if place is not None else "nowhere"
                yield ("apart", offer), f"{offer} is {where}, and the floor believes it in the conversation of {name}"
        rooms = {place.id for place in places.values() if place is not None}
        if len(rooms) > 1:
            yield ("apart", name), f"who talk in {name} are apart: {sorted(rooms)}"
        if customer is None:  # told of elsewhere: calm drains no contact without a customer
            return
        is_there = customer.bridge is not None and customer.bridge.id in rooms
        if is_consulting and is_there:
            yield ("hears", name), f"the customer of {name} hears those who consult"
        elif not is_consulting and not is_there:
            yield ("apart", name, "customer"), f"the customer of {name} does not hear {here}"

    def _unheard(self, name: str, parts: list[tuple[str, KeptPart]], offer: str, part: KeptPart) -> Iterator[Wrong]:
        leg = self._channels.get(offer)
        if part.was_guest and part.state == "connecting" and leg is not None and leg.is_up:
            yield ("apart", offer), f"the guest {offer} has picked up, and hears nobody"
        if part.state != "supervising":
            return
        place = self._place(offer)
        ears = [one for one in place.channels if one.snoops_on is not None] if place is not None else []
        lead = next((one for one, of in parts if of.part == "lead" and of.talks), None)
        hears = [(ear.snoops_on.id, ear.whispers) for ear in ears if ear.snoops_on is not None]
        if hears != [(lead, part.part == "whisper")]:
            yield ("deaf", offer), f"the supervisor {offer}, who is to {part.part}, hears {hears} and not {lead}"

    def _unrecorded(self, name: str, offer: str, contact: KeptContact) -> Iterator[Wrong]:
        leg = self._channels.get(offer)
        if leg is None:
            return
        if leg.mixing is None:
            yield ("unrecorded", offer), f"the conversation {offer} is not recorded"
        elif contact.paused is None and leg.is_muted:
            yield ("paused", offer), f"the recording of {offer} stays paused, though its pause is over"
        elif contact.paused is not None and not leg.is_muted:
            yield ("not paused", offer), f"the recording of {offer} goes on, though it was to be paused"
        if contact.paused is not None and self._asterisk.news.now - contact.paused > PAUSE_SECONDS_MAX:
            yield (
                ("pause", name),
                f"the recording of {name} is paused since {self._asterisk.news.now - contact.paused:.0f} s",
            )

    def _left_over(self) -> Iterator[Wrong]:
        """Channels without a part, bridges without a conversation."""
        engaged = {offer for agent in self._kept.agents.values() for offer in agent.engagements}
        for channel in self._channels.values():
            offer = channel.id.partition("~snoop")[0]
            part = self._kept.parts.get(offer)
            if channel.leg.startswith(("agent:", "guest:")) or channel.snoops_on is not None:
                is_needed = offer in engaged and part is not None and part.state != "wrapping_up"
                if channel.snoops_on is not None and part is not None:
                    is_needed = is_needed and part.state in ("connecting", "supervising")
                if not is_needed:
                    yield ("left", channel.id), f"the channel {channel.id} is left over"
        for bridge in self._bridges.values():
            if bridge.is_conversation:
                contact = self._kept.contacts.get(bridge.id.partition("-")[2])
                is_over = contact is None or contact.state == "closed"
            else:
                is_over = bridge.id.startswith(SUPERVISION) and not bridge.channels
            if is_over:
                yield ("left", bridge.id), f"the bridge {bridge.id} is left over"

    def _place(self, channel: str) -> Bridge | None:
        leg = self._channels.get(channel)
        return leg.bridge if leg is not None else None


def _is_customer(channel: Channel) -> bool:
    return channel.leg.startswith(("customer:", "callback:"))
