"""Supervision and the pause of a recording: an example of each, and of what fails."""

import pytest

from markaz.routing import (
    AgentBecameNotReady,
    AgentLeft,
    ConversationStarted,
    CustomerLeft,
    Effect,
    HoldBegan,
    JoinConversation,
    OfferAccepted,
    PauseRecording,
    QueueConfigured,
    RecordingMoved,
    RecordingPauseFailed,
    RecordingPauseRequested,
    RecordingResumeRequested,
    ReleaseAgent,
    ResumeCustomer,
    ResumeRecording,
    StartRecording,
    Supervise,
    SupervisionEnded,
    SupervisionRequested,
    SupervisionStarted,
    TakeOverRequested,
    TransferCompleted,
)  # fmt: skip
from tests.routing.house import House, agent, notes, only, outcomes, queue
from tests.routing.talks import consulting, house, parts


def supervised(mode: str) -> House:
    found = house()
    found.tell(SupervisionRequested("c1", "sue", mode), OfferAccepted("c1.2"))  # pyright: ignore[reportArgumentType]
    if mode == "barge":
        found.tell(ConversationStarted("c1", "c1.2"))
    else:
        found.tell(SupervisionStarted("c1", "c1.2"))
    return found


@pytest.mark.parametrize("mode", ["listen", "whisper"])
def test_a_supervisor_hears_the_conversation(mode: str):
    found = house()
    found.tell(SupervisionRequested("c1", "sue", mode))  # pyright: ignore[reportArgumentType]
    effects = found.tell(OfferAccepted("c1.2"))
    assert [(one.beside, one.mode) for one in only(Supervise, effects)] == [("c1.1", mode)]
    found.tell(SupervisionStarted("c1", "c1.2"))
    assert parts(found)["sue"] == (mode, "supervising")
    assert found.state("c1") == "in_conversation"


def test_a_supervisor_changes_the_mode():
    found = supervised("listen")
    assert [one.mode for one in only(Supervise, found.tell(SupervisionRequested("c1", "sue", "whisper")))] == [
        "whisper"
    ]
    effects = found.tell(SupervisionRequested("c1", "sue", "barge"))
    assert only(JoinConversation, effects) == [JoinConversation("c1", "c1.2", "sue")]
    assert parts(found)["sue"] == ("barge", "in_conversation")
    assert [one.mode for one in only(Supervise, found.tell(SupervisionRequested("c1", "sue", "listen")))] == ["listen"]


def test_a_supervisor_who_barges_in_is_heard_while_the_phone_holds():
    found = house()
    found.tell(HoldBegan("c1", "ann"))
    assert found.state("c1") == "on_hold"
    found.tell(SupervisionRequested("c1", "sue", "barge"), OfferAccepted("c1.2"), ConversationStarted("c1", "c1.2"))
    assert found.state("c1") == "in_conversation"
    found.tell(SupervisionRequested("c1", "sue", "whisper"))
    assert found.state("c1") == "on_hold", "nobody is heard any more"
    found.tell(SupervisionRequested("c1", "sue", "barge"))
    assert found.state("c1") == "in_conversation"


def test_a_supervisor_leaves():
    found = supervised("barge")
    assert only(ReleaseAgent, found.tell(SupervisionEnded("c1", "sue"))) == [ReleaseAgent("c1", "c1.2", "sue")]
    assert parts(found) == {"ann": ("lead", "in_conversation")}


@pytest.mark.parametrize("mode", ["listen", "whisper", "barge"])
def test_a_supervisor_takes_over(mode: str):
    found = supervised(mode)
    effects = found.tell(TakeOverRequested("c1", "sue"))
    assert only(ReleaseAgent, effects) == [ReleaseAgent("c1", "c1.1", "ann")]
    assert len(only(JoinConversation, effects)) == (mode != "barge")
    assert parts(found) == {"ann": ("lead", "wrapping_up"), "sue": ("lead", "in_conversation")}


def test_a_supervisor_stays_with_the_contact_when_it_is_handed_over():
    found = consulting()
    found.tell(SupervisionRequested("c1", "sue", "whisper"), OfferAccepted("c1.3"), SupervisionStarted("c1", "c1.3"))
    effects = found.tell(TransferCompleted("c1", "ann"))
    assert [(one.agent, one.beside) for one in only(Supervise, effects)] == [("sue", "c1.2")]


def test_taking_over_ends_a_consultation():
    found = consulting()
    found.tell(SupervisionRequested("c1", "sue", "listen"), OfferAccepted("c1.3"), SupervisionStarted("c1", "c1.3"))
    effects = found.tell(TakeOverRequested("c1", "sue"))
    assert only(ResumeCustomer, effects) == [ResumeCustomer("c1")]
    assert parts(found) == {"ann": ("lead", "wrapping_up"), "sue": ("lead", "in_conversation")}


def test_a_customer_is_not_left_alone_with_a_supervisor_who_only_listens():
    found = supervised("listen")
    assert outcomes(found.tell(AgentLeft("c1", "ann"))) == [("c1", "answered")]
    found = supervised("barge")
    found.tell(AgentLeft("c1", "ann"))
    assert parts(found)["sue"] == ("lead", "in_conversation")


def test_nobody_supervises_a_contact_that_waits():
    found = House(queue(), agent("sue"))
    found.tell(AgentBecameNotReady("sue", "supervises"))
    found.call("c1")
    assert notes(found.tell(SupervisionRequested("c1", "sue", "listen"))) == ["SupervisionRequested: is waiting"]


# The pause of a recording


def test_a_recording_is_paused_and_goes_on():
    found = house()
    effects = found.tell(RecordingPauseRequested("c1", "ann"))
    assert only(PauseRecording, effects) == [PauseRecording("c1", "c1.1")]
    assert notes(found.tell(RecordingPauseRequested("c1", "ann"))) == ["RecordingPauseRequested: is paused"]
    effects = found.tell(RecordingResumeRequested("c1", "ann"))
    assert only(ResumeRecording, effects) == [ResumeRecording("c1", "c1.1")]
    assert [(one.paused, one.reason) for one in only(RecordingMoved, effects)] == [(False, "asked")]


def test_a_pause_that_is_forgotten_ends():
    found = house(recording_pause_seconds_max=60)
    found.tell(RecordingPauseRequested("c1", "ann"))
    assert only(ResumeRecording, found.later(59)) == []
    assert only(ResumeRecording, found.later(1)) == [ResumeRecording("c1", "c1.1")]


def test_a_pause_that_could_not_be_had_is_told():
    found = house()
    found.tell(RecordingPauseRequested("c1", "ann"))
    effects = found.tell(RecordingPauseFailed("c1", "c1.1"))
    assert paused_moves(effects) == [(False, "failed")]
    assert only(ResumeRecording, effects) == [ResumeRecording("c1", "c1.1")], "whether it is muted is not known"
    assert notes(found.tell(RecordingPauseFailed("c1", "c1.1"))) == ["RecordingPauseFailed: is not paused"]


def paused_moves(effects: list[Effect]) -> list[tuple[bool, str]]:
    return [(one.paused, one.reason) for one in only(RecordingMoved, effects)]


def test_a_pause_ends_with_the_recording():
    found = consulting()
    found.tell(RecordingPauseRequested("c1", "ann"))
    assert paused_moves(found.tell(TransferCompleted("c1", "ann"))) == [(False, "transferred")]
    found.tell(RecordingPauseRequested("c1", "ben"))
    assert paused_moves(found.tell(CustomerLeft("c1"))) == [(False, "customer_left")]


def test_what_is_not_recorded_is_not_paused():
    found = house(record=False)
    assert notes(found.tell(RecordingPauseRequested("c1", "ann"))) == ["RecordingPauseRequested: is not recorded"]


def test_a_queue_that_is_to_be_recorded_from_now_on_leaves_calls_in_hand_as_they_are():
    found = house(record=False)
    found.tell(QueueConfigured(queue(record=True)))
    assert notes(found.tell(RecordingPauseRequested("c1", "ann"))) == ["RecordingPauseRequested: is not recorded"]
    assert only(StartRecording, found.tell(SupervisionRequested("c1", "sue", "barge"), OfferAccepted("c1.2"))) == []
    found.tell(ConversationStarted("c1", "c1.2"))
    assert only(StartRecording, found.tell(TakeOverRequested("c1", "sue"))) == []
