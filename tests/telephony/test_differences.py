"""What Asterisk's lists, the switchboard and the floor's beliefs say of each other, a case each."""

from typing import Any

import pytest

from markaz.flows import ContactEntered
from markaz.routing import (
    AgentLeft,
    CustomerLeft,
    CustomerReached,
    ElsewhereAnswered,
    EngagementState,
    MessageLeft,
    PauseRecording,
    StartRecording,
    Supervise,
)  # fmt: skip
from markaz.telephony import Beliefs, BelievedContact, BelievedOffer
from markaz.telephony.asterisk.differences import (
    Asked,
    Difference,
    EndChannel,
    differences_from_asterisk,
    differences_from_floor,
)
from markaz.telephony.asterisk.switchboard import LEG_VARIABLE, SUPERVISION, Leg, Switchboard
from markaz.telephony.asterisk.translate import Translator, contact_name, last_words

TALKS: EngagementState = "in_conversation"


def board_of(*legs: Leg) -> Switchboard:
    board = Switchboard()
    for leg in legs:
        board.add(leg)
    return board


def customer(**fields: Any) -> Leg:
    return Leg(channel="x", role="customer", contact="c", answered=True, **fields)


def agent(offer: str = "c.1", name: str = "ann", **fields: Any) -> Leg:
    return Leg(channel=offer, role="agent", contact="c", offer=offer, agent=name, answered=True, **fields)


def of_lists(board: Switchboard, channels: list[Any], bridges: list[Any], asked: Asked) -> list[Any]:
    return list(differences_from_asterisk(channels, bridges, board, Translator(board, contact_name), asked=asked))


def of_floor(board: Switchboard, contacts: Any = None, offers: Any = None) -> list[Difference]:
    return [one for _, one in differences_from_floor([], (), board, Beliefs(contacts or {}, offers or {}))]


def test_who_came_after_the_lists_were_asked_for_is_not_missing():
    board = board_of()
    asked = Asked.now(board)
    board.add(customer())
    assert of_lists(board, [], [], asked) == []
    assert any(isinstance(one, CustomerLeft) for one in of_lists(board, [], [], Asked.now(board)))


def test_who_moved_after_the_lists_were_asked_for_is_where_they_were_put():
    leg = customer(bridge="waiting-q")
    board = board_of(leg)
    asked, before = Asked.now(board), [{"id": "waiting-q", "channels": ["x"]}]
    board.moved("conversation-c", leg)
    of_lists(board, [{"id": "x"}], before, asked)
    assert leg.bridge == "conversation-c"
    of_lists(board, [{"id": "x"}], before, Asked.now(board))
    assert leg.bridge == "waiting-q"


def test_who_ended_after_the_lists_were_asked_for_does_not_come_back():
    leg = agent()
    board = board_of(customer(), leg)
    asked = Asked.now(board)
    board.remove("c.1")
    listed = [{"id": "x"}, {
        "id": "c.1", "name": "PJSIP/ann", "state": "Up", "caller": {"number": ""}, "dialplan": {"exten": ""},
        "channelvars": {LEG_VARIABLE: leg.description},
    }]  # fmt: skip
    of_lists(board, listed, [], asked)
    assert "c.1" not in board.legs
    of_lists(board, listed, [], Asked.now(board))
    assert "c.1" in board.legs


@pytest.mark.parametrize(
    ("bridge", "mode", "wants"),
    [("conference-c", "listen", True), (f"{SUPERVISION}s", "whisper", True), (f"{SUPERVISION}s", "listen", False)],
)
def test_a_supervisor_is_beside_the_ear_and_in_the_mode_that_was_decided(bridge: str, mode: str, wants: bool):
    """Not still in the conversation, where all would hear who is thought to be silent."""
    ear = Leg(channel="s", role="snoop", contact="c", offer="c.2", mode=mode, answered=True, bridge=f"{SUPERVISION}s")
    board = board_of(customer(bridge="conference-c"), agent(bridge="conference-c"), agent("c.2", "sue"), ear)
    board.legs["c.2"].bridge = bridge
    offers = {
        "c.1": BelievedOffer("c", "ann", TALKS),
        "c.2": BelievedOffer("c", "sue", "supervising", "listen"),
    }
    found = of_floor(board, {"c": BelievedContact("in_conversation", "q", True, lead="c.1")}, offers)
    assert found == ([Supervise("c", "c.2", "sue", "c.1", "listen")] if wants else [])


def test_a_callback_whose_agent_is_gone_is_ended():
    board = board_of(Leg(channel="c~1", role="callback", contact="c", offer="c.1", answered=True, bridge="b"))
    assert of_floor(board, {"c": BelievedContact("postponed", "q", False)}) == [EndChannel("c~1")]
    awaited = {"c": BelievedContact("connecting", "q", False)}
    offers = {"c.1": BelievedOffer("c", "ann", "connecting")}
    board.add(agent())
    assert CustomerReached("c") in of_floor(board, awaited, offers)


def test_last_words_are_heard_to_their_end():
    assert of_floor(board_of(customer(playback=last_words("c")))) == []
    assert of_floor(board_of(customer())) == [ContactEntered("c", "voice", "", "")]
    assert of_floor(board_of(customer(announced_again=True))) == [EndChannel("x")]


def test_a_recording_that_begins_late_begins_paused_when_it_should_be():
    board = board_of(customer(bridge="conversation-c"), agent(bridge="conversation-c"))
    paused = BelievedContact("in_conversation", "q", True, lead="c.1", is_recorded=True, is_paused=True)
    found = of_floor(board, {"c": paused}, {"c.1": BelievedOffer("c", "ann", TALKS)})
    assert found == [StartRecording("c", "c.1", "ann", "q"), PauseRecording("c", "c.1")]


def test_a_message_whose_end_and_customers_end_were_unheard_is_over():
    gone = {"c": BelievedContact("leaving_message", "q", False)}
    assert of_floor(board_of(), gone) == [MessageLeft("c", 0.0)]


def test_who_is_gone_is_missed_whatever_was_believed_of_them_meanwhile():
    keys = [
        {key for key, _ in differences_from_floor([], (), board_of(customer()), Beliefs({}, {"c.1": engaged}))}
        for engaged in (BelievedOffer("c", "ann", TALKS), BelievedOffer("c", "ann", "consulting"))
    ]
    assert (AgentLeft, "c.1") in keys[0] & keys[1]


def test_a_number_outside_that_was_joined_unheard_has_answered():
    outside = Leg(channel="c~out1", role="outside", contact="c", answered=True, bridge="conversation-c")
    board = board_of(customer(bridge="conversation-c"), outside)
    assert of_floor(board, {"c": BelievedContact("elsewhere", "q", True)}) == [ElsewhereAnswered("c")]
    assert of_floor(board, {"c": BelievedContact("elsewhere", "q", True, is_answered_elsewhere=True)}) == []


def test_a_number_outside_that_nobody_waits_for_is_ended():
    outside = Leg(channel="c~out1", role="outside", contact="c", answered=True)
    board = board_of(customer(bridge="waiting-q"), outside)
    assert of_floor(board, {"c": BelievedContact("waiting", "q", True)}) == [EndChannel("c~out1")]
