"""A call that goes through many hands: what is asked for, what must then be seen and heard, and a book of who did what.

The book is kept by the test alone: each entry begins when the test asked for something or a phone did it.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from markaz.runtime import ConversationView, LiveView
from tests.telephony.hearing import TONES, Ears
from tests.telephony.peer import Call, Peer
from tests.whole.installation import Installation

CUSTOMER, ANN, BEN, OUTSIDE, CYR = TONES
STATE_SECONDS_MIN = 1.5
"""Every state lasts at least so long, so that seconds in the wrong column are noticed."""
WITH_CUSTOMER = ("in_conversation", "on_hold", "consulting")


@dataclass(eq=False)
class Person:
    """An agent of the chain, known by a tone."""

    agent: str
    tone: int
    phone: Call | None = None
    ear: str = ""


@dataclass(eq=False)
class Part:
    """What an agent did in the contact: (state, part, since), one after the other."""

    person: Person
    queue: str
    asked_as: str
    part: str
    entries: list[tuple[str, str, float]] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.entries[-1][0]

    @property
    def is_over(self) -> bool:
        return self.state in ("wrapping_up", "ended")

    def enter(self, state: str, part: str | None = None) -> None:
        self.part = part or self.part
        self.entries.append((state, self.part, asyncio.get_running_loop().time()))

    def seconds(self, *states: str, part: str | None = None) -> float:
        ends = [since for _, _, since in self.entries[1:]]
        return sum(
            end - since
            for (state, as_what, since), end in zip(self.entries, ends, strict=False)
            if state in states and part in (None, as_what)
        )


class Chain:
    """The chain number `n`; `moves` are names of its methods, each from talk between lead and customer to such talk."""

    def __init__(
        self, installation: Installation, carrier: Peer, folder: Path, n: int, moves: list[str], ends_with: str
    ) -> None:
        self.n = n
        self.moves = moves
        self.ends_with = ends_with
        self.contact = ""
        self.parts: list[Part] = []
        self.pauses: list[tuple[Part, float]] = []
        """Whose recording was paused, and for how many seconds."""
        self.answered_queues = [f"first{n}"]
        self._installation = installation
        self._carrier = carrier
        self._ears = Ears(folder)
        self._staff = [Person(f"{name}{n}", tone) for name, tone in (("ann", ANN), ("ben", BEN), ("cyr", CYR))]
        self._party: tuple[str, str] | None = None
        self._is_paused = False
        self._changed_at = 0.0

    def __repr__(self) -> str:
        return f"chain {self.n}: {', '.join(self.moves)}, then {self.ends_with}"

    @property
    def agents(self) -> list[str]:
        return [person.agent for person in self._staff]

    async def run(self) -> None:
        """From the call to the end; the agents are signed in."""
        await self._begin()
        for move in self.moves:
            await getattr(self, move)()
        await getattr(self, self.ends_with)()

    # The moves

    async def complete_a_consultation(self) -> None:
        guest = await self._consult(self._colleague())
        await self._ask(self._lead.person, "transfer/complete")
        await self._handed_over(guest)

    async def hang_up_in_a_conference(self) -> None:
        guest = await self._confer()
        assert self._lead.person.phone is not None
        await self._lead.person.phone.hang_up()
        await self._handed_over(guest)

    async def leave_a_conference(self) -> None:
        guest = await self._confer()
        assert guest.person.phone is not None
        await guest.person.phone.hang_up()
        await self._left(guest)

    async def consult_somebody_who_refuses(self) -> None:
        guest, phone = await self._ring_for_consultation(self._colleague())
        await phone.hang_up("busy")
        self._lead.enter("in_conversation")
        await self._left(guest)

    async def cancel_a_consultation(self) -> None:
        guest = await self._consult(self._colleague())
        await self._ask(self._lead.person, "consult/cancel")
        self._lead.enter("in_conversation")
        await self._left(guest)

    async def confer_with_a_number_outside(self) -> None:
        number = f"+4930777{self.n}"
        await self._ask(self._lead.person, "consult", kind="number", target=number)
        self._lead.enter("consulting")
        self._party = (number, "dialled")
        phone = await self._carrier.rings(number)
        await self._seen()
        await phone.answer()
        self._party = (number, "consulting")
        await self._ears.listen(outside=phone)
        await phone.hum(str(OUTSIDE))
        await self._heard(customer=set(), lead={OUTSIDE}, outside={self._lead.person.tone})
        await self._ask(self._lead.person, "conference")
        self._lead.enter("in_conversation")
        self._party = (number, "joined")
        tone = self._lead.person.tone
        await self._heard(customer={tone, OUTSIDE}, lead={CUSTOMER, OUTSIDE}, outside={CUSTOMER, tone})
        await self._ask(self._lead.person, "party/release")
        self._party = None
        await self._carrier.until(lambda: phone.ended)
        await self._talk()

    async def listen(self) -> None:
        guest = await self._supervise("listen")
        await self._ask(guest.person, "supervise/end")
        await self._left(guest)

    async def whisper_and_take_over(self) -> None:
        guest = await self._supervise("whisper")
        await self._ask(guest.person, "take-over")
        await self._handed_over(guest)

    async def barge_in(self) -> None:
        guest = await self._supervise("listen")
        await self._ask(guest.person, "supervise", mode="barge")
        guest.enter("in_conversation", "barge")
        tones = {self._lead.person.tone, guest.person.tone}
        await self._heard(customer=tones, lead={CUSTOMER, guest.person.tone})
        assert guest.person.phone is not None
        await guest.person.phone.hang_up()
        await self._left(guest)

    async def pause_the_recording(self) -> None:
        await self._ask(self._lead.person, "recording/pause")
        began = self._now()
        self._is_paused = True
        await self._talk()
        await self._ask(self._lead.person, "recording/resume")
        self.pauses.append((self._lead, self._now() - began))
        self._is_paused = False
        await self._talk()

    async def transfer_to_a_queue(self) -> None:
        old, person, queue = self._lead, self._colleague(), f"second{self.n}"
        await self._installation.ask(person.agent, "ready")
        await self._installation.until(lambda view: ("ready", person.agent) in _presences(view))
        await self._ask(old.person, "transfer", kind="queue", target=queue)
        old.enter("wrapping_up")
        self.parts.append(part := Part(person, queue, "lead", "lead"))
        part.enter("offered")
        self.answered_queues.append(queue)
        phone = await self._carrier.rings(f"agent-{person.agent}")
        await self._answer(part, phone, "in_conversation")
        await self._finish(old)
        await self._installation.ask(person.agent, "not-ready", reason="in a chain")

    async def hold(self) -> None:
        lead = self._lead
        assert lead.person.phone is not None
        await lead.person.phone.ask("POST", "hold")
        lead.enter("on_hold")
        await self._heard()  # the phone goes on singing, as no real one does
        await lead.person.phone.ask("DELETE", "hold")
        lead.enter("in_conversation")
        await self._talk()

    # The ends

    async def the_customer_hangs_up(self) -> None:
        await self._customer.hang_up()
        await self._over()

    async def the_agent_hangs_up(self) -> None:
        assert self._lead.person.phone is not None
        await self._lead.person.phone.hang_up()
        await self._over()

    async def _over(self) -> None:
        lead = self._lead
        lead.enter("wrapping_up")
        await self._carrier.until(lambda: self._customer.ended)
        await self._installation.until(lambda view: not _conversation(view, self.contact))
        await self._finish(lead)

    # What moves are made of

    async def _begin(self) -> None:
        """The customer calls and Ann answers."""
        ann = self._staff[0]
        await self._installation.ask(ann.agent, "ready")
        self._customer = await self._carrier.call(f"+4930100{self.n}", f"+49151{self.n}")
        phone = await self._carrier.rings(f"agent-{ann.agent}")
        self.parts.append(part := Part(ann, f"first{self.n}", "lead", "lead"))
        part.enter("offered")
        self.contact = await self._installation.until(
            lambda view: next((one.contact for one in view.conversations if one.queue == f"first{self.n}"), "")
        )
        await self._ears.listen(customer=self._customer)
        await self._customer.hum(str(CUSTOMER))
        await self._answer(part, phone, "in_conversation")
        await self._installation.ask(ann.agent, "not-ready", reason="in a chain")

    @property
    def _lead(self) -> Part:
        return next(part for part in reversed(self.parts) if part.part == "lead" and not part.is_over)

    def _colleague(self) -> Person:
        return next(person for person in self._staff if person.phone is None)

    async def _ring_for_consultation(self, person: Person) -> tuple[Part, Call]:
        lead = self._lead
        await self._ask(lead.person, "consult", kind="agent", target=person.agent)
        lead.enter("consulting")
        self.parts.append(guest := Part(person, lead.queue, "consulted", "consulted"))
        guest.enter("offered")
        phone = await self._carrier.rings(f"agent-{person.agent}")
        await self._seen()
        return guest, phone

    async def _consult(self, person: Person) -> Part:
        guest, phone = await self._ring_for_consultation(person)
        await self._pick_up(guest, phone, "consulting")
        await self._heard(customer=set(), lead={person.tone}, **{person.ear: {self._lead.person.tone}})
        return guest

    async def _confer(self) -> Part:
        guest = await self._consult(self._colleague())
        lead = self._lead
        await self._ask(lead.person, "conference")
        lead.enter("in_conversation")
        guest.enter("in_conversation", "joined")
        tone, other = lead.person.tone, guest.person.tone
        await self._heard(
            customer={tone, other}, lead={CUSTOMER, other}, **{guest.person.ear: {CUSTOMER, tone}}
        )  # fmt: skip
        return guest

    async def _supervise(self, mode: str) -> Part:
        lead, person = self._lead, self._colleague()
        await self._ask(person, "supervise", mode=mode)
        self.parts.append(guest := Part(person, lead.queue, mode, mode))
        guest.enter("offered")
        await self._pick_up(guest, await self._carrier.rings(f"agent-{person.agent}"), "supervising")
        heard_by_lead = {CUSTOMER, person.tone} if mode == "whisper" else {CUSTOMER}
        await self._heard(
            customer={lead.person.tone}, lead=heard_by_lead, **{person.ear: {CUSTOMER, lead.person.tone}}
        )  # fmt: skip
        return guest

    async def _pick_up(self, part: Part, phone: Call, state: str) -> None:
        await phone.answer()
        part.enter(state)
        part.person.phone = phone
        part.person.ear = phone.channel
        await self._ears.listen(**{part.person.ear: phone})
        await phone.hum(str(part.person.tone))

    async def _answer(self, part: Part, phone: Call, state: str) -> None:
        await self._pick_up(part, phone, state)
        await self._talk()

    async def _handed_over(self, guest: Part) -> None:
        """The lead is released, and the guest answers for the contact."""
        old = self._lead
        old.enter("wrapping_up")
        guest.enter("in_conversation", "lead")
        await self._talk()
        await self._finish(old)

    async def _left(self, guest: Part) -> None:
        """The guest is out of it, and the lead talks with the customer."""
        guest.enter("ended")
        guest.person.phone = None
        await self._talk()
        if guest.seconds(*WITH_CUSTOMER) > 0:
            await self._finish(guest)

    async def _finish(self, part: Part) -> None:
        """End the wrap-up, so that the phone is free."""
        phone = part.person.phone
        if phone is not None:
            await self._carrier.until(lambda: phone.ended)
            part.person.phone = None
        await self._installation.ask(part.person.agent, "wrap-up", contact=self.contact, disposition="done")

    async def _talk(self) -> None:
        """Lead and customer, and nobody else, hear each other."""
        await self._heard(customer={self._lead.person.tone}, lead={CUSTOMER})

    async def _heard(self, **expected: set[int]) -> None:
        """Wait until `/api/floor` shows the book's state and everybody hears exactly what they should."""
        await self._seen()
        names = {"lead": self._lead.person.ear}
        await asyncio.gather(*(self._ears.until(names.get(name, name), tones) for name, tones in expected.items()))
        while self._now() < self._changed_at + STATE_SECONDS_MIN:
            await self._ears.tones("customer")

    async def _seen(self) -> None:
        self._changed_at = self._now()
        present = [part for part in self.parts if not part.is_over]
        present.sort(key=lambda part: part.part != "lead")
        parts = [(part.person.agent, part.part, part.state) for part in present]
        state = "on_hold" if self._lead.state in ("consulting", "on_hold") else "in_conversation"
        expected = (state, parts, self._party, self._is_paused)

        def holds(view: LiveView) -> bool:
            found = _conversation(view, self.contact)
            if found is None:
                return False
            shown = [(part.agent, part.part, part.state) for part in found.parts]
            party = None if found.party is None else (found.party.number, found.party.state)
            return (found.state, shown, party, found.recording_paused) == expected

        try:
            await self._installation.until(holds)
        except AssertionError as error:
            raise AssertionError(f"{self!r} expects {expected}; {error}") from None

    async def _ask(self, person: Person, command: str, **body: str) -> None:
        await self._installation.ask(person.agent, command, contact=self.contact, **body)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


MOVES = (
    "complete_a_consultation", "hang_up_in_a_conference", "leave_a_conference", "consult_somebody_who_refuses",
    "cancel_a_consultation", "confer_with_a_number_outside", "listen", "whisper_and_take_over", "barge_in",
    "pause_the_recording", "transfer_to_a_queue", "hold",
)  # fmt: skip
ENDS = ("the_customer_hangs_up", "the_agent_hangs_up")


def drawn(seed: int, chains: int) -> list[tuple[list[str], str]]:
    """The moves and the end of each chain; together they make every move, in an order that `seed` draws."""
    chance = np.random.default_rng(seed)
    moves = [str(move) for move in chance.permutation(MOVES)]
    ends = [str(end) for end in chance.choice(ENDS, size=chains)]
    return [(moves[n::chains], ends[n]) for n in range(chains)]


def _conversation(view: LiveView, contact: str) -> ConversationView | None:
    return next((one for one in view.conversations if one.contact == contact), None)


def _presences(view: LiveView) -> set[tuple[str, str]]:
    return {(one.presence, one.agent) for one in view.agents}
