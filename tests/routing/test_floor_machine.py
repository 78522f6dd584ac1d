"""The floor under everything that can be told to it. What holds after every stimulus:

* No contact is lost or served twice. One that arrived is open in exactly one place (self-service, one lane, one
  engagement, leaving a message, elsewhere, postponed) or was closed exactly once with an outcome. An agent who handed
  it over may still wrap up; nobody else has part in it.
* No agent is offered anything beyond capacity, while not ready, signed out or (voice) without a phone, or what they
  are not able to serve, unless it waits for them alone.
* Nobody waits in a lane that an idle, able agent may serve (paused projects excepted); who waits for one agent alone
  does not wait while that agent is free.
* A conversation has one lead; guests have the states of their parts; the lead consults exactly while somebody is
  consulted; a pause of the recording ends by itself.
* Whom a fault cut is closed as lost exactly once; at most one follow-up comes of it, which waits without a leg, can be
  called, and gives way to its customer who calls again. Nobody's matter is followed up more than a few times.
* Order is kept within a lane, by age and the priority's head start.
* A conversation waits for an agent's phone only for a while; a customer who hears nobody meanwhile hears music.
* Every lease has its deadline; when the world falls silent and deadlines alone go on, the floor becomes calm in a
  bounded number of steps: no contact is offered, connected, talked to or left waiting with a leg.
* Moves follow the transition tables and begin where the last one ended.
* The same stimuli give the same effects to the byte, also from any snapshot on.
* Late, duplicate, reordered and foreign stimuli raise nothing and cause nothing to be done twice.
"""

from typing import Literal, get_args

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from markaz.kit.time import SECOND
from markaz.routing import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentLeft,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentPhoneReturned,
    AgentSignedIn,
    AgentSignedOut,
    CallbackAsked,
    ConferenceRequested,
    ConsultCancelled,
    ConsultRequested,
    ContactArrived,
    ContactQueued,
    CustomerLeft,
    HoldBegan,
    HoldEnded,
    PartyReleaseRequested,
    RecordingPauseFailed,
    RecordingPauseRequested,
    RecordingResumeRequested,
    Stimulus,
    SupervisionEnded,
    SupervisionMode,
    SupervisionRequested,
    TakeOverRequested,
    TransferCompleted,
    TransferRequested,
    WrapUpEnded,
)  # fmt: skip
from markaz.routing.state import Engagement
from tests.routing import drawn
from tests.routing.effort import EFFORT, TIME_LIMIT
from tests.routing.witness import Witness, answers

TransferKind = Literal["agent", "queue", "number"]
TRANSFERS: dict[str, TransferKind] = {"a": "agent", "q": "queue"}
MODES = get_args(SupervisionMode)

picks = st.integers(0, 2**16)
agents = drawn.of(drawn.AGENTS)


def talk(one: Engagement, what: int, to: str) -> Stimulus:
    """What the two (or a machine between them) do next; `to` is an agent, a queue or a number."""
    told: tuple[Stimulus, ...] = (
        TransferRequested(one.contact, one.agent, TRANSFERS.get(to[0], "number"), to),
        AgentLeft(one.contact, one.agent),
        CustomerLeft(one.contact),
        WrapUpEnded(one.agent, one.contact, "sold"),
        AgentLeft(one.contact, one.agent, "fault"),
        HoldBegan(one.contact, one.agent),
        HoldEnded(one.contact, one.agent),
        ConsultRequested(one.contact, one.agent, "number" if to[0] in "q3" else "agent", to),
        ConferenceRequested(one.contact, one.agent),
        TransferCompleted(one.contact, one.agent),
        ConsultCancelled(one.contact, one.agent),
        PartyReleaseRequested(one.contact, one.agent),
        RecordingPauseRequested(one.contact, one.agent),
        RecordingResumeRequested(one.contact, one.agent),
        RecordingPauseFailed(one.contact, one.offer),
        SupervisionRequested(one.contact, to, MODES[what % len(MODES)]),
        SupervisionEnded(one.contact, to),
        TakeOverRequested(one.contact, to),
        AgentPhoneReturned(one.agent, one.contact),
    )
    return told[what % len(told)]


class FloorMachine(RuleBasedStateMachine):
    """A world that mostly answers, and a hostile one."""

    def __init__(self) -> None:
        super().__init__()
        self.witness = Witness()
        self.tell = self.witness.tell
        self.arrivals = 0

    @initialize(house=drawn.houses(), present=st.integers(2, 5))
    def open(self, house: list[Stimulus], present: int) -> None:
        for configured in house:
            self.tell(configured)
        for number, agent in enumerate(drawn.AGENTS[:present]):
            self.tell(AgentSignedIn(agent, returns=number % 2 == 0))
            self.tell(AgentBecameReady(agent))

    # The plausible world

    @rule(
        channel=drawn.channels, queue=drawn.of(drawn.QUEUES), skills=drawn.wants, priority=drawn.of((0, 0, 0, 1)),
        named=st.one_of(st.none(), agents), customer=drawn.of(drawn.CUSTOMERS), count=st.integers(1, 4),
    )  # fmt: skip
    def contacts_come(self, channel, queue, skills, priority, named, customer, count) -> None:
        for _ in range(count):
            self.arrivals += 1
            contact = f"c{self.arrivals}"
            self.tell(ContactArrived(contact, channel, "p1", customer))
            self.tell(ContactQueued(contact, queue, skills, priority, named))

    @rule(count=st.integers(1, 5))
    def shift_begins(self, count: int) -> None:
        for agent in drawn.AGENTS[:count]:
            self.tell(AgentSignedIn(agent))
            self.tell(AgentPhoneFound(agent))
            self.tell(AgentBecameReady(agent))

    @rule(agent=agents, what=picks)
    def agent_moves(self, agent: str, what: int) -> None:
        told = (
            AgentBecameReady(agent), AgentBecameNotReady(agent, "break"), AgentPhoneLost(agent), AgentSignedOut(agent),
            AgentPhoneFound(agent), AgentPhoneReturned(agent),
        )  # fmt: skip
        self.tell(told[what % len(told)])

    @precondition(lambda self: self.witness.pending)
    @rule(pick=picks, answer=picks)
    def world_answers(self, pick: int, answer: int) -> None:
        effect = self.witness.pending[pick % len(self.witness.pending)]
        self.witness.pending.remove(effect)
        for stimulus in answers(effect, answer) or ():
            self.tell(stimulus)

    @rule()
    def everything_goes_well(self) -> None:
        self.witness.answer_all()

    @precondition(lambda self: self.witness.engaged())
    @rule(pick=picks, what=picks, to=drawn.of((*drawn.AGENTS, *drawn.QUEUES, "300")))
    def people_talk(self, pick: int, what: int, to: str) -> None:
        engaged = self.witness.engaged()
        self.tell(talk(engaged[pick % len(engaged)], what, to))

    @precondition(lambda self: self.witness.floor.state.contacts)
    @rule(pick=picks, what=picks)
    def customer_acts(self, pick: int, what: int) -> None:
        contact = sorted(self.witness.floor.state.contacts)[pick % len(self.witness.floor.state.contacts)]
        told = (CustomerLeft(contact), CallbackAsked(contact, "+9"), CustomerLeft(contact, "fault"))
        self.tell(told[what % len(told)])

    @rule(seconds=drawn.of((1, 2, 5, 10, 15, 30, 60, 120, 1_800)))
    def time_passes(self, seconds: int) -> None:
        self.witness.pass_time(seconds)

    @rule(configured=drawn.configurings)
    def house_changes(self, configured: Stimulus) -> None:
        self.tell(configured)

    @rule(told=drawn.supervisings)
    def supervisor_acts(self, told: Stimulus) -> None:
        self.tell(told)

    # The hostile world

    @rule(told=drawn.hostiles)
    def anything_is_told(self, told: Stimulus) -> None:
        self.tell(told)

    @rule(told=drawn.hostiles, seconds=st.integers(-100, 100))
    def clock_jumps(self, told: Stimulus, seconds: int) -> None:
        """A stamp that is too early counts as now; one that is late brings its deadlines along."""
        self.witness.now = max(self.witness.now, self.witness.now + seconds * SECOND)
        self.tell(told, self.witness.now + min(seconds, 0) * SECOND)

    @precondition(lambda self: self.witness.told)
    @rule(pick=picks)
    def old_news_again(self, pick: int) -> None:
        self.tell(self.witness.told[pick % len(self.witness.told)][1])

    @rule(told=st.one_of(drawn.hostiles, drawn.configurings.filter(lambda one: hasattr(one, "agent"))))
    def told_twice(self, told: Stimulus) -> None:
        self.witness.tell_twice(told)

    @rule()
    def floor_dies(self) -> None:
        self.witness.die()

    def teardown(self) -> None:
        self.witness.end()


TestFloor = FloorMachine.TestCase
TestFloor.settings = EFFORT
pytestmark = TIME_LIMIT
