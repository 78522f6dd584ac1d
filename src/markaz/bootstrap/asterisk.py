"""The Asterisk that Markaz runs: its settings, trunks and spoken prompts, from the home folder and the organisation."""

import asyncio
import logging
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import psycopg

from markaz import organisation
from markaz.bootstrap.addresses import Addresses, database_url, read_addresses
from markaz.bootstrap.settings import Settings, secret
from markaz.kit.errors import MarkazError
from markaz.runtime import connect
from markaz.telephony import (
    AsteriskServer,
    AsteriskSettings,
    Prompt,
    PromptPress,
    TrunkInvalid,
    TrunkSettings,
    asterisk_files,
    find_espeak,
    find_program,
)

logger = logging.getLogger(__name__)

DATABASE_SECONDS_MAX = 3.0
STANDBY = "standby."
"""Begins the names of trunks in Asterisk's own file, which no trunk of an organisation can have: what its file defines
Asterisk lets nobody change, and the floor must be able to push the trunks as they are by then."""
RECORDINGS_MODE = 0o700
"""Asterisk, which writes them, and the worker, which judges them, run as one user: nobody else needs to read them."""


def asterisk_settings(settings: Settings, addresses: Addresses) -> AsteriskSettings:
    """How our Asterisk is set up; trunks and phones are pushed to it while it runs."""
    return AsteriskSettings(
        sip_address=addresses.host,
        sip_port=addresses.sip_port,
        media_address=addresses.host,
        other_addresses=_other_addresses(addresses.host),
        rtp_port_first=addresses.rtp_ports[0],
        rtp_port_last=addresses.rtp_ports[1],
        http_port=addresses.http_port,
        manager_port=addresses.manager_port,
        ari_password=secret(settings, "ari"),
        manager_secret=secret(settings, "manager"),
        prompts=settings.prompts,
        recordings=settings.recordings,
    )


def _other_addresses(host: str) -> tuple[str, ...]:
    found = (one for interface in psutil.net_if_addrs().values() for one in interface if one.family == socket.AF_INET)
    return tuple(sorted({one.address for one in found if one.address != host and not one.address.startswith("127.")}))


def managed_asterisk(
    settings: Settings, addresses: Addresses, trunks: tuple[TrunkSettings, ...] = ()
) -> AsteriskServer:
    """Not started yet; calls from `trunks` are taken even before a floor is there. Raises `AsteriskMissing`."""
    settings.recordings.mkdir(parents=True, exist_ok=True)
    settings.recordings.chmod(RECORDINGS_MODE)
    standing_by = tuple(replace(trunk, id=f"{STANDBY}{trunk.id}", prefixes=()) for trunk in trunks)
    files = asterisk_files(replace(asterisk_settings(settings, addresses), trunks=standing_by))
    ports = (addresses.sip_port, addresses.http_port, addresses.manager_port)
    return AsteriskServer(find_program(settings.home), settings.home / "asterisk", files, ports=ports)


class AsteriskProcess:
    """Asterisk alone, for a floor on the same machine that is started apart."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def run(self) -> None:
        """Until cancelled, or Asterisk ends. Raises `AsteriskMissing`, `EspeakMissing`, `AsteriskFailed`."""
        await prompt_press(self._settings).prepare()
        trunks = await known_trunks(self._settings)
        server = managed_asterisk(self._settings, read_addresses(self._settings), trunks or ())
        try:
            await server.start()
            await server.wait()
        finally:
            await server.stop()


def prompt_press(settings: Settings) -> PromptPress:
    """Raises `EspeakMissing`."""
    return PromptPress(espeak=find_espeak(settings.home), folder=settings.prompts)


async def spoken_prompts(settings: Settings, connection: psycopg.AsyncConnection[Any]) -> dict[str, Path]:
    """Prompt id -> its file, made now where it was not before; what cannot be made is logged and left out."""
    press = prompt_press(settings)
    centre = await organisation.centre_of(connection, settings.floor)
    prompts = [] if centre is None else await organisation.prompts(connection, centre=centre)
    uploads: dict[str, bytes] = {}
    for prompt in prompts:  # one connection asks one thing at a time
        if centre is not None and prompt.sound is not None and press.uploaded(prompt.sound) is None:
            uploads[prompt.id] = await organisation.sound(connection, centre, prompt.sound) or b""
    paths = await asyncio.gather(*(_made(press, prompt, uploads.get(prompt.id)) for prompt in prompts))
    return {prompt.id: path for prompt, path in zip(prompts, paths, strict=True) if path is not None}


async def _made(press: PromptPress, prompt: organisation.Prompt, upload: bytes | None) -> Path | None:
    try:
        if prompt.sound is not None:
            return press.uploaded(prompt.sound) if upload is None else await asyncio.to_thread(press.upload, upload)
        if prompt.text is not None:
            spoken = await press.render([Prompt(id=prompt.id, text=prompt.text, language=prompt.language)])
            return spoken[prompt.id]
        assert prompt.file is not None
        return await asyncio.to_thread(lambda file: press.upload(file.read_bytes()), Path(prompt.file))
    except (MarkazError, OSError) as error:
        logger.error("The prompt %s is left out: %s", prompt.id, error)
        return None


async def known_trunks(settings: Settings) -> tuple[TrunkSettings, ...] | None:
    """The trunks as the database has them; None when it cannot be asked now, for Asterisk does not wait for it."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS_MAX):
            url = await asyncio.to_thread(database_url, settings)
            async with await connect(url) as connection:
                return await trunks_of(settings, connection)
    except (psycopg.Error, OSError, TimeoutError, MarkazError) as error:
        logger.warning("Asterisk starts with the trunks known before: the database does not answer (%s).", error)
        return None


async def trunks_of(settings: Settings, connection: psycopg.AsyncConnection[Any]) -> tuple[TrunkSettings, ...]:
    """Where calls of the floor's centre come from and go to; what Asterisk would misread is logged and left out."""
    trunks: list[TrunkSettings] = []
    centre = await organisation.centre_of(connection, settings.floor)
    for trunk in [] if centre is None else await organisation.trunks(connection, centre=centre):
        try:
            trunks.append(_trunk_settings(trunk))
        except TrunkInvalid as error:
            logger.error("%s It is left out.", error)
    return tuple(trunks)


def _trunk_settings(trunk: organisation.Trunk) -> TrunkSettings:
    return TrunkSettings(
        id=trunk.id,
        host=trunk.host,
        port=trunk.port,
        match=(trunk.host,),
        username=trunk.username,
        password=trunk.password,
        prefixes=trunk.prefixes,
        caller=trunk.caller,
    )
