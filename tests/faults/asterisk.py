"""A simulated Asterisk: channels, bridges, playbacks and recordings, as ARI shows them; it outlives every floor.

People are its parties: they are told what their telephone hears, and call the methods under "What people do". Events
take their way to whoever holds the application; `mood` makes them late or double. What one channel does is told in
order, different channels overtake each other (telephony.md: merge and transfer events come by another way).
"""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

import msgspec
import numpy as np

from markaz.telephony.asterisk.reconcile import RECORDED_VARIABLE
from tests.faults.sound import MESSAGE_BYTES_PER_SECOND, RAW_BYTES_PER_SECOND, WAV_HEADER_BYTES, write_sound
from tests.faults.wire import Line, Network, encode

APPLICATION, PHONES = "markaz", "markaz-phones"
LEG_VARIABLE = "MARKAZ_LEG"
FALLBACK_RETRY_SECONDS, FALLBACK_TRIES_MAX = 5, 24
NO_RTP_SECONDS = 20
"""`rtp_timeout` of a phone."""
QUALIFY_SECONDS = 30
CAUSE_NORMAL, CAUSE_BUSY, CAUSE_NO_ANSWER, CAUSE_NO_SOUND = 16, 17, 19, 44


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
    is_muted: bool = False
    """MixMonitor writes silence instead of what is said."""
    is_over: bool = False
    asked_by: str = ""
    began: float = 0.0
    transfer_asked: bool = False
    quiet: asyncio.Future[None] | None = None

    @property
    def is_up(self) -> bool:
        return self.state == "Up" and not self.is_over


@dataclass(eq=False)
class Bridge:
    id: str
    channels: list[Channel] = field(default_factory=list)


@dataclass
class Mood:
    """How events travel: the longest delay, and the share that comes twice."""

    late_seconds_max: float = 0.0
    twice: float = 0.0


class Observer(Protocol):
    """Who keeps the world's own books."""

    def call_came(self, channel: Channel) -> None: ...
    def call_told(self, channel: Channel, line: Line) -> None: ...
    def asked(self, line: Line, method: str, path: list[str], query: dict[str, str], body: dict[str, Any]) -> None: ...
    def rung(self, channel: Channel) -> None: ...
    def ended(self, channel: Channel, by: str) -> None: ...
    def conversed(self, channel: Channel) -> None: ...
    def destroyed(self, bridge: "Bridge") -> None: ...
    def message(self, contact: str, seconds: float) -> None: ...


class Asterisk:
    def __init__(
        self, chance: np.random.Generator, network: Network, spool: str, wall: Callable[[], float],
        trace: Callable[..., None],
    ) -> None:  # fmt: skip
        self._chance = chance
        self._network = network
        network.asterisk = self
        self._spool = spool
        self._wall = wall
        self._trace = trace
        self.context = copy_context()
        self.observer: Observer
        self.find: Callable[[str], Party | None] = lambda number: None
        """Who answers a number outside."""
        self.mood = Mood()
        self.is_up = True
        self.starts = 1
        self._began = 0.0
        self._calls = 0
        self._forget_all()

    def _forget_all(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self.applications: dict[str, Line] = {}
        self.objects: set[tuple[str, str]] = set()
        self.registered: dict[str, Party] = {}
        self._told_at: dict[str, float] = {}

    # Faults

    def kill(self) -> None:
        """SIGKILL: every channel is gone, and nobody is told but the telephones, by silence."""
        self.is_up = False
        channels = list(self.channels.values())
        for channel in channels:
            self._finish(channel, "fault")
        for line in list(self._network.lines):
            line.drop()
        self._network.lines.clear()
        self._forget_all()

    def restart(self) -> None:
        self.is_up = True
        self.starts += 1
        self._began = self._now
        self._calls = 0

    # What people do

    def call(self, party: Party, exten: str) -> Channel | None:
        """`party` dials `exten`; None when nobody is there."""
        if not self.is_up:
            return None
        self._calls += 1
        identity = f"{int(self._wall())}.{self._calls}"
        channel = Channel(identity, f"PJSIP/trunk-{self._calls:08x}", party, exten, began=self._now)
        self.channels[identity] = channel
        self.observer.call_came(channel)
        self._enter(channel, 0)
        return channel

    def answer(self, channel: Channel) -> None:
        """The party picks up a call of ours."""
        if channel.is_over or channel.state == "Up":
            return
        channel.state = "Up"
        self._dial_event(channel, "ANSWER")
        if APPLICATION not in self.applications:  # the application is not active: the channel has nowhere to go
            self._later(0.01, self._end, channel, CAUSE_NORMAL, "fault")
            return
        channel.is_in_application = True
        self._tell(APPLICATION, {"type": "StasisStart", "args": [], "channel": self.shown(channel)}, channel.id)

    def hang_up(self, channel: Channel, cause: int = CAUSE_NORMAL) -> None:
        self._end(channel, cause, "party")

    def press(self, channel: Channel, digit: str) -> None:
        if channel.is_over:
            return
        event = {"type": "ChannelDtmfReceived", "digit": digit, "channel": self.shown(channel)}
        if channel.is_in_application:
            self._tell(APPLICATION, event, channel.id)
        if digit == "#" and channel.recording is not None:
            self._recorded(channel)

    def hold(self, channel: Channel, *, is_held: bool) -> None:
        if channel.is_up and channel.is_in_application:
            kind = "ChannelHold" if is_held else "ChannelUnhold"
            self._tell(APPLICATION, {"type": kind, "channel": self.shown(channel)}, channel.id)

    def refer(self, channel: Channel, target: str) -> None:
        """The phone passes its call on."""
        if not channel.is_up:
            return
        channel.transfer_asked = True
        event = {
            "type": "ChannelTransfer",
            "refer_to": {"requested_destination": {"destination": target}},
            "referred_by": {"source_channel": self.shown(channel)},
        }
        self._tell(APPLICATION, event, f"transfer {channel.id}")

    def lose_sound(self, channel: Channel) -> None:
        """The party is gone without a word: the silence ends the call."""
        self._later(NO_RTP_SECONDS, self._end, channel, CAUSE_NO_SOUND, "fault")

    def register(self, username: str, party: Party) -> bool:
        """Whether the phone is let in."""
        if not self.is_up or ("aor", username) not in self.objects:
            return False
        if username not in self.registered:
            self.registered[username] = party
            self._contact_event(username, "Reachable")
        return True

    def unregister(self, username: str, status: str = "Removed") -> None:
        if self.registered.pop(username, None) is not None:
            self._contact_event(username, status)

    # The line to a floor

    def connected(self, line: Line) -> None:
        for application in line.applications:
            self.applications[application] = line

    def disconnected(self, line: Line) -> None:
        """Sometimes the end of a connection is taken for the end of its successor's applications as well."""
        is_confused = self._chance.random() < 0.1
        for application in line.applications:
            if self.applications.get(application) is line or is_confused:
                self.applications.pop(application, None)

    def requested(self, line: Line, text: str) -> None:
        asked = msgspec.json.decode(text)
        path = [unquote(part) for part in asked["uri"].split("/")]
        query = {pair["name"]: pair["value"] for pair in asked.get("query_strings", ())}
        body = msgspec.json.decode(asked["message_body"]) if "message_body" in asked else {}
        method = asked["method"]
        self.observer.asked(line, method, path, query, body)
        number = asked["request_id"]
        if path[0] == "bridges" and path[-1] == "addChannel":
            busy = [self.channels[one] for one in query["channel"].split(",") if one in self.channels]
            self._when_quiet(busy, lambda: self._respond(line, number, *self._add_channels(path[1], query)))
            return
        status, answer = self._do(line, method, path, query, body)
        if method != "GET" and path[0] != "events":
            self._trace("asterisk", f"{line.process.name}: {method} {'/'.join(path)} {query or ''} -> {status}")
        self._respond(line, number, status, answer)

    def _respond(self, line: Line, number: str, status: int, body: Any) -> None:
        message = {"type": "RESTResponse", "request_id": number, "status_code": status}
        if body is not None:
            message["message_body"] = encode(body).decode()
        self._later(self._network.way(), self._push, line, encode(message).decode())

    def _push(self, line: Line, text: str) -> None:
        if self.is_up:
            line.push(text)

    # Events

    def _tell(self, application: str, event: dict[str, Any], channel: str) -> None:
        """Send an event on its way; who is not connected now never hears of it."""
        line = self.applications.get(application)
        if line is None or not self.is_up:
            return
        mood = self.mood
        late = mood.late_seconds_max * float(self._chance.random()) ** 3 if mood.late_seconds_max else 0.0
        at = max(self._now + self._network.way() + late, self._told_at.get(channel, 0.0) + 1e-6)
        self._told_at[channel] = at
        text = encode({**event, "application": application}).decode()
        self._later(at - self._now, self._deliver, line, text, event, channel)
        if mood.twice and self._chance.random() < mood.twice:
            self._later(at - self._now + float(self._chance.exponential(0.5)), self._push, line, text)

    def _deliver(self, line: Line, text: str, event: dict[str, Any], channel: str) -> None:
        if self.is_up and line.push(text) and event["type"] == "StasisStart" and channel in self.channels:
            self.observer.call_told(self.channels[channel], line)

    def _contact_event(self, username: str, status: str) -> None:
        event = {
            "type": "ContactStatusChange",
            "endpoint": {"technology": "PJSIP", "resource": username},
            "contact_info": {"contact_status": status, "uri": f"sip:{username}@127.0.0.1"},
        }
        self._tell(PHONES, event, f"phone {username}")

    def _dial_event(self, channel: Channel, status: str) -> None:
        event = {"type": "Dial", "dialstatus": status, "peer": self.shown(channel)}
        self._tell(APPLICATION, event, channel.id)

    # Dialplan

    def _enter(self, channel: Channel, tries: int) -> None:
        """`Stasis(markaz)`, and what is done when nobody is there."""
        if channel.is_over or channel.is_in_application:
            return
        if APPLICATION in self.applications:
            channel.is_in_application = True
            self._tell(APPLICATION, {"type": "StasisStart", "args": [], "channel": self.shown(channel)}, channel.id)
            return
        channel.state = "Up"
        if tries >= FALLBACK_TRIES_MAX:
            self._later(20, self._end, channel, CAUSE_NORMAL, "fault")
            return
        self._later(FALLBACK_RETRY_SECONDS, self._enter, channel, tries + 1)

    def redirect(self, channel: Channel) -> None:
        """From where it waits in the dialplan, to the application."""
        if not channel.is_in_application:
            self._enter(channel, 0)

    def shown(self, channel: Channel) -> dict[str, Any]:
        is_in = channel.is_in_application
        return {
            "id": channel.id,
            "name": channel.name,
            "state": channel.state,
            "caller": {"number": channel.party.number, "name": ""},
            "dialplan": {
                "context": "from-trunk" if not channel.is_ours else "",
                "exten": channel.exten,
                "app_name": "Stasis" if is_in else "" if channel.is_ours else "MusicOnHold",
                "app_data": APPLICATION if is_in else "",
            },
            "channelvars": {LEG_VARIABLE: channel.leg} if channel.leg else {},
            "creationtime": datetime.fromtimestamp(self._wall() - self._now + channel.began, UTC).isoformat(),
        }

    # Requests

    def _do(
        self, line: Line, method: str, path: list[str], query: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, Any]:
        match method, path:
            case "POST", ["events", "user", name]:
                return self._echo(line, query["application"], name)
            case _, ["asterisk", *rest]:
                return self._configured(method, rest)
            case _, ["applications", *_]:
                return 200, {}
            case "GET", ["endpoints", "PJSIP"]:
                endpoints = [self._endpoint(name) for kind, name in sorted(self.objects) if kind == "endpoint"]
                return (200, endpoints) if endpoints else (404, {"message": "No Endpoints found"})
            case _, ["channels", *rest]:
                return self._channels(method, rest, query, body, line)
            case _, ["bridges", *rest]:
                return self._bridges(method, rest, query)
            case "DELETE", ["playbacks", name]:
                return self._stop_playback(name)
            case "GET", ["playbacks", name]:
                is_there = any(one == name for channel in self.channels.values() for one, _ in channel.playing)
                return (200, {}) if is_there else (404, {"message": "not found"})
            case "GET", ["recordings", "live", name]:
                names = [channel.recording[0] for channel in self.channels.values() if channel.recording is not None]
                return (200, {}) if name in names else (404, {"message": "not found"})
            case _:
                raise AssertionError(f"the simulated Asterisk does not know: {method} {path}")

    def _endpoint(self, name: str) -> dict[str, Any]:
        state = "online" if name in self.registered else "offline"
        return {"technology": "PJSIP", "resource": name, "state": state, "channel_ids": []}

    def _echo(self, line: Line, application: str, name: str) -> tuple[int, Any]:
        if application not in self.applications:
            return 404, {"message": "application not found"}
        event = {"type": "ChannelUserevent", "eventname": name, "application": application}
        owner = self.applications[application]
        self._later(self._network.way(), self._push, owner, encode(event).decode())
        return 204, None

    def _configured(self, method: str, rest: list[str]) -> tuple[int, Any]:
        if rest[0] == "info":
            began = datetime.fromtimestamp(self._wall() - self._now + self._began, UTC)
            return 200, {"status": {"startup_time": began.isoformat()}}
        if rest[0] == "variable":
            return 200, {"value": self._spool}
        *_, kind, name = rest
        match method:
            case "GET":
                return (200, {}) if (kind, name) in self.objects else (404, {"message": "not found"})
            case "PUT":
                self.objects.add((kind, name))
                return 200, {}
            case _:
                self.objects.discard((kind, name))
                if kind == "aor":
                    self.unregister(name)
                return 204, None

    def _channels(
        self, method: str, rest: list[str], query: dict[str, str], body: dict[str, Any], line: Line
    ) -> tuple[int, Any]:
        if not rest:
            if method == "GET":
                return 200, [self.shown(channel) for channel in self.channels.values()]
            return self._originate(body, line)
        channel = self.channels.get(rest[0])
        if channel is None:
            return 404, {"message": "Channel not found"}
        match method, rest[1:]:
            case "GET", []:
                return 200, self.shown(channel)
            case "DELETE", []:
                self._end(channel, int(query.get("reason_code", CAUSE_NORMAL)), "floor")
                return 204, None
            case "POST", ["transfer_progress"]:
                return 204, None
            case "POST", ["variable"]:
                channel.leg = query["value"]
                return 204, None
            case _ if not channel.is_in_application:
                return 409, {"message": "Channel not in Stasis application"}
            case "GET", ["variable"]:
                assert query["variable"] == RECORDED_VARIABLE, f"the simulated Asterisk has no {query}"
                return 200, {"value": str(channel.mixing[0]) if channel.mixing is not None else ""}
            case "POST", ["answer"]:
                channel.state = "Up"
                channel.party.answered(channel)
                return 204, None
            case "POST", ["play"]:
                self._play(channel, query)
                return 201, {"id": query["playbackId"]}
            case "POST", ["record"]:
                return self._record(channel, query)
            case _:
                raise AssertionError(f"the simulated Asterisk does not know: {method} channels/{rest}")

    def _originate(self, body: dict[str, Any], line: Line) -> tuple[int, Any]:
        identity = body["channelId"]
        if identity in self.channels:
            return 409, {"message": "Channel with given unique ID already exists"}
        user = body["endpoint"].removeprefix("PJSIP/").partition("@")[0]
        party = self.find(user) if "@" in body["endpoint"] else self.registered.get(user)
        if party is None:
            return 500, {"message": "Allocation failed"}
        channel = Channel(identity, f"{body['endpoint']}-{len(self.channels):08x}", party, is_ours=True)
        channel.state, channel.began = "Down", self._now
        channel.leg = body["variables"][LEG_VARIABLE]["value"]
        self.channels[identity] = channel
        self.observer.rung(channel)
        self._dial_event(channel, "")
        self._later(body["timeout"], self._ring_out, channel)
        self._later(0.02, self._invite, channel)
        return 200, self.shown(channel)

    def _invite(self, channel: Channel) -> None:
        if not channel.is_over:
            channel.party.invited(channel)

    def _ring_out(self, channel: Channel) -> None:
        if channel.state != "Up":
            self._end(channel, CAUSE_NO_ANSWER, "floor")

    # Sound

    def _play(self, channel: Channel, query: dict[str, str]) -> None:
        seconds = 1e9 if query["media"] == "tone:ring" else 1.2 * (1 + query["media"].count(","))
        channel.playing.append((query["playbackId"], seconds))
        if len(channel.playing) == 1:
            self._start_playing(channel)

    def _start_playing(self, channel: Channel) -> None:
        name, seconds = channel.playing[0]
        channel.party.played(channel, name)
        if seconds < 1e6:
            self._later(seconds, self._played, channel, name, "done")

    def _played(self, channel: Channel, name: str, state: str) -> None:
        """A playback is over; the next one that waits begins."""
        if not channel.playing or name not in [one for one, _ in channel.playing]:
            return
        was_first = channel.playing[0][0] == name
        channel.playing = [one for one in channel.playing if one[0] != name]
        event = {"type": "PlaybackFinished", "playback": {"id": name, "state": state}}
        self._tell(APPLICATION, event, channel.id)
        if channel.playing and was_first and not channel.is_over:
            self._start_playing(channel)
        if not channel.playing and channel.quiet is not None and not channel.quiet.done():
            channel.quiet.set_result(None)

    def _stop_playback(self, name: str) -> tuple[int, Any]:
        for channel in list(self.channels.values()):
            if name in [one for one, _ in channel.playing]:
                self._played(channel, name, "done")
                return 204, None
        return 404, {"message": "Playback not found"}

    def _when_quiet(self, channels: list[Channel], then: Callable[[], None]) -> None:
        """Nobody is joined while something plays to them, and until then there is no answer."""
        for channel in channels:
            if channel.playing and not channel.bridge:
                if channel.quiet is None or channel.quiet.done():
                    channel.quiet = asyncio.get_running_loop().create_future()
                channel.quiet.add_done_callback(lambda _: self._when_quiet(channels, then), context=self.context)
                return
        then()

    def _record(self, channel: Channel, query: dict[str, str]) -> tuple[int, Any]:
        if channel.bridge is not None or channel.recording is not None:
            return 409, {"message": "Channel is in a bridge, or recorded"}
        name = query["name"]
        channel.recording = name, self._now
        self._later(float(query["maxDurationSeconds"]), self._recorded, channel, name)
        channel.party.recorded(channel)
        return 201, {"name": name}

    def _recorded(self, channel: Channel, name: str | None = None) -> None:
        if channel.recording is None or (name is not None and channel.recording[0] != name):
            return
        (name, began), channel.recording = channel.recording, None
        length = int((self._now - began) * MESSAGE_BYTES_PER_SECOND)
        write_sound(Path(self._spool) / "recording" / f"{name}.wav", WAV_HEADER_BYTES + length)
        recording = {"name": name, "duration": int(self._now - began)}
        self.observer.message(name.rpartition("/")[2], self._now - began)
        self._tell(APPLICATION, {"type": "RecordingFinished", "recording": recording}, channel.id)

    def mix(self, channel: Channel, path: Path) -> None:
        """MixMonitor: both directions of `channel`, from now until it ends."""
        if channel.mixing is None:
            channel.mixing = path, self._now
            write_sound(path, 0)

    def mute(self, channel: Channel, *, is_muted: bool) -> bool:
        """MixMonitorMute; False when nothing is being recorded there."""
        if channel.mixing is not None:
            channel.is_muted = is_muted
        return channel.mixing is not None

    # Bridges

    def _bridges(self, method: str, rest: list[str], query: dict[str, str]) -> tuple[int, Any]:
        if not rest:
            if method == "GET":
                return 200, [_bridge_shown(bridge) for bridge in self.bridges.values()]
            self.bridges.setdefault(query["bridgeId"], Bridge(query["bridgeId"]))
            return 200, {}
        bridge = self.bridges.get(rest[0])
        if bridge is None:
            return 404, {"message": "Bridge not found"}
        if method == "DELETE":
            self.observer.destroyed(bridge)
            del self.bridges[bridge.id]
            for channel in list(bridge.channels):
                self._leave(channel)
            return 204, None
        if rest[1:] == ["removeChannel"]:
            channel = self.channels.get(query["channel"])
            if channel is None or channel.bridge is not bridge:
                return 422, {"message": "Channel not in this bridge"}
            self._leave(channel)
            return 204, None
        raise AssertionError(f"the simulated Asterisk does not know: {method} bridges/{rest}")

    def _add_channels(self, name: str, query: dict[str, str]) -> tuple[int, Any]:
        bridge = self.bridges.get(name)
        if bridge is None:
            return 404, {"message": "Bridge not found"}
        channels = [self.channels.get(one) for one in query["channel"].split(",")]
        if any(channel is None for channel in channels):
            return 400, {"message": "Channel not found"}
        if any(channel is not None and (not channel.is_in_application or channel.recording) for channel in channels):
            return 422, {"message": "Channel not in Stasis application"}
        for channel in channels:
            assert channel is not None
            if channel.bridge is not bridge:
                self._leave(channel)
                channel.bridge = bridge
                bridge.channels.append(channel)
                event = {"type": "ChannelEnteredBridge", "bridge": _bridge_shown(bridge)}
                self._tell(APPLICATION, {**event, "channel": self.shown(channel)}, f"bridge {bridge.id}")
        self._trace("asterisk", f"{query['channel']} in {name}")
        self._joined(bridge)
        return 204, None

    def _leave(self, channel: Channel) -> None:
        bridge, channel.bridge = channel.bridge, None
        if bridge is not None:
            bridge.channels.remove(channel)
            self._joined(bridge)

    def _joined(self, bridge: Bridge) -> None:
        if bridge.id.startswith("conversation-"):
            for channel in list(bridge.channels):
                if len(bridge.channels) > 1:
                    self.observer.conversed(channel)
                channel.party.joined(channel)

    # Ends

    def _end(self, channel: Channel, cause: int, by: str) -> None:
        """The channel is hung up, and everybody who listens is told."""
        if channel.is_over:
            return
        self._trace("asterisk", f"{channel.id} ({channel.party.name}) ends by {by}, cause {cause}")
        shown = self.shown(channel)
        self._recorded(channel)
        for name, _ in list(channel.playing):
            self._played(channel, name, "failed")
        if channel.is_in_application and by == "party":
            self._tell(APPLICATION, {"type": "ChannelHangupRequest", "channel": shown, "cause": cause}, channel.id)
        if channel.is_in_application:
            self._tell(APPLICATION, {"type": "StasisEnd", "channel": shown}, channel.id)
        self._tell(APPLICATION, {"type": "ChannelDestroyed", "channel": shown, "cause": cause}, channel.id)
        del self.channels[channel.id]
        self._finish(channel, by)

    def _finish(self, channel: Channel, by: str) -> None:
        self.observer.ended(channel, by)
        if channel.recording is not None:  # a kill: what was written stays
            self._recorded(channel)
        if channel.mixing is not None:
            path, began = channel.mixing
            write_sound(path, int((self._now - began) * RAW_BYTES_PER_SECOND))
        channel.is_over = True
        channel.playing.clear()
        if channel.quiet is not None and not channel.quiet.done():
            channel.quiet.set_result(None)
        self._leave(channel)
        channel.party.ended(channel, by)

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _later(self, seconds: float, work: Callable[..., None], *args: Any) -> None:
        """Unless Asterisk has died meanwhile."""
        asyncio.get_running_loop().call_later(seconds, self._if_alive, self.starts, work, args, context=self.context)

    def _if_alive(self, start: int, work: Callable[..., None], args: tuple[Any, ...]) -> None:
        if self.is_up and start == self.starts:
            work(*args)


def _bridge_shown(bridge: Bridge) -> dict[str, Any]:
    return {"id": bridge.id, "channels": [channel.id for channel in bridge.channels]}
