"""The floor process: lease, recovery, then telephony, inbox and journal around one core."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import msgspec
import psycopg

from markaz import organisation
from markaz.bootstrap.addresses import database_url, read_addresses
from markaz.bootstrap.asterisk import asterisk_settings, spoken_prompts, trunks_of
from markaz.bootstrap.settings import Settings
from markaz.kit.clock import WallClock
from markaz.kit.errors import MarkazError
from markaz.routing import WITH_CUSTOMER, FloorStarted
from markaz.runtime import (
    Core,
    FloorLeased,
    Journal,
    LiveFloor,
    Message,
    OrganisationChanged,
    Output,
    PhoneChanged,
    PhoneTested,
    Stimulus,
    StimulusSent,
    connect,
    done,
    live_view,
    receive,
    replay,
    send,
)
from markaz.telephony import BROWSER_PHONE, AriLost, Beliefs, BelievedContact, BelievedOffer, DatabaseLedger, Telephony

logger = logging.getLogger(__name__)

LEASE_RETRY_SECONDS = 0.5
LIVE_VIEW_SECONDS = 1.0
CLOCK_OFF_SECONDS_MAX = 5.0
"""A greater difference between the floor's clock and the system's is told."""
RETRY_SECONDS = 1.0

_PHONES = "SELECT agent, username, secret FROM phone WHERE floor = %s"
_PHONE = _PHONES + " AND agent = %s"
_IS_CONFIGURED = """
SELECT EXISTS (SELECT FROM inbox WHERE floor = %s AND message -> 'stimulus' ->> 'type' LIKE '%%Configured')
"""
_PUBLISH = """
INSERT INTO floor_live (floor, incarnation, body) VALUES (%s, %s, %s)
ON CONFLICT (floor) DO UPDATE SET incarnation = excluded.incarnation, body = excluded.body, written_at = now()
"""


class FloorProcess:
    """Everything that runs in one floor process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._floor = settings.floor
        self._url = database_url(settings)
        self._clock = WallClock()
        self._clock_told = 0.0
        """The difference between the clocks, in seconds, that was told last."""
        self._incarnation = secrets.token_hex(8)
        self._journal = Journal(self._url, self._floor, settings.home / "spool" / f"{self._floor}.journal")
        self._seen: set[int] = set()

    async def run(self) -> None:
        """Until cancelled, or the lease is lost."""
        await self._take_lease()
        self._live = await self._recover()
        ledger = DatabaseLedger(
            conninfo=self._url, floor=self._floor, spool=self._settings.home / "spool" / f"{self._floor}.recordings"
        )
        await ledger.start()
        self._telephony = Telephony(
            asterisk_settings(self._settings, read_addresses(self._settings)),
            emit=self._tell,
            ledger=ledger,
            beliefs=lambda: beliefs(self._live.core),
            now=self._clock,
        )
        try:
            self._live.tell(FloorStarted(self._incarnation))  # before any news of what happened while nobody listened
            await self._prepare_telephony()
            await self._telephony.start()
            await self._configure_new_floor()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._live.run())
                tasks.create_task(_for_ever("inbox", self._read_inbox))
                tasks.create_task(_for_ever("live view", self._publish))
        finally:
            await self._telephony.stop()
            await ledger.stop()
            await self._journal.close()

    async def _take_lease(self) -> None:
        is_told = False
        while True:
            try:
                await self._journal.open()
                return
            except FloorLeased:
                if not is_told:
                    logger.info("Another process runs the floor %s; this one stands by.", self._floor)
                is_told = True
                await asyncio.sleep(LEASE_RETRY_SECONDS)

    async def _recover(self) -> LiveFloor:
        async with await connect(self._url) as connection:
            back = await replay(connection, self._floor, from_checkpoint=True)
        if back.different:
            logger.warning("%s rows were answered differently by an earlier version.", len(back.different))
        logger.info("The floor %s is back at row %s after %s rows.", self._floor, back.number, back.rows)
        self._clock.not_before(back.at)
        return LiveFloor(back.core, self._journal, self._perform, self._clock)

    async def _configure_new_floor(self) -> None:
        """A floor without a past is told the whole organisation at once; later changes come by themselves."""
        if self._journal.number > 0:
            return
        async with await connect(self._url) as connection, connection.transaction():
            cursor = await connection.execute(_IS_CONFIGURED, (self._floor,))
            if (await cursor.fetchone() or (False,))[0]:  # a process before this one, or `markaz apply`, did so
                return
            centre = await organisation.centre_of(connection, self._floor)
            told = [] if centre is None else await organisation.stimuli(connection, centre=centre)
            if told:
                await send(connection, self._floor, *map(StimulusSent, told))

    def _tell(self, stimulus: Stimulus) -> None:
        self._live.tell(stimulus)

    def _perform(self, outputs: Sequence[Output]) -> None:
        self._telephony.perform(outputs)

    async def _prepare_telephony(self) -> None:
        """Trunks, prompts and phones as the database knows them."""
        async with await connect(self._url) as connection:
            await self._set_organisation(connection)
            cursor = await connection.execute(_PHONES, (self._floor,))
            for agent, username, password in await cursor.fetchall():
                await self._provision(agent, username, password)

    async def _set_organisation(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._telephony.set_prompts(await spoken_prompts(self._settings, connection))
        try:
            await self._telephony.set_trunks(await trunks_of(self._settings, connection))
        except AriLost:
            pass  # pushed as soon as Asterisk is there
        except MarkazError as error:
            logger.error("Not all trunks are in use: %s", error)

    async def _provision(self, agent: str, username: str, password: str) -> None:
        try:
            await self._telephony.provision_phone(
                agent,
                username=username,
                password=password,
                extension=agent,
                is_browser=username.startswith(BROWSER_PHONE),
            )
        except AriLost:
            pass  # pushed as soon as Asterisk is there
        except MarkazError as error:
            logger.error("The phone of %s cannot register: %s", agent, error)

    async def _read_inbox(self) -> None:
        async for number, message in receive(self._url, self._floor, self._seen):
            if await self._take(number, message):
                self._seen.add(number)

    async def _take(self, number: int, message: Message) -> bool:
        """Whether the message was dealt with; what was not comes again."""
        match message:
            case StimulusSent(stimulus=stimulus):
                return self._live.tell(stimulus, inbox=number)
            case PhoneChanged(agent=agent):
                async with await connect(self._url) as connection:
                    cursor = await connection.execute(_PHONE, (self._floor, agent))
                    found = await cursor.fetchone()
                if found is None:
                    with contextlib.suppress(AriLost):
                        await self._telephony.remove_phone(agent)
                else:
                    await self._provision(*found)
            case OrganisationChanged():
                async with await connect(self._url) as connection:
                    await self._set_organisation(connection)
            case PhoneTested(agent=agent):
                with contextlib.suppress(AriLost):  # whoever tests hears nothing, and tries again
                    await self._telephony.test_phone(agent)
        await done(self._url, number)
        return True

    async def _publish(self) -> None:
        async with await connect(self._url) as connection:
            while True:
                view = live_view(self._floor, self._live, self._clock(), self._telephony.state)
                body = msgspec.json.encode(view).decode()
                await connection.execute(_PUBLISH, (self._floor, self._incarnation, body))
                self._compare_clocks()
                await asyncio.sleep(LIVE_VIEW_SECONDS)

    def _compare_clocks(self) -> None:
        """Tell when the system's clock has been stepped, or was set back before we began; nobody's stamp follows it."""
        ahead = self._clock.ahead_seconds()
        if abs(ahead - self._clock_told) <= CLOCK_OFF_SECONDS_MAX:
            return
        self._clock_told = ahead
        logger.error(
            "The floor's clock is %.0f s %s the system's, which was set: the journal never goes back, so it goes "
            "on by its own.", abs(ahead), "ahead of" if ahead > 0 else "behind",
        )  # fmt: skip


async def _for_ever(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begin again after the database was away; anything else is a fault of ours and ends the process."""
    while True:
        try:
            await work()
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            logger.warning("The %s waits for the database: %s", name, error)
        await asyncio.sleep(RETRY_SECONDS)


def beliefs(core: Core) -> Beliefs:
    """The floor's open voice contacts, offers and phones, as the reconciler compares them with Asterisk."""
    state = core.floor.state
    contacts: dict[str, BelievedContact] = {}
    for contact in state.contacts.values():
        if contact.channel != "voice":
            continue
        lead = state.engagement_of(contact)
        is_talking = lead is not None and lead.state in WITH_CUSTOMER
        contacts[contact.id] = BelievedContact(
            contact.state,
            contact.queue,
            contact.leg,
            is_on_music=lead is not None and (lead.state == "consulting" or lead.away == "music"),
            party=(contact.party.id, contact.party.state) if contact.party is not None else None,
            lead=contact.offer if lead is not None and is_talking and lead.away is None else None,
            is_answered_elsewhere=contact.answered_elsewhere,
            is_recorded=lead is not None and is_talking and lead.recorded,
            is_paused=contact.recording_paused,
        )
    return Beliefs(
        contacts=contacts,
        offers={
            engagement.offer: BelievedOffer(
                engagement.contact, engagement.agent, engagement.state, engagement.part, engagement.away is not None
            )
            for engagement in state.engagements.values()
            if engagement.channel == "voice"
        },
        phones={agent.id: agent.phone for agent in state.agents.values() if agent.presence != "signed_out"},
    )
