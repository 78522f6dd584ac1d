"""Deliberate bugs, each put into the real code for a day: the checkers must say so, or they check nothing.

Those of the second half once were in Markaz, and a seed found them.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markaz.flows import FeedbackGiven, SelfService
from markaz.kit.clock import WallClock
from markaz.routing import CustomerLeft, PauseRecording, ResumeRecording, StartRecording, surveys
from markaz.routing.floor_state import FloorState
from markaz.runtime import journal as journal_module
from markaz.runtime.journal import Journal
from markaz.runtime.live import LiveFloor
from markaz.runtime.projection import ReadModels
from markaz.runtime.spool import Spool
from markaz.telephony import DatabaseLedger, telephony
from markaz.telephony.asterisk import differences, legs, parties
from markaz.telephony.asterisk.parties import Parties
from markaz.telephony.asterisk.perform import Performer
from markaz.telephony.asterisk.reconcile import EndChannel, Reconciler
from markaz.telephony.asterisk.recorder import Recorder
from markaz.telephony.asterisk.ringing import Ringing
from markaz.telephony.asterisk.switchboard import CONFERENCE, CONVERSATION, Switchboard
from markaz.telephony.asterisk.translate import CustomerCame, LastPromptEnded, LegAnswered, Translator
from markaz.telephony.asterisk.work import HangUp
from tests.faults.database import Statements
from tests.faults.disk import SimulatedDisk
from tests.faults.drawn import Fault
from tests.faults.floors import Patch
from tests.faults.process import alive
from tests.faults.surveys import is_of_survey


@dataclass(frozen=True)
class Bug:
    """`faults` make it matter; `says` is part of the sentence that must be found not to hold, within twelve days."""

    name: str
    patches: Sequence[Patch]
    faults: Sequence[Fault]
    says: str


def fault(name: str, at: float, seconds: float = 0.0, how: float = 0.5) -> Fault:
    return Fault(name, at, seconds, how)


def _around(place: Any, name: str, make: Callable[[Any], Any]) -> Patch:
    """The method `name`, made anew from the real one."""
    return place, name, make(getattr(place, name))


def _act_first(handle: Any) -> Any:
    async def act_first(live: LiveFloor, group: Any) -> None:
        append, perform = live.journal.append, live._perform

        async def late(rows: Any) -> None:
            from markaz.runtime.rows import outputs_of

            perform([output for row in rows for output in outputs_of(row)])
            await append(rows)

        live.journal.append, live._perform = late, lambda outputs: None  # pyright: ignore[reportAttributeAccessIssue]
        try:
            await handle(live, group)
        finally:
            live.journal.append, live._perform = append, perform  # pyright: ignore[reportAttributeAccessIssue]

    return act_first


async def _throw_spool_away(journal: Journal, connection: Any) -> None:
    journal._spool.clear()


async def _lease_anyway(journal: Journal) -> Any:
    connection = await journal_module.connect("")
    journal._backend = connection.info.backend_pid
    return connection


def _every(count: int, instead: Any) -> Callable[[Any], Any]:
    """Each time but for every `count`-th, when `instead` is answered and nothing done."""

    def make(real: Any) -> Any:
        calls = itertools.count(1)
        return lambda *given: instead if next(calls) % count == 0 else real(*given)

    return make


def _deaf_to_leaving(ended: Any) -> Any:
    calls = itertools.count(1)

    def hear(translator: Translator, channel: str, cause: int) -> Any:
        is_deaf = next(calls) % 4 == 0
        return [one for one in ended(translator, channel, cause) if not (is_deaf and isinstance(one, CustomerLeft))]

    return hear


async def _check_nothing(reconciler: Reconciler) -> int:
    return 0


async def _end_agents(reconciler: Reconciler) -> int:
    for leg in list(reconciler._board.legs.values()):
        if leg.role == "agent":
            await reconciler._mend(EndChannel(leg.channel))
    return 0


def _tell_nobody(act: Any) -> Any:
    async def do(performer: Performer, work: Any) -> None:
        if not isinstance(work, CustomerCame):
            await act(performer, work)

    return do


def _count_apart() -> Callable[[Any], str]:
    name = itertools.count(1)
    return lambda channel: f"contact{next(name):08}"


DELIBERATE = (
    Bug("acts before it writes", [_around(LiveFloor, "_handle", _act_first)], (), "before any durable"),
    Bug("does not sync the spool", [(SimulatedDisk, "fdatasync", lambda disk, descriptor: None)],
        [fault("database_killed", 60, 20)], "before any durable"),
    Bug("throws the spool away", [(Journal, "_copy_spool", _throw_spool_away)],
        [fault("database_killed", 60, 10)], "the journal of"),
    Bug("needs no lease", [(Journal, "_lease", _lease_anyway), (Spool, "take", lambda spool: True)],
        [fault("second_floor", 60)], "duplicate key in the journal"),
    Bug("starts with yesterday's clock", [(WallClock, "not_before", lambda clock, at: None)],
        [fault("clock_jumps", 60, how=0.1), fault("floor_killed", 61)], ""),
    Bug("keeps what it has handled in the inbox",
        [(journal_module, "_APPEND", Statements.APPEND_ALONE)], (), "did not drain"),
    Bug("does not hear who hangs up", [_around(Translator, "ended", _deaf_to_leaving),
                                       (Reconciler, "check", _check_nothing)], (), "is nowhere"),
    Bug("ends the agents' calls when it starts", [(Reconciler, "check", _end_agents)],
        [fault("floor_killed", 100)], "cut by the floor"),
    Bug("seats a busy agent", [(FloorState, "reseat", lambda floor, agent: floor.matching.seat(agent, ("voice",), 0))],
        (), "is rung by"),
    Bug("projects no more than nine rows of ten", [_around(ReadModels, "apply", _every(10, None))],
        (), "read models"),
    Bug("writes no ledger", [_around(DatabaseLedger, "_put", _every(3, None))], (), "ledger"),
    Bug("never asks whether all is as it believes", [(Reconciler, "check", _check_nothing)],
        [fault("network_cut", 60, 20), fault("floor_killed", 100)], ""),
)  # fmt: skip


# Bugs that were there


def _last_prompt_of_anybody(act: Any) -> Any:
    async def do(performer: Performer, work: Any) -> None:
        if isinstance(work, HangUp | LastPromptEnded):
            contact = work.leg.contact if isinstance(work, HangUp) else work.contact
            await performer._legs.end(performer._board.customers.get(contact))
        else:
            await act(performer, work)

    return do


def _found_is_recorded(start: Any) -> Any:
    async def record(recorder: Recorder, agent: Any, queue: Any) -> None:
        if agent.offer not in recorder._board.recordings:
            await start(recorder, agent, queue)

    return record


def _rings_at_once(offer: Any) -> Any:
    async def ring(ringing: Ringing, work: Any) -> None:
        ringing._board.released.clear()
        await offer(ringing, work)

    return ring


def _never(*kinds: type) -> Callable[[Any], Any]:
    """What the reconciler would mend, but for differences of these kinds."""

    def make(differences: Any) -> Any:
        def tell(*given: Any) -> Any:
            return [one for one in differences(*given) if not isinstance(one, kinds)]

        return tell

    return make


def _by_name(board: Switchboard, contact: str) -> str:
    customer = board.customers.get(contact)
    return f"{CONFERENCE if customer is not None and customer.conferred else CONVERSATION}{contact}"


def _sure_at_all_events(start: Any) -> Any:
    async def record(recorder: Recorder, agent: Any, queue: Any) -> None:
        await start(recorder, agent, queue)
        agent.recording_unsure = False

    return record


def _unless_it_came_first(start: Any) -> Any:
    async def record(recorder: Recorder, agent: Any, queue: Any) -> None:
        if not agent.recording_unsure:
            await start(recorder, agent, queue)

    return record


def _dies_instead(count: int) -> Callable[[Any], Any]:
    """Each `count`-th time the floor is killed before it does so."""

    def make(act: Any) -> Any:
        calls = itertools.count(1)

        async def do(*given: Any) -> None:
            if next(calls) % count == 0:
                alive().die()
                await asyncio.sleep(0)
            await act(*given)

        return do

    return make


async def _leave_alone(parties: Parties, of: Any) -> None:
    return


def _without_its_time(translate: Any) -> Any:
    return lambda translator, event: translate(translator, {**event, "timestamp": object()})


def _of_the_first_visit(next_step: int | None) -> range:
    return range(1, 41)


def _deaf_to_prompts_of_a_survey(translate: Any) -> Any:
    def hear(translator: Translator, event: Any) -> Any:
        is_deaf = event["type"] == "PlaybackFinished" and is_of_survey(event["playback"]["id"])
        return () if is_deaf else translate(translator, event)

    return hear


def _except_the_answer(key: str) -> Callable[[Any], Any]:
    def make(rate: Any) -> Any:
        def keep(service: SelfService, at: int, visit: Any, node: Any, pressed: str) -> Any:
            outputs = rate(service, at, visit, node, pressed)
            return [one for one in outputs if not (isinstance(one, FeedbackGiven) and one.answer == int(key))]

        return keep

    return make


def _as_abandoned(close: Any) -> Any:
    def close_so(floor: FloorState, contact: Any, outcome: str, **how: Any) -> None:
        if contact.state == "in_survey":
            contact.answered, outcome = False, "abandoned"
        close(floor, contact, outcome, **how)

    return close_so


def _stay_for_the_survey(finish: Any) -> Any:
    def stay(floor: FloorState, engagement: Any, **how: Any) -> None:
        contact = floor.contacts.get(engagement.contact)
        if contact is None or contact.state != "in_survey":
            finish(floor, engagement, **how)

    return stay


KILLED_OFTEN = [fault("floor_killed", at) for at in range(30, 230, 20)]
MANAGER_SILENT_OFTEN = [fault("manager_silent", at, 15) for at in range(30, 230, 50)]

OF_MANY = (
    Bug("remembers a conference by its bridge's name", [(Switchboard, "conversation", _by_name)], (), "hear"),
    Bug("does not repeat a pause that a floor before it was asked for",
        [_around(Recorder, "pause", _dies_instead(3)),
         _around(differences, "_recording_differences", _never(PauseRecording, ResumeRecording))], (), "to be paused"),
    Bug("does not repeat the beginning of a recording",
        [_around(differences, "_recording_differences", _never(StartRecording))], MANAGER_SILENT_OFTEN, "not recorded"),
    Bug("joins no number outside that a floor before it heard answer",
        [_around(Parties, "party_answered", _dies_instead(2)),
         _around(differences, "_party_differences", _never(LegAnswered))], (), "has answered"),
    Bug("begins a recording again whose beginning was not answered", [_around(Recorder, "start", _sure_at_all_events)],
        MANAGER_SILENT_OFTEN, "recorded twice"),
    Bug("records nobody who takes over and was there before the floor",
        [_around(Recorder, "start", _unless_it_came_first)], KILLED_OFTEN, "ledger of recordings"),
    Bug("lets the customer hear a consultation", [(Parties, "hold_customer", _leave_alone)], (), "hears those"),
    Bug("leaves a supervisor's ear behind", [(Parties, "agent_ended", _leave_alone)], (), "left over"),
    Bug("lets nobody hear who whispers", [(parties, "WHISPER", {"listen": "none", "whisper": "none"})], (),
        "to whisper"),
)  # fmt: skip
"""Of conversations of more than two, supervision, and pauses."""

OF_SURVEYS = (
    Bug("does not keep every answer", [_around(SelfService, "_rate", _except_the_answer("3"))], (), "it is not kept"),
    Bug("keeps the agent while the customer is asked", [_around(FloorState, "finish_engagement", _stay_for_the_survey)],
        (), "is asked"),
    Bug("asks for ever", [(surveys, "SURVEY_SECONDS_MAX", 100_000),
                          _around(Translator, "translate", _deaf_to_prompts_of_a_survey)], (), "has been asked for"),
    Bug("counts who was asked as who left", [_around(FloorState, "close_contact", _as_abandoned)], (), "and counts as"),
)  # fmt: skip

THAT_WERE_THERE = (
    Bug("ends whoever has the line a minute after the last prompt",
        [_around(Performer, "_act", _last_prompt_of_anybody)], (), "cut by the floor"),
    Bug("takes an agent's leg that it finds for recorded", [_around(Recorder, "start", _found_is_recorded)],
        [fault("floor_killed", at) for at in (40, 60, 80, 100, 120, 140, 160, 180, 200)], "ledger of recordings"),
    Bug("rings who is about to be hung up", [_around(Ringing, "offer", _rings_at_once)], (), "is rung by"),
    Bug("counts a call twice over a restart",
        [(telephony, "contact_name", _count_apart()), _around(Performer, "_act", _tell_nobody)],
        [fault("floor_killed", 100)], "contacts"),
    Bug("speaks a survey's prompt after the one that a floor before it began",
        [(legs, "_steps_that_may_play", _of_the_first_visit)], KILLED_OFTEN, "which was not stopped"),
    Bug("takes a key that it is told twice for two answers", [_around(Translator, "translate", _without_its_time)],
        [fault("events_twice", 30, 200, 0.9)], "and it is kept as"),
    Bug("joins an agent whom the floor has given up", [(Switchboard, "is_released", lambda board, leg: False)],
        [*(fault("manager_silent", at, 40) for at in (30, 90, 150)),
         *(fault("network_cut", at, 14) for at in (45, 75, 105, 135, 165, 195))], "cut by the floor"),
    Bug("lets a standby copy a spool in use", [(Spool, "take", lambda spool: True)],
        [fault("second_floor", 40), *(fault("database_killed", at, 1.1) for at in range(60, 220, 20))], ""),
)  # fmt: skip
