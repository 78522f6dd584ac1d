"""What each fault did, counted from rows and telephones' logs made by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from markaz.demo.faults import Blow, moments
from markaz.demo.figures import ContactSeen
from markaz.demo.harness import AgentLog, CallerLog, OfferLog
from markaz.demo.promises import Fault, account, never_reached_us
from markaz.demo.witnesses import cut, offered_to_busy_agents

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def call(customer: str, placed: float, ended: float, *, back: bool = False, answered: bool = True, cause: int = 16):
    return CallerLog(
        number="+1", customer=customer, kind="", direction="called_back" if back else "placed", tone_hz=1,
        placed_at=at(placed), answered_at=at(placed) if answered else None, connected_at=None, ended_at=at(ended),
        agents=(), digits="", ended_by="far_end", cause=cause, rtp=None, heard=None,
    )  # fmt: skip


def contact(customer: str, arrived: float, closed: float, outcome: str, follows: str | None = None) -> ContactSeen:
    return ContactSeen(customer, customer, outcome, at(arrived), at(closed), follows)


FLOOR, ASTERISK, DATABASE = (
    Blow("floor", at(10), 0.9), Blow("asterisk", at(20), 2.5), Blow("database", at(30), 1.0),
)  # fmt: skip
LOGS = [
    call("+1", 5, 12),  # over before Asterisk died
    call("+2", 15, 23),
    call("2", 25, 28, back=True),
    call("+3", 18, 23),
    call("+4", 19, 23),  # was being promised a call back
    call("4", 26, 29, back=True),
    call("+5", 21, 22, answered=False),
    call("+6", 28, 40),
]
CONTACTS = [
    contact("+1", 5, 12, "answered"),
    contact("+2", 15, 22.5, "lost_to_fault"),
    contact("+2", 22.5, 28, "callback", "+2"),
    contact("+3", 18, 22.5, "lost_to_fault"),
    contact("+4", 19, 29, "callback"),
    contact("+6", 28, 40, "answered"),
]


def test_each_fault_is_told_by_telephones_and_account_together() -> None:
    floor, asterisk, database = account([FLOOR, ASTERISK, DATABASE], LOGS, CONTACTS, rows_missing=2)
    assert (floor.calls_in_progress, floor.cut, floor.broken) == (1, 0, [])
    assert (asterisk.calls_in_progress, asterisk.cut, asterisk.lost_to_fault, asterisk.called_back) == (3, 2, 2, 1)
    assert asterisk.broken == ["1 customers were not called back after the asterisk fault"]
    assert (database.calls_in_progress, database.cut, database.rows_missing) == (1, 0, 2)
    assert database.broken == ["2 rows of the journal are missing after the database fault"]
    assert never_reached_us([FLOOR, ASTERISK, DATABASE], LOGS) == ["+5"]


def test_a_run_without_faults_has_nothing_to_account_for() -> None:
    assert account([], LOGS, CONTACTS, rows_missing=2) == []


def test_a_cut_call_that_nobody_accounts_for_is_found() -> None:
    [asterisk] = account([ASTERISK], [call("+9", 15, 23)], [contact("+9", 15, 23, "abandoned")], rows_missing=0)
    assert asterisk.broken == ["1 calls that the asterisk fault cut are not accounted as lost to it"]


def test_a_call_that_ended_strangely_was_cut_by_a_floor_that_died() -> None:
    [floor] = account([FLOOR], [call("+9", 5, 11, cause=38)], [contact("+9", 5, 11, "answered")], rows_missing=0)
    assert floor.broken == ["the floor fault cut 1 calls"]


@pytest.mark.parametrize(
    ("back_seconds", "sentence"),
    [(2.9, None), (3.0, "after the floor fault the floor was away for 3.0 s"),
     (None, "after the floor fault the floor did not come back")],
)  # fmt: skip
def test_a_floor_is_back_soon(back_seconds: float | None, sentence: str | None) -> None:
    fault = Fault(
        part="floor", killed_at=START, back_seconds=back_seconds, calls_in_progress=1, cut=0, lost_to_fault=0,
        called_back=0,
    )  # fmt: skip
    assert fault.broken == ([] if sentence is None else [sentence])


@pytest.mark.parametrize("picked_up", [15, 21])
def test_a_dead_line_is_no_conversation_in_which_an_agent_is_busy(picked_up: int) -> None:
    talk, ring = (
        OfferLog("+1", at(invited), "answered", at(answered), at(ended), "agent", 0, None, None, None)
        for invited, answered, ended in ((15, picked_up, 26), (24, 24, 30))
    )
    logs = [AgentLog("ann", 1, (talk, ring), ())]
    assert offered_to_busy_agents(logs) == 1
    assert offered_to_busy_agents(cut(logs, [ASTERISK.killed_at])) == 0


def test_faults_are_spread_over_the_run() -> None:
    assert moments(("floor", "database"), 30) == [(10, "floor"), (20, "database")]
