"""What is played to the channels of a simulated Asterisk, and what is recorded of them."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.faults.exchange import APPLICATION, Channel
from tests.faults.news import News
from tests.faults.sound import MESSAGE_BYTES_PER_SECOND, RAW_BYTES_PER_SECOND, WAV_HEADER_BYTES, write_sound


class Sounds:
    """`channels` are all there are; messages are kept below the folder `spool`."""

    def __init__(self, news: News, channels: Mapping[str, Channel], spool: str) -> None:
        self._news = news
        self._channels = channels
        self._spool = spool

    def play(self, channel: Channel, query: dict[str, str]) -> None:
        seconds = 1e9 if query["media"] == "tone:ring" else 1.2 * (1 + query["media"].count(","))
        channel.playing.append((query["playbackId"], seconds))
        if len(channel.playing) == 1:
            self._start_playing(channel)

    def _start_playing(self, channel: Channel) -> None:
        name, seconds = channel.playing[0]
        self._news.observer.heard(channel, name)
        channel.party.played(channel, name)
        if seconds < 1e6:
            self._news.later(seconds, self.played, channel, name, "done")

    def played(self, channel: Channel, name: str, state: str) -> None:
        """A playback is over; the next one that waits begins."""
        if not channel.playing or name not in [one for one, _ in channel.playing]:
            return
        was_first = channel.playing[0][0] == name
        channel.playing = [one for one in channel.playing if one[0] != name]
        event = {"type": "PlaybackFinished", "playback": {"id": name, "state": state}}
        self._news.tell(APPLICATION, event, channel.id)
        if channel.playing and was_first and not channel.is_over:
            self._start_playing(channel)
        if not channel.playing and channel.quiet is not None and not channel.quiet.done():
            channel.quiet.set_result(None)

    def stop_playing(self, name: str) -> tuple[int, Any]:
        for channel in list(self._channels.values()):
            if name in [one for one, _ in channel.playing]:
                self.played(channel, name, "done")
                return 204, None
        return 404, {"message": "Playback not found"}

    def when_quiet(self, channels: list[Channel], then: Callable[[], None]) -> None:
        """Nobody is joined while something plays to them, and until then there is no answer."""
        for channel in channels:
            if channel.playing and not channel.bridge:
                if channel.quiet is None or channel.quiet.done():
                    channel.quiet = asyncio.get_running_loop().create_future()
                channel.quiet.add_done_callback(lambda _: self.when_quiet(channels, then), context=self._news.context)
                return
        then()

    def record(self, channel: Channel, query: dict[str, str]) -> tuple[int, Any]:
        if channel.bridge is not None or channel.recording is not None:
            return 409, {"message": "Channel is in a bridge, or recorded"}
        name = query["name"]
        channel.recording = name, self._news.now
        self._news.later(float(query["maxDurationSeconds"]), self.recorded, channel, name)
        channel.party.recorded(channel)
        return 201, {"name": name}

    def recorded(self, channel: Channel, name: str | None = None) -> None:
        if channel.recording is None or (name is not None and channel.recording[0] != name):
            return
        (name, began), channel.recording = channel.recording, None
        length = int((self._news.now - began) * MESSAGE_BYTES_PER_SECOND)
        write_sound(Path(self._spool) / "recording" / f"{name}.wav", WAV_HEADER_BYTES + length)
        recording = {"name": name, "duration": int(self._news.now - began)}
        self._news.observer.message(name.rpartition("/")[2], self._news.now - began)
        self._news.tell(APPLICATION, {"type": "RecordingFinished", "recording": recording}, channel.id)

    def mix(self, channel: Channel, path: Path) -> None:
        """MixMonitor: both directions of `channel`, from now until it ends."""
        if channel.mixing is not None:
            self._news.observer.recorded_twice(channel)
            return
        channel.mixing = path, self._news.now
        write_sound(path, 0)

    def mute(self, channel: Channel, *, is_muted: bool) -> bool:
        """MixMonitorMute; False when nothing is being recorded there."""
        if channel.mixing is not None and channel.is_muted is not is_muted:
            channel.mutes.append(self._news.now)
        return channel.mixing is not None

    def finish(self, channel: Channel) -> None:
        """The channel is gone: what was written stays."""
        if channel.recording is not None:
            self.recorded(channel)
        if channel.mixing is not None:
            path, began = channel.mixing
            write_sound(path, int((self._news.now - began) * RAW_BYTES_PER_SECOND))
        channel.playing.clear()
        if channel.quiet is not None and not channel.quiet.done():
            channel.quiet.set_result(None)
