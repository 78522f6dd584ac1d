"""Agents' phones ring: for an offer, again for a conversation that goes on, and to be tried."""

from collections.abc import Awaitable, Callable, Mapping
from math import ceil
from typing import Final

from markaz.kit.time import SECOND, Instant
from markaz.routing import OfferContact, OfferFailed, RingAgain
from markaz.telephony.asterisk.client import Answer
from markaz.telephony.asterisk.configuration import TEST_CONTEXT, TEST_EXTENSION
from markaz.telephony.asterisk.legs import Legs
from markaz.telephony.asterisk.recorder import Recorder
from markaz.telephony.asterisk.switchboard import AGAIN, Leg, Switchboard
from markaz.telephony.asterisk.translate import Stimulus

RING_GRACE_SECONDS: Final = 5
"""The floor ends a ringing offer; Asterisk does so this much later, should nobody be there to ask."""
TEST_RING_SECONDS: Final = 10
AUTO_ANSWER: Final = {"Call-Info": "<sip:markaz>;answer-after=0", "Alert-Info": "<http://markaz>;info=alert-autoanswer"}
"""What makes a phone answer by itself: browsers' libraries and most makers' phones read one of the two."""


class Ringing:
    """`release` ends an agent's leg (contact, offer); `emit` takes offers that could not ring; `now` is the clock."""

    def __init__(
        self,
        *,
        legs: Legs,
        board: Switchboard,
        recorder: Recorder,
        release: Callable[[str, str], Awaitable[None]],
        emit: Callable[[Stimulus], None],
        now: Callable[[], Instant],
    ) -> None:
        self._legs = legs
        self._board = board
        self._recorder = recorder
        self._release = release
        self._emit = emit
        self._now = now

    async def offer(self, work: OfferContact) -> None:
        phone = self._board.phones.get(work.agent)
        seconds = ceil((work.expires_at - self._now()) / SECOND)
        if phone is None or seconds <= 0:
            self._emit(OfferFailed(work.offer, "unreachable" if phone is None else "no_answer"))
            return
        before = self._board.released.get(work.agent)
        if before is not None:  # in another contact's line, and no phone is to ring while its last call ends
            await self._release(before.contact, before.offer or "")
        leg = Leg(
            channel=work.offer, role="agent", contact=work.contact, offer=work.offer, agent=work.agent,
            guest=work.part != "lead",
        )  # fmt: skip
        answer = await self._ring(leg, phone, work, seconds, {})
        if not answer.ok and answer.status != 409:
            self._board.remove(leg.channel)
            self._emit(OfferFailed(work.offer, "fault" if answer.status < 500 else "unreachable"))

    async def _ring(
        self, leg: Leg, phone: str, work: OfferContact | RingAgain, seconds: int, headers: Mapping[str, str]
    ) -> Answer:
        return await self._legs.originate(
            leg,
            f"PJSIP/{phone}",
            caller=f'"{work.queue}" <{work.customer}>',
            seconds=seconds + RING_GRACE_SECONDS,
            # A REFER of the phone becomes an event instead of a transfer that Asterisk makes by itself.
            variables={"PJSIP_TRANSFER_HANDLING()": "ari-only", **_sip_headers(headers)},
        )

    async def for_test(self, phone: str) -> None:
        """Ring `phone` into an echo. Raises `AriLost`."""
        body = {
            "endpoint": f"PJSIP/{phone}",
            "context": TEST_CONTEXT,
            "extension": TEST_EXTENSION,
            "priority": 1,
            "callerId": f'"Markaz" <{TEST_EXTENSION}>',
            "timeout": TEST_RING_SECONDS,
            "variables": _sip_headers(AUTO_ANSWER),
        }
        await self._legs.ask("POST", "channels", body=body)

    async def again(self, work: RingAgain) -> None:
        """End what is left of the agent's leg and ring the phone anew; what does not work is left to the floor."""
        phone = self._board.phones.get(work.agent)
        seconds = ceil((work.expires_at - self._now()) / SECOND)
        if phone is None or seconds <= 0:
            return
        channel = f"{work.offer}{AGAIN}{work.attempt}"
        before = self._board.agent_leg(work.contact, work.offer)
        if before is not None and before.channel != channel:
            self._recorder.ended(before.channel)
            await self._legs.end(before)
        leg = Leg(
            channel=channel, role="agent", contact=work.contact, offer=work.offer, agent=work.agent,
            guest=work.part != "lead", again=True,
        )  # fmt: skip
        answer = await self._ring(leg, phone, work, seconds, AUTO_ANSWER)
        if not answer.ok and answer.status != 409:
            self._board.remove(leg.channel)


def _sip_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {f"PJSIP_HEADER(add,{name})": value for name, value in headers.items()}
