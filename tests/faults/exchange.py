"""What a simulated Asterisk is made of: channels with a party each, bridges, and who listens to what happens."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.faults.wire import Line

APPLICATION, PHONES = "markaz", "markaz-phones"
CAUSE_NORMAL, CAUSE_BUSY, CAUSE_NO_ANSWER, CAUSE_NO_SOUND = 16, 17, 19, 44
CONVERSATIONS = ("conversation-", "conference-")
"""How the names of bridges begin in which people talk."""


class Party(Protocol):
    """Whoever is at the other end of a channel."""

    name: str
    number: str

    def invited(self, channel: "Channel") -> None:
        """It rings."""

    def answered(self, channel: "Channel") -> None:
        """The call that this party made was picked up."""

    def joined(self, channel: "Channel") -> None:
        """It is in a bridge, or those with it have changed."""

    def played(self, channel: "Channel", playback: str) -> None:
        """Something is played to it."""

    def recorded(self, channel: "Channel") -> None:
        """The tone has sounded: speak."""

    def ended(self, channel: "Channel", by: str) -> None:
        """The channel is gone, by "party", "floor" or "fault"."""


class Machine:
    """The party of a channel that is nobody's."""

    name = number = "nobody"

    def invited(self, channel: "Channel") -> None: ...
    def answered(self, channel: "Channel") -> None: ...
    def joined(self, channel: "Channel") -> None: ...
    def played(self, channel: "Channel", playback: str) -> None: ...
    def recorded(self, channel: "Channel") -> None: ...
    def ended(self, channel: "Channel", by: str) -> None: ...


@dataclass(eq=False)
class Channel:
    id: str
    name: str
    party: Party
    exten: str = ""
    state: str = "Ring"
    is_in_application: bool = False
    is_ours: bool = False
    """Asked for by the floor, not by a caller."""
    leg: str = ""
    bridge: "Bridge | None" = None
    playing: list[tuple[str, float]] = field(default_factory=list)
    recording: tuple[str, float] | None = None
    mixing: tuple[Path, float] | None = None
    """The file that MixMonitor writes, and since when."""
    mutes: list[float] = field(default_factory=list)
    """When MixMonitor began to write silence instead of what is said, when it went on, and so forth."""
    snoops_on: "Channel | None" = None
    """It hears all that this one hears and says."""
    whispers: bool = False
    """This one hears it, too."""
    is_over: bool = False
    asked_by: str = ""
    began: float = 0.0
    transfer_asked: bool = False
    quiet: asyncio.Future[None] | None = None

    @property
    def is_muted(self) -> bool:
        return len(self.mutes) % 2 == 1

    @property
    def contact(self) -> str:
        """The contact that the floor has written on it; "" before."""
        return self.leg.split(":")[1] if self.leg else ""

    @property
    def is_up(self) -> bool:
        return self.state == "Up" and not self.is_over


@dataclass(eq=False)
class Bridge:
    id: str
    kind: str = "mixing"
    channels: list[Channel] = field(default_factory=list)

    @property
    def is_conversation(self) -> bool:
        return self.id.startswith(CONVERSATIONS)

    @property
    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "channels": [channel.id for channel in self.channels]}


def others(channel: Channel) -> list[Channel]:
    """The people whom this party hears; who waits in a holding bridge hears nobody."""
    bridge = channel.bridge
    if bridge is None or bridge.kind == "holding":
        return []
    heard = [one for one in bridge.channels if one is not channel and one.snoops_on is None]
    for snoop in bridge.channels:
        if snoop.snoops_on is not None and snoop is not channel:
            heard += [snoop.snoops_on, *others(snoop.snoops_on)]
    return heard


class Observer(Protocol):
    """Who keeps the world's own books."""

    def call_came(self, channel: Channel) -> None: ...
    def asked(self, line: Line, method: str, path: list[str], query: dict[str, str], body: dict[str, Any]) -> None: ...
    def rung(self, channel: Channel) -> None: ...
    def ended(self, channel: Channel, by: str) -> None: ...
    def conversed(self, channel: Channel) -> None: ...
    def heard(self, channel: Channel, playback: str) -> None: ...
    def pressed(self, channel: Channel, digit: str) -> None: ...
    def destroyed(self, bridge: Bridge) -> None: ...
    def message(self, contact: str, seconds: float) -> None: ...
    def lost(self, channel: str) -> None: ...
    def recorded_twice(self, channel: Channel) -> None: ...
