"""Translation of a captured session of a real Asterisk, and of events that come twice or for nobody."""

import json
from pathlib import Path

import pytest

from markaz.flows import ContactEntered, DigitPressed
from markaz.routing import (
    AgentPhoneFound,
    AgentPhoneLost,
    ConversationStarted,
    CustomerLeft,
    HoldBegan,
    HoldEnded,
    OfferAccepted,
    OfferFailed,
    OfferPlaced,
    OfferRefused,
    TransferRequested,
)
from markaz.telephony.asterisk.client import Event
from markaz.telephony.asterisk.switchboard import Leg, Switchboard, parse_leg
from markaz.telephony.asterisk.translate import (
    Chore,
    LegEnded,
    TransferAsked,
    Translator,
    contact_name,
    failure_cause,
)

GOLDEN = Path(__file__).parent / "golden"


def session(name: str) -> list[Event]:
    return [json.loads(line) for line in (GOLDEN / f"{name}.jsonl").read_text().splitlines()]


def test_a_channel_is_the_same_contact_to_every_process() -> None:
    channel = {"id": "1795600005.1", "creationtime": "2026-11-25T09:46:45.500+0000"}
    assert contact_name(channel) == contact_name(dict(channel))
    assert contact_name(channel) != contact_name({**channel, "id": "1795600005.2"})
    assert contact_name(channel) < contact_name({**channel, "creationtime": "2026-11-25T09:46:45.501+0000"})


def translate(events: list[Event], board: Switchboard) -> list[object]:
    translator = Translator(board, lambda channel: "c1")
    said: list[object] = []
    for event in events:
        if event["type"] == "Dial" and (offer := event["peer"]["id"]) not in board.legs and not event["dialstatus"]:
            board.add(
                Leg(channel=offer, role="agent", contact="c1", offer=offer, agent="anna")
            )  # as the performer does
        said.extend(translator.translate(event))
    return said


@pytest.fixture
def board() -> Switchboard:
    board = Switchboard()
    board.give_phone("anna", "anna-1", "71")
    return board


CALL = [
    AgentPhoneFound("anna"),
    ContactEntered("c1", "voice", "4930100", "491511"),
    OfferPlaced("c1.1"),
    OfferRefused("c1.1"),
    OfferPlaced("c1.2"),
    OfferAccepted("c1.2"),
    ConversationStarted("c1", "c1.2"),
    DigitPressed("c1", "5"),
    HoldBegan("c1", "anna"),
    HoldEnded("c1", "anna"),
    TransferRequested("c1", "anna", "queue", "q2"),
]
"""Refused once, accepted, a key, held, passed on; the agent's leg is ended by us and the customer hangs up."""


def test_a_captured_call(board: Switchboard) -> None:
    events = session("call")
    ending = next(index for index, event in enumerate(events) if event["type"] == "ChannelHangupRequest" and index > 10)
    said = translate(events[:ending], board)
    board.legs["c1.2"].ending = True  # the floor released the agent
    said += translate(events[ending:], board)
    assert [one for one in said if not isinstance(one, Chore)] == [*CALL, CustomerLeft("c1", "hung_up")]
    assert not board.legs
    assert [one.leg.channel for one in said if isinstance(one, LegEnded)][:2] == ["c1.1", "c1.2"]
    assert [one.understood for one in said if isinstance(one, TransferAsked)] == [True]


def test_every_event_twice_says_everything_once(board: Switchboard) -> None:
    events = [event for event in session("call") if event["type"] != "ChannelTransfer"]
    once = [one for one in translate(events, board) if not isinstance(one, Chore)]
    second = Switchboard()
    second.give_phone("anna", "anna-1", "71")
    twice = [event for event in events for _ in range(2)]
    assert [one for one in translate(twice, second) if not isinstance(one, Chore)] == once


def test_the_same_key_again_is_another_one(board: Switchboard) -> None:
    pressed = next(event for event in session("call") if event["type"] == "ChannelDtmfReceived")
    board.add(Leg(channel=pressed["channel"]["id"], role="customer", contact="c1"))
    again = {**pressed, "timestamp": "2026-11-22T13:40:00.999+0000"}
    assert translate([pressed, pressed, again], board) == [DigitPressed("c1", "5")] * 2


def test_the_end_of_what_is_not_ours_says_nothing(board: Switchboard) -> None:
    event = {"type": "ChannelDestroyed", "channel": {"id": "stranger"}, "cause": 16}
    assert translate([event], board) == []


@pytest.mark.parametrize(
    ("cause", "meant"),
    [(17, "busy"), (21, "busy"), (19, "no_answer"), (18, "no_answer"), (20, "unreachable"), (44, "fault")],
)
def test_causes(cause: int, meant: str) -> None:
    assert failure_cause(cause) == meant


def test_an_unanswered_offer_fails_by_its_cause(board: Switchboard) -> None:
    board.add(Leg(channel="c1.1", role="agent", contact="c1", offer="c1.1", agent="anna"))
    said = list(Translator(board, lambda channel: "c1").ended("c1.1", 20))
    assert said[1:] == [OfferFailed("c1.1", "unreachable")]


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("queue-sales", ("queue", "sales")),
        ("sip:queue-sales@192.0.2.1;user=phone", ("queue", "sales")),
        ("71", ("agent", "anna")),
        ("anna", ("agent", "anna")),
        ("anna-1", ("agent", "anna")),
        ("+493012345", ("number", "+493012345")),
        ("72x", None),
        ("queue-\x1b[2J", None),
        ("", None),
        ("sip:@", None),
    ],
)
def test_transfer_targets(board: Switchboard, target: str, meant: tuple[str, str] | None) -> None:
    assert Translator(board, lambda channel: "c1").transfer_target(target) == meant


def test_a_contact_that_is_replaced_is_not_a_lost_phone(board: Switchboard) -> None:
    def heard(status: str, port: int) -> Event:
        return {
            "type": "ContactStatusChange",
            "endpoint": {"resource": "anna-1"},
            "contact_info": {"contact_status": status, "uri": f"sip:anna-1@192.0.2.1:{port}"},
        }

    came = [heard("NonQualified", 1), heard("Reachable", 1), heard("NonQualified", 2), heard("Removed", 1)]
    # A conversation that waits for the phone may ring it there.
    assert translate(came, board) == [AgentPhoneFound("anna"), AgentPhoneFound("anna")]
    assert translate([heard("Unreachable", 2), heard("Removed", 2)], board) == [AgentPhoneLost("anna")]


def test_the_first_news_of_a_phone_is_told_whatever_it_is(board: Switchboard) -> None:
    lost = {
        "type": "ContactStatusChange",
        "endpoint": {"resource": "anna-1"},
        "contact_info": {"contact_status": "Unreachable", "uri": "sip:anna-1@192.0.2.1"},
    }
    assert translate([lost, lost], board) == [AgentPhoneLost("anna")]


@pytest.mark.parametrize("hostile", ["\x1b[2J", "49\n30", "4930\n", "", "sip:4930@evil", "4" * 21, "٤٩٣٠"])
def test_a_caller_can_say_nothing_but_a_number(board: Switchboard, hostile: str) -> None:
    start = next(event for event in session("call") if event["type"] == "StasisStart")
    channel = start["channel"]
    event = {**start, "channel": {**channel, "caller": {"number": hostile, "name": ""}}}
    dialled = {**start, "channel": {**channel, "id": "two", "dialplan": {**channel["dialplan"], "exten": hostile}}}
    said = [one for one in translate([event, dialled], board) if isinstance(one, ContactEntered)]
    number, caller = channel["dialplan"]["exten"], channel["caller"]["number"]
    assert said == [
        ContactEntered("c1", "voice", number, "anonymous"),
        ContactEntered("c1", "voice", "unknown", caller),
    ]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Ana Kovač", "Ana Kovač"),
        ("آنا", "آنا"),
        ("", None),
        (" \x1b\r\n ", None),
        ("+4930123", None),
        ("a\u202eb\x00c", "abc"),
        ("<b>x</b>", "<b>x</b>"),
        ("x" * 500, "x" * 80),
    ],
)
def test_a_caller_is_called_what_the_network_says_in_one_line(
    board: Switchboard, given: str, shown: str | None
) -> None:
    start = next(event for event in session("call") if event["type"] == "StasisStart")
    caller = start["channel"]["caller"]
    event = {**start, "channel": {**start["channel"], "caller": {**caller, "name": given}}}
    said = [one for one in translate([event], board) if isinstance(one, ContactEntered)]
    assert [(one.customer, one.name) for one in said] == [(caller["number"], shown)]


@pytest.mark.parametrize(
    "leg",
    [
        Leg(channel="x", role="customer", contact="c1"),
        Leg(channel="x", role="outside", contact="c1"),
        Leg(channel="x", role="agent", contact="c1", offer="c1.1", agent="a:b"),
        Leg(channel="x", role="callback", contact="c1", attempt=2, offer="c1.1"),
    ],
)
def test_a_legs_description_is_read_back(leg: Leg) -> None:
    assert parse_leg("x", leg.description) == leg
    assert parse_leg("x", "someone else's") is None
