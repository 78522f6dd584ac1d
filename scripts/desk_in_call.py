"""Brings the desk of a page into a call, for its pictures: a customer calls, the agent takes it, hangs up.

Customers come from the demo's outside world, which has an Asterisk of its own. The bank's agents get an hour for an
offer and for a wrap-up here: a picture is taken when everything has been drawn, and there are many.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Page

from markaz.demo.harness import Caller, CallPlan, KeyPress, OutsideWorld
from markaz.telephony import AsteriskProgram

State = Literal["offered", "in_call", "wrap_up"]
SHOWN: Final[dict[State, str]] = {"offered": "offer", "in_call": "call", "wrap_up": "wrap-up"}
"""By what the desk shows that it is in a state: the test ids of its parts."""

HOUR_SECONDS: Final = 3_600
NUMBER: Final = "+18005550100"
CUSTOMER: Final = "+49301234567"
KEY_OF_GENERAL: Final = "3"
GREETING_SECONDS: Final = 4.0
MESSAGES: Final = Path(__file__).resolve().parent.parent / "ui/src/messages/en/desk.json"


def patient(bank: str) -> str:
    """The bank's file with an hour for each offer and each wrap-up, and nobody who is sent elsewhere meanwhile."""
    bank = re.sub(r"^(ring_seconds|wrap_up_seconds_max) = \d+$", rf"\1 = {HOUR_SECONDS}", bank, flags=re.MULTILINE)
    return re.sub(r"^overflow = .*$\n", "", bank, flags=re.MULTILINE)


@contextlib.asynccontextmanager
async def outside(program: AsteriskProgram, folder: Path, host: str, sip_port: int) -> AsyncIterator[OutsideWorld]:
    """Where customers call from, until the end."""
    world = OutsideWorld(program, folder, sut_host=host, sut_port=sip_port)
    try:
        await world.start()
        yield world
    finally:
        await world.stop()


@contextlib.asynccontextmanager
async def called(world: OutsideWorld, page: Page, state: State) -> AsyncIterator[None]:
    """`page`, where an agent has signed in, at a desk in that state; the customer goes at the end."""
    say = json.loads(MESSAGES.read_text())

    async def press(id: str) -> None:
        await page.get_by_role("button", name=say[id]).first.click()

    await page.goto("/desk")
    await press("presence.start")
    await press("presence.ready")
    plan = CallPlan(HOUR_SECONDS, HOUR_SECONDS, (KeyPress(GREETING_SECONDS, KEY_OF_GENERAL),))
    customer = asyncio.create_task(world.call(Caller(NUMBER, CUSTOMER, plan)))
    try:
        await page.get_by_test_id(SHOWN["offered"]).wait_for()
        if state != "offered":
            await press("offer.accept")
            await page.get_by_test_id(SHOWN["in_call"]).wait_for()
            await page.get_by_test_id(SHOWN["in_call"]).get_by_text(say["call.connecting"]).wait_for(state="detached")
        if state == "wrap_up":
            await press("call.hang_up")
            await page.get_by_test_id(SHOWN["wrap_up"]).wait_for()
        yield
    finally:
        customer.cancel()
        await asyncio.wait([customer])
