"""A customer who is asked after the agent has hung up, over real SIP calls."""

from pathlib import Path

import pytest

from markaz.flows import SURVEY_STEP, AnswerContact, DigitPressed, SpeakPrompt
from markaz.routing import AgentLeft, CustomerLeft, EndContact, LeaveConversation
from tests.telephony.conftest import Floor
from tests.telephony.hearing import heard, tone, tone_prompt

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_is_left_hears_the_question_answers_it_and_is_released(floor: Floor, tmp_path: Path) -> None:
    floor.centre.telephony.set_prompts(tone_prompt(tmp_path, "question", 700, 5))
    agent = await floor.phone()
    contact, offer, customer, phone = await floor.conversation(agent)
    await phone.hang_up()
    await floor.centre.told(AgentLeft, lambda told: told == AgentLeft(contact, agent, "hung_up"))
    await floor.centre.until(lambda: offer in floor.centre.ledger.ends)
    assert not customer.ended, "the recording ended with the agent, and the customer is there"
    await customer.monitor(tmp_path / "heard.raw")
    floor.centre.perform(
        LeaveConversation(contact), AnswerContact(contact), SpeakPrompt(contact, "question", SURVEY_STEP + 1)
    )
    sound = await heard(tmp_path / "heard.raw", seconds_min=2)
    assert tone(sound[8_000:, 0]) == pytest.approx(700, abs=10)
    await customer.press("4")
    await floor.centre.told(DigitPressed, lambda told: told == DigitPressed(contact, "4"))
    floor.centre.perform(EndContact(contact, "self_served"))
    await floor.peer.until(lambda: customer.ended)
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)
