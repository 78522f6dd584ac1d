"""Real calls between the outside world and a far end that is neither Markaz nor the harness."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import psutil
import pytest
import pytest_asyncio

from markaz.demo.harness import (
    AgentLog,
    Caller,
    CallPlan,
    KeyPress,
    MobilePlan,
    OutsideWorld,
    PhoneNotRegistered,
    ScheduledCall,
    Temper,
    from_ulaw,
    tone_strengths,
)
from markaz.telephony import AsteriskProgram
from tests.demo.harness.far_end import PASSWORD, FarEnd, StaticDesk, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALM = Temper(
    answer_seconds=(0.2, 0.4), refuse_share=0, miss_share=0, vanish_share=0, hold_share=0, transfer_share=0,
    rest_seconds=(0.1, 0.2), wrap_up_seconds=(0.1, 0.2), vanish_seconds=(0.1, 0.2), hold_seconds=(0.5, 0.6),
    forget_wrap_up_share=0, break_share=0,
)  # fmt: skip
PACKETS_A_SECOND = 50


@dataclass(frozen=True, slots=True)
class Place:
    far_end: FarEnd
    world: OutsideWorld
    desk: StaticDesk

    async def employ(self, agent: str, temper: Temper) -> None:
        self.world.employ(agent, desk=self.desk, temper=temper, seed=1)
        assert await self.world.agents_at_work(seconds_max=20), self.world.faults

    def log(self, agent: str) -> AgentLog:
        return next(log for log in self.world.agent_logs if log.agent == agent)

    async def back_at_work(self, agent: str) -> None:
        await eventually(
            lambda: self.desk.asked.count(("ready", agent)) >= 2, seconds_max=20, what=f"{agent} is ready again"
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("harness")
    far_end = FarEnd(asterisk_program, folder / "far")
    world = OutsideWorld(asterisk_program, folder / "world", sut_host="127.0.0.1", sut_port=far_end.port)
    try:
        await far_end.start()
        await world.start()
        yield Place(far_end, world, StaticDesk(far_end))
    finally:
        await world.stop()
        await far_end.stop()


def caller(number: str, customer: str, *, patience: float = 10, talk: float = 1.5, **plan: Any) -> Caller:
    return Caller(number, customer, CallPlan(patience_seconds=patience, talk_seconds=talk, **plan), listen=True)


async def test_keys_arrive_and_both_hear_each_other(place: Place) -> None:
    await place.employ("agent-0", CALM)
    log = await place.world.call(caller("+18005550020", "+49300000", keys=(KeyPress(0.5, "4"), KeyPress(1.0, "2"))))

    await place.far_end.notices("digits of +49300000: 42.")
    assert log.digits == "42"
    assert log.agents == ("agent-0",)
    assert log.answered_at
    assert log.connected_at
    assert log.ended_at
    assert log.placed_at <= log.answered_at < log.connected_at < log.ended_at
    assert (log.ended_by, log.cause) == ("far_end", 16)
    seconds = (log.ended_at - log.answered_at).total_seconds()
    assert log.rtp
    assert log.rtp.lost == 0
    assert log.rtp.sent > 0.7 * PACKETS_A_SECOND * seconds
    assert log.rtp.received > 0.7 * PACKETS_A_SECOND * 1.5

    tones = (log.tone_hz, place.log("agent-0").tone_hz)
    spoken = tone_strengths(from_ulaw(place.far_end.recording("+49300000", "in")), tones)
    answered = tone_strengths(from_ulaw(place.far_end.recording("+49300000", "out")), tones)
    assert log.heard
    heard = tone_strengths(from_ulaw(log.heard.read_bytes()), tones)
    assert spoken[tones[0]] > 0.9 > 0.05 > spoken[tones[1]]
    assert answered[tones[1]] > 0.5 > 0.05 > answered[tones[0]]  # the rest is the far end's ringing tone
    assert heard[tones[1]] > 0.5 > 0.05 > heard[tones[0]]

    await eventually(lambda: len(place.log("agent-0").offers) == 1, seconds_max=5, what="the agent's leg ended")
    [offer] = place.log("agent-0").offers
    assert (offer.outcome, offer.caller, offer.ended_by) == ("answered", "+49300000", "agent")
    assert offer.rtp
    assert offer.rtp.received > 0.7 * PACKETS_A_SECOND * 1.5
    await eventually(lambda: ("wrap_up", "agent-0", "done") in place.desk.asked, seconds_max=5, what="wrap-up")


async def test_customer_ends_the_conversation_and_the_agent_takes_a_break(place: Place) -> None:
    await place.employ("agent-1", replace(CALM, break_share=1, break_seconds=(0.1, 0.2)))
    log = await place.world.call(caller("+18005550001", "+49300001", ends="customer"))
    assert (log.ended_by, log.agents) == ("customer", ("agent-1",))
    await eventually(lambda: len(place.log("agent-1").offers) == 1, seconds_max=5, what="the agent's leg ended")
    [offer] = place.log("agent-1").offers
    assert offer.ended_by == "far_end"
    await place.back_at_work("agent-1")
    asked = [what for what, agent, *_ in place.desk.asked if agent == "agent-1"]
    assert asked == ["ready", "wrap_up", "not_ready", "ready"]


async def test_impatient_customer_hangs_up_and_the_offer_is_withdrawn(place: Place) -> None:
    await place.employ("agent-2", replace(CALM, answer_seconds=(9, 10)))
    log = await place.world.call(caller("+18005550002", "+49300002", patience=1.0))
    assert (log.ended_by, log.agents, log.connected_at) == ("customer", (), None)
    await eventually(lambda: place.log("agent-2").count("withdrawn") == 1, seconds_max=5, what="offer withdrawn")


async def test_refusing_agent_answers_486_and_is_ready_again(place: Place) -> None:
    await place.employ("agent-3", replace(CALM, refuse_share=1))
    await place.world.call(caller("+18005550003", "+49300003"))
    await place.far_end.notices("offer of +49300003: BUSY.")
    assert place.far_end.messages("SIP/2.0 486", containing="agent-3")
    assert place.log("agent-3").count("refused") == 1
    await place.back_at_work("agent-3")


async def test_missed_offer_rings_without_end(place: Place) -> None:
    await place.employ("agent-4", replace(CALM, miss_share=1))
    await place.world.call(caller("+18005550004", "+49300004"))
    await place.far_end.notices("offer of +49300004: NOANSWER.")
    assert place.far_end.messages("SIP/2.0 180", containing="agent-4")
    await eventually(lambda: place.log("agent-4").count("missed") == 1, seconds_max=5, what="offer missed")


async def test_unplugged_phone_is_forgotten_then_registers_again(place: Place) -> None:
    await place.employ("agent-5", replace(CALM, vanish_share=1, unplug_share=1))
    await place.world.call(caller("+18005550005", "+49300005"))
    await place.far_end.notices("offer of +49300005: NOANSWER.")
    assert not place.far_end.messages("SIP/2.0 180", containing="agent-5")
    assert place.far_end.messages("REGISTER", containing="Expires: 0")
    await eventually(
        lambda: bool(place.far_end.messages("SIP/2.0 200", containing="agent-5@127.0.0.1")), seconds_max=5, what="200"
    )
    await place.back_at_work("agent-5")
    assert "agent-5" in await place.far_end.server.cli("pjsip show contacts")


async def test_phone_that_says_nothing_stays_registered_and_is_back_later(place: Place) -> None:
    await place.employ("agent-9", replace(CALM, vanish_share=1, unplug_share=0))
    await place.world.call(caller("+18005550009", "+49300012"))
    await place.far_end.notices("offer of +49300012: NOANSWER.")
    assert not place.far_end.messages("SIP/2.0 180", containing="agent-9")
    await place.back_at_work("agent-9")
    assert place.log("agent-9").count("vanished") == 1
    assert "agent-9" in await place.far_end.server.cli("pjsip show contacts")


async def test_hold_is_a_re_invite_that_is_taken_back(place: Place) -> None:
    await place.employ("agent-6", replace(CALM, hold_share=1))
    log = await place.world.call(caller("+18005550006", "+49300006", talk=2))
    assert place.log("agent-6").offers[0].holds == 1
    [held] = place.far_end.messages("INVITE", containing="a=sendonly")
    [dialogue] = re.findall(r"Call-ID: \S+", held)
    [resumed] = [text for text in place.far_end.messages("INVITE", containing=dialogue) if "a=sendrecv" in text][1:]
    assert place.far_end.trace.index(held) < place.far_end.trace.index(resumed)
    assert log.ended_by == "far_end"


async def test_transfer_is_a_refer_that_the_far_end_carries_out(place: Place) -> None:
    await place.employ("agent-7", replace(CALM, transfer_share=1, transfer_targets=("900",)))
    log = await place.world.call(caller("+18005550007", "+49300007", patience=3))
    await place.far_end.notices("arrived at 900: +49300007.")
    assert place.far_end.messages("REFER", containing=f"Refer-To: sip:900@127.0.0.1:{place.far_end.port}")
    await eventually(lambda: len(place.log("agent-7").offers) == 1, seconds_max=5, what="the agent's leg ended")
    [offer] = place.log("agent-7").offers
    assert (offer.transferred_to, offer.transfer_status, offer.ended_by) == ("900", "SUCCESS", "agent")
    assert (log.ended_by, log.agents) == ("customer", ("agent-7",))


async def test_agent_whose_transfer_is_refused_takes_the_customer_back(place: Place) -> None:
    target = f"sip:nobody@127.0.0.1:{place.far_end.port}"
    await place.employ("agent-8", replace(CALM, transfer_share=1, transfer_targets=(target,)))
    log = await place.world.call(caller("+18005550008", "+49300008", talk=2))
    await eventually(lambda: len(place.log("agent-8").offers) == 1, seconds_max=5, what="the agent's leg ended")
    [offer] = place.log("agent-8").offers
    assert (offer.transfer_status, offer.ended_by) == ("FAILURE", "agent")
    assert log.agents == ("agent-8",)
    assert offer.answered_at
    assert offer.ended_at
    assert (offer.ended_at - offer.answered_at).total_seconds() > 1.5


async def test_customer_is_called_back_on_the_mobile(place: Place) -> None:
    await place.world.call(caller("+18005550019", "+49300009", patience=1, mobile=MobilePlan(after_seconds=0.2)))
    address = f"sip:+49300009@127.0.0.1:{place.world.sip_address[1]}"
    await place.far_end.server.cli(f"channel originate PJSIP/trunk/{address} extension 901@calls")

    def called_back() -> bool:
        return any(log.direction == "called_back" and log.answered_at for log in place.world.caller_logs)

    await eventually(called_back, seconds_max=10, what="the customer answered and the call ended")


async def test_scheduled_calls_are_placed_at_their_moments_with_voices_of_their_own(place: Place) -> None:
    customers = [f"+4930001{number}" for number in range(3)]
    schedule = [
        ScheduledCall(0.4 * number, caller("+18005550010", customer, patience=1.2))
        for number, customer in enumerate(customers)
    ]
    logs = await place.world.play(schedule)
    assert [log.customer for log in logs] == customers
    assert len({log.tone_hz for log in logs}) == 3
    apart = [(later.placed_at - first.placed_at).total_seconds() for first, later in pairwise(logs)]
    assert all(0.2 < seconds < 1.5 for seconds in apart)
    assert all(log.ended_by == "customer" for log in logs)


async def test_number_out_of_service_answers_404(place: Place) -> None:
    address = f"sip:+49399999@127.0.0.1:{place.world.sip_address[1]}"
    await place.far_end.server.cli(f"channel originate PJSIP/trunk/{address} extension 901@calls")
    await eventually(
        lambda: bool(place.far_end.messages("SIP/2.0 404", containing="+49399999")), seconds_max=10, what="a 404"
    )
    assert any("+49399999" in fault for fault in place.world.faults)


async def test_wrong_password_does_not_register(place: Place) -> None:
    with pytest.raises(PhoneNotRegistered):
        await place.world.register_phone(
            "impostor", username="agent-9", password="not " + PASSWORD, registrar_host="127.0.0.1",
            registrar_port=place.far_end.port, seconds_max=2,
        )  # fmt: skip
    await place.world.unregister_phone("impostor")


async def test_at_the_end_everybody_goes_home_and_nothing_is_left(place: Place) -> None:
    assert await place.world.send_home(seconds_max=20)
    assert ("sign_out", "agent-0") in place.desk.asked
    await eventually(lambda: place.world.legs_open == 0, seconds_max=10, what="no leg is open")
    pid = place.world.pid
    assert pid
    caught = asyncio.create_task(place.world.call(caller("+18005550019", "+49300011", patience=30)))
    await eventually(lambda: place.world.legs_open == 1, seconds_max=5, what="a call is on its way")
    await place.world.stop()
    assert (await caught).ended_by == "nobody"
    assert not psutil.pid_exists(pid)
