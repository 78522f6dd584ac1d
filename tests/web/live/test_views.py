"""Old values plus changes are what fresh values would be, whatever the floor is told.

* After each step the values kept up with are those derived anew from the whole floor.
* For whoever looks: what was seen, plus the changes as they are seen, is what is seen afresh.
* An agent sees nobody else's card; a client sees nothing of others, and no agent's name.
* A floor restored from a snapshot gives the same values.
"""

from collections.abc import Iterator, Sequence

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markaz import routing
from markaz.kit.time import SECOND, Instant
from markaz.runtime import Core, Said, Stimulus
from markaz.web.live.figures import Figures
from markaz.web.live.sight import CENTRE, Sight, all_seen, queues_of, seen
from markaz.web.live.values import AnyValue, ContactValue, QueueValue
from markaz.web.live.views import Touched, Views, agent_key
from tests.routing import drawn
from tests.routing.long_run import Day
from tests.routing.test_floor_machine import talk
from tests.routing.witness import answers

BEGIN = 1_800_000_000 * SECOND
SIGHTS = (
    CENTRE,
    Sight("agent", agent="a1"),
    Sight("agent", agent="a9"),
    Sight("client", projects=frozenset({"p1"})),
)
CAME = {
    "offered": 1, "answered": 0, "answered_in_time": 0, "abandoned": 0,
    "service_level": 0.0, "answer_mean_seconds": None,
}  # fmt: skip
told = st.lists(
    st.tuples(st.integers(0, 40), st.one_of(drawn.hostiles, drawn.hostiles, drawn.configurings, drawn.supervisings)),
    max_size=60,
)


class Looker:
    """Somebody who got a snapshot once, and changes since; a change of the queues served is a reason to look anew."""

    def __init__(self, sight: Sight, views: Views) -> None:
        self.sight = sight
        self.queues = queues_of(sight, views.values)
        self.shown = dict(all_seen(sight, views.values))

    def take(self, changes: dict[str, AnyValue | None], values: dict[str, AnyValue]) -> None:
        if (queues := queues_of(self.sight, values)) != self.queues:
            self.queues, self.shown = queues, dict(all_seen(self.sight, values))
            return
        for key in changes:
            value = seen(self.sight, key, values)
            if value is None:
                self.shown.pop(key, None)
            else:
                self.shown[key] = value


class Watched:
    """A floor with its views and everybody who looks; `check` says what holds."""

    def __init__(self) -> None:
        self.core = Core()
        self.figures = Figures()
        self.views = Views(self.core, self.figures)
        self.told: list[Said] = []
        self.waited_until: Instant = 0
        self.lookers = [Looker(sight, self.views) for sight in SIGHTS]

    def tell(self, steps: Sequence[tuple[int, Stimulus]]) -> None:
        touched = Touched()
        for at, stimulus in steps:
            said = Said(len(self.told) + 1, at, stimulus, self.core.handle(at, stimulus))
            self.told.append(said)
            touched.add(stimulus, said.outputs)
            self.figures.fold(said)
        self._look(touched)

    def wait(self, until: Instant) -> None:
        """Nothing happens but time."""
        self.waited_until = until
        self.figures.pass_time(until)
        self._look(Touched())

    def _look(self, touched: Touched) -> None:
        changes = self.views.refresh(touched)
        for looker in self.lookers:
            looker.take(changes, self.views.values)

    @property
    def now(self) -> Instant:
        return self.waited_until if not self.told else max(self.waited_until, self.told[-1].at)

    def check(self) -> None:
        figures = Figures()
        for said in self.told:
            figures.fold(said)
        figures.pass_time(self.now)
        fresh = Views(self.core, figures)
        assert self.views.values == fresh.values
        for looker in self.lookers:
            assert looker.shown == all_seen(looker.sight, fresh.values)
            assert looker.shown == {key: one for key in fresh.values if (one := seen(looker.sight, key, fresh.values))}


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(drawn.houses(), told, st.integers(1, 4), st.sampled_from((0, 1, 20, 900)))
def test_old_values_plus_changes_are_fresh_values(
    house: list[Stimulus], stimuli: list[tuple[int, Stimulus]], at_once: int, minutes: int
) -> None:
    watched, at = Watched(), BEGIN
    watched.tell([(at, configured) for configured in house])
    watched.check()
    steps: list[tuple[int, Stimulus]] = []
    for seconds, stimulus in stimuli:
        at += seconds * SECOND
        steps.append((at, stimulus))
        if len(steps) == at_once:
            watched.tell(steps)
            watched.check()
            at += minutes * 60 * SECOND
            watched.wait(at)
            watched.check()
            steps = []


class Talkative(Day):
    """A day on which people do with a conversation whatever can be done."""

    def _next(self) -> Iterator[routing.Stimulus]:
        lot = self.lot
        calls = [one for one in self.floor.state.engagements.values() if one.channel == "voice"]
        talking = [one for one in calls if one.state not in ("offered", "connecting", "wrapping_up")]
        if not talking or lot.below(2):
            yield from super()._next()
            return
        to = lot.of((*(f"a{lot.below(self.agents)}" for _ in range(6)), "q1", "300"))
        del self.pending[:-200]
        before = len(self.pending)
        yield talk(lot.of(talking), lot.of((0, 1, 2, *range(5, 17), 7, 7, 8, 31, 48)), to)
        while len(self.pending) > before and lot.below(8):
            yield from answers(self.pending.pop(), 0) or ()


def test_so_they_are_through_long_days() -> None:
    met: set[str] = set()
    for seed in (1, 2, 3):
        day = Talkative(seed=seed)
        day.run(2_000)
        watched = Watched()
        for n in range(0, len(day.told), 7):
            watched.tell(day.told[n : n + 7])
            if n % 35 == 0:
                watched.check()
            contacts = [value for value in watched.views.values.values() if isinstance(value, ContactValue)]
            met.update(value.state for value in contacts)
            met.update(f"{part.part} {part.state}" for value in contacts for part in value.parts)
            met.update("waits" for value in watched.views.values.values() if is_queue_with_waiting(value))
        watched.check()
        restored = Core.restored(watched.core.snapshot())
        assert Views(restored, watched.figures).values == watched.views.values
    assert {"waits", "waiting", "in_conversation", "on_hold", "postponed", "leaving_message", "elsewhere"} <= met
    assert {"lead in_conversation", "consulted consulting", "joined in_conversation", "listen supervising"} <= met, met


def is_queue_with_waiting(value: AnyValue) -> bool:
    return isinstance(value, QueueValue) and value.waiting > 0 and value.waiting_since is not None


def test_who_sees_what() -> None:
    day = Day(seed=4)
    day.run(800)
    core = Core()
    for at, stimulus in day.told:
        core.handle(at, stimulus)
    values = Views(core, Figures()).values
    contacts = {key: value for key, value in values.items() if isinstance(value, ContactValue)}
    agent = next(part.agent for value in contacts.values() for part in value.parts if part.agent)
    desk = all_seen(Sight("agent", agent=agent), values)
    assert {key for key in desk if key.startswith("agents/")} == {agent_key(agent)}
    assert {key for key in desk if key.startswith("contacts/")} == {
        key for key, value in contacts.items() if agent in [part.agent for part in value.parts]
    }
    assert {key for key in desk if key.startswith("queues/")} < {key for key in values if key.startswith("queues/")}

    project = next(value.project for value in contacts.values() if value.parts)
    client = all_seen(Sight("client", projects=frozenset({project})), values)
    assert {value.project for value in client.values() if isinstance(value, ContactValue | QueueValue)} == {project}
    told = msgspec.json.encode(client).decode()
    names = [name for name in core.floor.state.agents if f'"{name}"' in told]
    assert not names, f"a client reads of {names}"
    assert all_seen(Sight("client", projects=frozenset({"p9"})), values).keys() == {"floor"}


def test_a_wait_is_told_by_its_moments() -> None:
    core = Core()
    figures = Figures()
    views = Views(core, figures)
    steps: list[tuple[int, Stimulus]] = [
        (0, routing.ProjectConfigured(routing.ProjectRules(id="p"))),
        (0, routing.QueueConfigured(routing.QueueRules(id="q", project="p", wrap_up_seconds_max=30))),
        (0, routing.AgentConfigured(routing.AgentProfile(id="a", queues={"q": 1}))),
        (5, routing.ContactArrived("c", "voice", "p", "+491")),
        (9, routing.ContactQueued("c", "q")),
        (20, routing.AgentSignedIn("a")),
        (30, routing.AgentBecameReady("a")),
        (34, routing.OfferAccepted("c.1")),
        (35, routing.ConversationStarted("c", "c.1")),
        (95, routing.CustomerLeft("c")),
    ]
    seen_at: dict[int, dict[str, AnyValue]] = {}
    for seconds, stimulus in steps:
        touched, at = Touched(), BEGIN + seconds * SECOND
        said = Said(len(seen_at) + 1, at, stimulus, core.handle(at, stimulus))
        touched.add(stimulus, said.outputs)
        figures.fold(said)
        views.refresh(touched)
        seen_at[seconds] = dict(views.values)
    shown = {seconds: msgspec.json.decode(msgspec.json.encode(values)) for seconds, values in seen_at.items()}
    assert shown[9]["queues/q"] == {
        "project": "p", "waiting": 1, "waiting_since": "2027-01-15T08:00:09Z", "paused": False,
        "pause_reason": None, "paused_since": None, "today": CAME, "recent": CAME, "expected_wait_seconds": None,
        "target_seconds": 20,
    }  # fmt: skip
    assert shown[30]["agents/a"]["contacts"][0]["until"] == "2027-01-15T08:00:45Z"
    assert shown[34]["contacts/c"]["waited_seconds"] == 25.0
    assert shown[35]["contacts/c"]["recording"] == "on"
    assert shown[35]["contacts/c"]["parts"] == [
        {"agent": "a", "part": "lead", "state": "in_conversation", "since": "2027-01-15T08:00:35Z"}
    ]
    assert "contacts/c" not in shown[95]
    assert shown[95]["agents/a"]["state"] == "wrapping_up"
    assert shown[95]["agents/a"]["contacts"][0]["until"] == "2027-01-15T08:02:05Z"
