"""Self-service under any sequence of stimuli.

* Every contact that enters is admitted once, and ends handed over, forgotten or (queued) with routing.
* A contact is handed over once; only one that waits in a queue may then still choose a callback or a message.
* Everybody who is not queued has a deadline, and no deadline is further away than the longest wait.
* With time alone everybody who is not queued leaves.
* A replay says the same, and so does a self-service restored from a snapshot at any moment.
"""

from collections import Counter

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from markaz.flows import (
    Answer,
    Calendar,
    CalendarConfigured,
    CalendarRetired,
    Callback,
    ContactAdmitted,
    ContactEntered,
    Dial,
    DigitPressed,
    Disconnect,
    Flow,
    FlowConfigured,
    FlowNoted,
    FlowOutput,
    FlowRetired,
    FlowStimulus,
    HandedOver,
    Hours,
    Limits,
    Menu,
    NumberConfigured,
    NumberRetired,
    OpenPeriod,
    Play,
    PromptFailed,
    PromptFinished,
    Queue,
    Rate,
    SelfService,
    SpeakPrompt,
    ToCallback,
    ToQueue,
    ToVoicemail,
    Voicemail,
)
from markaz.kit.time import SECOND

LIMITS = Limits(steps_max=20, contacts_max=4, finished_remembered_max=1_000)
NAMES = ("a", "b", "c", "d", "nowhere")
names = st.sampled_from((*NAMES[:-1], *NAMES))
prompts = st.sampled_from(("p", "q"))
keys = st.sampled_from("12*")
choices_waiting = st.sampled_from(("callback", "voicemail", "unheard_of"))
nodes = st.one_of(
    st.builds(Answer, next=names),
    st.builds(Play, prompt=prompts, next=names),
    st.builds(Hours, calendar=st.sampled_from(("hours", "never")), open=names, closed=names),
    st.builds(
        Menu,
        prompt=prompts,
        choices=st.dictionaries(keys, names),
        otherwise=names,
        timeout_seconds=st.sampled_from((5.0, 0.5, 30.0, float("nan"))),
        attempts_max=st.integers(-1, 4),
        invalid_prompt=st.none() | prompts,
    ),
    st.builds(
        Rate,
        prompt=prompts,
        next=names,
        keys=st.sampled_from(("12", "9", "")),
        otherwise=st.none() | names,
        timeout_seconds=st.sampled_from((5.0, 0.5, float("nan"))),
        attempts_max=st.integers(-1, 4),
    ),
    st.builds(
        Queue, queue=st.just("q"), while_waiting=st.dictionaries(keys, st.sampled_from(("callback", "voicemail", "x")))
    ),
    st.builds(Voicemail, prompt=st.none() | prompts),
    st.builds(Callback, queue=st.just("q")),
    st.builds(Dial, number=st.just("+1")),
    st.builds(Disconnect, prompt=st.none() | prompts),
)
flows = st.builds(
    Flow, id=st.just("flow"), start=st.just("a"), nodes=st.fixed_dictionaries(dict.fromkeys(NAMES[:-1], nodes))
)
contacts = st.sampled_from([f"c{n}" for n in range(6)])
SINCE_NEWEST = (0, 0, 0, -1, 1)
"""Reports of prompts are mostly timely, sometimes late, sometimes nonsense."""


class SelfServiceMachine(RuleBasedStateMachine):
    """Three self-services hear the same; one of them is put to sleep and woken now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.service, self.replay, self.woken = SelfService(LIMITS), SelfService(LIMITS), SelfService(LIMITS)
        self.now = 0
        self.story: list[FlowStimulus | int | str] = []
        self.told: list[FlowOutput] = []
        self.admitted: Counter[str] = Counter()
        self.handed: dict[str, list[HandedOver]] = {}
        self.forgotten: set[str] = set()
        self.newest_prompt: dict[str, int] = {}

    def tell(self, stimulus: FlowStimulus | None) -> list[FlowOutput]:
        services = (self.service, self.woken)
        first, second = (
            service.time_passed(self.now) if stimulus is None else service.handle(self.now, stimulus)
            for service in services
        )
        self.story.append(self.now)
        if stimulus is not None:
            self.story.append(stimulus)
        assert first == second
        self.told += first
        for output in first:
            self.account(output)
        return first

    def account(self, output: FlowOutput) -> None:
        match output:
            case ContactAdmitted():
                self.admitted[output.contact] += 1
                assert self.admitted[output.contact] == 1
            case HandedOver():
                before = self.handed.setdefault(output.contact, [])
                assert output.contact in self.admitted
                assert output.contact not in self.forgotten
                assert len(before) == 0 or (len(before) == 1 and isinstance(before[0].to, ToQueue))
                assert not before or isinstance(output.to, ToCallback | ToVoicemail)
                before.append(output)
            case FlowNoted():
                pass
            case SpeakPrompt():
                assert output.step == self.newest_prompt.get(output.contact, 0) + 1
                self.newest_prompt[output.contact] = output.step
            case _:
                contact = output.contact
                assert contact not in self.forgotten
                self_service_is_over = contact in self.handed and not isinstance(self.handed[contact][-1].to, ToQueue)
                assert not self_service_is_over

    @initialize(flow=flows)
    def open(self, flow: Flow) -> None:
        self.tell(CalendarConfigured(Calendar(id="hours", zone="UTC", weekly=(OpenPeriod((3,), "00:00", "00:10"),))))
        self.tell(FlowConfigured(flow))
        self.tell(NumberConfigured("+1", "project", "flow"))

    @rule(flow=flows)
    def draw_anew(self, flow: Flow) -> None:
        self.tell(FlowConfigured(flow))

    @rule(
        change=st.sampled_from(
            (
                FlowRetired("flow"),
                CalendarRetired("hours"),
                NumberRetired("+1"),
                NumberConfigured("+1", "project", "flow"),
                NumberConfigured("+1", "other", "unknown"),
            )
        )
    )
    def change(self, change: FlowStimulus) -> None:
        self.tell(change)

    @rule(contact=contacts, customer=st.sampled_from(("+2", "anonymous")))
    def enter(self, contact: str, customer: str) -> None:
        self.tell(ContactEntered(contact, "voice", "+1", customer))

    @rule(contact=contacts, offset=st.sampled_from(SINCE_NEWEST), failed=st.booleans())
    def prompt_ends(self, contact: str, offset: int, failed: bool) -> None:
        step = self.newest_prompt.get(contact, 0) + offset
        told = self.tell(PromptFailed(contact, step, "why") if failed else PromptFinished(contact, step))
        assert offset == 0 or all(isinstance(output, FlowNoted) for output in told), "late reports move nobody"

    @rule(contact=contacts, key=st.sampled_from("12*9A"), times=st.integers(1, 2))
    def press(self, contact: str, key: str, times: int) -> None:
        for _ in range(times):
            self.tell(DigitPressed(contact, key))

    @rule(seconds=st.sampled_from((0, 0.5, 0.5, 5, 6, 30, 119, 120, 700)))
    def pass_time(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)
        self.tell(None)

    @rule(contact=contacts)
    def leave(self, contact: str) -> None:
        if contact in self.service:
            self.forgotten.add(contact)
        self.service.forget(contact)
        self.woken.forget(contact)
        self.story.append(contact)

    @rule()
    def sleep_and_wake(self) -> None:
        state = self.woken.snapshot()
        assert state == self.service.snapshot()
        self.woken = SelfService(LIMITS)
        self.woken.restore(state)
        assert self.woken.snapshot() == state

    @invariant()
    def everybody_is_somewhere(self) -> None:
        inside = {contact for contact in self.admitted if contact in self.service}
        for contact in set(self.admitted) - inside:
            assert contact in self.handed or contact in self.forgotten
        assert len(inside) <= LIMITS.contacts_max

    @invariant()
    def everybody_has_a_deadline(self) -> None:
        unqueued = {contact for contact in self.admitted if contact in self.service and contact not in self.handed}
        deadline = self.service.deadline()
        assert (deadline is None) == (not unqueued)
        assert deadline is None or self.now < deadline <= self.now + LIMITS.prompt_seconds_max * SECOND

    def teardown(self) -> None:
        rounds = 0
        while (deadline := self.service.deadline()) is not None:
            self.now = deadline
            self.tell(None)
            rounds += 1
            assert rounds <= 3 * LIMITS.steps_max * LIMITS.contacts_max
        assert all(contact in self.handed or contact in self.forgotten for contact in self.admitted)
        self.replays()

    def replays(self) -> None:
        replayed: list[FlowOutput] = []
        at = 0
        for entry in self.story:
            match entry:
                case int():
                    at = entry
                    replayed += self.replay.time_passed(at)
                case str():
                    self.replay.forget(entry)
                case _:
                    replayed += self.replay.handle(at, entry)
        assert msgspec.json.encode(replayed) == msgspec.json.encode(self.told)


TestSelfService = SelfServiceMachine.TestCase
TestSelfService.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
