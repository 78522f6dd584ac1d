"""Who takes part in a contact, and how, as desks and supervisors are shown it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.runtime.day import BEGIN, CONFIGURATION

from markaz import routing
from markaz.kit.time import SECOND
from markaz.runtime.core import Core, Stimulus
from markaz.runtime.journal import Journal
from markaz.runtime.live import LiveFloor
from markaz.runtime.live_view import ConversationView, LiveView, PartView, PartyView, live_view

Look = Callable[[], LiveView]


@pytest.fixture
def core() -> Core:
    core = Core()
    tell(core, *CONFIGURATION, routing.AgentSignedIn("anna"), routing.AgentSignedIn("boris"))
    tell(core, routing.AgentBecameReady("anna"))
    return core


@pytest.fixture
async def look(core: Core, tmp_path: Path) -> Look:
    """Asks what the floor would report now."""
    live = LiveFloor(core, Journal("", "main", tmp_path / "spool"), lambda outputs: None, lambda: BEGIN)
    return lambda: live_view("main", live, BEGIN, "connected")


def tell(core: Core, *stimuli: Stimulus) -> None:
    for stimulus in stimuli:
        core.handle(BEGIN + SECOND, stimulus)


async def test_a_conversation_shows_its_parts_the_number_outside_and_the_pause(core: Core, look: Look) -> None:
    tell(core, routing.ContactArrived("c1", "voice", "hotline", "+49"))
    assert look().conversations == ()
    tell(core, routing.ContactQueued("c1", "cards"))
    assert look().conversations == (
        ConversationView("c1", "offered", "cards", False, (PartView("anna", "lead", "offered"),), None),
    )
    tell(core, routing.OfferAccepted("c1.1"), routing.ConversationStarted("c1", "c1.1"))
    tell(core, routing.ConsultRequested("c1", "anna", "number", "+4930"), routing.RecordingPauseRequested("c1", "anna"))
    tell(core, routing.SupervisionRequested("c1", "boris", "whisper"))
    view = look()
    assert view.conversations == (
        ConversationView(
            contact="c1",
            state="on_hold",
            queue="cards",
            recording_paused=True,
            parts=(PartView("anna", "lead", "consulting"), PartView("boris", "whisper", "offered")),
            party=PartyView("+4930", "dialled"),
        ),
    )
    assert {agent.agent: agent.state for agent in view.agents} == {"anna": "consulting", "boris": "offered"}
