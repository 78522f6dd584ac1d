"""Phones that came or went while nobody listened: Asterisk's list beside what the floor believes."""

from markaz.routing import AgentPhoneFound, AgentPhoneLost
from markaz.telephony.asterisk.reconcile import Beliefs, phone_differences
from markaz.telephony.asterisk.switchboard import Switchboard

ENDPOINTS = [
    {"technology": "PJSIP", "resource": "anna-1", "state": "online"},
    {"technology": "PJSIP", "resource": "bilal-1", "state": "offline"},
    {"technology": "PJSIP", "resource": "trunk-carrier", "state": "online"},
]


def differences(**believed: bool) -> list[object]:
    board = Switchboard()
    for agent in believed:
        board.give_phone(agent, f"{agent}-1", None)
    return [difference for _, difference in phone_differences(ENDPOINTS, board, Beliefs(phones=believed))]


def test_what_is_as_believed_is_no_news() -> None:
    assert differences(anna=True, bilal=False) == []


def test_a_phone_that_came_or_went_unheard_is_told() -> None:
    assert differences(anna=False, bilal=True) == [AgentPhoneFound("anna"), AgentPhoneLost("bilal")]


def test_nothing_is_said_of_whom_the_list_does_not_name() -> None:
    assert differences(chi=True) == []
