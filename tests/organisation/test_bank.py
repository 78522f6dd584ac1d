"""The demo's bank, told to a floor: what a customer who presses keys comes to."""

from collections import Counter

import pytest

from markaz.demo.centre import agents, document
from markaz.flows import ContactEntered, DigitPressed, PromptFinished, SpeakPrompt
from markaz.kit.time import SECOND
from markaz.organisation import stimuli_of
from markaz.routing import KeepWaiting, PromiseCallback, TakeMessage, TimePassed
from markaz.runtime.core import Core, Output

BANK = document(agents=8, trunk_host="127.0.0.1", trunk_port=5066)


@pytest.fixture
def core() -> Core:
    """A floor that knows the bank; nobody is signed in."""
    core = Core()
    for stimulus in stimuli_of(BANK):
        core.handle(0, stimulus)
    return core


def call(core: Core) -> list[Output]:
    """A customer calls and hears the greeting to its end."""
    core.handle(SECOND, ContactEntered("c", "voice", "+18005550100", "+49301234567"))
    return core.handle(3 * SECOND, PromptFinished("c", 1))


def test_the_hotline_is_always_open_and_asks(core: Core) -> None:
    assert SpeakPrompt("c", "menu", 2) in call(core)


@pytest.mark.parametrize(("key", "queue"), [("1", "cards"), ("2", "loans"), ("3", "general")])
def test_each_key_leads_to_its_queue(core: Core, key: str, queue: str) -> None:
    call(core)
    assert KeepWaiting("c", queue) in core.handle(5 * SECOND, DigitPressed("c", key))


def test_a_waiting_customer_may_ask_for_a_call_back_or_leave_a_message(core: Core) -> None:
    for key, promised in (("1", PromiseCallback("c", "+49301234567")), ("2", TakeMessage("c", 120))):
        restored = Core.restored(core.snapshot())
        call(restored)
        restored.handle(5 * SECOND, DigitPressed("c", "2"))
        assert promised in restored.handle(11 * SECOND, DigitPressed("c", key))
        assert "c" not in restored.self_service


@pytest.mark.parametrize(
    ("key", "seconds", "promised"),
    [
        ("1", 45, PromiseCallback("c", "+49301234567")),
        ("2", 25, KeepWaiting("c", "general")),
        ("3", 50, TakeMessage("c", 30)),
    ],
)
def test_each_queue_overflows_its_own_way(core: Core, key: str, seconds: int, promised: Output) -> None:
    call(core)
    core.handle(5 * SECOND, DigitPressed("c", key))
    told: list[Output] = []
    while (deadline := core.deadline()) is not None and deadline <= (5 + seconds) * SECOND:
        told = core.handle(deadline, TimePassed())
    assert promised in told


def test_silence_leads_to_the_general_queue(core: Core) -> None:
    call(core)
    core.handle(10 * SECOND, PromptFinished("c", 2))
    assert SpeakPrompt("c", "menu", 3) in core.handle(14 * SECOND, TimePassed())
    core.handle(21 * SECOND, PromptFinished("c", 3))
    assert KeepWaiting("c", "general") in core.handle(25 * SECOND, TimePassed())


def test_agents_are_made_in_any_number_from_the_eight() -> None:
    many = document(agents=100, trunk_host="127.0.0.1", trunk_port=5066)
    assert len(set(agents(many))) == 100
    assert agents(many)[:8] == [agent.id for agent in BANK.agents]
    patterns = Counter(tuple(sorted(agent.skills.items())) for agent in many.agents)
    assert set(patterns.values()) == {12, 13}
    assert document(agents=0, trunk_host="127.0.0.1", trunk_port=5066).agents == ()
