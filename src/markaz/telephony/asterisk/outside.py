"""Numbers outside: customers who are called back, and those to whom a contact is passed on."""

import logging
from collections.abc import Callable
from typing import Final

from markaz.kit.time import Instant
from markaz.routing import CustomerMissed, DialCustomer, ElsewhereAnswered, ElsewhereFailed
from markaz.telephony.asterisk.client import Answer
from markaz.telephony.asterisk.configuration import TrunkSettings, trunk_endpoint
from markaz.telephony.asterisk.legs import Legs
from markaz.telephony.asterisk.switchboard import Leg, Switchboard
from markaz.telephony.asterisk.translate import NUMBER, Stimulus

DIAL_SECONDS_MAX: Final = 30

log = logging.getLogger(__name__)


class Outside:
    """Calls go out through `trunks`. Every method that asks Asterisk raises `AriLost`."""

    def __init__(
        self, *, legs: Legs, board: Switchboard, emit: Callable[[Stimulus], None], now: Callable[[], Instant]
    ) -> None:
        self.trunks: tuple[TrunkSettings, ...] = ()
        self._legs = legs
        self._board = board
        self._emit = emit
        self._now = now

    async def dial_customer(self, work: DialCustomer) -> None:
        """Call a customer back, while the agent hears it ring."""
        trunk = self._trunk_for(work.number)
        if trunk is None:
            log.warning("No trunk may dial the callback number of contact %s", work.contact)
            self._emit(CustomerMissed(work.contact, "unreachable"))
            return
        query = {"media": "tone:ring", "playbackId": f"{work.offer}.ring"}
        await self._legs.ask("POST", "channels", work.offer, "play", query=query)
        leg = Leg(
            channel=f"{work.contact}~{work.attempt}",
            role="callback",
            contact=work.contact,
            attempt=work.attempt,
            offer=work.offer,
            caller=work.number,
        )
        answer = await self._originate(leg, trunk, work.number)
        if not answer.ok and answer.status != 409:
            self._board.remove(leg.channel)
            self._emit(CustomerMissed(work.contact, "fault"))

    async def send(self, contact: str, number: str, centre: str | None = None) -> None:
        """Pass the customer on to `number`, which sees who called us, through the trunk to `centre` if there is one."""
        customer = self._board.customers.get(contact)
        if customer is None:
            return
        trunk = self._trunk_for(number, centre)
        if trunk is None:
            log.warning("No trunk may dial %s for contact %s", number, contact)
            self._emit(ElsewhereFailed(contact, "unreachable"))
            return
        leg = Leg(channel=f"{contact}~out{self._now()}", role="outside", contact=contact)
        answer = await self._originate(leg, trunk, number, caller=customer.caller)
        if not answer.ok:
            self._board.remove(leg.channel)
            self._emit(ElsewhereFailed(contact, "fault"))

    async def call(self, leg: Leg, number: str) -> bool:
        """Call `number`; False when that can't be done."""
        trunk = self._trunk_for(number)
        if trunk is None:
            log.warning("No trunk may dial %s for contact %s", number, leg.contact)
            return False
        answer = await self._originate(leg, trunk, number)
        if not answer.ok and answer.status != 409:
            self._board.remove(leg.channel)
            return False
        return True

    async def answered(self, leg: Leg) -> None:
        """The other side picked up: join the customer with it, or let the floor bring the agent."""
        customer = self._board.customers.get(leg.contact)
        if leg.role == "callback":
            await self._legs.ask("DELETE", "playbacks", f"{leg.offer}.ring")
        elif customer is None:
            await self._legs.end(leg)
        elif await self._legs.join(leg.contact, customer, leg):
            self._emit(ElsewhereAnswered(leg.contact))
        else:
            self._emit(ElsewhereFailed(leg.contact, "fault"))

    def _trunk_for(self, number: str, centre: str | None = None) -> TrunkSettings | None:
        """The trunk that may dial `number`, if there is one the one named like `centre`.

        Nothing else is ever dialled, whoever asks (toll fraud).
        """
        if not NUMBER.fullmatch(number):
            return None
        able = [trunk for trunk in self.trunks if number.startswith(trunk.prefixes)]
        return next((trunk for trunk in able if trunk.id == centre), able[0] if able else None)

    async def _originate(self, leg: Leg, trunk: TrunkSettings, number: str, *, caller: str | None = None) -> Answer:
        endpoint = f"PJSIP/{number}@{trunk_endpoint(trunk.id)}"
        return await self._legs.originate(leg, endpoint, caller=caller or trunk.caller or "", seconds=DIAL_SECONDS_MAX)
