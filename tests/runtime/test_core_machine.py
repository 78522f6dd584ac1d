"""Floor and self-service together under any sequence: nothing is raised, and any moment can be a checkpoint.

Stimuli are drawn for a few ids, so that they come early, late, twice and in any order; time passes between them.
"""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.runtime.day import BEGIN, CONFIGURATION

from markaz import flows, routing
from markaz.kit.time import SECOND, Instant
from markaz.runtime.core import Core, Stimulus
from markaz.runtime.rows import Row, again, handled

contacts = st.sampled_from(["c1", "c2", "c3"])
offers = st.builds("{}.{}".format, contacts, st.integers(1, 2))
agents = st.sampled_from(["anna", "boris"])
stimuli: st.SearchStrategy[Stimulus] = st.one_of(
    st.builds(flows.ContactEntered, contacts, st.just("voice"), st.sampled_from(["+100", "+999"]), st.just("+49")),
    st.builds(flows.DigitPressed, contacts, st.sampled_from("129")),
    st.builds(flows.PromptFinished, contacts, st.integers(0, 3)),
    st.builds(routing.CustomerLeft, contacts),
    st.builds(routing.OfferAccepted, offers),
    st.builds(routing.OfferRefused, offers),
    st.builds(routing.ConversationStarted, contacts, offers),
    st.builds(routing.AgentLeft, contacts, agents),
    st.builds(routing.CustomerReached, contacts),
    st.builds(routing.MessageLeft, contacts, st.just(3.0)),
    st.builds(routing.AgentSignedIn, agents),
    st.builds(routing.AgentBecameReady, agents),
    st.builds(routing.AgentBecameNotReady, agents, st.just("break")),
    st.builds(routing.WrapUpEnded, agents),
    st.just(routing.TimePassed()),
    st.just(routing.FloorStarted("again")),
)


@settings(deadline=None, max_examples=500, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 40), stimuli), max_size=40), st.integers(0, 40))
def test_any_sequence_is_handled_alike_again_and_from_a_checkpoint(
    told: list[tuple[int, Stimulus]], checkpoint: int
) -> None:
    core, rows, at, kept = Core(), list[Row](), BEGIN, b""
    for seconds, stimulus in [(0, one) for one in CONFIGURATION] + told:
        at += seconds * SECOND
        rows.append(handled(core, len(rows) + 1, at, stimulus, None)[0])
        if len(rows) == len(CONFIGURATION) + min(checkpoint, len(told)):
            kept = core.snapshot()
    replayed = Core()
    assert all(again(replayed, row) for row in rows)
    restored = Core.restored(kept)
    assert all(again(restored, row) for row in rows[len(CONFIGURATION) + min(checkpoint, len(told)) :])
    assert restored.snapshot() == core.snapshot()
    assert calm(core, at), "deadlines without end"


def calm(core: Core, at: Instant) -> bool:
    """Whether silence brings every contact that has a customer on the line to an end."""
    for _ in range(2_000):
        due = core.deadline()
        if due is None:
            break
        at = max(at, due)
        for output in core.handle(at, routing.TimePassed()):
            if isinstance(output, routing.CheckContact):
                core.handle(at, routing.CustomerLeft(output.contact))
    return not any(contact.leg for contact in core.floor.state.contacts.values())
