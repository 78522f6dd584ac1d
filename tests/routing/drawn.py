"""Random configurations and stimuli. Names are few, so that what is drawn meets what is there."""

from hypothesis import strategies as st

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
    Announcement,
    CallbackAsked,
    CallbackPromised,
    Capacity,
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
    FloorStarted,
    HoldBegan,
    HoldEnded,
    MessageAsked,
    MessageLeft,
    NumberAsked,
    OfferAccepted,
    OfferFailed,
    OfferPlaced,
    OfferRefused,
    Overflow,
    PartyAnswered,
    PartyFailed,
    PartyLeft,
    PartyReleaseRequested,
    PauseRule,
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
    Relaxation,
    ResultEntered,
    Sticky,
    SupervisionEnded,
    SupervisionRequested,
    SupervisionStarted,
    TakeOverRequested,
    TimePassed,
    ToCallback,
    ToDisconnect,
    ToNumber,
    ToQueue,
    ToVoicemail,
    TransferCompleted,
    TransferRequested,
    WrapUpEnded,
)  # fmt: skip

PROJECTS = ("p1", "p2")
QUEUES = ("q1", "q2", "q3", "q4")
AGENTS = ("a1", "a2", "a3", "a4", "a5")
SKILLS = ("s1", "s2")
CUSTOMERS = ("+11", "+12", "+13", "anonymous")
CONTACTS = tuple(f"c{n}" for n in range(1, 9))
PARTIES = tuple(f"{contact}~p{n}" for contact in CONTACTS for n in range(1, 4))
OFFERS = tuple(f"{contact}.{n}" for contact in CONTACTS for n in range(1, 4))

of = st.sampled_from
wants = of(({}, {}, {}, {"s1": 1}, {"s1": 3}, {"s2": 2}, {"s1": 2, "s2": 1}))
abilities = of(({"s1": 4, "s2": 4}, {"s1": 4, "s2": 4}, {"s1": 3}, {"s1": 1, "s2": 2}, {}))
channels = of(("voice", "voice", "voice", "chat", "mail"))

destinations = st.one_of(
    st.builds(ToQueue, queue=of(QUEUES)),
    st.builds(ToQueue, queue=of((*QUEUES, "q9"))),
    st.builds(ToNumber, number=of(("100", "200")), centre=of((None, "backup"))),
    st.builds(ToVoicemail, seconds_max=of((30, 120))),
    st.just(ToCallback()),
    st.builds(ToDisconnect, prompt=of((None, "sorry"))),
)
relaxations = st.lists(
    st.builds(
        Relaxation, after_seconds=of((5, 20, 60, 0)), drop=st.lists(of(SKILLS), max_size=1).map(tuple), lower=wants
    ),
    max_size=3,
).map(tuple)
overflows = st.lists(st.builds(Overflow, after_seconds=of((90, 30, 10, 0)), to=destinations), max_size=2).map(tuple)


def queue_rules(queue: st.SearchStrategy[str]) -> st.SearchStrategy[QueueRules]:
    return st.builds(
        QueueRules,
        id=queue,
        project=of(("p1", "p1", "p1", "p2")),
        skills=wants,
        priority=of((0, 0, 1)),
        priority_head_start_seconds=of((0, 60)),
        target_seconds=of((5, 20, 60)),
        penalty_weight=of((50, 100, 300)),
        agent_choice=of(("longest_idle", "least_occupied")),
        relaxation=relaxations,
        overflow=overflows,
        waiting_max=of((1_000, 1_000, 1_000, 2, 1)),
        when_full=destinations,
        ring_seconds=of((5, 15)),
        wrap_up_seconds_max=of((0, 10, 30)),
        conversation_seconds_max=of((60, 7_200)),
        announcement=of((None, None, Announcement(first_seconds=10, every_seconds=60))),
        sticky=st.one_of(
            st.none(),
            st.builds(
                Sticky, agent=of(("last", "named")), within_seconds=of((60, 86_400)), wait_seconds=of((0, 8, 40))
            ),
        ),
        callback_attempts_max=of((1, 3)),
        callback_retry_seconds=of((0, 30)),
        callback_after_fault=of((True, True, False)),
        record=st.booleans(),
        recording_pause_seconds_max=of((5, 300)),
    )


def agent_profiles(agent: st.SearchStrategy[str]) -> st.SearchStrategy[AgentProfile]:
    return st.builds(
        AgentProfile,
        id=agent,
        skills=abilities,
        queues=st.one_of(
            st.fixed_dictionaries({queue: st.integers(1, 3) for queue in QUEUES}),
            st.dictionaries(of(QUEUES), st.integers(1, 2), min_size=1),
        ),
        capacity=st.one_of(
            st.just(Capacity()),
            st.builds(
                Capacity, voice=of((1, 1, 2, 0)), chat=of((0, 1, 2)), mail=of((0, 1)), blends_voice=st.booleans()
            ),
        ),
        refusal_pause_seconds=of((None, 0, 10)),
        no_answer_pause_seconds=of((None, None, 0, 30)),
    )


pauses = st.builds(PauseRule, prompt=of((None, "paused")), to=st.one_of(st.none(), st.none(), destinations))


def project_rules(project: st.SearchStrategy[str]) -> st.SearchStrategy[ProjectRules]:
    return st.builds(
        ProjectRules, id=project, pause=pauses, callback_queue=of((None, "q1", "q9")), survey=of((None, "survey"))
    )


def _promised(contact: st.SearchStrategy[str], agent: st.SearchStrategy[str]) -> st.SearchStrategy[CallbackPromised]:
    number, queue = of(CUSTOMERS), of((*QUEUES, "q9"))
    promised_in = st.one_of(st.none(), contact)
    return st.builds(CallbackPromised, contact, of(PROJECTS), queue, number, number, of((0, 2**60)), agent, promised_in)


def _contact_facts(contact: st.SearchStrategy[str], agent: st.SearchStrategy[str], offer: st.SearchStrategy[str]):
    left = of(("hung_up", "fault"))
    failed = of(("no_answer", "busy", "unreachable", "fault"))
    return [
        st.builds(ContactArrived, contact, channels, of((*PROJECTS, "p9")), of(CUSTOMERS)),
        st.builds(ContactQueued, contact, of((*QUEUES, "q9")), wants, st.integers(-1, 2), st.one_of(st.none(), agent)),
        st.builds(ContactServedItself, contact, of(("told", "closed"))),
        st.builds(MessageAsked, contact, of((30, 120))),
        st.builds(MessageLeft, contact, of((0.0, 0.5, 20.0))),
        st.builds(CallbackAsked, contact, of(CUSTOMERS), of((None, "q9", *QUEUES))),
        _promised(contact, agent),
        st.builds(ResultEntered, agent, offer, of((None, "sold")), st.one_of(st.none(), _promised(contact, agent))),
        st.builds(NumberAsked, contact, of(("100", "200"))),
        st.builds(CustomerLeft, contact, left),
        st.builds(CustomerReached, contact),
        st.builds(CustomerMissed, contact, failed),
        st.builds(ElsewhereAnswered, contact),
        st.builds(ElsewhereFailed, contact, failed),
        st.builds(ContactSeen, contact),
        st.builds(AgentPhoneReturned, agent, contact),
        st.builds(AgentRejoined, offer),
        st.builds(OfferPlaced, offer),
        st.builds(OfferAccepted, offer),
        st.builds(OfferRefused, offer),
        st.builds(OfferFailed, offer, failed),
        st.builds(ConversationStarted, contact, offer),
        st.builds(HoldBegan, contact, agent),
        st.builds(HoldEnded, contact, agent),
        st.builds(AgentLeft, contact, agent, left),
        st.builds(TransferRequested, contact, agent, st.just("agent"), agent),
        st.builds(TransferRequested, contact, agent, st.just("queue"), of((*QUEUES, "q9"))),
        st.builds(TransferRequested, contact, agent, st.just("number"), of(("100", "200"))),
        st.builds(WrapUpEnded, agent, contact, of((None, "sold"))),
        st.builds(ConsultRequested, contact, agent, st.just("agent"), agent),
        st.builds(ConsultRequested, contact, agent, st.just("number"), of(("100", "200"))),
        st.builds(ConsultCancelled, contact, agent),
        st.builds(ConferenceRequested, contact, agent),
        st.builds(TransferCompleted, contact, agent),
        st.builds(PartyAnswered, contact, of(PARTIES)),
        st.builds(PartyFailed, contact, of(PARTIES), failed),
        st.builds(PartyLeft, contact, of(PARTIES)),
        st.builds(PartyReleaseRequested, contact, agent),
        st.builds(SupervisionRequested, contact, agent, of(("listen", "whisper", "barge"))),
        st.builds(SupervisionStarted, contact, offer),
        st.builds(SupervisionEnded, contact, agent),
        st.builds(TakeOverRequested, contact, agent),
        st.builds(RecordingPauseRequested, contact, agent),
        st.builds(RecordingResumeRequested, contact, agent),
        st.builds(RecordingPauseFailed, contact, offer),
    ]


def _agent_facts(agent: st.SearchStrategy[str]):
    return [
        st.builds(AgentSignedIn, agent, st.booleans()),
        st.builds(AgentPhoneReturned, agent),
        st.builds(AgentSignedOut, agent),
        st.builds(AgentBecameReady, agent),
        st.builds(AgentBecameNotReady, agent, of(("lunch", "training")), of((None, "come and see me"))),
        st.builds(AgentAssigned, agent, st.lists(of((*QUEUES, "q9")), max_size=2).map(tuple), of((None, "help"))),
        st.builds(AgentAssignmentEnded, agent),
        st.builds(AgentPhoneLost, agent),
        st.builds(AgentPhoneFound, agent),
        st.builds(AgentRetired, agent),
    ]


configurings = st.one_of(
    queue_rules(of(QUEUES)).map(QueueConfigured),
    agent_profiles(of(AGENTS)).map(AgentConfigured),
    project_rules(of(PROJECTS)).map(ProjectConfigured),
)
supervisings = st.one_of(
    st.builds(ProjectPaused, of(PROJECTS), st.just("not trained"), st.one_of(st.none(), pauses)),
    st.builds(ProjectResumed, of(PROJECTS)),
    st.builds(ProjectResumed, of(PROJECTS)),
    st.builds(QueueRetired, of(QUEUES)),
)
hostiles = st.one_of(
    *_contact_facts(of((*CONTACTS, "c99")), of((*AGENTS, "a9")), of((*OFFERS, "c99.1"))),
    *_agent_facts(of((*AGENTS, "a9"))),
    st.builds(FloorStarted, st.just("again")),
    st.just(TimePassed()),
)
"""Any fact about any name at any moment."""


@st.composite
def houses(draw: st.DrawFn) -> list[ProjectConfigured | QueueConfigured | AgentConfigured]:
    """A whole configuration."""
    return [
        *(ProjectConfigured(draw(project_rules(st.just(project)))) for project in PROJECTS),
        *(QueueConfigured(draw(queue_rules(st.just(queue)))) for queue in QUEUES),
        *(AgentConfigured(draw(agent_profiles(st.just(agent)))) for agent in AGENTS),
    ]
