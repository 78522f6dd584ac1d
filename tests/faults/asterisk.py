"""A simulated Asterisk: channels, as ARI shows them, and what may be asked of them; it outlives every floor.

People are its parties: they are told what their telephone hears, and call the methods under "What people do".
"""

from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import msgspec
import numpy as np

from markaz.telephony.asterisk.recorder import RECORDED_VARIABLE
from tests.faults.bridges import Bridges
from tests.faults.exchange import (
    APPLICATION,
    CAUSE_NO_ANSWER,
    CAUSE_NO_SOUND,
    CAUSE_NORMAL,
    Channel,
    Machine,
    Party,
)  # fmt: skip
from tests.faults.news import News
from tests.faults.provisioned import Provisioned
from tests.faults.sounds import Sounds
from tests.faults.wire import Line, Network, encode

LEG_VARIABLE = "MARKAZ_LEG"
FALLBACK_RETRY_SECONDS, FALLBACK_TRIES_MAX = 5, 24
NO_RTP_SECONDS = 20
"""`rtp_timeout` of a phone."""
QUALIFY_SECONDS = 30


class Asterisk:
    def __init__(
        self, chance: np.random.Generator, network: Network, spool: str, wall: Callable[[], float],
        trace: Callable[..., None],
    ) -> None:  # fmt: skip
        self.news = News(chance, network, trace)
        network.asterisk = self
        self._wall = wall
        self.channels: dict[str, Channel] = {}
        self.sounds = Sounds(self.news, self.channels, spool)
        self.bridges = Bridges(self.news, self.channels, self.shown)
        self.provisioned = Provisioned(self.news, spool, wall)
        self.find: Callable[[str], Party | None] = lambda number: None
        """Who answers a number outside."""
        self.manager_is_silent = False
        self.looks: list[float] = []
        """When a floor has asked for all bridges, as its reconciler does."""
        self._calls = 0

    @property
    def context(self) -> Context:
        return self.news.context

    @property
    def is_up(self) -> bool:
        return self.news.is_up

    # Faults

    def kill(self) -> None:
        """SIGKILL: every channel is gone, and nobody is told but the telephones, by silence."""
        self.news.is_up = False
        channels = list(self.channels.values())
        for channel in channels:
            self._finish(channel, "fault")
        for line in list(self.news.network.lines):
            line.drop()
        self.news.network.lines.clear()
        self.channels.clear()
        self.bridges.all.clear()
        self.provisioned.forget()
        self.news.forget()

    def restart(self) -> None:
        self.news.is_up = True
        self.news.starts += 1
        self.provisioned.begin()
        self._calls = 0

    # What people do

    def call(self, party: Party, exten: str) -> Channel | None:
        """`party` dials `exten`; None when nobody is there."""
        if not self.is_up:
            return None
        self._calls += 1
        identity = f"{int(self._wall())}.{self._calls}"
        channel = Channel(identity, f"PJSIP/trunk-{self._calls:08x}", party, exten, began=self.news.now)
        self.channels[identity] = channel
        self.news.observer.call_came(channel)
        self._enter(channel, 0)
        return channel

    def answer(self, channel: Channel) -> None:
        """The party picks up a call of ours."""
        if channel.is_over or channel.state == "Up":
            return
        channel.state = "Up"
        self._dial_event(channel, "ANSWER")
        if APPLICATION not in self.news.applications:  # the application is not active: the channel has nowhere to go
            self.news.later(0.01, self._end, channel, CAUSE_NORMAL, "fault")
            return
        channel.is_in_application = True
        self.news.tell(APPLICATION, {"type": "StasisStart", "args": [], "channel": self.shown(channel)}, channel.id)

    def hang_up(self, channel: Channel, cause: int = CAUSE_NORMAL) -> None:
        self._end(channel, cause, "party")

    def press(self, channel: Channel, digit: str) -> None:
        if channel.is_over:
            return
        self.news.observer.pressed(channel, digit)
        event = {"type": "ChannelDtmfReceived", "digit": digit, "channel": self.shown(channel)}
        if channel.is_in_application:
            self.news.tell(APPLICATION, event, channel.id)
        if digit == "#" and channel.recording is not None:
            self.sounds.recorded(channel)

    def hold(self, channel: Channel, *, is_held: bool) -> None:
        if channel.is_up and channel.is_in_application:
            kind = "ChannelHold" if is_held else "ChannelUnhold"
            self.news.tell(APPLICATION, {"type": kind, "channel": self.shown(channel)}, channel.id)

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
        self.news.tell(APPLICATION, event, f"transfer {channel.id}")

    def lose_sound(self, channel: Channel) -> None:
        """The party is gone without a word: the silence ends the call."""
        self.news.later(NO_RTP_SECONDS, self._end, channel, CAUSE_NO_SOUND, "fault")

    # The line to a floor

    def connected(self, line: Line) -> None:
        for application in line.applications:
            self.news.applications[application] = line

    def disconnected(self, line: Line) -> None:
        """Sometimes the end of a connection is taken for the end of its successor's applications as well."""
        is_confused = self.news.chance.random() < 0.1
        for application in line.applications:
            if self.news.applications.get(application) is line or is_confused:
                self.news.applications.pop(application, None)

    def requested(self, line: Line, text: str) -> None:
        asked = msgspec.json.decode(text)
        path = [unquote(part) for part in asked["uri"].split("/")]
        query = {pair["name"]: pair["value"] for pair in asked.get("query_strings", ())}
        body = msgspec.json.decode(asked["message_body"]) if "message_body" in asked else {}
        method = asked["method"]
        self.news.observer.asked(line, method, path, query, body)
        number = asked["request_id"]
        if path[0] == "bridges" and path[-1] == "addChannel":
            busy = [self.channels[one] for one in query["channel"].split(",") if one in self.channels]
            self.sounds.when_quiet(busy, lambda: self.news.respond(line, number, *self.bridges.add(path[1], query)))
            return
        status, answer = self._do(line, method, path, query, body)
        if method != "GET" and path[0] != "events":
            self.news.trace("asterisk", f"{line.process.name}: {method} {'/'.join(path)} {query or ''} -> {status}")
        self.news.respond(line, number, status, answer)

    def listed(self, path: list[str]) -> tuple[int, Any]:
        """What is fetched by HTTP: everything there is at `path`."""
        match path:
            case ["channels"]:
                return 200, [self.shown(channel) for channel in self.channels.values()]
            case ["bridges"]:
                self.looks.append(self.news.now)
                return 200, self.bridges.listed()
            case ["endpoints", "PJSIP"]:
                return self.provisioned.endpoints()
            case _:
                raise AssertionError(f"nobody lists {path}")

    def _dial_event(self, channel: Channel, status: str) -> None:
        event = {"type": "Dial", "dialstatus": status, "peer": self.shown(channel)}
        self.news.tell(APPLICATION, event, channel.id)

    # Dialplan

    def _enter(self, channel: Channel, tries: int) -> None:
        """`Stasis(markaz)`, and what is done when nobody is there."""
        if channel.is_over or channel.is_in_application:
            return
        if APPLICATION in self.news.applications:
            channel.is_in_application = True
            self.news.tell(APPLICATION, {"type": "StasisStart", "args": [], "channel": self.shown(channel)}, channel.id)
            return
        channel.state = "Up"
        if tries >= FALLBACK_TRIES_MAX:
            self.news.later(20, self._end, channel, CAUSE_NORMAL, "fault")
            return
        self.news.later(FALLBACK_RETRY_SECONDS, self._enter, channel, tries + 1)

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
            "creationtime": datetime.fromtimestamp(self._wall() - self.news.now + channel.began, UTC).isoformat(),
        }

    # Requests

    def _do(
        self, line: Line, method: str, path: list[str], query: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, Any]:
        match method, path:
            case "POST", ["events", "user", name]:
                return self._echo(line, query["application"], name)
            case _, ["asterisk", *rest]:
                return self.provisioned.request(method, rest)
            case _, ["applications", *_]:
                return 200, {}
            case _, ["channels", *rest]:
                return self._channels(method, rest, query, body, line)
            case _, ["bridges", *rest]:
                return self.bridges.request(method, rest, query)
            case "DELETE", ["playbacks", name]:
                return self.sounds.stop_playing(name)
            case "GET", ["playbacks", name]:
                is_there = any(one == name for channel in self.channels.values() for one, _ in channel.playing)
                return (200, {}) if is_there else (404, {"message": "not found"})
            case "GET", ["recordings", "live", name]:
                names = [channel.recording[0] for channel in self.channels.values() if channel.recording is not None]
                return (200, {}) if name in names else (404, {"message": "not found"})
            case _:
                raise AssertionError(f"the simulated Asterisk does not know: {method} {path}")

    def _echo(self, line: Line, application: str, name: str) -> tuple[int, Any]:
        if application not in self.news.applications:
            return 404, {"message": "application not found"}
        event = {"type": "ChannelUserevent", "eventname": name, "application": application}
        owner = self.news.applications[application]
        self.news.later(self.news.network.way(), self.news.push, owner, encode(event).decode())
        return 204, None

    def _channels(
        self, method: str, rest: list[str], query: dict[str, str], body: dict[str, Any], line: Line
    ) -> tuple[int, Any]:
        if not rest:
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
            case "POST", ["snoop", name]:
                return self._snoop(channel, name, query)
            case "POST", ["transfer_progress"]:
                return 204, None
            case "POST", ["variable"]:
                channel.leg = query["value"]
                return 204, None
            case _ if not channel.is_in_application:
                return 409, {"message": "Channel not in Stasis application"}
            case "GET", ["variable"]:
                assert query["variable"] == RECORDED_VARIABLE, f"the simulated Asterisk has no {query}"
                if channel.mixing is None:
                    return 404, {"message": "Provided variable was not found"}
                return 200, {"value": str(channel.mixing[0])}
            case "POST", ["answer"]:
                channel.state = "Up"
                channel.party.answered(channel)
                return 204, None
            case "POST", ["play"]:
                self.sounds.play(channel, query)
                return 201, {"id": query["playbackId"]}
            case "POST", ["record"]:
                return self.sounds.record(channel, query)
            case _:
                raise AssertionError(f"the simulated Asterisk does not know: {method} channels/{rest}")

    def _originate(self, body: dict[str, Any], line: Line) -> tuple[int, Any]:
        identity = body["channelId"]
        if identity in self.channels:
            return 409, {"message": "Channel with given unique ID already exists"}
        user = body["endpoint"].removeprefix("PJSIP/").partition("@")[0]
        party = self.find(user) if "@" in body["endpoint"] else self.provisioned.registered.get(user)
        if party is None:
            return 500, {"message": "Allocation failed"}
        channel = Channel(identity, f"{body['endpoint']}-{len(self.channels):08x}", party, is_ours=True)
        channel.state, channel.began = "Down", self.news.now
        channel.leg = body["variables"][LEG_VARIABLE]["value"]
        self.channels[identity] = channel
        self.news.observer.rung(channel)
        self._dial_event(channel, "")
        self.news.later(body["timeout"], self._ring_out, channel)
        self.news.later(0.02, self._invite, channel)
        return 200, self.shown(channel)

    def _snoop(self, channel: Channel, name: str, query: dict[str, str]) -> tuple[int, Any]:
        """A channel that hears all that `channel` hears and says, and may be heard by it."""
        if not channel.is_up or name in self.channels:
            return 409, {"message": "Channel is not up, or the id is taken"}
        snoop = Channel(name, f"Snoop/{channel.id}-{len(self.channels):08x}", Machine(), is_ours=True, state="Up")
        snoop.snoops_on, snoop.whispers, snoop.began = channel, query["whisper"] == "out", self.news.now
        snoop.is_in_application = True
        self.channels[name] = snoop
        self.news.tell(APPLICATION, {"type": "StasisStart", "args": [], "channel": self.shown(snoop)}, name)
        return 200, self.shown(snoop)

    def _invite(self, channel: Channel) -> None:
        if not channel.is_over:
            channel.party.invited(channel)

    def _ring_out(self, channel: Channel) -> None:
        if channel.state != "Up":
            self._end(channel, CAUSE_NO_ANSWER, "floor")

    # Ends

    def _end(self, channel: Channel, cause: int, by: str) -> None:
        """The channel is hung up, and everybody who listens is told."""
        if channel.is_over:
            return
        self.news.trace("asterisk", f"{channel.id} ({channel.party.name}) ends by {by}, cause {cause}")
        shown = self.shown(channel)
        self.sounds.recorded(channel)
        for name, _ in list(channel.playing):
            self.sounds.played(channel, name, "failed")
        if channel.is_in_application and by == "party":
            self.news.tell(APPLICATION, {"type": "ChannelHangupRequest", "channel": shown, "cause": cause}, channel.id)
        if channel.is_in_application:
            self.news.tell(APPLICATION, {"type": "StasisEnd", "channel": shown}, channel.id)
        self.news.tell(APPLICATION, {"type": "ChannelDestroyed", "channel": shown, "cause": cause}, channel.id)
        del self.channels[channel.id]
        self._finish(channel, by)

    def _finish(self, channel: Channel, by: str) -> None:
        self.news.observer.ended(channel, by)
        self.sounds.finish(channel)
        channel.is_over = True
        self.bridges.leave(channel)
        channel.party.ended(channel, by)
        for snoop in list(self.channels.values()):
            if snoop.snoops_on is channel:
                self.news.later(0.001, self._end, snoop, CAUSE_NORMAL, "party")
