"""Markaz's telephony as the tests see it: a real Asterisk, and a list of the stimuli that it gave."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from time import time_ns
from typing import Any, TypeVar

from markaz.kit.ports import Transport, free_ports
from markaz.kit.time import SECOND, Instant
from markaz.telephony import (
    AsteriskProgram,
    AsteriskServer,
    AsteriskSettings,
    Beliefs,
    BelievedContact,
    BelievedOffer,
    ExpectedRecording,
    Telephony,
    TrunkSettings,
    asterisk_files,
)

Told = TypeVar("Told")
Result = TypeVar("Result")


def clock() -> Instant:
    return time_ns() // 1_000


def named_ports(*names: str) -> dict[str, int]:
    """A free port for each name."""
    transports: list[Transport] = ["udp" if "sip" in name else "tcp" for name in names]
    return dict(zip(names, free_ports(*transports), strict=True))


class ListLedger:
    """The ledger in memory; `changed` is called with each entry."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.rows: dict[str, ExpectedRecording] = {}
        self.ends: dict[str, datetime] = {}
        self.pauses: list[tuple[str, bool]] = []
        """Recording, and whether it was paused or resumed; in order."""

    def expect(self, row: ExpectedRecording) -> None:
        self.rows[row.recording] = row
        self._changed()

    def ended(self, recording: str, at: datetime) -> None:
        self.ends[recording] = at
        self._changed()

    def withdrawn(self, recording: str) -> None:
        del self.rows[recording]
        self._changed()

    def paused(self, recording: str, at: datetime) -> None:
        self.pauses.append((recording, True))
        self._changed()

    def resumed(self, recording: str, at: datetime) -> None:
        self.pauses.append((recording, False))
        self._changed()


class Everything(dict[str, Any]):
    """Whatever is asked for is believed to be in a conversation."""

    def __init__(self, believed: object) -> None:
        super().__init__()
        self._believed = believed

    def get(self, key: str, default: object = None) -> Any:
        return self._believed


def anything() -> Beliefs:
    """These tests are the floor: or the reconciler would end, in the middle of one, what no floor knows of."""
    contact = BelievedContact("in_conversation", "support", True)
    return Beliefs(Everything(contact), Everything(BelievedOffer("", "", "in_conversation")))


class Centre:
    """`stimuli` is everything that telephony told; `told` waits for one."""

    def __init__(self, program: AsteriskProgram, folder: Path, *, ports: dict[str, int], peer_sip_port: int) -> None:
        self.settings = AsteriskSettings(
            sip_port=ports["sip"],
            rtp_port_first=ports["rtp"],
            rtp_port_last=ports["rtp"] + 198,
            http_port=ports["http"],
            manager_port=ports["manager"],
            ari_password="test-ari",
            manager_secret="test-manager",
            prompts=folder / "prompts",
            recordings=folder / "recordings",
            trunks=(
                TrunkSettings(
                    id="carrier",
                    host="127.0.0.1",
                    port=peer_sip_port,
                    match=("127.0.0.1",),
                    prefixes=("49", "+49"),
                    caller="4930123456",
                ),
            ),
            fallback_retry_seconds=1,
            fallback_tries_max=2,
            fallback_message_seconds_max=20,
        )
        listens = [ports[name] for name in ("sip", "http", "manager")]
        self.server = AsteriskServer(program, folder, asterisk_files(self.settings), ports=listens)
        self.beliefs = anything()
        self.stimuli: list[Any] = []
        self._changed = asyncio.Event()
        self.ledger = ListLedger(self._changed.set)
        self.telephony = self.connection()

    def connection(self) -> Telephony:
        """Another floor's telephony on the same Asterisk."""
        return Telephony(self.settings, emit=self._emit, ledger=self.ledger, beliefs=lambda: self.beliefs, now=clock)

    async def told(
        self, kind: type[Told], where: Callable[[Told], bool] = lambda _: True, *, seconds: float = 10
    ) -> Told:
        """Wait until a stimulus of `kind` has been told for which `where` holds; the first one."""

        def found() -> list[Told]:
            return [one for one in self.stimuli if isinstance(one, kind) and where(one)]

        return (await self.until(found, seconds=seconds))[0]

    async def until(self, condition: Callable[[], Result], *, seconds: float = 10) -> Result:
        """Wait, from stimulus to stimulus and from entry to entry of the ledger, until `condition` holds."""
        async with asyncio.timeout(seconds):
            while not (result := condition()):
                self._changed.clear()
                await self._changed.wait()
        return result

    def about(self, contact: str) -> list[Any]:
        """The stimuli of a contact or its offers, in order."""
        return [
            one
            for one in self.stimuli
            if getattr(one, "contact", None) == contact or getattr(one, "offer", "").startswith(f"{contact}.")
        ]

    def perform(self, *outputs: Any) -> None:
        self.telephony.perform(outputs)

    async def lists(self) -> tuple[Sequence[Any], Sequence[Any]]:
        """Asterisk's channels and bridges."""
        ari = self.telephony._ari
        await ari.connected.wait()
        return (await ari.listing("channels")).body, (await ari.listing("bridges")).body

    def _emit(self, stimulus: Any) -> None:
        self.stimuli.append(stimulus)
        self._changed.set()


def in_seconds(seconds: float) -> Instant:
    return clock() + int(seconds * SECOND)
