"""The queue_log that a real `app_queue` wrote, imported, and compared with what Asterisk and the callers counted."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from markaz.imports import Import, Result, Store
from markaz.reports import Report, Row, ServiceLevel, report, story
from markaz.runtime.database import connect
from markaz.telephony import AsteriskProgram, AsteriskServer
from markaz.telephony.asterisk.configuration import MODULES
from tests.telephony.centre import named_ports
from tests.telephony.peer import Call, Peer

pytestmark = pytest.mark.asyncio(loop_scope="session")

SUPPORT, BRIEF, DESK = "100", "200", "300"
"""Numbers: a queue, a queue that gives up after two seconds and sends on to the first, and no queue."""
LEVEL_SECONDS = 2
RING_SECONDS = 3


@dataclass
class Existing:
    """A centre that runs on app_queue, with the phones and callers at the peer."""

    server: AsteriskServer
    peer: Peer

    @property
    def log(self) -> Path:
        return self.server.folder / "log" / "queue_log"

    async def until_logged(self, *events: str) -> None:
        """Wait until the log's last lines about calls and agents are these events."""
        async with asyncio.timeout(15):
            while self._events()[-len(events) :] != list(events):
                await self.server.cli("core show uptime")  # each round is an answer of Asterisk's, not a sleep

    def _events(self) -> list[str]:
        return [line.split("|")[4] for line in self.log.read_text().splitlines()]

    async def until_waited(self, seconds: int) -> None:
        """Wait until somebody has waited that long in the queue."""
        async with asyncio.timeout(15):
            while True:
                shown = await self.server.cli("queue show support")
                waits = re.findall(r"wait: (\d+):(\d+)", shown)
                if any(int(minutes) * 60 + int(rest) >= seconds for minutes, rest in waits):
                    return

    async def talk(self, caller: Call, agent: Call) -> None:
        """The agent answers, and hears more than a second of the caller."""
        await agent.answer()
        await caller.sing("440")
        async with asyncio.timeout(15):
            while await agent.rtp_received() < 60:
                pass
        await caller.hush()

    async def counted(self, queue: str) -> dict[str, float]:
        """What `queue show` says: completed, abandoned, the share within the service level."""
        shown = await self.server.cli(f"queue show {queue}")
        found = re.search(r"C:(\d+), A:(\d+), SL:([\d.]+)%", shown)
        assert found is not None, shown
        return {"completed": int(found[1]), "abandoned": int(found[2]), "level": float(found[3])}


@pytest_asyncio.fixture(loop_scope="session")
async def existing(asterisk_program: AsteriskProgram, tmp_path: Path) -> AsyncIterator[Existing]:
    ports = named_ports(*(f"{whose} {name}" for whose in ("existing", "peer") for name in ("sip", "http", "manager")))
    sip = ports["existing sip"]
    peer_ports = {name: ports[f"peer {name}"] for name in ("sip", "http", "manager")} | {"rtp": 24_400}
    peer = Peer(asterisk_program, tmp_path / "peer", ports=peer_ports, markaz_sip_port=sip)
    server = AsteriskServer(asterisk_program, tmp_path / "existing", _files(sip, peer_ports["sip"]))
    try:
        await server.start()
        await peer.start()
        yield Existing(server, peer)
    finally:
        await peer.stop()
        await server.stop()


async def test_a_log_that_app_queue_wrote_gives_its_own_figures(existing: Existing, database: str) -> None:
    began = datetime.now(UTC)  # noqa: TID251  the logs of a real Asterisk carry the real time
    peer = existing.peer
    await existing.server.cli("queue add member PJSIP/anna to support penalty 0 as Anna")

    # Anna hangs up; then a customer does.
    caller = await peer.call(SUPPORT, "4915101")
    agent = await peer.rings("anna")
    await existing.talk(caller, agent)
    await agent.hang_up()
    await existing.until_logged("CONNECT", "COMPLETEAGENT")
    caller = await peer.call(SUPPORT, "4915102")
    agent = await peer.rings("anna")
    await existing.talk(caller, agent)
    await caller.hang_up()
    await existing.until_logged("CONNECT", "COMPLETECALLER")

    # One gives up while her phone rings.
    caller = await peer.call(SUPPORT, "4915103")
    await peer.rings("anna")
    await caller.hang_up()
    await existing.until_logged("ABANDON")

    # She lets it ring, then answers.
    caller = await peer.call(SUPPORT, "4915104")
    await peer.rings("anna")
    agent = await peer.rings("anna", seconds=RING_SECONDS + 10)
    await existing.talk(caller, agent)
    await agent.hang_up()
    await existing.until_logged("RINGNOANSWER", "CONNECT", "COMPLETEAGENT")

    # A queue gives up, the next one answers; the customer is transferred to a desk.
    caller = await peer.call(BRIEF, "4915105")
    agent = await peer.rings("anna")
    await existing.talk(caller, agent)
    await agent.refer(DESK)
    await existing.until_logged("CONNECT", "BLINDTRANSFER")
    await caller.hang_up()

    # She pauses: one gives up, one leaves with a key, one still waits when the log is taken.
    await existing.server.cli("queue pause member PJSIP/anna queue support reason lunch")
    caller = await peer.call(SUPPORT, "4915106")
    await existing.until_waited(1)
    await caller.hang_up()
    await existing.until_logged("ENTERQUEUE", "ABANDON")
    caller = await peer.call(SUPPORT, "4915107")
    await existing.until_waited(1)
    await caller.press("1")
    await existing.until_logged("ENTERQUEUE", "EXITWITHKEY")
    waiting = await peer.call(SUPPORT, "4915108")
    await existing.until_logged("DID", "ENTERQUEUE")

    first = _import(existing.log, database)
    assert first.malformed == {}
    assert first.left_aside == {}
    assert (first.contacts, first.open, first.agents) == (8, 1, 1)
    assert (first.assumed, first.disagree, first.went_back) == (0, 0, 0)

    # The log goes on: the last caller is answered; nothing of the first import changes.
    await existing.server.cli("queue unpause member PJSIP/anna queue support")
    agent = await peer.rings("anna")
    await existing.talk(waiting, agent)
    await waiting.hang_up()
    await existing.until_logged("CONNECT", "COMPLETECALLER")
    await existing.server.cli("queue remove member PJSIP/anna from support")
    second = _import(existing.log, database)
    assert (second.lines, second.open) == (4, 0)
    assert (second.malformed, second.left_aside) == ({}, {})
    assert second.files[0].known_lines == first.lines

    # Figure by figure.
    figures = await _report(database, began)
    support, brief = figures["support"].contacts, figures["brief"].contacts
    assert support is not None
    assert brief is not None
    shown, shown_brief = await existing.counted("support"), await existing.counted("brief")
    assert support.answered == shown["completed"] == 5
    assert support.abandoned + support.abandoned_short == shown["abandoned"] == 2
    assert (support.overflowed, support.offered, support.open) == (1, 8, 0)
    assert round(100 * support.answered_in_time / support.answered, 1) == shown["level"]
    assert (brief.offered, brief.overflowed) == (1, 1) == (shown_brief["abandoned"], shown_brief["abandoned"])
    assert support.wait_answered.max is not None
    assert support.wait_answered.max >= RING_SECONDS
    anna = figures["support"].handling
    assert (anna.connected, anna.missed) == (5, {"customer_left": 1, "no_answer": 1})
    talked = [int(line.split("|")[6]) for line in existing.log.read_text().splitlines() if "|COMPLETE" in line]
    talked += [int(line.split("|")[8]) for line in existing.log.read_text().splitlines() if "|BLINDTRANSFER" in line]
    assert abs(anna.talk_seconds - sum(talked)) <= len(talked)
    assert min(talked) >= 1  # each heard more than a second

    await _stories(database)
    await _presence(database)


async def _stories(database: str) -> None:
    """What the callers lived through is what their stories tell."""
    expected = {
        "4915101": ("answered", "agent_left", [("support", "answered")]),
        "4915102": ("answered", "customer_left", [("support", "answered")]),
        "4915103": ("abandoned", "customer_left", [("support", "abandoned")]),
        "4915104": ("answered", "agent_left", [("support", "answered")]),
        "4915105": ("answered", f"transferred to {DESK}", [("brief", "overflowed"), ("support", "answered")]),
        "4915106": ("abandoned", "customer_left", [("support", "abandoned")]),
        "4915107": ("overflowed", "key 1", [("support", "overflowed")]),
        "4915108": ("answered", "customer_left", [("support", "answered")]),
    }
    async with await connect(database) as connection:
        rows = await (await connection.execute("SELECT customer, contact FROM contact")).fetchall()
        assert {customer for customer, _ in rows} == set(expected)
        for customer, contact in rows:
            told = await story(connection, floor="imported", contact=contact)
            assert told.facts is not None
            visits = [(visit["queue"], visit["ended"]) for visit in told.queue_visits]
            assert (told.facts["outcome"], told.facts["reason"], visits) == expected[customer], customer
            assert told.facts["number"] == (BRIEF if customer == "4915105" else SUPPORT)
            assert told.moments[0].text == f"the number dialled was {told.facts['number']}"
            assert told.moments[1].text.startswith(f"the customer {customer} entered queue")
            assert all(moment.entry["file"].endswith("queue_log") for moment in told.moments)


async def _presence(database: str) -> None:
    async with await connect(database) as connection:
        query = "SELECT presence, reason, ended_at IS NULL FROM agent_activity WHERE agent = 'Anna' ORDER BY n"
        rows = await (await connection.execute(query)).fetchall()
    assert rows == [
        ("ready", None, False), ("not_ready", "lunch", False), ("ready", None, False), ("signed_out", None, True),
    ]  # fmt: skip


def _import(log: Path, database: str) -> Result:
    with Store(database, floor="imported", project="p") as store:
        store.claim()
        return Import(store, floor="imported", zone=ZoneInfo("UTC"), names={"PJSIP/anna": "Anna"}).run([log])


async def _report(database: str, began: datetime) -> dict[str, Row]:
    async with await connect(database) as connection:
        found: Report = await report(
            connection, floor="imported", since=began - timedelta(seconds=2), until=began + timedelta(hours=1),
            zone="UTC", interval="day", by="queue",
            definition=ServiceLevel(target_seconds=LEVEL_SECONDS, short_abandon_seconds=0),
        )  # fmt: skip
    return {row.key or "": row for row in found.rows if row.began_at is None}


def _files(sip_port: int, peer_port: int) -> dict[str, str]:
    media = (
        "transport=sip-udp\nallow=!all,ulaw\ndirect_media=no\nmedia_address=127.0.0.1\nbind_rtp_to_media_address=yes\n"
    )
    modules = [*MODULES, "app_queue"]
    return {
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in modules),
        "rtp.conf": "[general]\nrtpstart=24000\nrtpend=24198\n",
        "pjsip.conf": "[global]\ntype=global\nendpoint_identifier_order=ip\n"
        f"[sip-udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{sip_port}\n"
        f"[line]\ntype=endpoint\ncontext=numbers\n{media}"
        "[line]\ntype=identify\nendpoint=line\nmatch=127.0.0.1\n"
        f"[anna]\ntype=aor\ncontact=sip:anna@127.0.0.1:{peer_port}\n"
        f"[anna]\ntype=endpoint\naors=anna\ncontext=numbers\n{media}",
        "extensions.conf": "[numbers]\n"
        f"exten => {SUPPORT},1,Answer()\n same => n,QueueLog(NONE,${{UNIQUEID}},NONE,DID,{SUPPORT})\n"
        " same => n,Queue(support)\n same => n,Hangup()\n"
        f"exten => {BRIEF},1,Answer()\n same => n,QueueLog(NONE,${{UNIQUEID}},NONE,DID,{BRIEF})\n"
        " same => n,Queue(brief,,,,2)\n same => n,Queue(support)\n same => n,Hangup()\n"
        f"exten => {DESK},1,Answer()\n same => n,Wait(60)\n same => n,Hangup()\n"
        "[keys]\nexten => 1,1,Hangup()\n",
        "queues.conf": "[general]\nautofill=yes\npersistentmembers=no\n"
        f"[support]\nstrategy=leastrecent\ntimeout={RING_SECONDS}\nretry=1\nservicelevel={LEVEL_SECONDS}\n"
        "context=keys\njoinempty=yes\nringinuse=no\n"
        "[brief]\nstrategy=leastrecent\njoinempty=yes\n",
        "logger.conf": "[general]\nqueue_log=yes\nqueue_log_to_file=yes\n[logfiles]\nmessages.log => warning,error\n",
    }
