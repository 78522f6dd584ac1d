"""What changes nothing is noted, what could grow is bounded, what makes no sense is refused when it is written down."""

import msgspec
import pytest

from markaz.routing import (
    AgentAssigned,
    AgentAssignmentEnded,
    AgentBecameNotReady,
    AgentBecameReady,
    AgentConfigured,
    AgentLeft,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentPhoneReturned,
    AgentProfile,
    AgentRejoined,
    AgentRetired,
    AgentSignedIn,
    AgentSignedOut,
    CallbackAsked,
    CallbackPromised,
    ConferenceRequested,
    ConsultCancelled,
    ConsultRequested,
    ContactArrived,
    ContactQueued,
    ContactSeen,
    ContactServedItself,
    ConversationStarted,
    CustomerLeft,
    CustomerMissed,
    CustomerReached,
    ElsewhereAnswered,
    ElsewhereFailed,
    Floor,
    FloorStarted,
    HoldBegan,
    HoldEnded,
    MessageAsked,
    MessageLeft,
    Noted,
    NumberAsked,
    OfferAccepted,
    OfferFailed,
    OfferPlaced,
    OfferRefused,
    PartyAnswered,
    PartyFailed,
    PartyLeft,
    PartyReleaseRequested,
    ProjectConfigured,
    ProjectPaused,
    ProjectResumed,
    ProjectRules,
    QueueConfigured,
    QueueRetired,
    QueueRules,
    RecordingPauseFailed,
    RecordingPauseRequested,
    RecordingResumeRequested,
    ResultEntered,
    Stimulus,
    SupervisionEnded,
    SupervisionRequested,
    SupervisionStarted,
    TakeOverRequested,
    TimePassed,
    TransferCompleted,
    TransferRequested,
    WrapUpEnded,
)  # fmt: skip
from markaz.routing.floor import _HANDLERS
from markaz.routing.matching import LANES_KEPT_MAX
from tests.routing.house import House, agent, notes, offers, queue

ABOUT_NOBODY: list[Stimulus] = [
    QueueConfigured(QueueRules(id="q", project="nowhere")), QueueRetired("x"), AgentRetired("x"),
    ProjectPaused("x", "why"), ProjectResumed("x"),
    AgentSignedIn("x"), AgentSignedOut("x"), AgentBecameReady("x"), AgentBecameNotReady("x", "why"),
    AgentAssigned("x", ("q",)), AgentAssignmentEnded("x"),
    AgentPhoneLost("x"), AgentPhoneFound("x"), AgentPhoneReturned("x"), AgentRejoined("c.1"), WrapUpEnded("x", "c"),
    ResultEntered("x", "c.1", "sold"),
    ContactQueued("c", "q"), ContactServedItself("c", "told"), MessageAsked("c"), MessageLeft("c", 3.0),
    CallbackAsked("c", "+1"), CallbackPromised("c", "p", "q", "+1", "+1", 9), NumberAsked("c", "1"),
    CustomerLeft("c"), CustomerReached("c"),
    CustomerMissed("c", "busy"), ElsewhereAnswered("c"), ElsewhereFailed("c", "busy"), ContactSeen("c"),
    OfferPlaced("c.1"), OfferAccepted("c.1"), OfferRefused("c.1"), OfferFailed("c.1", "busy"),
    ConversationStarted("c", "c.1"), HoldBegan("c", "x"), HoldEnded("c", "x"), AgentLeft("c", "x"),
    TransferRequested("c", "x", "queue", "q"), ConsultRequested("c", "x", "agent", "y"), ConsultCancelled("c", "x"),
    ConferenceRequested("c", "x"), TransferCompleted("c", "x"), PartyAnswered("c", "c~p1"),
    PartyFailed("c", "c~p1", "busy"), PartyLeft("c", "c~p1"), PartyReleaseRequested("c", "x"),
    SupervisionRequested("c", "x", "listen"), SupervisionStarted("c", "c.1"), SupervisionEnded("c", "x"),
    TakeOverRequested("c", "x"), RecordingPauseRequested("c", "x"), RecordingResumeRequested("c", "x"),
    RecordingPauseFailed("c", "c.1"),
]  # fmt: skip


@pytest.mark.parametrize("told", ABOUT_NOBODY, ids=lambda told: type(told).__name__)
def test_news_of_nobody_is_one_note(told: Stimulus):
    effects = Floor().handle(1, told)
    assert [type(effect) for effect in effects] == [Noted]
    assert effects[0].stimulus == type(told).__name__  # pyright: ignore[reportAttributeAccessIssue]


def test_every_stimulus_has_a_handler_or_is_time_itself():
    handled = set(_HANDLERS) | {FloorStarted, TimePassed}
    assert handled == set(Stimulus.__args__)
    assert {type(told) for told in ABOUT_NOBODY} | {AgentConfigured, ProjectConfigured, ContactArrived} == set(
        _HANDLERS
    )


def test_what_was_known_before_is_noted():
    house = House(queue(), agent("ann"))
    house.answer(house.call("c1"))
    again = (
        AgentSignedIn("ann"), AgentBecameReady("ann"), AgentPhoneFound("ann"), ContactArrived("c1", "voice", "p", "+1"),
        CustomerReached("c1"), ConversationStarted("c1", "c1.1"), HoldEnded("c1", "ann"), OfferPlaced("c1.1"),
    )  # fmt: skip
    for told in again:
        effects = house.tell(told)
        assert len(notes(effects)) == len(effects) == 1, told


def test_an_early_stamp_counts_as_now():
    house = House(queue())
    house.call("c1")
    house.floor.handle(house.at - 1_000_000_000, CustomerLeft("c1"))
    assert house.floor.state.at == house.at


def test_a_contact_of_an_unknown_project_is_refused():
    effects = House().tell(ContactArrived("c1", "voice", "nowhere", "+1"))
    assert effects[-1].outcome == "refused"  # pyright: ignore[reportAttributeAccessIssue]


def test_agents_queues_and_projects_are_bounded(monkeypatch: pytest.MonkeyPatch):
    for name in ("AGENTS_MAX", "QUEUES_MAX", "PROJECTS_MAX"):
        monkeypatch.setattr(f"markaz.routing.configuring.{name}", 1)
    house = House(queue(), agent("ann"))
    told = house.configure(ProjectRules(id="p2"), queue("q2"), agent("ben"))
    assert notes(told) == [
        "ProjectConfigured: projects_max 1", "QueueConfigured: queues_max 1", "AgentConfigured: agents_max 1",
    ]  # fmt: skip
    assert notes(house.configure(queue(), agent("ann"))) == [], "what is there may still change"


def test_memories_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("markaz.routing.floor_state.REMEMBERED_MAX", 2)
    monkeypatch.setattr("markaz.routing.floor_state.CLOSED_RECENT_MAX", 2)
    house = House(queue(wrap_up_seconds_max=0), agent("ann"))
    for n in range(4):
        house.answer(house.call(f"c{n}"))
        house.tell(CustomerLeft(f"c{n}"))
    assert list(house.floor.state.remembered) == [("p", "+c2"), ("p", "+c3")]
    assert list(house.floor.state.closed_recent) == ["c2", "c3"]
    assert notes(house.tell(CustomerLeft("c0"), CustomerLeft("c3"))) == [
        "CustomerLeft: unknown contact", "CustomerLeft: closed",
    ]  # fmt: skip


def test_lanes_are_bounded_whatever_a_flow_wants():
    house = House(queue(), agent("ann"))
    house.call("first", skills={"rare": 7})
    for n in range(LANES_KEPT_MAX + 10):
        house.call("c", skills={f"s{n}": 1})
        house.tell(CustomerLeft("c"))
        house.floor.state.closed_recent.clear()
    assert len(house.floor.state.matching._lanes) <= LANES_KEPT_MAX
    assert offers(house.configure(agent("ann", skills={"rare": 7}))) == [("first", "ann")], "its lane was kept"


def test_deadlines_that_moved_do_not_pile_up():
    house = House(queue(overflow=()), agent("ann", no_answer_pause_seconds=1))
    house.call("c1")
    for _ in range(2_000):
        house.tell(ContactSeen("c1"))
    assert len(house.floor.state.timers._heap) < 100


@pytest.mark.parametrize(
    "rules",
    [
        {"ring_seconds": 0}, {"target_seconds": 0}, {"penalty_weight": 0}, {"waiting_max": 0},
        {"wrap_up_seconds_max": -1}, {"announcement": {"every_seconds": 0}},
    ],
    ids=str,
)  # fmt: skip
def test_rules_by_which_the_floor_would_spin_or_divide_by_nothing_are_refused(rules: dict[str, object]):
    with pytest.raises(msgspec.ValidationError, match="at least"):
        msgspec.convert({"id": "q", "project": "p", **rules}, QueueRules)


def test_a_preference_begins_at_one():
    with pytest.raises(ValueError, match="preference of q is 0: it must be at least 1"):
        AgentProfile(id="ann", queues={"q": 0})


def test_a_snapshot_that_is_none_is_refused():
    with pytest.raises(msgspec.ValidationError):
        Floor.restored(msgspec.msgpack.encode({"at": 1}))
