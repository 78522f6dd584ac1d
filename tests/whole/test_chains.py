"""Calls that go through many hands, asked for over HTTP as desks do; afterwards every figure and recording is right."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.telephony.hearing import SPAN, tones
from tests.telephony.peer import Peer
from tests.whole.chain import CUSTOMER, WITH_CUSTOMER, Chain, Part, drawn
from tests.whole.installation import Installation
from tests.whole.organisation import CHAINS

SEED = 16
TOLERANCE_SECONDS = 1.0
"""Between the test's clock and the floor's: less than any state lasts."""

pytestmark = pytest.mark.asyncio(loop_scope="session")

ENGAGEMENTS = """
SELECT offer, agent, queue, asked_as, part, state, disposition, hold_seconds, consult_seconds, supervise_seconds,
    lead_seconds, coalesce(extract(epoch FROM coalesce(wrap_up_at, ended_at) - connected_at)::float8
        - hold_seconds - aside_seconds, 0) AS talk_seconds
FROM engagement WHERE contact = %(contact)s ORDER BY offered_at
"""
CONTACT = "SELECT state, outcome, arrived_at, closed_at, agents FROM contact WHERE contact = %(contact)s"
SEGMENTS = "SELECT began_at, ended_at FROM contact_segment WHERE contact = %(contact)s ORDER BY n"
VISITS = "SELECT queue, ended, centre FROM queue_visit WHERE contact = %(contact)s ORDER BY n"
RECORDINGS = "SELECT * FROM recording WHERE contact = %(contact)s ORDER BY expected_at"
PAUSES = """
SELECT recording, extract(epoch FROM recording_pause.ended_at - began_at)::float8 AS seconds
FROM recording_pause JOIN recording USING (floor, recording) WHERE contact = %(contact)s ORDER BY began_at
"""


async def test_chains_are_heard_counted_and_recorded(installation: Installation, carrier: Peer, tmp_path: Path) -> None:
    chains: list[Chain] = []
    for n, (moves, end) in enumerate(drawn(SEED, CHAINS)):
        folder = tmp_path / str(n)
        folder.mkdir()
        chains.append(Chain(installation, carrier, folder, n, moves, end))
    await installation.sign_in(carrier, *(agent for chain in chains for agent in chain.agents))
    async with asyncio.TaskGroup() as tasks:
        for chain in chains:
            tasks.create_task(chain.run(), name=repr(chain))
    await installation.settled()
    engaged: list[dict[str, Any]] = []
    for chain in chains:
        try:
            engaged += await _check(installation, chain)
        except AssertionError as error:
            error.add_note(repr(chain))
            raise
    await _check_report(installation, chains, engaged)
    assert "identical" in await installation.run("replay")


async def _check(installation: Installation, chain: Chain) -> list[dict[str, Any]]:
    """What is stored of the chain against its book; its engagements."""
    [contact] = await installation.rows(CONTACT, contact=chain.contact)
    assert (contact["state"], contact["outcome"]) == ("closed", "answered")
    segments = await installation.rows(SEGMENTS, contact=chain.contact)
    ends = [contact["arrived_at"], *(one["ended_at"] for one in segments)]
    assert ends == [*(one["began_at"] for one in segments), contact["closed_at"]], "the segments have gaps"
    visits = await installation.rows(VISITS, contact=chain.contact)
    assert [(one["queue"], one["ended"]) for one in visits] == [(queue, "answered") for queue in chain.answered_queues]

    engagements = await installation.rows(ENGAGEMENTS, contact=chain.contact)
    assert [(one["agent"], one["queue"], one["asked_as"], one["part"]) for one in engagements] == [
        (part.person.agent, part.queue, part.asked_as, part.part) for part in chain.parts
    ]
    for row, part in zip(engagements, chain.parts, strict=True):
        found = {name: row[f"{name}_seconds"] for name in ("talk", "hold", "consult", "supervise", "lead")}
        assert found == pytest.approx(_seconds(part), abs=TOLERANCE_SECONDS), row["offer"]
        assert row["state"] == "ended"
    await _check_recordings(installation, chain, [row["offer"] for row in engagements])
    return engagements


def _seconds(part: Part) -> dict[str, float]:
    return {
        "talk": part.seconds("in_conversation"),
        "hold": part.seconds("on_hold"),
        "consult": part.seconds("consulting"),
        "supervise": part.seconds("supervising"),
        "lead": part.seconds(*WITH_CUSTOMER, part="lead"),
    }


async def _check_recordings(installation: Installation, chain: Chain, offers: list[str]) -> None:
    """One recording for each stretch of answering for the customer, with both in it, and silence where it paused."""
    parts = dict(zip(offers, chain.parts, strict=True))
    leads = [offer for offer, part in parts.items() if _seconds(part)["lead"] > 0]
    recordings = await installation.rows(RECORDINGS, contact=chain.contact)
    assert [one["recording"] for one in recordings] == leads
    for row in recordings:
        part = parts[row["recording"]]
        assert (row["agent"], row["state"], row["problem"]) == (part.person.agent, "present", None)
        assert row["seconds"] == pytest.approx(_seconds(part)["lead"], abs=TOLERANCE_SECONDS)
        sides = np.fromfile(installation.home / "recordings" / row["path"], dtype="<i2", offset=44).reshape(-1, 2)
        assert CUSTOMER in _kept(sides[:, 0])
        assert _kept(sides[:, 1]) == {part.person.tone}, "nobody but who answers for it is on the agent's side"
        paused = sum(seconds for whose, seconds in chain.pauses if whose is part)
        assert _silent_seconds(sides) >= paused - TOLERANCE_SECONDS, "something was kept that was not to be"
    pauses = await installation.rows(PAUSES, contact=chain.contact)
    expected = [(part, pytest.approx(seconds, abs=TOLERANCE_SECONDS)) for part, seconds in chain.pauses]
    assert [(parts[one["recording"]], one["seconds"]) for one in pauses] == expected


def _kept(side: np.ndarray) -> set[int]:
    """The tones that last for a second or more."""
    heard = Counter(tone for at in range(0, len(side) - SPAN, SPAN) for tone in tones(side[at : at + SPAN]))
    return {tone for tone, spans in heard.items() if spans >= 2}


def _silent_seconds(sides: np.ndarray) -> float:
    return sum(SPAN / 8_000 for at in range(0, len(sides) - SPAN, SPAN) if np.abs(sides[at : at + SPAN]).max() < 50)


async def _check_report(installation: Installation, chains: list[Chain], engaged: list[dict[str, Any]]) -> None:
    """The report's rows of the chains' queues and agents are the sums of what happened there."""
    parts = [part for chain in chains for part in chain.parts]
    for by in ("queue", "agent"):
        report = json.loads(await installation.run("report", "--by", by, "--interval", "day", "--format", "json"))
        rows = {row["key"]: row for row in report["rows"] if row["began_at"] is None and row["key"]}
        for key in {row[by] for row in engaged}:
            handling = rows[key]["handling"]
            mine = [row for row in engaged if row[by] == key]
            served = [row for row in mine if row["talk_seconds"] and row["part"] in ("lead", "joined")]
            assert handling["handled"] == len(served)
            assert handling["offers"] == handling["connected"] == sum(row["asked_as"] == "lead" for row in mine)
            for name, of in (("talk", served), ("hold", served), ("consult", mine), ("supervise", mine)):
                column = f"{name}_seconds"
                assert handling[column] == pytest.approx(sum(row[column] for row in of), abs=1e-3), (key, column)
        if by == "queue":
            keys = {key for chain in chains for key in chain.answered_queues}
            assert {key: rows[key]["contacts"]["answered"] for key in keys} == dict.fromkeys(keys, 1)
            assert {key: rows[key]["contacts"]["offered"] for key in keys} == dict.fromkeys(keys, 1)
        told = sum(rows[key]["handling"]["consult_seconds"] for key in {row[by] for row in engaged})
        asked = sum(part.seconds("consulting") for part in parts)
        assert told == pytest.approx(asked, abs=TOLERANCE_SECONDS * len(parts) / 2)
