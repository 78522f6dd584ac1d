"""Compare Asterisk's channels and bridges with what we and the floor believe, and tell the differences as stimuli.

A channel that Asterisk does not list is gone: that is certain. A difference between the floor's belief and the
switchboard may be news on its way, so it counts only when two checks in a row see it.
"""

import logging
from collections.abc import Callable

from markaz.flows import ContactEntered
from markaz.routing import AgentPhoneFound, AgentPhoneLost, MessageLeft
from markaz.telephony.asterisk.client import AriClient
from markaz.telephony.asterisk.differences import (
    Asked,
    Beliefs,
    DestroyBridge,
    Difference,
    EndChannel,
    Mending,
    differences_from_asterisk,
    differences_from_floor,
    phone_differences,
)  # fmt: skip
from markaz.telephony.asterisk.messages import Messages
from markaz.telephony.asterisk.recorder import find_recording
from markaz.telephony.asterisk.switchboard import Switchboard
from markaz.telephony.asterisk.translate import Chore, Stimulus, Translator, cause_of_absence

log = logging.getLogger(__name__)


class Reconciler:
    """`tell` takes the differences that are facts; the rest it mends itself."""

    def __init__(
        self,
        *,
        ari: AriClient,
        board: Switchboard,
        translator: Translator,
        messages: Messages,
        beliefs: Callable[[], Beliefs],
        tell: Callable[[Stimulus | Chore | Mending], None],
    ) -> None:
        self._ari = ari
        self._board = board
        self._translator = translator
        self._messages = messages
        self._beliefs = beliefs
        self._tell = tell
        self._suspected: dict[object, Difference] = {}

    @property
    def suspects(self) -> bool:
        """Whether a second look is wanted soon."""
        return bool(self._suspected)

    async def check(self) -> int:
        """One comparison; how many differences were acted on. Raises `AriLost`."""
        asked = Asked.now(self._board)
        channels = (await self._ari.listing("channels")).body
        bridges = (await self._ari.listing("bridges")).body
        certain = list(differences_from_asterisk(channels, bridges, self._board, self._translator, asked=asked))
        await self._find_recordings(self._beliefs())
        messages = await self._messages_under_way(self._beliefs())
        answer = await self._ari.listing("endpoints", "PJSIP")
        endpoints = answer.body if answer.ok else []  # with neither phones nor trunks it is not found
        beliefs = self._beliefs()  # as they are now that everything has been asked
        suspected: dict[object, Difference] = dict(differences_from_floor(bridges, messages, self._board, beliefs))
        suspected |= dict(phone_differences(endpoints, self._board, beliefs))
        confirmed = [difference for key, difference in suspected.items() if key in self._suspected]
        self._suspected = {key: difference for key, difference in suspected.items() if key not in self._suspected}
        for difference in (*certain, *confirmed):
            await self._mend(difference)
        return len(certain) + len(confirmed)

    async def _find_recordings(self, beliefs: Beliefs) -> None:
        """Ask Asterisk about conversations of which we cannot know it: whether they are being recorded."""
        for contact, believed in beliefs.contacts.items():
            leg = self._board.agent_leg(contact, believed.lead or "")
            if leg is not None and leg.recording_unsure and believed.is_recorded:
                await find_recording(self._ari, leg)

    async def _messages_under_way(self, beliefs: Beliefs) -> set[str]:
        """Contacts that leave a message this moment."""
        under_way: set[str] = set()
        for contact, believed in beliefs.contacts.items():
            if believed.state == "leaving_message":
                self._board.recordings.setdefault(contact, contact)  # so that its end is told, whoever began it
                if await self._messages.under_way(contact):
                    under_way.add(contact)
        return under_way

    async def _mend(self, difference: Difference) -> None:
        log.info("Asterisk and the floor differ: %r", difference)
        match difference:
            case EndChannel(channel):
                answer = await self._ari.request("DELETE", "channels", channel)
                leg = self._board.legs.get(channel)
                if answer.status == 404 and leg is not None:  # there never was, or is no more, such a channel
                    for item in self._translator.ended(channel, cause_of_absence(leg)):
                        self._tell(item)
            case DestroyBridge(bridge):
                await self._ari.request("DELETE", "bridges", bridge)
            case MessageLeft(contact=contact):
                self._messages.ended(contact)
                self._tell(MessageLeft(contact, self._messages.seconds(contact)))
            case AgentPhoneFound(agent=agent) | AgentPhoneLost(agent=agent):
                self._board.reachable.pop(agent, None)  # whatever is told next is news
                self._tell(difference)
            case ContactEntered(contact=contact):
                leg = self._board.customers.get(contact)
                if leg is not None:
                    leg.announced_again = True
                    self._tell(difference)
            case _:
                self._tell(difference)
