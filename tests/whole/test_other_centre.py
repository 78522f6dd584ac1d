"""Another centre, a second real Asterisk beyond a trunk, takes the calls that ours cannot."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.telephony.hearing import TONES, Ears
from tests.telephony.peer import Call, Peer
from tests.whole.installation import Installation

CUSTOMER, SECOND, THERE, _, AGENT = TONES

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def hung_up(carrier: Peer) -> AsyncIterator[None]:
    """No call outlives its test."""
    yield
    for call in list(carrier.calls.values()):
        if not call.ended:
            await carrier.ari.request("DELETE", "channels", call.channel)
    await carrier.until(lambda: all(call.ended for call in carrier.calls.values()))


async def talk(ears: Ears, customer: Call, tone: int, there: Call) -> None:
    """The customer and whoever answered at the other centre hear each other."""
    names = {"customer": customer.channel, "there": there.channel}
    await ears.listen(**{names["customer"]: customer, names["there"]: there})
    await customer.hum(str(tone))
    await there.hum(str(THERE))
    await ears.until(names["customer"], {THERE})
    await ears.until(names["there"], {tone})


async def contacts_of(installation: Installation, queue: str) -> dict[str, Any]:
    """What the report says of the queue's contacts."""
    report = json.loads(await installation.run("report", "--interval", "day", "--format", "json"))
    [row] = [row for row in report["rows"] if row["began_at"] is None and row["key"] == queue]
    return row["contacts"]


async def test_a_full_queue_and_too_long_a_wait_are_answered_there(
    installation: Installation, carrier: Peer, west: Peer, tmp_path: Path
) -> None:
    ears = Ears(tmp_path)
    first = await carrier.call("+4930300", "+491510001")
    await installation.until(lambda view: any(one.queue == "small" and one.waiting == 1 for one in view.queues))
    second = await carrier.call("+4930300", "+491510002")
    for customer, caller, tone in ((second, "+491510002", SECOND), (first, "+491510001", CUSTOMER)):
        there = await west.rings("+4989300")
        assert there.caller == caller, "there they see who calls"
        await there.answer()
        await talk(ears, customer, tone, there)
    await first.hang_up()
    there_first, there_second = (
        next(call for call in west.calls.values() if call.caller == caller)
        for caller in ("+491510001", "+491510002")
    )  # fmt: skip
    await west.until(lambda: there_first.ended)
    await there_second.hang_up()
    await carrier.until(lambda: second.ended)
    await installation.settled()
    contacts = await contacts_of(installation, "small")
    assert (contacts["offered"], contacts["overflowed"], contacts["answered"]) == (2, 2, 0)
    assert contacts["centres"] == {"west": {"sent": 2, "answered": 2}}
    outcomes = await installation.rows("SELECT DISTINCT outcome FROM contact JOIN queue_visit USING (floor, contact) "
        "WHERE queue_visit.queue = 'small'")  # fmt: skip
    assert outcomes == [{"outcome": "overflowed"}]


async def test_who_is_not_answered_there_is_back_in_our_queue(
    installation: Installation, carrier: Peer, west: Peer, tmp_path: Path
) -> None:
    agent = "agent-north"
    await installation.sign_in(carrier, agent)
    customer = await carrier.call("+4930301", "+491510003")
    there = await west.rings("+4989301")
    assert not there.answered
    await installation.ask(agent, "ready")
    await installation.until(lambda view: any((one.agent, one.presence) == (agent, "ready") for one in view.agents))
    await there.hang_up("no_answer")
    leg = await carrier.rings(f"agent-{agent}")
    await leg.answer()
    ears = Ears(tmp_path)
    await ears.listen(customer=customer, agent=leg)
    await customer.hum(str(CUSTOMER))
    await leg.hum(str(AGENT))
    await ears.until("customer", {AGENT})
    await ears.until("agent", {CUSTOMER})
    await customer.hang_up()
    await carrier.until(lambda: leg.ended)
    await installation.ask(agent, "wrap-up", disposition="done")
    await installation.ask(agent, "sign-out")
    await installation.settled()
    contacts = await contacts_of(installation, "north")
    assert contacts["centres"] == {"west": {"sent": 1, "answered": 0}}
    assert (contacts["offered"], contacts["overflowed"], contacts["answered"]) == (2, 1, 1)
