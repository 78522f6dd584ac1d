"""Messages: the customer is asked for one, hears a tone and speaks; Asterisk records it."""

from collections.abc import Callable

from markaz.routing import MessageLeft
from markaz.telephony.asterisk.client import AriLost
from markaz.telephony.asterisk.legs import Legs
from markaz.telephony.asterisk.recorder import Recorder
from markaz.telephony.asterisk.switchboard import Switchboard
from markaz.telephony.asterisk.translate import Stimulus
from markaz.telephony.prompts import PromptShelf


class Messages:
    """Every method that asks Asterisk raises `AriLost`, and may then be called again."""

    def __init__(
        self,
        *,
        legs: Legs,
        board: Switchboard,
        recorder: Recorder,
        shelf: PromptShelf,
        emit: Callable[[Stimulus], None],
    ) -> None:
        self._legs = legs
        self._board = board
        self._recorder = recorder
        self._shelf = shelf
        self._emit = emit

    async def take(self, contact: str, seconds_max: int) -> None:
        """Ask for a message; when that has been said, `record` follows."""
        leg = self._board.customers.get(contact)
        if leg is None:
            self._emit(MessageLeft(contact, 0.0))
            return
        await self._legs.answer(contact)
        await self._legs.stop_playing(contact)
        leg.message_seconds_max = seconds_max
        words = self._shelf.system("beep")
        if leg.bridge is not None:  # it waited and was not asked for a message yet
            await self._legs.ask("POST", "bridges", leg.bridge, "removeChannel", query={"channel": leg.channel})
            leg.bridge = None
            words = self._shelf.system("leave-message", "beep")
        if not await self._legs.play(contact, f"{contact}.message", words):
            await self.record(contact)

    async def record(self, contact: str) -> None:
        leg = self._board.customers.get(contact)
        if leg is None or leg.message_seconds_max is None:
            return
        seconds_max, leg.message_seconds_max = leg.message_seconds_max, None
        path = self._recorder.expect_message(contact)
        name = path.removesuffix(".wav")
        query = {
            "name": name,
            "format": "wav",
            "maxDurationSeconds": seconds_max,
            "ifExists": "overwrite",
            "terminateOn": "#",
        }
        try:
            answer = await self._legs.ask("POST", "channels", leg.channel, "record", query=query)
            if answer.status == 409 and (await self._legs.ask("GET", "recordings", "live", name)).ok:
                return  # it began before the connection was lost, and we are here again
        except AriLost:
            leg.message_seconds_max = seconds_max
            raise
        if answer.status == 404:  # the customer has gone
            self._recorder.withdraw(contact)
        elif not answer.ok:
            self._recorder.ended(contact)
        if not answer.ok:
            self._emit(MessageLeft(contact, 0.0))

    def ended(self, contact: str) -> None:
        self._recorder.ended(contact)

    async def under_way(self, contact: str) -> bool:
        """Whether the customer is being asked for a message, or it is being recorded."""
        names = self._recorder.message_names(contact)
        places = [("playbacks", f"{contact}.message"), *(("recordings", "live", name) for name in names)]
        return any([(await self._legs.ask("GET", *place)).ok for place in places])

    def seconds(self, contact: str) -> float:
        """The length of the message that was recorded, though nobody told of its end; 0 when there is none."""
        return self._recorder.message_seconds(contact)
