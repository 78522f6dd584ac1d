"""Start and stop recordings, each with its row in the ledger first.

A conversation is recorded on the agent's leg, which lasts exactly as long: MixMonitor writes both directions,
interleaved, as raw 16-bit samples (`<recording>.raw`, left the agent); the reconciler makes `<recording>.wav` of it.
Not on the customer's: after music of our own Asterisk loses what the agent says there (decision 9).
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from markaz.kit.time import Instant, moment
from markaz.routing import RecordingPauseFailed
from markaz.telephony.asterisk.client import AriClient
from markaz.telephony.asterisk.manager import ManagerClient, ManagerRefused, ManagerSilent
from markaz.telephony.asterisk.switchboard import Leg, Switchboard
from markaz.telephony.ledger import ExpectedRecording, Ledger
from markaz.telephony.sound import TELEPHONE_RATE

FOLDER_MODE: Final = 0o750
"""Recordings are not for every local user."""
WAV_HEADER_BYTES: Final = 44
WRITE_BUFFER_BYTES: Final = 32_768
"""Asterisk writes sound in such pieces: so much of a recording is lost when it dies."""
RECORDED_VARIABLE: Final = "MIXMONITOR_FILENAME"
"""What MixMonitor sets on a channel that it records."""
NOT_SET: Final = 404
NO_CHANNEL: Final = "No such channel"
"""What Asterisk's manager says of a channel that has ended."""

log = logging.getLogger(__name__)


async def find_recording(ari: AriClient, agent: Leg) -> None:
    """Ask Asterisk whether it records `agent`, and note that on the leg. Raises `AriLost`."""
    query = {"variable": RECORDED_VARIABLE}
    answer = await ari.request("GET", "channels", agent.channel, "variable", query=query)
    if answer.ok or answer.status == NOT_SET:
        agent.recorded, agent.recording_unsure = answer.ok and answer.body["value"] != "", False


class Recorder:
    """`folder` is the absolute folder of recordings, as Asterisk sees it."""

    def __init__(
        self,
        *,
        ari: AriClient,
        manager: ManagerClient,
        board: Switchboard,
        ledger: Ledger,
        folder: Path,
        emit: Callable[[RecordingPauseFailed], None],
        now: Callable[[], Instant],
    ) -> None:
        self._ari = ari
        self._manager = manager
        self._board = board
        self._ledger = ledger
        self._folder = folder
        self._emit = emit
        self._now = now

    async def start(self, agent: Leg, queue: str | None) -> None:
        """Record what `agent` says and hears; a recording that cannot start stays expected, so it is seen.

        It has the name of the leg's channel: that is the offer, until the phone comes back on another channel. Where
        it may have begun Asterisk is asked first, for begun twice it would be spoilt. Raises `AriLost`.
        """
        if agent.recording_unsure:
            await find_recording(self._ari, agent)
        if agent.recorded or agent.recording_unsure:
            return
        path = self._expect(agent.channel, agent.contact, agent.agent, queue)
        try:
            await self._manager.action(
                "MixMonitor", Channel=agent.name, File=str(self._folder / path.replace(".wav", ".raw")), Options="D"
            )
        except ManagerRefused as error:
            if NO_CHANNEL in str(error):
                self.withdraw(agent.channel)
            else:
                log.error("The conversation %s is not recorded: %s", agent.channel, error)
                agent.recording_unsure = isinstance(error, ManagerSilent)
            return
        agent.recorded = True
        agent.muted = agent.muted or False

    async def pause(self, contact: str, offer: str) -> None:
        """Keep silence instead of what is said, and mark from when on."""
        await self._mute(self._board.agent_leg(contact, offer), is_paused=True)

    async def resume(self, contact: str, offer: str) -> None:
        await self._mute(self._board.agent_leg(contact, offer), is_paused=False)

    async def _mute(self, agent: Leg | None, *, is_paused: bool) -> None:
        """What is not known to be muted is not marked so, and a pause that could not be had is told.

        Whether it is muted is then not known: the reconciler asks again for what the floor wants.
        """
        if agent is None or agent.channel not in self._board.recordings:
            return
        recording = agent.channel
        try:
            await self._manager.action(
                "MixMonitorMute", Channel=agent.name, Direction="both", State="1" if is_paused else "0"
            )
        except ManagerRefused as error:
            agent.muted = None
            if NO_CHANNEL not in str(error):
                log.error("The recording %s is not %s: %s", recording, "paused" if is_paused else "resumed", error)
            if is_paused:
                self._emit(RecordingPauseFailed(agent.contact, agent.offer or ""))
            return
        agent.muted = is_paused
        if is_paused:
            self._ledger.paused(recording, moment(self._now()))
        else:
            self._ledger.resumed(recording, moment(self._now()))

    def expect_message(self, contact: str) -> str:
        """Expect the contact's message; its path below the folder."""
        return self._expect(contact, contact, None, None)

    def message_names(self, contact: str) -> Sequence[str]:
        """What Asterisk may call the contact's message: it began today, or before midnight."""
        today = moment(self._now())
        return [f"{day:%Y-%m-%d}/{contact}" for day in (today, today - timedelta(days=1))]

    def message_seconds(self, contact: str) -> float:
        """The length of the contact's message as its file has it; 0 without one."""
        files = [self._folder / f"{name}.wav" for name in self.message_names(contact)]
        bytes_of_sound = [file.stat().st_size - WAV_HEADER_BYTES for file in files if file.exists()]
        return max([0, *bytes_of_sound]) / (2 * TELEPHONE_RATE)

    def ended(self, recording: str, *, died_at: Instant | None = None) -> None:
        """Nothing more is added to `recording`; with `died_at` because Asterisk died then."""
        contact = self._board.recordings.pop(recording, None)
        if contact is None:
            return
        if died_at is None:
            self._ledger.ended(recording, moment(self._now()))
        else:
            channels = 1 if recording == contact else 2
            unwritten = timedelta(seconds=WRITE_BUFFER_BYTES / (2 * channels * TELEPHONE_RATE))
            self._ledger.ended(recording, moment(died_at) - unwritten)

    def withdraw(self, recording: str) -> None:
        """The channel was gone before `recording` could begin: there is nothing to expect."""
        if self._board.recordings.pop(recording, None) is not None:
            self._ledger.withdrawn(recording)

    def ended_with(self, contact: str, *, died_at: Instant | None = None) -> None:
        """The customer's channel is gone, and with it the recordings of conversations; a message says so itself,
        unless Asterisk died with it.
        """
        for recording, whose in list(self._board.recordings.items()):
            if whose == contact and (recording != contact or died_at is not None):
                self.ended(recording, died_at=died_at)

    def _expect(self, recording: str, contact: str, agent: str | None, queue: str | None) -> str:
        at = moment(self._now())
        path = f"{at:%Y-%m-%d}/{recording}.wav"
        (self._folder / path).parent.mkdir(
            parents=True, exist_ok=True, mode=FOLDER_MODE
        )  # ARI's recorder insists on it
        self._board.recordings[recording] = contact
        self._ledger.expect(
            ExpectedRecording(recording=recording, contact=contact, agent=agent, queue=queue, path=path, expected_at=at)
        )
        return path
