"""Self-service: what every contact hears and chooses before it waits for an agent, as a pure state machine.

A contact enters by a number, walks its flow's nodes (`_walk`) until one must wait, and is handed over to routing at
the end of its way. Time, prompts' ends and keys come in as data; the same stimuli give the same outputs.
"""

import heapq
from collections import OrderedDict
from collections.abc import Iterator
from typing import assert_never

import msgspec

from markaz.flows.check import KEYS, MENU_TIMEOUT_SECONDS_MAX, check_calendar
from markaz.flows.destinations import Ending, destination_of, is_withheld
from markaz.flows.events import (
    AnswerContact,
    AnyHandover,
    CalendarConfigured,
    CalendarRetired,
    ContactAdmitted,
    ContactEntered,
    DigitPressed,
    FeedbackGiven,
    Finished,
    FlowConfigured,
    FlowNoted,
    FlowOutput,
    FlowRetired,
    FlowStepped,
    FlowStimulus,
    HandedOver,
    NumberConfigured,
    NumberRetired,
    PromptFailed,
    PromptFinished,
    RefuseNumber,
    SpeakPrompt,
    StopPrompt,
    ToCallback,
    ToVoicemail,
)  # fmt: skip
from markaz.flows.hours import opening
from markaz.flows.nodes import (
    Answer,
    AnyNode,
    Calendar,
    Disconnect,
    Flow,
    Hours,
    Menu,
    Play,
    Queue,
    Rate,
    Voicemail,
)  # fmt: skip
from markaz.flows.visit import REACTIONS, SPEAKING, SURVEY_STEP, Limits, Phase, Snapshot, Trigger, Visit, kept, revived
from markaz.kit.time import SECOND, Instant


class SelfService:
    """Every contact in self-service. `handle` and `time_passed` are the only ways in; `deadline` says when to come."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._flows: dict[str, Flow] = {}
        self._calendars: dict[str, Calendar] = {}
        self._numbers: dict[str, NumberConfigured] = {}
        self._visits: dict[str, Visit] = {}
        self._finished: OrderedDict[str, None] = OrderedDict()
        self._timers: list[tuple[Instant, int, str]] = []
        self._tickets = 0

    def handle(self, at: Instant, stimulus: FlowStimulus) -> list[FlowOutput]:
        """What follows from `stimulus` at `at`, after whatever was due by then."""
        return [*self.time_passed(at), *self._react(at, stimulus)]

    def time_passed(self, at: Instant) -> list[FlowOutput]:
        """What follows from deadlines up to `at`, earliest first."""
        outputs: list[FlowOutput] = []
        while (due := self.deadline()) is not None and due <= at:
            _, _, contact = heapq.heappop(self._timers)
            outputs += self._trigger(at, self._visits[contact], "time", "silence")
        return outputs

    def deadline(self) -> Instant | None:
        """The next moment at which time itself changes something."""
        while self._timers:
            due, ticket, contact = self._timers[0]
            visit = self._visits.get(contact)
            if visit is not None and visit.deadline is not None and visit.ticket == ticket:
                return due
            heapq.heappop(self._timers)
        return None

    def speak_again(self, at: Instant) -> list[FlowOutput]:
        """Prompts whose end may have passed unheard (a process ended while they were spoken), from their beginning."""
        speaking = [visit for visit in self._visits.values() if visit.phase in SPEAKING]
        return [self._speak(at, visit, visit.prompt, visit.phase) for visit in speaking]

    def survey(self, at: Instant, contact: str, customer: str, flow_id: str) -> list[FlowOutput]:
        """A contact that was here before enters the survey's flow, after its conversation."""
        assert contact not in self._visits, f"{contact} is in self-service"
        flow = self._flows.get(flow_id)
        if flow is None or len(self._visits) >= self._limits.contacts_max:
            why = "contacts_max is reached" if flow is not None else f'the flow "{flow_id}" is unknown'
            result = Finished(result="full" if flow is not None else "flow_error")
            return [FlowNoted("survey", contact, why), self._hand_over(contact, result)]
        visit = Visit(contact=contact, customer=customer, flow=flow, prompt_step=SURVEY_STEP)
        self._visits[contact] = visit
        return list(self._walk(at, visit, flow.start, "survey"))

    def forget(self, contact: str) -> None:
        """The contact is gone, or no longer waits in its queue: no key of it means anything any more."""
        if self._visits.pop(contact, None) is not None:
            self._remember(contact)

    def __contains__(self, contact: str) -> bool:
        return contact in self._visits

    def snapshot(self) -> bytes:
        """Everything, so that `restore` goes on exactly where this stands."""
        flows = {id(visit.flow): visit.flow for visit in self._visits.values()}
        written = {key: msgspec.msgpack.encode(flow) for key, flow in flows.items()}
        versions = {version: n for n, version in enumerate(dict.fromkeys(written.values()))}
        return msgspec.msgpack.encode(
            Snapshot(
                flows=self._flows,
                calendars=self._calendars,
                numbers=self._numbers,
                versions=tuple(versions),
                visits=tuple((versions[written[id(visit.flow)]], kept(visit)) for visit in self._visits.values()),
                finished=tuple(self._finished),
                tickets=self._tickets,
            )
        )

    def restore(self, state: bytes) -> None:
        """Become what `snapshot` saw. Raises `msgspec.DecodeError` for anything else."""
        snapshot = msgspec.msgpack.decode(state, type=Snapshot)
        self._flows, self._calendars, self._numbers = snapshot.flows, snapshot.calendars, snapshot.numbers
        versions = [msgspec.msgpack.decode(version, type=Flow) for version in snapshot.versions]
        self._visits = {visit.contact: revived(visit, versions[version]) for version, visit in snapshot.visits}
        self._finished = OrderedDict.fromkeys(snapshot.finished)
        self._tickets = snapshot.tickets
        self._timers = [
            (visit.deadline, visit.ticket, visit.contact)
            for visit in self._visits.values()
            if visit.deadline is not None
        ]
        heapq.heapify(self._timers)

    # Stimuli

    def _react(self, at: Instant, stimulus: FlowStimulus) -> Iterator[FlowOutput]:
        match stimulus:
            case FlowConfigured(flow):
                self._flows[flow.id] = flow
            case FlowRetired(flow_id):
                self._flows.pop(flow_id, None)
            case CalendarConfigured(calendar):
                if problems := check_calendar(calendar):
                    yield FlowNoted("CalendarConfigured", "", f"{calendar.id}: {problems[0]}")
                else:
                    self._calendars[calendar.id] = calendar
            case CalendarRetired(calendar_id):
                self._calendars.pop(calendar_id, None)
            case NumberConfigured():
                self._numbers[stimulus.number] = stimulus
            case NumberRetired(number):
                self._numbers.pop(number, None)
            case ContactEntered():
                yield from self._admit(at, stimulus)
            case PromptFinished():
                yield from self._prompt_ended(at, stimulus, "prompt ended")
            case PromptFailed():
                yield from self._prompt_ended(at, stimulus, f"prompt failed: {stimulus.why}")
            case DigitPressed():
                yield from self._pressed(at, stimulus)
            case _:
                assert_never(stimulus)

    def _admit(self, at: Instant, entered: ContactEntered) -> Iterator[FlowOutput]:
        contact = entered.contact
        if contact in self._visits or contact in self._finished:
            yield FlowNoted("ContactEntered", contact, "it is known already")
            return
        number = self._numbers.get(entered.number)
        if number is None:
            yield RefuseNumber(contact, entered.number)
            return
        yield ContactAdmitted(contact, number.project, entered.channel, entered.customer, entered.number, entered.name)
        flow = self._flows.get(number.flow)
        if flow is None:
            yield FlowNoted("ContactEntered", contact, f'its number names the flow "{number.flow}", which is unknown')
            yield self._hand_over(contact, Finished(result="flow_error"))
        elif len(self._visits) >= self._limits.contacts_max:
            yield FlowNoted("ContactEntered", contact, "contacts_max is reached")
            yield self._hand_over(contact, Finished(result="full"))
        else:
            visit = self._visits[contact] = Visit(contact=contact, customer=entered.customer, flow=flow)
            yield from self._walk(at, visit, flow.start, "entered")

    def _prompt_ended(self, at: Instant, ended: PromptFinished | PromptFailed, why: str) -> Iterator[FlowOutput]:
        visit = self._visits.get(ended.contact)
        if visit is None:
            yield FlowNoted(type(ended).__name__, ended.contact, "it is not in self-service")
        elif visit.phase not in SPEAKING or ended.step != visit.prompt_step:
            yield FlowNoted(type(ended).__name__, ended.contact, f"prompt {ended.step} is over already")
        else:
            yield from self._trigger(at, visit, "prompt_ended", why)

    def _pressed(self, at: Instant, pressed: DigitPressed) -> Iterator[FlowOutput]:
        visit = self._visits.get(pressed.contact)
        if visit is None:
            yield FlowNoted("DigitPressed", pressed.contact, "it is not in self-service")
        elif len(pressed.digit) != 1 or pressed.digit not in KEYS:
            yield FlowNoted("DigitPressed", pressed.contact, f'"{pressed.digit}" is not a key')
        elif (visit.phase, "key") not in REACTIONS:
            yield FlowNoted("DigitPressed", pressed.contact, f'nothing is asked at "{visit.node}"')
        else:
            yield from self._trigger(at, visit, "key", pressed.digit)

    # Reactions

    def _trigger(self, at: Instant, visit: Visit, trigger: Trigger, why: str) -> Iterator[FlowOutput]:
        """Carry out what the table says; `why` is the key for "key"."""
        reaction, allowed = REACTIONS[visit.phase, trigger]
        node = visit.flow.nodes[visit.node]
        if visit.phase in SPEAKING and trigger != "prompt_ended":
            yield StopPrompt(visit.contact)
        if trigger == "time" and visit.phase in SPEAKING:
            why = "the prompt's end was never reported"
        visit.deadline = None
        match reaction, node:
            case "go_on", Play():
                yield from self._walk(at, visit, node.next, why)
            case "go_on", Voicemail() | Disconnect():
                yield self._hand_over(visit.contact, destination_of(node, visit.customer))
            case "ask", Menu() | Rate():
                yield self._speak(at, visit, node.prompt, "asking")
            case "listen", Menu() | Rate():
                visit.phase = "listening"
                self._wait(visit, at + round(node.timeout_seconds * SECOND))
            case "ask_again", Menu() | Rate():
                yield from self._ask_again(at, visit, node, why)
            case "choose", Menu():
                yield from self._choose(at, visit, node, why)
            case "choose", Rate():
                yield from self._rate(at, visit, node, why)
            case "choose_waiting", Queue():
                yield from self._choose_waiting(at, visit, node, why)
            case _:
                raise AssertionError(f"{reaction} at {node}")
        assert (visit.phase if visit.contact in self._visits else "gone") in allowed

    def _ask_again(
        self, at: Instant, visit: Visit, node: Menu | Rate, why: str, *, wrong: bool = False
    ) -> Iterator[FlowOutput]:
        visit.steps += 1
        if visit.attempts >= node.attempts_max and node.otherwise is None:
            yield self._hand_over(visit.contact, Finished(result="no_answer"))
        elif visit.attempts >= node.attempts_max and node.otherwise is not None:
            yield from self._walk(at, visit, node.otherwise, why)
        elif visit.steps > self._limits.steps_max:
            yield from self._break(visit, Finished(result="loop"), "steps_max is reached")
        else:
            visit.attempts += 1
            yield FlowStepped(visit.contact, visit.flow.id, visit.node, why, at)
            if wrong and isinstance(node, Menu) and node.invalid_prompt is not None:
                yield self._speak(at, visit, node.invalid_prompt, "excusing")
            else:
                yield self._speak(at, visit, node.prompt, "asking")

    def _choose(self, at: Instant, visit: Visit, node: Menu, key: str) -> Iterator[FlowOutput]:
        if key in node.choices:
            yield from self._walk(at, visit, node.choices[key], f"key {key}")
        else:
            yield from self._ask_again(at, visit, node, f"wrong key {key}", wrong=True)

    def _rate(self, at: Instant, visit: Visit, node: Rate, key: str) -> Iterator[FlowOutput]:
        if key in node.keys:
            yield FeedbackGiven(visit.contact, visit.node, int(key))
            yield from self._walk(at, visit, node.next, f"key {key}")
        else:
            yield from self._ask_again(at, visit, node, f"wrong key {key}", wrong=True)

    def _choose_waiting(self, at: Instant, visit: Visit, node: Queue, key: str) -> Iterator[FlowOutput]:
        match node.while_waiting.get(key):
            case "callback" if is_withheld(visit.customer):
                yield FlowNoted("DigitPressed", visit.contact, "the customer's number is withheld: no callback")
            case "callback":
                yield FlowStepped(visit.contact, visit.flow.id, visit.node, f"key {key}: callback", at)
                yield self._hand_over(visit.contact, ToCallback(queue=None, number=visit.customer))
            case "voicemail":
                yield FlowStepped(visit.contact, visit.flow.id, visit.node, f"key {key}: voicemail", at)
                yield self._hand_over(visit.contact, ToVoicemail(seconds_max=Voicemail().seconds_max))
            case _:
                yield FlowNoted("DigitPressed", visit.contact, f"{key} means nothing while waiting")

    # Steps

    def _walk(self, at: Instant, visit: Visit, name: str, why: str) -> Iterator[FlowOutput]:
        """Enter nodes from `name` on, until one waits for the world or hands the contact over."""
        while True:
            visit.steps += 1
            if visit.steps > self._limits.steps_max:
                yield from self._break(visit, Finished(result="loop"), "steps_max is reached")
                return
            node = visit.flow.nodes.get(name)
            if (broken := self._broken(node)) is not None or node is None:
                yield from self._break(visit, Finished(result="flow_error"), f'node "{name}": {broken}')
                return
            visit.node = name
            yield FlowStepped(visit.contact, visit.flow.id, name, why, at)
            match node:
                case Answer():
                    yield AnswerContact(visit.contact)
                    name, why = node.next, "answered"
                case Hours():
                    name, why = self._by_hours(at, node)
                case _:
                    yield self._arrive(at, visit, node)
                    return

    def _arrive(self, at: Instant, visit: Visit, node: Play | Menu | Rate | Ending) -> FlowOutput:
        match node:
            case Play():
                return self._speak(at, visit, node.prompt, "playing")
            case Menu() | Rate():
                visit.attempts = 1
                return self._speak(at, visit, node.prompt, "asking")
            case Voicemail(prompt=str(prompt)) | Disconnect(prompt=str(prompt)):
                return self._speak(at, visit, prompt, "playing")
            case Queue() if node.while_waiting:
                visit.phase = "queued"
                return HandedOver(visit.contact, destination_of(node, visit.customer))
            case _:
                return self._hand_over(visit.contact, destination_of(node, visit.customer))

    def _by_hours(self, at: Instant, node: Hours) -> tuple[str, str]:
        match opening(self._calendars[node.calendar], at):
            case "open":
                return node.open, "open"
            case "closed":
                return node.closed, "closed"
            case "holiday":
                return node.holiday or node.closed, "holiday"

    def _broken(self, node: AnyNode | None) -> str | None:
        """Why `node` can't be carried out. Flows are checked before they come here; this is the net below."""
        match node:
            case None:
                return "the flow does not have it"
            case Hours() if node.calendar not in self._calendars:
                return f'the calendar "{node.calendar}" is unknown'
            case Menu() | Rate() if not 0 < node.timeout_seconds <= MENU_TIMEOUT_SECONDS_MAX:
                return f"a question can't wait {node.timeout_seconds} seconds"
            case _:
                return None

    def _speak(self, at: Instant, visit: Visit, prompt: str, phase: Phase) -> FlowOutput:
        visit.phase = phase
        visit.prompt = prompt
        visit.prompt_step += 1
        self._wait(visit, at + self._limits.prompt_seconds_max * SECOND)
        return SpeakPrompt(visit.contact, prompt, visit.prompt_step)

    def _wait(self, visit: Visit, deadline: Instant) -> None:
        self._tickets += 1
        visit.deadline, visit.ticket = deadline, self._tickets
        heapq.heappush(self._timers, (deadline, self._tickets, visit.contact))

    def _break(self, visit: Visit, result: Finished, why: str) -> Iterator[FlowOutput]:
        yield FlowNoted("FlowStepped", visit.contact, why)
        yield self._hand_over(visit.contact, result)

    def _hand_over(self, contact: str, to: AnyHandover) -> FlowOutput:
        self._visits.pop(contact, None)
        self._remember(contact)
        return HandedOver(contact, to)

    def _remember(self, contact: str) -> None:
        self._finished[contact] = None
        if len(self._finished) > self._limits.finished_remembered_max:
            self._finished.popitem(last=False)
