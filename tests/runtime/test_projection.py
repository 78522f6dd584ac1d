"""How contacts are counted after call-backs, transfers and being passed over."""

from collections.abc import Sequence

from tests.runtime.day import BEGIN, CONFIGURATION

from markaz import flows, routing
from markaz.kit.time import SECOND
from markaz.runtime.core import Core, Stimulus
from markaz.runtime.projection import ReadModels, VisitRow
from markaz.runtime.rows import handled


class Folded:
    """A core whose every row is folded at once."""

    def __init__(self) -> None:
        self.core, self.models, self.number, self.at = Core(), ReadModels(), 0, BEGIN
        self.tell(0, *CONFIGURATION)

    def tell(self, seconds: float, *stimuli: Stimulus) -> Sequence[object]:
        self.at += round(seconds * SECOND)
        said: list[object] = []
        for stimulus in stimuli:
            self.number += 1
            row, outputs = handled(self.core, self.number, self.at, stimulus, None)
            self.models.apply(row)
            said += outputs
        return said

    def visits(self, contact: str) -> list[tuple[str, str | None]]:
        found: list[VisitRow] = [visit for (whose, _), visit in self.models.changes.visits.items() if whose == contact]
        return [(visit.queue, visit.ended) for visit in found]


def arrive(contact: str) -> tuple[routing.ContactArrived, routing.ContactQueued]:
    return routing.ContactArrived(contact, "voice", "hotline", f"+{contact}"), routing.ContactQueued(contact, "cards")


def test_after_a_kept_call_back_a_transfer_is_a_visit_again_and_the_wait_for_the_call_back_is_none() -> None:
    folded = Folded()
    folded.tell(0, *arrive("c1"))
    folded.tell(5, routing.CallbackAsked("c1", "+491"), routing.CustomerLeft("c1"))
    folded.tell(30, routing.AgentSignedIn("boris"), routing.AgentBecameReady("boris"))
    folded.tell(1, routing.OfferRefused("c1.1"))
    folded.tell(60, routing.AgentBecameReady("boris"), routing.OfferAccepted("c1.2"), routing.CustomerReached("c1"))
    folded.tell(1, routing.ConversationStarted("c1", "c1.2"))
    folded.tell(9, routing.TransferRequested("c1", "boris", "queue", "loans"))
    folded.tell(40, routing.CustomerLeft("c1"))
    assert folded.visits("c1") == [("cards", "callback"), ("loans", "abandoned")]


def test_a_contact_that_was_passed_over_finds_the_decision_in_its_story() -> None:
    folded = Folded()
    folded.tell(0, *arrive("c1"), routing.ContactArrived("c2", "voice", "hotline", "+2"))
    folded.tell(0, routing.ContactQueued("c2", "loans"))
    said: Sequence[object] = folded.tell(9, routing.AgentSignedIn("anna"), routing.AgentBecameReady("anna"))
    decided = [one for one in said if isinstance(one, routing.Decided)]
    assert [lane.head for lane in decided[0].lanes] == ["c1", "c2"]
    assert ("c2", folded.number) in folded.models.changes.journal_contacts


def test_a_call_back_after_a_fault_is_a_contact_of_its_own_that_names_the_one_it_follows() -> None:
    folded = Folded()
    folded.tell(0, routing.ContactArrived("c1", "voice", "hotline", "+4930"), routing.ContactQueued("c1", "cards"))
    folded.tell(5, routing.CustomerLeft("c1", "fault"))
    folded.tell(5, routing.AgentSignedIn("boris"), routing.AgentBecameReady("boris"), routing.OfferAccepted("c1+1.1"))
    folded.tell(1, routing.CustomerReached("c1+1"), routing.ConversationStarted("c1+1", "c1+1.1"))
    folded.tell(9, routing.CustomerLeft("c1+1"))
    rows = folded.models.changes.contacts
    assert (rows["c1"].outcome, rows["c1+1"].outcome) == ("lost_to_fault", "callback")
    assert (rows["c1+1"].follows, rows["c1+1"].customer, rows["c1+1"].project) == ("c1", "+4930", "hotline")
    assert (folded.visits("c1"), folded.visits("c1+1")) == ([("cards", "lost_to_fault")], []), "it waits once"


def test_an_answer_is_kept_with_who_had_the_conversation_and_the_contact_is_answered() -> None:
    nodes: dict[str, flows.AnyNode] = {
        "pick_up": flows.Answer(next="friendly"),
        "friendly": flows.Rate(prompt="friendly", next="bye"),
        "bye": flows.Disconnect(),
    }
    folded = Folded()
    folded.tell(
        0,
        routing.ProjectConfigured(routing.ProjectRules(id="hotline", survey="survey")),
        flows.FlowConfigured(flows.Flow(id="survey", start="pick_up", nodes=nodes)),
        flows.ContactEntered("c1", "voice", "+100", "+49"),
    )
    folded.tell(5, routing.AgentSignedIn("boris"), routing.AgentBecameReady("boris"), routing.OfferAccepted("c1.1"))
    folded.tell(1, routing.ConversationStarted("c1", "c1.1"))
    folded.tell(60, routing.AgentLeft("c1", "boris"))
    folded.tell(4, flows.DigitPressed("c1", "5"))
    kept = folded.models.changes.feedback["c1", "friendly"]
    assert (kept.answer, kept.project, kept.queue, kept.agent, kept.offer) == (5, "hotline", "cards", "boris", "c1.1")
    assert folded.models.changes.contacts["c1"].outcome == "answered"
    engagement = folded.models.changes.engagements["c1.1"]
    assert engagement.connected_at is not None
    assert engagement.wrap_up_at is not None
    assert (engagement.wrap_up_at - engagement.connected_at).total_seconds() == 60, "the survey is no talk"
