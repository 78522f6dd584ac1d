"""The story of a contact, from journal rows as the floor writes them."""

from typing import Any, get_args

import msgspec
import pytest
from psycopg import AsyncConnection

from markaz.flows import AnyHandover, FlowImperative
from markaz.kit.time import SECOND, instant
from markaz.reports import UnknownContact, render_story, render_story_json, story, wording
from markaz.routing import effects
from markaz.routing.effects import (
    BenchConsidered,
    ConnectContact,
    ContactMoved,
    Decided,
    Effect,
    EngagementMoved,
    KeepWaiting,
    LaneConsidered,
    Noted,
    OfferContact,
)  # fmt: skip
from markaz.routing.stimuli import AgentBecameReady, ContactQueued, OfferAccepted, OfferRefused, Stimulus
from markaz.runtime.core import Output
from markaz.runtime.core import Stimulus as CoreStimulus
from tests.reports import rows
from tests.reports.rows import FLOOR, utc

START = utc("2026-11-22", "10:04:50.700")


async def journal(
    connection: AsyncConnection[Any], number: int, seconds: float, stimulus: Stimulus, outputs: list[Effect],
    *contacts: str,
) -> None:  # fmt: skip
    await rows.insert(
        connection, "journal", number=number, at=instant(START) + round(seconds * SECOND),
        stimulus=msgspec.json.encode(stimulus).decode(), outputs=msgspec.json.encode(outputs).decode(),
    )  # fmt: skip
    for contact in contacts:
        await rows.insert(connection, "journal_contact", contact=contact, number=number)


async def tell(connection: AsyncConnection[Any]) -> None:
    bench = BenchConsidered(None, 1, 0, 2, 2, 3)
    await journal(connection, 7, 0, ContactQueued("c1", "cards"), [
        ContactMoved("c1", "in_self_service", "waiting", "cards"),
        Decided("c1", "cards", None, "contact", "longest_idle", 0, (), (bench,)),
        KeepWaiting("c1", "cards"),
    ], "c1")  # fmt: skip
    await journal(connection, 8, 4, AgentBecameReady("bela"), [
        Decided("c9", "loans", "bela", "agent", "highest_score", 30 * SECOND,
                (LaneConsidered("loans", "c9", 1_500_000), LaneConsidered("cards", "c1", 200_000))),
        OfferContact("c9.1", "c9", "bela", "loans", "voice", 0, "+499"),
    ], "c9", "c1")  # fmt: skip
    await journal(connection, 9, 12.3, AgentBecameReady("anna"), [
        Decided("c1", "cards", "anna", "agent", "highest_score", 12_300_000,
                (LaneConsidered("cards", "c1", 615_000), LaneConsidered("loans", "c8", 400_000))),
        EngagementMoved("c1.1", "c1", "anna", "cards", None, "offered"),
        OfferContact("c1.1", "c1", "anna", "cards", "voice", 0, "+491"),
    ], "c1")  # fmt: skip
    await journal(connection, 11, 14, OfferAccepted("c1.1"), [
        ConnectContact("c1", "c1.1", "anna", "cards", record=True),
    ], "c1")  # fmt: skip
    await journal(connection, 12, 15, OfferRefused("c1.1"), [Noted("OfferRefused", "c1", "it was accepted")], "c1")
    await rows.contact(connection, "c1", project="bank", arrived_at=START)
    await rows.insert(connection, "contact_segment", contact="c1", n=1, state="waiting", queue="cards", began_at=START)
    await rows.visit(connection, "c1", 1, queue="cards", entered_at=START, wait=12.3, ended="answered")
    await rows.engagement(connection, "c1.1", agent="anna", queue="cards", offered_at=START, ring=2, talk=60)
    await rows.insert(
        connection, "recording", recording="c1.1", contact="c1", path="2026/c1.1.wav", expected_at=START,
        state="present",
    )  # fmt: skip


async def test_a_story_says_why_it_waited_and_who_took_it(connection: AsyncConnection[Any]) -> None:
    await tell(connection)
    told = render_story(await story(connection, floor=FLOOR, contact="c1"))
    lines = [line.strip() for line in told.splitlines()]
    assert "2026-11-22" in lines
    assert (
        "= after 0.0 s in queue cards it waits, nobody able is free: "
        "bench of preference 1: 0 free of 2 ready, 2 signed in, 3 in all"
    ) in lines
    assert "= agent bela went to contact c9 instead: queue loans (score 1.50) won over cards (0.20)" in lines
    assert "10:05:03.000   agent anna became ready" in lines
    assert (
        "= after 12.3 s agent anna became free and took it (the highest score goes first): "
        "queue cards (score 0.61) won over loans (0.40)"
    ) in lines
    assert "> join the customer and agent anna" in lines
    assert "x OfferRefused changed nothing: it was accepted" in lines
    assert any("2026/c1.1.wav" in line for line in lines)
    assert not any("c9.1" in line for line in lines), "what was done for another contact is not its story"


async def test_a_story_as_json_keeps_the_journals_words(connection: AsyncConnection[Any]) -> None:
    await tell(connection)
    told = msgspec.json.decode(render_story_json(await story(connection, floor=FLOOR, contact="c1")))
    assert [moment["number"] for moment in told["moments"] if moment["kind"] == "told"] == [7, 8, 9, 11, 12]
    (decision,) = [m["entry"] for m in told["moments"] if m["kind"] == "decided" and m["number"] == 9]
    assert decision["waited"] == 12_300_000
    assert decision["lanes"][1] == ["loans", "c8", 400_000]
    assert told["engagements"][0]["offer"] == "c1.1"
    assert told["recordings"][0]["state"] == "present"
    assert told["queue_visits"][0]["wait_seconds"] == 12.3


async def test_an_unknown_contact_is_said_so(connection: AsyncConnection[Any]) -> None:
    with pytest.raises(UnknownContact, match='"nobody"'):
        await story(connection, floor=FLOOR, contact="nobody")


def test_everything_that_speaks_of_a_contact_has_words() -> None:
    stimuli = {one.__name__ for one in get_args(CoreStimulus)}
    assert {name for name in stimuli if not name.endswith(("Configured", "Retired"))} == set(wording._TOLD)
    asked = [one for one in get_args(Output) if issubclass(one, effects.Imperative) or one in get_args(FlowImperative)]
    imperatives = {one.__name__ for one in asked}
    assert imperatives == set(wording._DID)
    assert {one.__name__ for one in get_args(AnyHandover)} == set(wording._HANDED)
