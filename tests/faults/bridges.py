"""The bridges of a simulated Asterisk: who is together with whom."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.faults.exchange import APPLICATION, Bridge, Channel
from tests.faults.news import News


class Bridges:
    """`channels` are all there are, `shown` is how ARI shows one; `all` are the bridges by name."""

    def __init__(self, news: News, channels: Mapping[str, Channel], shown: Callable[[Channel], dict[str, Any]]) -> None:
        self._shown = shown
        self._news = news
        self._channels = channels
        self.all: dict[str, Bridge] = {}

    def listed(self) -> list[dict[str, Any]]:
        return [bridge.shown for bridge in self.all.values()]

    def request(self, method: str, rest: list[str], query: dict[str, str]) -> tuple[int, Any]:
        if not rest:
            self.all.setdefault(query["bridgeId"], Bridge(query["bridgeId"], query["type"]))
            return 200, {}
        bridge = self.all.get(rest[0])
        if bridge is None:
            return 404, {"message": "Bridge not found"}
        if method == "DELETE":
            self._news.observer.destroyed(bridge)
            del self.all[bridge.id]
            for channel in list(bridge.channels):
                self.leave(channel)
            return 204, None
        if rest[1:] == ["removeChannel"]:
            channel = self._channels.get(query["channel"])
            if channel is None or channel.bridge is not bridge:
                return 422, {"message": "Channel not in this bridge"}
            self.leave(channel)
            return 204, None
        raise AssertionError(f"the simulated Asterisk does not know: {method} bridges/{rest}")

    def add(self, name: str, query: dict[str, str]) -> tuple[int, Any]:
        bridge = self.all.get(name)
        if bridge is None:
            return 404, {"message": "Bridge not found"}
        channels = [self._channels.get(one) for one in query["channel"].split(",")]
        if any(channel is None for channel in channels):
            return 400, {"message": "Channel not found"}
        if any(channel is not None and (not channel.is_in_application or channel.recording) for channel in channels):
            return 422, {"message": "Channel not in Stasis application"}
        for channel in channels:
            assert channel is not None
            if channel.bridge is not bridge:
                self.leave(channel)
                channel.bridge = bridge
                bridge.channels.append(channel)
                event = {"type": "ChannelEnteredBridge", "bridge": bridge.shown}
                self._news.tell(APPLICATION, {**event, "channel": self._shown(channel)}, f"bridge {bridge.id}")
        self._news.trace("asterisk", f"{query['channel']} in {name}")
        self._joined(bridge)
        return 204, None

    def leave(self, channel: Channel) -> None:
        bridge, channel.bridge = channel.bridge, None
        if bridge is not None:
            bridge.channels.remove(channel)
            self._joined(bridge)

    def _joined(self, bridge: Bridge) -> None:
        if bridge.kind != "holding":
            for channel in list(bridge.channels):
                if len(bridge.channels) > 1 and bridge.is_conversation:
                    self._news.observer.conversed(channel)
                channel.party.joined(channel)
