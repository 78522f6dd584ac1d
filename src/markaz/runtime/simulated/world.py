"""A model of customers and agents: it performs what the floor asks, and tells it what they do, under a virtual clock.

Customers wait as long as their patience and then hang up; agents answer after a while, talk, and wrap up. One world is
one replication. The floor is the one that runs live.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any

from markaz.kit.time import SECOND, Instant
from markaz.routing import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentConfigured,
    AgentMoved,
    AgentProfile,
    AgentSignedIn,
    AgentSignedOut,
    CheckContact,
    ConnectContact,
    ContactArrived,
    ContactMoved,
    ContactQueued,
    ContactSeen,
    ConversationStarted,
    CustomerLeft,
    CustomerReached,
    DialCustomer,
    ElsewhereAnswered,
    EngagementMoved,
    Floor,
    MessageLeft,
    OfferAccepted,
    OfferContact,
    ProjectConfigured,
    ProjectRules,
    PromiseCallback,
    QueueConfigured,
    SendToNumber,
    Stimulus,
    TakeMessage,
    TimePassed,
    WithdrawOffer,
    WrapUpEnded,
)
from markaz.runtime.simulated.arrivals import Arrival, stream
from markaz.runtime.simulated.distributions import draws
from markaz.runtime.simulated.scenario import Scenario
from markaz.runtime.simulated.shifts import Turn
from markaz.runtime.simulated.tally import Area, Batch, QueueTally

BEGINNING: Instant = 86_400 * SECOND
"""The virtual moment at which every run begins."""
DRAIN_SECONDS_MAX = 86_400
"""How long after the last arrival contacts may still come to their end; those that have not are unfinished."""
MESSAGE_SECONDS = 20
PROMISE_SECONDS = 5
DIAL_SECONDS = 10
RETURN_SECONDS = 60
"""When an agent who let an offer ring in vain is ready again, where the floor waits for them to say so."""

Action = Callable[[Any], None]


class Customer:
    """A contact as the model sees it."""

    __slots__ = ("arrival", "offer", "queue", "queued_at", "tally", "waits")

    def __init__(self, arrival: Arrival, at: Instant, tally: QueueTally | None) -> None:
        self.arrival = arrival
        self.queued_at = at
        self.queue = arrival.queue
        self.offer: str | None = None
        self.tally = tally
        self.waits = True


class World:
    """One replication; `run` leaves what it counted in `batches`."""

    def __init__(self, scenario: Scenario, replication: int, sources: list[Iterator[Arrival]], batches: int) -> None:
        self.floor = Floor()
        self.calls = 0
        self.unfinished = 0
        self._at = BEGINNING
        self._order = 0
        self._events: list[tuple[Instant, int, Action, Any]] = []
        self._told: deque[Stimulus] = deque()
        self._customers: dict[str, Customer] = {}
        self._ringing: set[str] = set()
        self._wrap_ups: dict[str, Instant] = {}
        """How long wrap-up will take, of every engagement whose conversation has begun."""
        self._targets = {queue.id: queue.target_seconds * SECOND for queue in scenario.queues}
        self._projects = {queue.id: queue.project for queue in scenario.queues}
        self._waiting = {queue.id: Area(BEGINNING) for queue in scenario.queues}
        self._busy = {group.id: Area(BEGINNING) for group in scenario.agents}
        self._present = {group.id: Area(BEGINNING) for group in scenario.agents}
        self._group_of: dict[str, str] = {}
        self._on_duty: set[str] = set()
        """Agents within a shift and not in a pause."""
        self._handling: Counter[str] = Counter()
        """Contacts in hand, of agents who have any."""
        self._counted: set[str] = set()
        """Agents whose time counts as available: those on duty, and those who still have a contact in hand."""
        self._answer = {
            group.id: draws(group.answer, stream(scenario, replication, "answer", number))
            for number, group in enumerate(scenario.agents)
        }
        queues, groups = list(self._waiting), list(self._busy)
        self.batches = [Batch(queues, groups) for _ in range(batches)]
        self._batch: Batch | None = None
        self._perform: dict[type, Action] = {
            OfferContact: self._ring,
            WithdrawOffer: self._stop_ringing,
            ConnectContact: self._connect,
            DialCustomer: self._dial,
            SendToNumber: self._send_out,
            TakeMessage: self._leave_message,
            PromiseCallback: self._promise,
            CheckContact: self._check,
            ContactMoved: self._contact_moved,
            EngagementMoved: self._engagement_moved,
            AgentMoved: self._agent_moved,
        }
        self._configure(scenario)
        for source in sources:
            self._await_next(source)
        self._plan_batches(scenario)

    def _configure(self, scenario: Scenario) -> None:
        projects = {project.id: project for project in scenario.projects}
        for queue in scenario.queues:
            projects.setdefault(queue.project, ProjectRules(id=queue.project))
        self._told.extend(ProjectConfigured(project) for project in projects.values())
        self._told.extend(QueueConfigured(queue) for queue in scenario.queues)
        for group in scenario.agents:
            moments = scenario.moments(group)
            for number in range(group.count):
                agent = f"{group.id}-{number + 1}"
                self._group_of[agent] = group.id
                profile = AgentProfile(id=agent, skills=group.skills, queues=group.queues, capacity=group.capacity)
                self._told.append(AgentConfigured(profile))
                if not group.shifts:
                    self._take_turn((agent, "begins"))
                for at, turn in moments:
                    self._after(at, self._take_turn, (agent, turn))
        self._settle()

    def _plan_batches(self, scenario: Scenario) -> None:
        begin = BEGINNING + round(scenario.warm_up_minutes * 60 * SECOND)
        length = scenario.measured_minutes * 60 * SECOND / len(self.batches)
        for number, batch in enumerate([*self.batches, None]):
            at = begin + round(number * length)
            if batch is not None:
                batch.time = begin + round((number + 1) * length) - at
            self._after(at - self._at, self._turn_to, batch)
        self._end = begin + round(len(self.batches) * length)

    def run(self, progress: Callable[[float], None] | None = None) -> None:
        """Until the time is over and every contact that came has come to its end."""
        events, deadline_of = self._events, self.floor.deadline
        limit = self._end + DRAIN_SECONDS_MAX * SECOND
        told_at = BEGINNING
        while events or self._customers:
            deadline = deadline_of()
            if events and (deadline is None or events[0][0] <= deadline):
                self._at, _, action, subject = heappop(events)
                action(subject)
            elif deadline is not None:
                self._at = deadline
                self._told.append(TimePassed())
            else:
                break
            if self._at > limit:
                break
            self._settle()
            if progress is not None and (self._at - told_at) * 100 >= self._end - BEGINNING:
                told_at = self._at
                progress(min((told_at - BEGINNING) / (self._end - BEGINNING), 1.0))
        self.unfinished = sum(customer.tally is not None for customer in self._customers.values())

    def _settle(self) -> None:
        """Tell the floor what happened at this moment and perform what it asks, until nothing follows."""
        told, perform, handle = self._told, self._perform, self.floor.handle
        while told:
            for effect in handle(self._at, told.popleft()):
                action = perform.get(type(effect))
                if action is not None:
                    action(effect)

    def _after(self, wait: Instant, action: Action, subject: Any) -> None:
        self._order += 1
        heappush(self._events, (self._at + wait, self._order, action, subject))

    # The run's time

    def _turn_to(self, batch: Batch | None) -> None:
        """Areas up to now belong to the batch that ends; the warm-up and what follows the end belong to none."""
        ended, self._batch = self._batch, batch
        for queue, area in self._waiting.items():
            taken = area.take(self._at)
            if ended is not None:
                ended.queues[queue].waiting_area = taken
        for group, area in self._busy.items():
            busy, present = area.take(self._at), self._present[group].take(self._at)
            if ended is not None:
                ended.busy_area[group], ended.present_area[group] = busy, present

    # Customers

    def _await_next(self, source: Iterator[Arrival]) -> None:
        arrival = next(source, None)
        if arrival is not None:
            self._after(max(BEGINNING + arrival.at - self._at, 0), self._arrive, (source, arrival))

    def _arrive(self, come: tuple[Iterator[Arrival], Arrival]) -> None:
        source, arrival = come
        self.calls += 1
        contact = str(self.calls)
        tally = self._batch.queues[arrival.queue] if self._batch is not None else None
        if tally is not None:
            tally.arrived += 1
        customer = self._customers[contact] = Customer(arrival, self._at, tally)
        self._waiting[arrival.queue].change(self._at, 1)
        self._told.append(ContactArrived(contact, "voice", self._projects[arrival.queue], contact))
        self._told.append(ContactQueued(contact, arrival.queue, priority=arrival.priority))
        self._settle()
        if tally is not None:
            tally.at_once += customer.offer is not None
        if customer.waits and arrival.patience is not None:
            self._after(arrival.patience, self._give_up, contact)
        self._await_next(source)

    def _give_up(self, contact: str) -> None:
        customer = self._customers.get(contact)
        if customer is not None and customer.waits:
            self._told.append(CustomerLeft(contact))

    def _hang_up(self, contact: str) -> None:
        """The customer ends every conversation here, so that a project's survey asks nobody."""
        if contact in self._customers:
            self._told.append(CustomerLeft(contact))

    def _stop_waiting(self, customer: Customer, *, answered: bool = False) -> None:
        if not customer.waits:
            return
        customer.waits = False
        self._waiting[customer.arrival.queue].change(self._at, -1)
        if customer.tally is not None:
            wait = self._at - customer.queued_at
            customer.tally.waited(wait)
            customer.tally.answered_in_time += answered and wait <= self._targets[customer.arrival.queue]

    def _contact_moved(self, moved: ContactMoved) -> None:
        customer = self._customers[moved.contact]
        match moved.after:
            case "waiting":
                customer.offer = None
                if moved.queue is not None and moved.queue != customer.queue:
                    if customer.tally is not None and customer.queue == customer.arrival.queue:
                        customer.tally.moved += 1
                    customer.queue = moved.queue
            case "leaving_message" | "elsewhere" | "postponed":
                self._stop_waiting(customer)
            case "closed":
                self._stop_waiting(customer)
                assert moved.outcome is not None, "a closed contact has an outcome"
                if customer.tally is not None:
                    customer.tally.closed(moved.outcome)
                del self._customers[moved.contact]
            case _:
                pass

    def _leave_message(self, asked: TakeMessage) -> None:
        seconds = min(MESSAGE_SECONDS, asked.seconds_max)
        self._after(seconds * SECOND, self._told.append, MessageLeft(asked.contact, float(seconds)))

    def _promise(self, asked: PromiseCallback) -> None:
        self._after(PROMISE_SECONDS * SECOND, self._told.append, CustomerLeft(asked.contact))

    def _send_out(self, asked: SendToNumber) -> None:
        self._told.append(ElsewhereAnswered(asked.contact))
        self._after(self._customers[asked.contact].arrival.talk, self._hang_up, asked.contact)

    def _check(self, asked: CheckContact) -> None:
        if asked.contact in self._customers:
            self._told.append(ContactSeen(asked.contact))

    # Agents

    def _ring(self, asked: OfferContact) -> None:
        self._customers[asked.contact].offer = asked.offer
        wait = next(self._answer[self._group_of[asked.agent]])
        self._ringing.add(asked.offer)
        if wait:
            self._after(wait, self._pick_up, asked.offer)
        else:
            self._pick_up(asked.offer)

    def _pick_up(self, offer: str) -> None:
        if offer in self._ringing:
            self._ringing.remove(offer)
            self._told.append(OfferAccepted(offer))

    def _stop_ringing(self, asked: WithdrawOffer) -> None:
        self._ringing.discard(asked.offer)

    def _connect(self, asked: ConnectContact) -> None:
        self._told.append(ConversationStarted(asked.contact, asked.offer))

    def _dial(self, asked: DialCustomer) -> None:
        self._after(DIAL_SECONDS * SECOND, self._reach, asked)

    def _reach(self, asked: DialCustomer) -> None:
        self._told.append(CustomerReached(asked.contact))

    def _engagement_moved(self, moved: EngagementMoved) -> None:
        match moved.after:
            case "in_conversation":
                customer = self._customers[moved.contact]
                self._handles(moved.agent, 1)
                self._stop_waiting(customer, answered=True)
                self._after(customer.arrival.talk, self._hang_up, moved.contact)
                self._wrap_ups[moved.offer] = customer.arrival.wrap_up
            case "wrapping_up":
                self._after(self._wrap_ups[moved.offer], self._finish, moved)
            case "ended" if self._wrap_ups.pop(moved.offer, None) is not None:
                self._handles(moved.agent, -1)
            case _:
                pass

    def _finish(self, moved: EngagementMoved) -> None:
        if moved.offer in self._wrap_ups:
            self._told.append(WrapUpEnded(moved.agent, moved.contact))

    def _agent_moved(self, moved: AgentMoved) -> None:
        if moved.after == "not_ready" and moved.before == "ready" and moved.until is None:
            self._after(RETURN_SECONDS * SECOND, self._return, moved.agent)

    def _return(self, agent: str) -> None:
        if agent in self._on_duty:
            self._told.append(AgentBecameReady(agent))

    def _take_turn(self, taken: tuple[str, Turn]) -> None:
        agent, turn = taken
        match turn:
            case "begins":
                self._told.extend((AgentSignedIn(agent), AgentBecameReady(agent)))
            case "resumes":
                self._told.append(AgentBecameReady(agent))
            case "pauses":
                self._told.append(AgentBecameNotReady(agent, "pause"))
            case "ends":
                self._told.append(AgentSignedOut(agent))
        if turn in ("begins", "resumes"):
            self._on_duty.add(agent)
        else:
            self._on_duty.discard(agent)
        self._count(agent)

    def _handles(self, agent: str, by: int) -> None:
        self._busy[self._group_of[agent]].change(self._at, by)
        self._handling[agent] += by
        self._count(agent)

    def _count(self, agent: str) -> None:
        """Time available is time on duty, and what a contact in hand takes beyond it."""
        available = agent in self._on_duty or self._handling[agent] > 0
        if available != (agent in self._counted):
            self._present[self._group_of[agent]].change(self._at, 1 if available else -1)
            (self._counted.add if available else self._counted.discard)(agent)
