"""The door's one object: a connection to one Asterisk, with everything that moves calls on it."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from markaz.kit.time import Instant, instant
from markaz.telephony.asterisk.client import OWN_EVENT_TYPES, AriAddress, AriClient, AriLost, Event
from markaz.telephony.asterisk.configuration import (
    APPLICATION,
    FALLBACK_AGAIN,
    FALLBACK_WAITING,
    PHONES_APPLICATION,
    TRUNK_CONTEXT,
    UNATTENDED,
    AsteriskSettings,
    TrunkSettings,
)
from markaz.telephony.asterisk.differences import Beliefs, Mending
from markaz.telephony.asterisk.manager import ManagerAddress, ManagerClient, ManagerRefused
from markaz.telephony.asterisk.perform import Performer
from markaz.telephony.asterisk.provision import Provisioner
from markaz.telephony.asterisk.reconcile import Reconciler
from markaz.telephony.asterisk.recorder import FOLDER_MODE, Recorder
from markaz.telephony.asterisk.switchboard import Switchboard
from markaz.telephony.asterisk.translate import (
    EVENT_TYPES,
    PHONE_EVENT_TYPES,
    Chore,
    Stimulus,
    Translator,
    contact_name,
)
from markaz.telephony.ledger import Ledger
from markaz.telephony.prompts import PromptShelf

CHECK_SECONDS: Final = 30.0
CHECK_AGAIN_SECONDS: Final = 5.0
"""A second look confirms what the first one suspected."""
CONNECT_SECONDS_MAX: Final = 30.0

log = logging.getLogger(__name__)


class Telephony:
    """Telephony on the Asterisk of `settings`, which runs already.

    `emit` takes each stimulus, in order, and must not block; `now` is the floor's clock. `beliefs` tells what the
    floor holds open, for the reconciler; without it only Asterisk's own lists count.
    """

    def __init__(
        self,
        settings: AsteriskSettings,
        *,
        emit: Callable[[Stimulus], None],
        ledger: Ledger,
        beliefs: Callable[[], Beliefs] | None = None,
        now: Callable[[], Instant],
    ) -> None:
        self._settings = settings
        self._emit = emit
        self._board = Switchboard()
        self._shelf = PromptShelf(settings.prompts)
        self._translator = Translator(self._board, contact_name)
        self._ari = AriClient(
            AriAddress(
                port=settings.http_port,
                user=settings.ari_user,
                password=settings.ari_password,
                applications=f"{APPLICATION},{PHONES_APPLICATION}",
            ),
            on_event=self._heard,
            on_connected=self._connected,
            on_lost=self._lost,
        )
        self._manager = ManagerClient(
            ManagerAddress(port=settings.manager_port, user=settings.manager_user, secret=settings.manager_secret)
        )
        recorder = Recorder(
            ari=self._ari,
            manager=self._manager,
            board=self._board,
            ledger=ledger,
            folder=settings.recordings,
            emit=emit,
            now=now,
        )
        self._performer = Performer(
            ari=self._ari,
            board=self._board,
            translator=self._translator,
            recorder=recorder,
            shelf=self._shelf,
            emit=emit,
            now=now,
        )
        self._performer.outside.trunks = settings.trunks
        self._provisioner = Provisioner(self._ari, media_address=settings.media_address)
        self._reconciler = Reconciler(
            ari=self._ari,
            board=self._board,
            translator=self._translator,
            messages=self._performer.messages,
            beliefs=beliefs or Beliefs,
            tell=self._tell,
        )
        self._checker: asyncio.Task[None] | None = None
        self._now = now
        self._lost_at: Instant | None = None

    async def start(self) -> None:
        """Connect. Raises `AriLost` when Asterisk is not reached within `CONNECT_SECONDS_MAX`."""
        for folder in (self._settings.recordings, self._settings.recordings / UNATTENDED):  # Asterisk makes neither
            folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        await self._ari.start()
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                await self._ari.connected.wait()
        except TimeoutError:
            await self.stop()
            raise AriLost(f"nobody answers at 127.0.0.1:{self._settings.http_port}") from None
        self._checker = asyncio.create_task(self._check_for_ever(), name="reconciler")

    @property
    def state(self) -> Literal["connected", "away"]:
        """Whether Asterisk hears us and we hear it, this moment."""
        return "connected" if self._ari.connected.is_set() else "away"

    async def stop(self) -> None:
        """Disconnect; calls in progress go on."""
        checker, self._checker = self._checker, None
        if checker is not None:
            checker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await checker
        await self._performer.stop()
        await self._ari.stop()
        await self._manager.stop()

    def perform(self, outputs: Sequence[object]) -> None:
        """Carry out the imperatives among `outputs`. Never waits; what fails comes back as a stimulus."""
        self._performer.perform(outputs)

    async def provision_phone(
        self, agent: str, *, username: str, password: str, extension: str | None = None, is_browser: bool = False
    ) -> None:
        """Let `agent`'s phone register, with credentials made for this sign-in. It replaces the one before.

        Raises `ProvisioningRefused`, or `AriLost` (then it is pushed as soon as Asterisk is back).
        """
        before = self._board.phones.get(agent)
        self._board.give_phone(agent, username, extension)
        try:
            await self._provisioner.add_phone(username, password, is_browser=is_browser)
        finally:
            if before is not None and before != username:
                await self._provisioner.remove_phone(before)

    async def remove_phone(self, agent: str) -> None:
        """Forget the credentials of `agent`'s sign-in."""
        username = self._board.phones.get(agent)
        if username is not None:
            self._board.take_phone(agent)
            await self._provisioner.remove_phone(username)

    async def test_phone(self, agent: str) -> None:
        """Ring `agent`'s phone, which answers by itself and hears what it sends; unless it is in a call.

        Raises `AriLost`. A phone that is not there is not rung: nobody need be told, for nobody hears anything.
        """
        username = self._board.phones.get(agent)
        in_call = any(leg.agent == agent for leg in self._board.legs.values())
        if username is not None and not in_call:
            await self._performer.ringing.for_test(username)

    async def set_trunks(self, trunks: Sequence[TrunkSettings]) -> None:
        """These are the trunks from now on; those that Asterisk was not started with are pushed to it."""
        self._performer.outside.trunks = tuple(trunks)
        started_with = {trunk.id for trunk in self._settings.trunks}
        await self._provisioner.set_trunks({trunk.id: trunk for trunk in trunks if trunk.id not in started_with})

    def set_prompts(self, prompts: Mapping[str, Path]) -> None:
        """These are the prompts from now on: id -> its file, as `PromptPress` made it."""
        self._shelf.replace(prompts)

    async def reconcile(self) -> int:
        """Compare with Asterisk now; how many differences were acted on. Raises `AriLost`."""
        return await self._reconciler.check()

    async def _connected(self) -> None:
        await self._link_recordings()
        for application, names in ((APPLICATION, EVENT_TYPES), (PHONES_APPLICATION, PHONE_EVENT_TYPES)):
            allowed = [{"type": name} for name in (*names, *OWN_EVENT_TYPES)]
            await self._ari.request("PUT", "applications", application, "eventFilter", body={"allowed": allowed})
        await self._provisioner.push_all()
        await self._mark_the_dead()
        await self._reconciler.check()
        await self._fetch_callers()

    async def _fetch_callers(self) -> None:
        """Whoever came while nobody was there need not wait for the dialplan's next try."""
        for channel in (await self._ari.listing("channels")).body:
            place = channel["dialplan"]
            if place["context"] != TRUNK_CONTEXT or place.get("app_name") not in FALLBACK_WAITING:
                continue
            there = {"Context": TRUNK_CONTEXT, "Exten": place["exten"], "Priority": FALLBACK_AGAIN}
            try:
                await self._manager.action("Redirect", Channel=channel["name"], **there)
            except ManagerRefused as error:  # it has gone, or comes by itself
                log.info("The caller on %s is not fetched: %s", channel["name"], error)

    def _lost(self) -> None:
        log.warning("The connection to Asterisk is lost; calls in progress go on")
        self._lost_at = self._now()

    async def _mark_the_dead(self) -> None:
        """When it was Asterisk that died, its calls ended with it, not now that we find out."""
        lost_at, self._lost_at = self._lost_at, None
        answer = await self._ari.request("GET", "asterisk", "info", query={"only": "status"})
        began = self._board.asterisk_began = instant(datetime.fromisoformat(answer.body["status"]["startup_time"]))
        if lost_at is not None and began > lost_at:
            log.warning("Asterisk has been started anew: the calls that it carried are lost")
            for leg in self._board.legs.values():
                leg.died_at = lost_at

    async def _link_recordings(self) -> None:
        """Asterisk records messages below its own spool folder: make that the folder of recordings."""
        query = {"variable": "ASTSPOOLDIR"}
        answer = await self._ari.request("GET", "asterisk", "variable", query=query)
        place, folder = Path(answer.body["value"]) / "recording", self._settings.recordings
        if place.resolve() == folder.resolve():
            return
        try:
            if place.exists():
                place.rmdir()
            place.symlink_to(folder, target_is_directory=True)
        except OSError as error:
            log.error("Messages are kept in %s instead of %s (%s)", place, folder, error)

    async def _check_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CHECK_AGAIN_SECONDS if self._reconciler.suspects else CHECK_SECONDS)
            try:
                await self._reconciler.check()
            except AriLost:
                pass  # the next connect checks
            except Exception:
                log.exception("A comparison with Asterisk's lists failed; the next one begins anew")

    def _heard(self, event: Event) -> None:
        try:
            for item in self._translator.translate(event):
                self._tell(item)
        except (KeyError, TypeError):
            log.exception("An event of Asterisk was not understood: %r", event)

    def _tell(self, item: Stimulus | Chore | Mending) -> None:
        if isinstance(item, Chore):
            self._performer.take(item)
        elif isinstance(item, Mending):
            self._performer.perform([item])
        else:
            self._emit(item)
