"""What journal entries mean in plain words. An entry is a stimulus or an output as decoded JSON, with its `type`."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from markaz.kit.time import moment

Kind = Literal["told", "decided", "did", "became", "noted"]
Entry = Mapping[str, Any]

_TOLD = {
    "ContactEntered": "the customer {customer} reached number {number} ({channel})",
    "ContactArrived": "the contact of customer {customer} arrived for project {project} ({channel})",
    "ContactQueued": "it was handed to queue {queue}",
    "ContactServedItself": "self-service finished: {result}",
    "PromptFinished": "the prompt ended",
    "PromptFailed": "the prompt could not be played: {why}",
    "DigitPressed": "the customer pressed {digit}",
    "MessageAsked": "a message was wanted",
    "MessageLeft": "the customer left a message of {seconds} s",
    "CallbackAsked": "the customer asked to be called back on {number}",
    "CallbackPromised": "agent {agent} promised to call back on {number}",
    "NumberAsked": "self-service asked for number {number}",
    "CustomerLeft": "the customer's leg ended ({cause})",
    "CustomerReached": "the customer answered the call back",
    "CustomerMissed": "the customer was not reached ({cause})",
    "ElsewhereAnswered": "the number outside answered",
    "ElsewhereFailed": "the number outside was not reached ({cause})",
    "ContactSeen": "the customer's channel was seen alive",
    "OfferPlaced": "the agent's phone was sent the call",
    "OfferAccepted": "the agent answered",
    "OfferRefused": "the agent refused",
    "OfferFailed": "the agent's phone did not take the call ({cause})",
    "ConversationStarted": "the conversation began",
    "HoldBegan": "agent {agent} put the customer on hold",
    "HoldEnded": "agent {agent} took the customer back from hold",
    "AgentLeft": "agent {agent}'s leg ended ({cause})",
    "TransferRequested": "agent {agent} asked to transfer to {kind} {target}",
    "ConsultRequested": "agent {agent} asked to consult {kind} {target}",
    "ConsultCancelled": "agent {agent} went back to the customer",
    "ConferenceRequested": "agent {agent} brought everybody together",
    "TransferCompleted": "agent {agent} left the customer to who was consulted",
    "PartyAnswered": "the number that was consulted answered",
    "PartyFailed": "the number that was consulted was not reached ({cause})",
    "PartyLeft": "the number outside hung up",
    "PartyReleaseRequested": "agent {agent} let the number outside go",
    "SupervisionRequested": "supervisor {supervisor} asked to {mode}",
    "SupervisionStarted": "the supervisor hears the conversation",
    "SupervisionEnded": "supervisor {supervisor} left",
    "TakeOverRequested": "supervisor {supervisor} took over",
    "RecordingPauseRequested": "agent {agent} paused the recording",
    "RecordingResumeRequested": "agent {agent} let the recording go on",
    "RecordingPauseFailed": "the recording could not be paused",
    "ResultEntered": "agent {agent} entered what came of it",
    "WrapUpEnded": "agent {agent} finished wrap-up",
    "AgentSignedIn": "agent {agent} signed in",
    "AgentSignedOut": "agent {agent} signed out",
    "AgentBecameReady": "agent {agent} became ready",
    "AgentBecameNotReady": "agent {agent} became not ready ({reason})",
    "AgentAssigned": "agent {agent} was moved to other queues",
    "AgentAssignmentEnded": "agent {agent} serves their own queues again",
    "AgentPhoneLost": "agent {agent}'s phone was lost",
    "AgentPhoneFound": "agent {agent}'s phone was back",
    "AgentPhoneReturned": "agent {agent}'s phone came back and wants its conversation",
    "AgentRejoined": "the agent's phone answered again",
    "ProjectPaused": "project {project} was paused ({reason})",
    "ProjectResumed": "project {project} was resumed",
    "FloorStarted": "a floor process took over",
    "TimePassed": "a deadline came",
}
_DID = {
    "AnswerContact": "answer the customer",
    "SpeakPrompt": "play prompt {prompt}",
    "StopPrompt": "stop the prompt",
    "RefuseNumber": "reject the call: nobody configured {number}",
    "OfferContact": "ring agent {agent}",
    "RingAgain": "ring agent {agent} again, attempt {attempt}",
    "WithdrawOffer": "stop ringing agent {agent} ({reason})",
    "ConnectContact": "join the customer and agent {agent}",
    "CheckContact": "ask whether the customer's channel is alive",
    "DialCustomer": "call the customer on {number}, attempt {attempt}",
    "ReleaseAgent": "end agent {agent}'s leg",
    "EndContact": "end the customer's leg ({reason})",
    "LeaveConversation": "take the customer out of the conversation",
    "KeepWaiting": "play the music of queue {queue}",
    "AnnouncePlace": "announce {place}",
    "PlayPrompt": "play prompt {prompt}",
    "TakeMessage": "record a message of at most {seconds_max} s",
    "PromiseCallback": "promise a call back on {number}",
    "SendToNumber": "connect with {number} outside ({reason})",
    "HoldCustomer": "play music to the customer",
    "ResumeCustomer": "bring the customer back into the conversation",
    "JoinConversation": "let agent {agent} into the conversation",
    "Supervise": "let supervisor {agent} {mode}",
    "CallParty": "call {number} for the agent",
    "ReleaseParty": "end the leg of the number outside",
    "StartRecording": "record the conversation of agent {agent}",
    "PauseRecording": "keep nothing of what is said",
    "ResumeRecording": "keep what is said again",
}
_HANDED = {
    "ToQueue": "to queue {queue}",
    "ToVoicemail": "to leave a message of at most {seconds_max} s",
    "ToCallback": "to be called back on {number}",
    "ToNumber": "to number {number} outside",
    "Finished": "it is over ({result})",
}
_RULES = {
    "highest_score": "the highest score goes first",
    "only_agent": "it waits for one agent alone",
    "longest_idle": "the agent idle longest goes first",
    "least_occupied": "the least occupied agent goes first",
}


class _Said(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def told(entry: Entry, *, is_let_go: bool = False) -> str:
    """A stimulus as a sentence. `is_let_go`: the end of the customer's call was asked for before."""
    match entry["type"]:
        case "CustomerLeft" if is_let_go:
            return "the customer's call has ended"
        case "CustomerLeft" if "cause" not in entry:  # left out of the journal because it is the usual one
            return "the customer hung up"
        case "AgentLeft" if "cause" not in entry:
            return f"agent {entry['agent']} hung up"
        case _:
            return _by_template(_TOLD, entry)


def answered(entry: Entry, contact: str) -> tuple[Kind, str]:
    """An output as a sentence about `contact`, and what sort of thing it is."""
    match entry["type"]:
        case "Decided":
            return "decided", _decision(entry, contact)
        case "ContactMoved":
            return "became", _moved("the contact", entry, outcome=entry.get("outcome"))
        case "EngagementMoved":
            return "became", _moved(f"offer {entry['offer']} to agent {entry['agent']}", entry)
        case "PartyMoved":
            return "became", _moved(f"number {entry['number']} outside", entry)
        case "LegMoved":
            state = "gone and waited for" if entry["away"] else "not waited for any more"
            return "became", f"agent {entry['agent']}'s phone is {state} ({entry['reason']})"
        case "RecordingMoved":
            state = "paused" if entry["paused"] else "going on"
            return "became", f"the recording of offer {entry['offer']} is {state} ({entry['reason']})"
        case "AgentMoved":
            return "became", _moved(f"agent {entry['agent']}", entry)
        case "FlowStepped":
            return "became", f"self-service reached {entry['node']} of {entry['flow']}: {entry['why']}"
        case "SurveyBegan":
            return "became", f"the customer is asked what it was like, by the flow {entry['flow']}"
        case "FeedbackGiven":
            return "became", f"the customer answered {entry['answer']} to the question {entry['question']}"
        case "ContactAdmitted":
            return "became", f"number {entry['number']} belongs to project {entry['project']}"
        case "HandedOver":
            return "became", f"self-service handed it over: {_by_template(_HANDED, entry['to'])}"
        case "FollowUpBegan" if entry["contact"] == contact:
            return "became", f"it begins, because a fault cut contact {entry['lost']}"
        case "FollowUpBegan":
            return "became", f"the customer is to be called back on {entry['number']} as contact {entry['contact']}"
        case "CallbackBegan":
            by = f"agent {entry['agent']}" if entry.get("agent") else "somebody"
            when = f"{moment(entry['due']):%Y-%m-%d %H:%M} UTC"
            return "became", f"{by} promised to call the customer back on {entry['number']} at {when}"
        case "ProjectMoved":
            return "became", f"project {entry['project']} is {'paused' if entry['paused'] else 'open'}"
        case "AnnouncePlace":
            told = (("position {}", entry.get("position")), ("a wait of {} s", entry.get("expected_wait_seconds")))
            place = " and ".join(text.format(value) for text, value in told if value is not None)
            return "did", _by_template(_DID, {**entry, "place": place})
        case "Noted" | "FlowNoted":
            return "noted", f"{entry['stimulus']} changed nothing: {entry['why']}"
        case _:
            return "did", _by_template(_DID, entry)


def _by_template(templates: Mapping[str, str], entry: Entry) -> str:
    kind = entry["type"]
    if kind in templates:
        return templates[kind].format_map(_Said(entry))
    fields = ", ".join(f"{name} {value}" for name, value in entry.items() if name != "type")
    return f"{kind}: {fields}"


def _moved(who: str, entry: Entry, *, outcome: str | None = None) -> str:
    text = f"{who} is {entry['after'].replace('_', ' ')}"
    if outcome:
        text += f" as {outcome.replace('_', ' ')}"
    details = [f"{name} {entry[name]}" for name in ("queue", "part", "disposition", "reason") if entry.get(name)]
    return f"{text} ({', '.join(details)})" if details else text


def _decision(entry: Entry, contact: str) -> str:
    waited = f"{entry['waited'] / 1e6:.1f} s"
    rule = _RULES.get(entry["rule"], entry["rule"])
    agent = entry.get("agent")
    if entry["contact"] != contact:
        return f"agent {agent} went to contact {entry['contact']} instead: {_lanes(entry['lanes'])}"
    if entry["by"] == "agent":
        return f"after {waited} agent {agent} became free and took it ({rule}): {_lanes(entry.get('lanes', ()))}"
    benches = _benches(entry.get("benches", ()))
    if agent is not None:
        return f"after {waited} in queue {entry['queue']} agent {agent} was free ({rule}): {benches}"
    return f"after {waited} in queue {entry['queue']} it waits, nobody able is free: {benches}"


def _lanes(lanes: Sequence[Sequence[Any]]) -> str:
    """Scores are millionths of the queue's target waited, weighed; as shares they read more easily."""
    if not lanes:
        return "no other lane was considered"
    (queue, _, score), *others = lanes
    won = f"queue {queue} (score {score / 1e6:.2f})"
    if not others:
        return f"{won} was the only lane with somebody waiting"
    return f"{won} won over " + ", ".join(f"{queue} ({score / 1e6:.2f})" for queue, _, score in others)


def _benches(benches: Sequence[Sequence[Any]]) -> str:
    if not benches:
        return "no bench was considered"
    return "; ".join(
        f"bench of preference {preference}: {free} free of {ready} ready, {signed_in} signed in, {members} in all"
        for _, preference, free, ready, signed_in, members in benches
    )
