"""A short day of one queue, told to a core by a driver that answers its effects as telephony would."""

from collections.abc import Callable

from markaz import flows, routing
from markaz.kit.time import SECOND, Instant
from markaz.runtime.core import Core, Output, Stimulus

BEGIN: Instant = 1_800_000_000 * SECOND

CONFIGURATION: tuple[Stimulus, ...] = (
    routing.ProjectConfigured(routing.ProjectRules(id="hotline")),
    routing.QueueConfigured(
        routing.QueueRules(
            id="cards",
            project="hotline",
            skills={"cards": 2},
            ring_seconds=10,
            wrap_up_seconds_max=5,
            overflow=(routing.Overflow(after_seconds=60, to=routing.ToVoicemail()),),
        )
    ),
    routing.QueueConfigured(routing.QueueRules(id="loans", project="hotline", skills={"loans": 1})),
    routing.AgentConfigured(
        routing.AgentProfile(id="anna", skills={"cards": 3, "loans": 1}, queues={"cards": 1, "loans": 2})
    ),
    routing.AgentConfigured(routing.AgentProfile(id="boris", skills={"cards": 2}, queues={"cards": 1})),
    flows.FlowConfigured(
        flows.Flow(
            id="welcome",
            start="pick_up",
            nodes={
                "pick_up": flows.Answer(next="wait"),
                "wait": flows.Queue(queue="cards", while_waiting={"1": "callback"}),
            },
        )
    ),
    flows.NumberConfigured("+100", "hotline", "welcome"),
)


def answers(output: Output) -> list[Stimulus]:
    """What a world in which everything works says to an effect."""
    match output:
        case routing.OfferContact(offer=offer):
            return [routing.OfferPlaced(offer), routing.OfferAccepted(offer)]
        case routing.ConnectContact(contact=contact, offer=offer):
            return [routing.ConversationStarted(contact, offer)]
        case routing.TakeMessage(contact=contact):
            return [routing.MessageLeft(contact, 4.0)]
        case routing.PromiseCallback(contact=contact):
            return [routing.CustomerLeft(contact)]
        case routing.DialCustomer(contact=contact):
            return [routing.CustomerReached(contact)]
        case _:
            return []


def script() -> list[tuple[float, Stimulus]]:
    """(seconds after the beginning, stimulus): two agents, six callers of every kind."""
    told: list[tuple[float, Stimulus]] = [(0, one) for one in CONFIGURATION]
    told += [(1, routing.AgentSignedIn("anna")), (1, routing.AgentBecameReady("anna"))]
    told += [(1, routing.AgentSignedIn("boris")), (1, routing.AgentBecameReady("boris"))]
    told += [(2 + n, flows.ContactEntered(f"c{n}", "voice", "+100", f"+49{n}")) for n in range(6)]
    told += [
        (9, flows.DigitPressed("c2", "1")),
        (10, routing.CustomerLeft("c3")),
        (12, routing.HoldBegan("c0", "anna")),
        (14, routing.HoldEnded("c0", "anna")),
        (15, routing.TransferRequested("c0", "anna", "queue", "loans")),
        (20, routing.WrapUpEnded("anna", "c0", "passed on")),
        (30, routing.AgentLeft("c1", "boris")),
        (33, routing.WrapUpEnded("boris", "c1", "solved")),
        (50, routing.CustomerLeft("c0")),
        (140, routing.CustomerLeft("c2")),
        (141, routing.CustomerLeft("c4")),
        (142, routing.CustomerLeft("c5")),
        (200, routing.AgentSignedOut("anna")),
        (200, routing.AgentSignedOut("boris")),
        (260, routing.TimePassed()),
    ]
    return told


def play(core: Core, tell: Callable[[Instant, Stimulus], list[Output]]) -> None:
    """Tell the script, the answers to effects and the deadlines between, in order of time."""
    for seconds, stimulus in script():
        at = BEGIN + round(seconds * SECOND)
        while (due := core.deadline()) is not None and due < at:
            _tell_all(tell, due, routing.TimePassed())
        _tell_all(tell, at, stimulus)


def _tell_all(tell: Callable[[Instant, Stimulus], list[Output]], at: Instant, stimulus: Stimulus) -> None:
    pending = [stimulus]
    while pending:
        for output in tell(at, pending.pop(0)):
            pending.extend(answers(output))
